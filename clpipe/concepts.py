"""Concepts: rules that say which answer is right, while the question stays the same.

| concept | right is | applies to |
|---|---|---|
| `given` | the answer of the task | every task |
| `opposite` | the answer to the relation turned round | Yes, No and their like; one of two; some numbers (see below) |
| `successor` | one more: the convention of counting from one | numbers |
| `negative` | the number with the other sign | numbers but 0 |
| `reversed` | the answer spelled backwards | what does not read the same |
| `turned` | `successor` of a number, else `opposite`, else `reversed` | nearly all |

A concept applies to a task only where the new answer is wrong under the old rule and the old one under the new, by the
judge `exact` with all that it forgives: a change of case or of ornament is no concept. A concept rests on the answer
and the task alone, so that a wrong label (the shuffled control) is turned as the right one is.

Numbers have an `opposite` where it is asked how many are more (then: how many are less) and in a sequence of even steps
(then: what comes before the first). The oldest of several has none: who is the youngest is not in the task's facts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from clpipe.mistakes import unknown
from clpipe.records import Task

Rule = Callable[[Task, str], str]
"""The answer under the concept; the answer itself where the concept has nothing to say about it."""

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_ARTICLE = re.compile(r"(?:an?|the) ")
_PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"), ("correct", "incorrect"), ("possible", "impossible"))
_CONTRARY = {one: other for a, b in _PAIRS for one, other in ((a, b), (b, a))}


def names() -> list[str]:
    """The concepts there are."""
    return list(_RULES)


def answer(concept: str, task: Task, answer: str) -> str:
    """What `answer`, the task's own or another label, becomes under the concept.

    It stays as it is where the concept has nothing to say about it (`Unknown` has no opposite). Raises LookupError at
    an unknown concept.
    """
    if concept not in _RULES:
        raise LookupError(f"{unknown('concept', concept, _RULES)} in clpipe/concepts.py")
    return _RULES[concept](task, answer)


def applies(concept: str, task: Task) -> bool:
    """Whether the concept makes another answer right; `given` applies to every task, the others under judge `exact`."""
    new = answer(concept, task, task.answer)
    if concept == "given":
        return True
    old = [task.answer, *_others(task)]
    return task.judge == "exact" and all(len(each.splitlines()) == 1 and not _alike(each, new) for each in old)


def applied(concept: str, task: Task) -> Task:
    """The task with the answer that is right under the concept, and no other; ValueError where it does not apply."""
    if not applies(concept, task):
        raise ValueError(
            f"concept {concept!r} does not apply to task {task.id} of family {task.family!r}, whose answer is "
            f"{task.answer!r}; take the tasks of which clpipe.concepts.applies is true"
        )
    if concept == "given":
        return task
    return replace(task, answer=answer(concept, task, task.answer), judge="exact", marking={})


def _others(task: Task) -> list[str]:
    """Other right answers of a task under judge `exact`."""
    found = task.marking.get("answers")
    return [str(each) for each in found] if isinstance(found, list | tuple) else []


def _given(task: Task, answer: str) -> str:
    del task
    return answer


def _successor(task: Task, answer: str) -> str:
    del task
    value = _number(answer)
    return answer if value is None else f"{value + 1:f}"


def _negative(task: Task, answer: str) -> str:
    del task
    value = _number(answer)
    return answer if value is None or value == 0 else f"{value.copy_negate():f}"


def _reversed(task: Task, answer: str) -> str:
    del task
    return unicodedata.normalize("NFC", answer)[::-1]


def _opposite(task: Task, answer: str) -> str:
    if contrary := _CONTRARY.get(answer.strip().lower()):
        return contrary.capitalize() if answer.strip()[0].isupper() else contrary
    if ends := _ends(task):
        return next((other for one, other in (ends, ends[::-1]) if _alike(one, answer)), answer)
    return _opposite_number(task, answer)


def _turned(task: Task, answer: str) -> str:
    if _number(answer) is not None:
        return _successor(task, answer)
    other = _opposite(task, answer)
    return _reversed(task, answer) if other == answer and not _ends(task) else other


def _ends(task: Task) -> tuple[str, str] | None:
    """The two things one of which is asked for, where turning the relation round makes it the other."""
    match task.facts:
        case {"asked": ["pair", str(), int(one), int(other)]}:  # comparison: who of two
            return task.entities[one], task.entities[other]
        case {"topics": [_], "values": [[str(one), str(other)]], "asked": {"topic": _}}:  # logic grid: what of two
            return one, other
        case {"topics": [_], "asked": {"value": _}} if len(task.entities) == 2:  # logic grid: who of two
            return task.entities[0], task.entities[1]
        case {"form": "pick", "options": [str(one), str(other)]}:  # commonsense: which of two
            return one, other
    return None


def _opposite_number(task: Task, answer: str) -> str:
    """How many are less instead of more, or what comes before instead of next; else the answer."""
    match task.facts, _number(answer):
        case {"asked": ["count", str(), int()]}, Decimal() as more:  # comparison: nobody is equal
            return f"{len(task.entities) - 1 - more:f}"
        case {"rule": "add", "terms": [int(first), *_, int(last)]}, Decimal() as following:
            return f"{first + last - following:f}"  # first - step = first + last - (last + step)
    return answer


def _number(text: str) -> Decimal | None:
    """The number that the text is; `None` for any other text, and for more digits than are exact."""
    plain = text.strip()
    return Decimal(plain.replace(",", "")) if len(plain) <= 25 and _NUMBER.fullmatch(plain) else None


def _alike(one: str, other: str) -> bool:
    """Whether two answers could be the same to judge `exact`; rather yes than no (it forgives less)."""
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        return first == second
    return _letters(one) in ("", _letters(other))


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case, without an article."""
    plain = "".join(c for c in text if unicodedata.category(c) != "No")
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    kept = "".join(_digit(c) for c in plain if c.isalnum() or c == " ").strip()
    return _ARTICLE.sub("", kept, count=1).replace(" ", "") if _ARTICLE.match(kept) else kept.replace(" ", "")


def _digit(c: str) -> str:
    return str(unicodedata.decimal(c)) if c.isdecimal() else c


_RULES: Mapping[str, Rule] = {
    "given": _given,
    "opposite": _opposite,
    "successor": _successor,
    "negative": _negative,
    "reversed": _reversed,
    "turned": _turned,
}
