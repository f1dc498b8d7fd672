"""Evaluation: ask (`ask`), every checkpoint of an arm (`checkpoints`), what needs no training (`baselines`)."""
