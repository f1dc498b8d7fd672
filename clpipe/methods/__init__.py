"""Adaptation methods, one file each: what may change in the model, and how it starts (`clpipe.models.method`)."""
