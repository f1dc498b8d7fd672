"""When two tasks are the same task: up to writing, and up to the names of the people in it.

>>> masked("Bob is older than Ann. Is Bob's dog old?", ["Ann", "Bob"])
"e1 is older than e2. is e1's dog old?"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from clpipe.records import Task


def normalised(prompt: str) -> str:
    """The prompt in NFKC, lower case, with single spaces."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", prompt).casefold())
    return " ".join(text.split())


def renamed(task: Task) -> str:
    """The normalised prompt with the entities as e1, e2, … in order of first appearance in the prompt."""
    return masked(task.prompt, task.entities)


def masked(prompt: str, entities: Iterable[str]) -> str:
    """`renamed` for a bare prompt: whole words only (`Ann` is not in `Annex` nor in `Ann-Marie`), longest first."""
    text = normalised(prompt)
    known = sorted({name for entity in entities if (name := normalised(entity))}, key=lambda n: (-len(n), n))
    if not known:
        return text
    numbers: dict[str, str] = {}
    pattern = "|".join(map(re.escape, known))
    return re.sub(
        rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda m: numbers.setdefault(m[0], f"e{len(numbers) + 1}"), text
    )
