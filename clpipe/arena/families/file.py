"""Tasks of your own: a file in `data/own`, a JSON object a line.

    {"prompt": "Billing or shipping? My parcel has not come.", "answer": "shipping"}

`prompt` and `answer` are needed. `answers` lists other right answers; `family`, `template` (the name of the wording)
and `difficulty` (1, the default, to 5) group the tasks in the report and decide what `reserve` keeps from training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from clpipe.arena import own
from clpipe.arena.family import DIFFICULTIES, Given, check_option
from clpipe.arena.reserve import SHARE, parted
from clpipe.records import Task

FOLDER = Path("data/own")
"""Where the files are: a dependency of the stage that reads them."""


@dataclass(frozen=True, kw_only=True)
class File(Given):
    """The tasks of one file."""

    path: str
    """The file, seen from `data/own`."""
    reserve: tuple[Literal["new_template", "harder"], ...] = ()
    """What to keep from training: a quarter of each family's templates, the tasks above `hardest`, or both.

    A task above `hardest` counts as `harder` whatever its template.
    """
    hardest: int = 4
    """Largest difficulty of a training task where `harder` is reserved."""

    def __post_init__(self) -> None:
        """Raise ValueError where the path could leave the folder, or where nothing can be above `hardest`."""
        parts = PurePosixPath(self.path).parts
        outside = not parts or ".." in parts or parts[0] == "/" or PureWindowsPath(self.path).drive
        if outside or not self.path.isprintable():
            raise ValueError(f"path must be a file inside {FOLDER}, such as tickets.jsonl, not {self.path!r}")
        check_option("hardest", self.hardest, DIFFICULTIES[0], DIFFICULTIES[-1] - 1)

    def tasks(self, family: str) -> list[Task]:
        """The tasks in the order of the file; ValueError with every problem, each line `FILE, line N: …`."""
        place = FOLDER / self.path
        if problem := _unusable(place):
            raise ValueError(f"{place}: {problem}")
        try:
            tasks = own.read(place, family)
        except OSError as error:
            raise ValueError(f"{place}: cannot be read: {error.strerror}") from None
        kept = _kept_templates(tasks) if "new_template" in self.reserve else {}
        above = self.hardest if "harder" in self.reserve else DIFFICULTIES[-1]
        problems = [
            f"reserve: new_template needs {SHARE} templates or more, but family {name!r} has {', '.join(all_of_it)}"
            for name, (all_of_it, _) in kept.items()
            if len(all_of_it) < SHARE
        ]
        if "harder" in self.reserve and all(task.difficulty <= above for task in tasks):
            problems.append(f"reserve: harder needs tasks of a difficulty above {above} (hardest), but there is none")
        if problems:
            raise ValueError("\n".join(f"{place}: {problem}" for problem in problems))

        def novelty(task: Task) -> str:
            if task.difficulty > above:
                return "harder"
            return "new_template" if kept and task.template in kept[task.family][1] else task.novelty

        return [replace(task, novelty=novelty(task)) for task in tasks]


def _kept_templates(tasks: Iterable[Task]) -> dict[str, tuple[list[str], tuple[str, ...]]]:
    """The templates of each family, and those of them that are kept from training."""
    used: dict[str, dict[str, None]] = defaultdict(dict)
    for task in tasks:
        used[task.family][task.template] = None
    return {family: (list(templates), parted(templates).reserved) for family, templates in used.items()}


def _unusable(place: Path) -> str | None:
    """Why there is no file to read, if so."""
    if not place.exists():
        there = sorted(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file())
        return f"no such file; looked for in {FOLDER.resolve()}, where there is {', '.join(there[:20]) or 'nothing'}"
    if not place.is_file():
        return "a folder, not a file" if place.is_dir() else "not a file"
    if not place.resolve().is_relative_to(FOLDER.resolve()):
        return f"a link out of {FOLDER}, to {place.resolve()}; copy the file into {FOLDER}"
    return None


FAMILY = File
