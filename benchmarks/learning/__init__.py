"""The learning race: the same steps from the same adapter, ours, a plain loop, HF Trainer, TRL."""
