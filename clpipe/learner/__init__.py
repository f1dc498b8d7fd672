"""Learning: the one loop (`loop`), one seed with its checkpoints (`replicate`), all seeds of an arm (`arm`)."""
