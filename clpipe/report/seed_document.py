"""The rows of the document the project answers to, as given data: `data/seed_document.json`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from clpipe.mistakes import explain
from clpipe.params import Section


class Nearest(Section):
    """What of ours to put beside a row."""

    method: str
    models: list[str]
    """Best match first."""


class TypeRow(Section):
    """One task type, in whole percent, as printed."""

    before_percent: float
    after_percent: float
    tasks: int | None
    """Held-out tasks of the type, where the document says."""


class TimelinePoint(Section):
    """Accuracy on all held-out tasks at one checkpoint."""

    episode: int
    percent: float


class SeedRow(Section):
    """One model and method of the document."""

    model: str
    method: str
    nearest: Nearest
    trainable_parameters: int
    trainable_percent: float
    n: int = Field(ge=1)
    correct_before: int
    correct_after: int
    loss_first: float
    loss_last: float
    episodes_per_second: float
    episodes: int
    lr: float
    families: dict[str, TypeRow]
    timeline: list[TimelinePoint]


class SeedDocument(Section):
    """The whole document."""

    source: str
    machine: str
    rows: list[SeedRow]

    @classmethod
    def read(cls, path: Path) -> SeedDocument:
        """Read the file; raises ValueError with a line for each mistake."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise ValueError(f"{path}:\n" + "\n".join(explain(error, cls))) from None
