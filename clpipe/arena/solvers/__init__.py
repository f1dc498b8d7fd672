"""A second solver for each family: it reads the prompt alone and shares no code and no constant with the generator.

`SOLVER(prompt)` gives the set of all answers that the words allow: one where the task is sound, more where it is
ambiguous, none where it contradicts itself. ValueError where it cannot read the prompt.
"""
