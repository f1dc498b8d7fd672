"""What a broken run goes on from: adapter, optimizer and strategy after an episode, in one safetensors file."""

from __future__ import annotations

import itertools
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, Protocol, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from clpipe.records import Episode
from clpipe.store import line, read_records, replacing
from clpipe.strategy import Strategy


class Remembering(Protocol):
    """An optimizer, as far as its memory goes."""

    def state(self) -> dict[str, Tensor]:
        """What it remembers."""

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""


class Learner(Protocol):
    """A model, as far as learning changes it."""

    @property
    def optimizer(self) -> Remembering | None:
        """What takes its steps."""

    def adapter_state(self) -> dict[str, Tensor]:
        """What learning has changed."""

    def restore_adapter(self, state: dict[str, Tensor]) -> None:
        """Put back what `adapter_state` gave."""


if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


@dataclass(slots=True)
class Log:
    """The episodes file of a run, a line each."""

    file: IO[str]

    def write(self, episode: Episode) -> None:
        """Append one episode."""
        self.file.write(line(episode) + "\n")

    def flush(self) -> None:
        """Hand all lines to the system, so that a state saved after this never runs ahead of them."""
        self.file.flush()


@dataclass(slots=True)
class State:
    """How far a run has come."""

    FILE: ClassVar[str] = "state.safetensors"

    folder: Path
    t: int = 0
    """Episodes learned."""
    seconds: float = 0.0
    """Spent so far, over all tries."""

    @classmethod
    def resume(cls, folder: Path, model: Learner, strategy: Strategy) -> State:
        """Put model and strategy where the saved state left them; without one, or with a broken one, at the start."""
        saved = _saved(folder)
        if saved is None:
            return cls(folder)
        groups: dict[str, dict[str, Tensor]] = {"adapter": {}, "optimizer": {}, "strategy": {}}
        for key, tensor in saved.tensors.items():
            group, name = key.split("/", 1)
            groups[group][name] = tensor
        model.restore_adapter(groups["adapter"])
        if model.optimizer is not None:
            model.optimizer.restore(groups["optimizer"])
        strategy.restore(cast("LanguageModel", model), groups["strategy"])
        return cls(folder, saved.t, saved.seconds)

    @classmethod
    def reached(cls, folder: Path) -> int:
        """Episodes that the saved state in `folder` knows, 0 when there is none."""
        saved = _saved(folder)
        return saved.t if saved else 0

    def attempts(self) -> list[bool]:
        """Whether the attempt of each episode learned so far was right."""
        if self.t == 0:
            return []
        return [episode.correct for episode in read_records(self.folder / "episodes.jsonl", Episode)[: self.t]]

    def save(self, model: Learner, strategy: Strategy, t: int, seconds: float) -> None:
        """Save all that learning goes on from, whole or not at all."""
        optimizer = model.optimizer.state() if model.optimizer is not None else {}
        groups = {"adapter": model.adapter_state(), "optimizer": optimizer, "strategy": strategy.state()}
        tensors = {f"{g}/{name}": x.contiguous() for g, named in groups.items() for name, x in named.items()}
        with replacing(self.folder / self.FILE) as temporary:
            told = {"t": str(t), "seconds": f"{seconds:.3f}"}
            save_file(tensors, temporary, metadata={**told, "sum": _sum(tensors, told)})
        self.t, self.seconds = t, seconds

    @contextmanager
    def log(self) -> Iterator[Log]:
        """The episodes file, cut to the `t` episodes that the state knows, open for more."""
        path = self.folder / "episodes.jsonl"
        kept: list[str] = []
        if path.exists():
            with path.open(encoding="utf-8") as file:
                kept = list(itertools.islice(file, self.t))
        with replacing(path) as temporary:
            temporary.write_text("".join(kept), encoding="utf-8", newline="\n")
        with path.open("a", encoding="utf-8", newline="\n") as file:
            yield Log(file)


@dataclass(frozen=True, slots=True)
class _Saved:
    """A state file that is whole."""

    tensors: dict[str, Tensor]
    t: int
    seconds: float


def _saved(folder: Path) -> _Saved | None:
    """What was saved; `None` where nothing was, or nothing that can be gone on from: it is taken away then."""
    path = folder / State.FILE
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            told = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
    except SafetensorError:
        told, tensors = {}, {}
    checksum = told.pop("sum", None)
    if checksum == _sum(tensors, told) and _lines(folder / "episodes.jsonl") >= int(told["t"]):
        return _Saved(tensors, int(told["t"]), float(told["seconds"]))
    sys.stderr.write(f"{path}: the saved state is damaged; this seed begins anew\n")
    path.unlink()
    return None


def _lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(line.endswith(b"\n") for line in file)


def _sum(tensors: Mapping[str, Tensor], told: Mapping[str, str]) -> str:
    """A checksum of names, values and what is told of them: safetensors has none of its own."""
    found = zlib.crc32(repr(sorted(told.items())).encode())
    for name in sorted(tensors):
        found = zlib.crc32(name.encode(), found)
        found = zlib.crc32(tensors[name].detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data, found)
    return f"{found:08x}"
