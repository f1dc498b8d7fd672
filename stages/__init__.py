"""The stages of the pipeline, one short file each."""
