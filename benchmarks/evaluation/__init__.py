"""The evaluation race: the same greedy replies to the held-out tasks, ours, `generate`, lm-evaluation-harness."""
