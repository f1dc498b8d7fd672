"""Online continual learning of small language models, reproducible by one command."""
