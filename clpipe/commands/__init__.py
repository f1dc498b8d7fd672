"""What the commands of `clpipe` do that no stage does: look at a study, ask it, try beside it, clear up after it.

The commands themselves, with their options, are in `clpipe/cli*.py`; nothing in here is imported by a stage.
"""
