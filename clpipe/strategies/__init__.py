"""Learning strategies, one file each: how one episode is learned.

A strategy file ends in `STRATEGY = Class`, a dataclass whose fields are its options, with

    needs_boundaries: ClassVar[bool]
        whether it must be told where a phase of the stream ends; the report shows it
    one_step: ClassVar[bool]
        whether learning is one gradient step on the lesson's loss and no more, so that seeds can be stacked on a GPU
    learn(model, lesson) -> None
        change the model by one lesson
    state() -> dict[str, Tensor], restore(state)
        what it remembers, for a run that goes on after an interruption
"""
