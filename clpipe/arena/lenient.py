"""Lenient scoring: whether the right answer is in a reply, whatever stands around it.

Beside the strict judge it tells what a model knows from how it says it ("content survives, format dies"). It reads what
the reply answers, without knowing the right answer from the wrong, and compares:

- a first line that is nothing but an answer is the answer; else what follows the last "answer is" or "answer:" is
  read, and the whole reply where nothing is answered there;
- a number is the last one that stands alone: `13` holds no 3, `-5` is not 5, `1,234` is 1234, while `10-5`, `4%` and
  the 5 of `10 - 5` are not numbers that a reply gives;
- yes, no, true, false, unknown, valid, invalid: the first of those that were asked for; "yes or no" is none of them;
- a name, word or phrase is a whole word, is no part of a larger formula, and is the only one named of the answers that
  the task puts side by side (names in the prompt, options, values, days of the week).

What follows "not" is not said, up to the end of the clause or "is" ("what does not fly is the cow"). So of the answers
side by side a reply gives at most one; one that names two is taken for undecided even where its grammar is clear ("Ann
is taller than Bob"). The measure is a lower bound there, and an upper bound where a task has no answers side by side:
a reply that only mentions the answer then passes.
Judges other than `exact` read programs and whole grids; their verdict stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import cast

from clpipe.arena import judge, scoring
from clpipe.arena.scoring import normalise
from clpipe.records import Json, Task

LONGEST = 8 * scoring.LONGEST
"""Characters; a longer reply is read by the judge alone, unless the answer is as long. Bounds the work."""

_VERDICTS = ({"yes", "no", "unknown"}, {"true", "false", "unknown"}, {"valid", "invalid"})
_CLOSED = (
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
    {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
)
"""Answers that stand side by side although no task lists them."""
_LEFT, _RIGHT = r"(?<![^\W_])(?<![^\W_]-)", r"(?![^\W_]|-[^\W_])"
_MARK = re.compile(rf"{_LEFT}answer[*_\s]*(?:is{_RIGHT}|:|=|->)")
_DOTS = re.compile(r"\.{2,}")  # `...64` goes on to 64, not to 0.64
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_RUN = re.compile(r"[-a-z0-9_.,/:^%‰‱'\ufffd]+")
_OPERATOR = re.compile(r"\d\)?\s*[-+*×÷]\s*\Z")
_DENIAL = re.compile(
    r"(?:\b(?:not|cannot|never|neither|nor)\b|n't\b)(?:(?!\b(?:is|are|was|were|but|so|because|since)\b)[^.,;:!?])*\Z"
)
_OPTIONS = re.compile(r"\boptions: ([^.\n]+)", re.IGNORECASE)
_NEAR = 48
"""Characters before an answer that are looked at."""


def found(task: Task, reply: str) -> bool:
    """Whether the right answer to `task` is in `reply`; true wherever the task's judge says right.

    Raises what `clpipe.arena.judge.right` raises.
    """
    if judge.right(task, reply):
        return True
    if task.judge != "exact" or len(reply) > max(LONGEST, 2 * len(task.answer)):
        return False
    others = cast(Iterable[str], task.marking.get("answers", ()))
    right = [wanted for answer in (task.answer, *others) if (wanted := normalise(answer))]
    for wanted in right:
        if said := _said(reply, wanted, _beside(task, wanted)):
            return said in right
    return False


def _said(reply: str, wanted: str, beside: Collection[str]) -> str:
    """The answer that the reply gives, of the kind of `wanted` and in its normal form; empty where it gives none."""
    reply = _DOTS.sub(" ", reply)
    head = normalise((reply.strip().splitlines() or [""])[0])
    if head and _read(head, wanted, beside) == head:
        return head
    text = normalise(reply)
    ends = [mark.end() for mark in _MARK.finditer(text)]
    return (_read(normalise(text[ends[-1] :]), wanted, beside) if ends else "") or _read(text, wanted, beside)


def _read(text: str, wanted: str, beside: Collection[str]) -> str:
    if _NUMBER.fullmatch(wanted):
        return _last_number(text)
    if verdicts := {word for group in _VERDICTS if wanted in group for word in group}:
        return _first_verdict(text, verdicts)
    return _only_one_named(text, {wanted, *beside})


def _last_number(text: str) -> str:
    text = "".join(c for c in text if unicodedata.category(c) != "Sc")
    for run in reversed(list(_RUN.finditer(text))):
        word = run[0].lstrip("_,:'").rstrip("_.,:'/^-")
        if not any(c.isdigit() for c in word) or any(c.isalpha() for c in word):
            continue
        before = text[max(0, run.start() - _NEAR) : run.start()]
        part_of_sum = _OPERATOR.search(before) or (word[0] == "-" and before.endswith(")"))
        return "" if part_of_sum or _DENIAL.search(before) else normalise(word)
    return ""


def _first_verdict(text: str, verdicts: Collection[str]) -> str:
    one = rf"{_LEFT}(?:{'|'.join(sorted(verdicts))}){_RIGHT}"
    text = re.sub(rf"{one}(?:\s*[,/]\s*{one})*\s*(?:/|,?\s*or{_RIGHT})\s*{one}", " ", text)
    return next((match[0] for match in re.finditer(one, text) if not _denied(text, match.start())), "")


def _only_one_named(text: str, names: Collection[str]) -> str:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"{_LEFT}(?:{'|'.join(map(re.escape, longest_first))}){_RIGHT}")
    named = {
        match[0]
        for match in pattern.finditer(text)
        if not _in_formula(text, match) and not _denied(text, match.start())
    }
    return named.pop() if len(named) == 1 else ""


def _denied(text: str, start: int) -> bool:
    return bool(_DENIAL.search(text[max(0, start - _NEAR) : start]))


def _in_formula(text: str, match: re.Match[str]) -> bool:
    """Whether the match is joined to more by an operator of logic: `B` in `~B` and in `A -> B`."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rstrip("( ")
    after = text[match.end() : match.end() + _NEAR].lstrip(") ")
    return before.endswith(("~", "&", "|", "->")) or after.startswith(("&", "|", "->"))


def _beside(task: Task, wanted: str) -> set[str]:
    """The other answers that the task puts beside this one, in their normal form."""
    groups: list[Iterable[str]] = [group for group in _CLOSED if wanted in group]
    named = {normalise(name): name for name in task.entities}
    if wanted in named:  # people beside people, things beside things: names have a capital
        capital = named[wanted][:1].isupper()
        groups.append(name for name in task.entities if name[:1].isupper() == capital)
    for group in _groups(task):
        forms = [normalise(choice) for choice in group]
        groups += [forms] if wanted in forms else []
    return {form for group in groups for choice in group if (form := normalise(choice))} - {wanted}


def _groups(task: Task) -> Iterator[list[str]]:
    """Lists of choices as prompts ("Options: …") and latent parameters write them down."""
    for listed in _OPTIONS.findall(task.prompt):
        yield listed.split(",")
    rows = _list(task.facts.get("told"))
    pairs = [pair for row in rows for pair in _list(row)]
    values = task.facts.get("values")
    for group in (task.facts.get("options"), values, *_list(values), _last(rows), _last(pairs)):
        yield [choice for choice in _list(group) if isinstance(choice, str)]


def _last(rows: Iterable[Json]) -> list[Json]:
    """The last cell of each row: what is told of somebody or something."""
    return [row[-1] for row in rows if isinstance(row, list) and row]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
