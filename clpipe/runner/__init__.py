"""`clpipe run`: the arms of the pipeline several at once on one machine, each in a `dvc` process of its own."""
