"""`dvc.lock` in the order of a serial run.

DVC puts a new entry at the end, so the order of arms that run at once is the order in which they end. The entries that
were there before keep their places, as in a serial run; the new ones are put in the order of `dvc repro`.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from clpipe.store import write_text

PATH = Path("dvc.lock")
REPOSITORY_LOCK = Path(".dvc/tmp/lock")

_KEY = re.compile(r"^  ([^\s#].*):\s*$")


def names(path: Path = PATH) -> list[str]:
    """The stages in the file, in its order; none where there is no file."""
    return list(_parts(path.read_text(encoding="utf-8"))[1]) if path.exists() else []


def arrange(before: Collection[str], order: Sequence[str], path: Path = PATH) -> None:
    """Put the entries that are not in `before` in `order`, while no `dvc` writes."""
    with REPOSITORY_LOCK.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = path.read_text(encoding="utf-8")
        wanted = arranged(text, before, order)
        if wanted != text:
            write_text(path, wanted)


def arranged(text: str, before: Collection[str], order: Sequence[str]) -> str:
    """The text of a lock file with the entries that are not in `before` in `order`, after the others."""
    head, blocks, tail = _parts(text)
    places = {name: place for place, name in enumerate(order)}
    new = sorted((name for name in blocks if name not in before), key=lambda name: places.get(name, len(places)))
    old = [name for name in blocks if name in before]
    return head + "".join(blocks[name] for name in old + new) + tail


def only(text: str, wanted: Collection[str]) -> str:
    """The text of a lock file with the entries of the stages `wanted` alone; as it is where its keys cannot be read."""
    head, blocks, tail = _parts(text)
    return head + "".join(block for name, block in blocks.items() if name in wanted) + tail


def _parts(text: str) -> tuple[str, dict[str, str], str]:
    """What stands before the entries, the text of each entry, what stands after."""
    around, blocks = ["", ""], dict[str, str]()
    inside, name = False, ""
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            inside, name = line.rstrip() == "stages:", ""
        elif inside and line[2:3].strip():
            key = _KEY.match(line)
            if not key:  # YAML writes a key of more than 128 letters in another form: such a file is left as it is
                return text, {}, ""
            name = key[1].strip("'\"")
        if name:
            blocks[name] = blocks.get(name, "") + line
        else:
            around[bool(blocks)] += line
    return around[0], blocks, around[1]
