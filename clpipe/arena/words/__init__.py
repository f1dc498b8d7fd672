"""Tables of words, one file for each family that needs its own."""
