"""The shapes of the small JSON files the stages leave; a field more is allowed, a field less is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from clpipe.params import Options


class Left(BaseModel):
    """A file left by a stage."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Summary(Left):
    """`runs/learn/ARM/summary.json`: what was learned with."""

    model: str
    method: str
    strategy: str
    stream: str
    labels: str
    trainable_parameters: int
    total_parameters: int
    settings: Options
    method_options: Options
    needs_boundaries: bool
    sees_beforehand: str = "nothing"
    sees_family: bool = False
    """What the strategy was given before the first episode: `nothing`, `stream` or `spare`."""
    feedback: str = "answer"
    """`reward`: told right or wrong, never shown the answer."""
    strategy_options: Options = Field(default_factory=dict)
    stream_options: Options = Field(default_factory=dict)


class Machine(Left):
    """Where it ran."""

    cpu: str
    cores: int
    memory_gb: float
    accelerator: str | None
    platform: str
    python: str
    torch: str
    transformers: str
    peft: str


class SeedTiming(Left):
    """One seed's process."""

    seconds: float = Field(gt=0)
    episodes: int
    peak_memory_mb: float


class LearnTiming(Left):
    """`runs/learn/ARM/timing.json`."""

    machine: Machine
    jobs: int
    """Processes side by side."""
    threads: int
    """Of each process."""
    seeds: dict[int, SeedTiming]


class EvaluateTiming(Left):
    """`runs/evaluate/ARM/timing.json`."""

    machine: Machine
    jobs: int
    threads: int
    seconds: float
    replies: int
