"""When two tasks are the same task: up to writing, up to the names in it, up to its numbers, up to its wording.

>>> masked("Bob is older than Ann. Is Bob's dog old?", ["Ann", "Bob"])
"e1 is older than e2. is e1's dog old?"
>>> signature("e1 has 12 pears and 3.5 plums.")
'e1 has # pears and # plums.'
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from clpipe.arena.vocabulary import NAMES
from clpipe.records import Task

_KNOWN = frozenset((*NAMES.common, *NAMES.reserved))
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*")


def normalised(prompt: str) -> str:
    """The prompt in NFKC, lower case, with single spaces."""
    if prompt.isascii():  # NFKC leaves ASCII as it is
        return " ".join(prompt.lower().split())
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", prompt).casefold())
    return " ".join(text.split())


def renamed(task: Task) -> str:
    """The normalised prompt with the entities as e1, e2, … in order of first appearance in the prompt."""
    return masked(task.prompt, task.entities)


def renamed_whole(task: Task) -> str:
    """`renamed` of the prompt and, after a line of its own, the answer: what is asked about other names may differ."""
    return masked(f"{task.prompt}\n->\n{task.answer}", task.entities)


def masked(prompt: str, entities: Iterable[str]) -> str:
    """`renamed` for a bare prompt: whole words only (`Ann` is not in `Annex` nor in `Ann-Marie`), longest first."""
    text = normalised(prompt)
    known = frozenset(name for entity in entities if (name := normalised(entity)))
    if not known:
        return text
    numbers: dict[str, str] = {}
    return _pattern(known).sub(lambda m: numbers.setdefault(m[0], f"e{len(numbers) + 1}"), text)


def signature(text: str) -> str:
    """The text with every number as `#`."""
    return _NUMBER.sub("#", text)


def latent(task: Task) -> str:
    """What the task is made from, whatever its names and wording; without facts, its renamed prompt and answer."""
    if not task.facts:
        return renamed_whole(task)
    return json.dumps(task.facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def proper_names(prompt: str) -> tuple[str, ...]:
    """What looks like a name in a prompt of unknown origin: known first names, and capitals inside a sentence."""
    found = dict.fromkeys(re.findall(r"(?<![.!?:\"”“(]\s)(?<=\s)[A-Z][a-z]+(?:-[A-Z][a-z]+)*", prompt))
    known = dict.fromkeys(word for word in re.findall(r"[A-Z][a-z]+", prompt) if word in _KNOWN)
    return tuple(found | known)


@lru_cache(maxsize=4096)
def _pattern(known: frozenset[str]) -> re.Pattern[str]:
    ranked = sorted(known, key=lambda n: (-len(n), n))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ranked))})(?![\w-])")
