"""`params.yaml` as validated objects: an unknown key is an error, and all errors come at once.

This file knows names and numbers. Whether a *named file* exists (family, method, strategy, stream) and
takes the options given is checked one layer up, by `clpipe.validate`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from clpipe.labels import Labels
from clpipe.mistakes import ParamsError, explain, unknown
from clpipe.params_claims import Claim
from clpipe.params_file import mapping
from clpipe.params_models import HubSource, Model, PathSource, PypiSource, Source
from clpipe.params_section import NAME, FamilyName, Name, Section

__all__ = [
    "NAME",
    "Claim",
    "HubSource",
    "Model",
    "Params",
    "ParamsError",
    "PathSource",
    "PypiSource",
    "Section",
    "Source",
    "parse",
    "read",
    "unknown",
]

Options = dict[str, Any]


class Study(Section):
    """Which study this is."""

    name: Name
    models: list[Name] = Field(min_length=1)
    """The models that `dvc repro` prepares: names from `models`."""
    reports: str = "reports"
    """Folder of the report."""


class Arena(Section):
    """The pool of tasks."""

    seed: int
    hardest: int = Field(ge=1, le=5)
    """Largest difficulty of training tasks; what is above it makes the held-out side `harder`."""
    families: dict[FamilyName, Options] = Field(min_length=1)
    """Options of each family; `tasks` is the number of different tasks to draw."""


class Heldout(Section):
    """Held-out tasks of each family on each of the four sides; a family without such tasks gives none."""

    same_template: int = Field(ge=1)
    new_entities: int = Field(ge=0)
    new_template: int = Field(ge=0)
    harder: int = Field(ge=0)

    @property
    def total(self) -> int:
        """Of all sides."""
        return self.same_template + self.new_entities + self.new_template + self.harder


class Split(Section):
    """Tasks of each family on each side, at the most for `train`."""

    train: int = Field(ge=1)
    validation: int = Field(ge=0)
    heldout: Heldout
    release: str | None = None
    """The version of the held-out set, where it must be the one of `data/releases.json`."""


class Prompt(Section):
    """How a question is put to the model."""

    instruction: str
    """Stands before every question; may be empty."""
    max_new_tokens: int = Field(ge=1)
    """Tokens a reply may have at the most, its end included."""
    lines: Literal["one", "all"] = "one"
    """Whether a reply ends with its first line, or with the end of the turn: for answers of several lines."""


class Learn(Section):
    """How a run learns: defaults for all arms, each can be set anew in an arm."""

    families: list[FamilyName] | None = Field(min_length=1)
    """The families that the stream shows, the others stay untouched; `null` for all."""
    episodes: int = Field(ge=1)
    eval_interval: int = Field(ge=1)
    """Episodes between two adapter checkpoints."""
    lr: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    clip: float | None = Field(gt=0)
    """Largest norm of the gradient; `null` for none."""
    loss_on: Literal["answer", "sequence"]
    """Tokens that enter the loss: the answer and its end, or prompt and answer (the seed document's way)."""
    labels: Labels
    """`shuffled`, `random`, `unrelated`: controls, which learn from other answers than the right ones."""
    precision: Literal["fp32", "bf16", "fp16"]
    """Of the frozen base; adapters are kept in fp32."""
    device: Literal["auto", "cpu", "cuda"]
    """`auto`: CUDA where there is one. The environment variable CLPIPE_DEVICE goes before it."""
    replicates: Literal["auto", "alone", "stacked"]
    """Seeds `alone`, a process each, or `stacked` in one batch; `auto`: stacked on a GPU, where they can be."""


class Arm(Section):
    """One line of the comparison: model × method × strategy × stream, and what differs from the defaults."""

    model: str
    method: str
    strategy: str
    stream: str
    control_of: str | None = None
    """The arm that this one is the control of."""
    method_options: Options = Field(default_factory=dict)
    strategy_options: Options = Field(default_factory=dict)
    stream_options: Options = Field(default_factory=dict)
    families: list[str] | None = None
    episodes: int | None = None
    eval_interval: int | None = None
    lr: float | None = None
    weight_decay: float | None = None
    clip: float | None = None
    loss_on: str | None = None
    labels: str | None = None
    precision: str | None = None
    device: str | None = None
    replicates: str | None = None


class Evaluate(Section):
    """How checkpoints are asked."""

    curve_tasks: int = Field(ge=1)
    """Held-out tasks of each family asked at the checkpoints between the first and the last, which get all."""
    batch_size: int = Field(ge=1)
    """Rows decoded together; changes speed, never the numbers."""


class Baseline(Section):
    """What the base model is asked beside the plain questions."""

    shots: list[Annotated[int, Field(ge=1)]]
    """Numbers of solved tasks that stand before a question, each with right and with random answers."""
    tasks: int = Field(ge=1)
    """Held-out tasks of each family that are asked so."""


class Report(Section):
    """What the report shows."""

    confidence: float = Field(gt=0, lt=1)
    smallest_gain: float = Field(gt=0, lt=1)
    """Smallest difference of accuracies worth having, a fraction: an interval wholly below it says there is none."""
    loss_window: int = Field(ge=1)
    """Episodes averaged for the first and the last loss."""


class Tracking(Section):
    """The MLflow mirror."""

    experiment: str
    register_adapters: Literal["best", "all", "none"]


class Params(Section):
    """The whole of `params.yaml`."""

    study: Study
    seeds: list[int] = Field(min_length=1)
    arena: Arena
    split: Split
    prompt: Prompt
    models: dict[Name, Model]
    methods: dict[str, Options]
    strategies: dict[str, Options]
    streams: dict[str, Options]
    learn: Learn
    evaluate: Evaluate
    baseline: Baseline
    report: Report
    tracking: Tracking
    arms: dict[Name, Arm] = Field(min_length=1)
    claims: dict[Name, Claim] = Field(default_factory=dict)
    """The hypotheses, declared before the runs; corrected together for being several."""

    def arm(self, name: str) -> Arm:
        """An arm by name; raises LookupError that says which there are."""
        if name not in self.arms:
            raise LookupError(f"params.yaml has {unknown('arm', name, self.arms)}")
        return self.arms[name]

    def learn_settings(self, arm: str) -> Learn:
        """`learn` with what the arm sets anew; raises ValidationError at a value that is not allowed."""
        values = self.learn.model_dump()
        own = self.arms[arm].model_dump(include=set(values), exclude_unset=True)
        return Learn.model_validate({**values, **own})

    def families(self, arm: str) -> tuple[list[str], list[str]]:
        """The families of the arm's stream, and those of the arena that it leaves out."""
        shown = self.learn_settings(arm).families
        names = list(self.arena.families)
        return [n for n in names if shown is None or n in shown], [n for n in names if shown and n not in shown]

    def method_options(self, arm: str) -> Options:
        """Options of the arm's method: the study's, then the arm's own."""
        return {**self.methods[self.arms[arm].method], **self.arms[arm].method_options}

    def strategy_options(self, arm: str) -> Options:
        """Options of the arm's strategy: the study's, then the arm's own."""
        return {**self.strategies[self.arms[arm].strategy], **self.arms[arm].strategy_options}

    def stream_options(self, arm: str) -> Options:
        """Options of the arm's stream: the study's, then the arm's own."""
        return {**self.streams[self.arms[arm].stream], **self.arms[arm].stream_options}


def parse(values: dict[str, Any]) -> tuple[Params | None, list[str]]:
    """The params, or `None` and a line for each mistake inside the sections."""
    try:
        return Params.model_validate(values), []
    except ValidationError as error:
        return None, explain(error, Params)


def read(path: Path) -> Params:
    """Read params by the schema alone; raises ParamsError. `clpipe.validate.load` checks everything."""
    params, problems = parse(mapping(path))
    if params is None:
        raise ParamsError(path, problems)
    return params
