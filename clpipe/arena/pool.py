"""The pool: so many different tasks of each family, over the difficulties 1 to 5 in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from clpipe import arena
from clpipe.arena.canonical import normalised
from clpipe.arena.family import DIFFICULTIES, Family
from clpipe.params import unknown
from clpipe.records import Task
from clpipe.seeds import rng

PATIENCE = 300
"""Draws without anything new, beyond 30 for each task found, after which a difficulty counts as exhausted."""

Options = Mapping[str, Any]


def draw_pool(seed: int, families: Mapping[str, Options]) -> list[Task]:
    """The tasks of all families, one family after the other; no prompt twice.

    More `tasks` of a family add to the same ones. Raises ValueError with all problems of the options, or with
    the number of different tasks that a family can give where it is fewer than asked.
    """
    if problems := check_families(families):
        raise ValueError("\n".join(problems))
    pool: list[Task] = []
    for name, options in families.items():
        own = {key: value for key, value in options.items() if key != "tasks"}
        pool += draw_family(seed, name, arena.load(name)(**own), options["tasks"])
    return pool


def draw_family(seed: int, name: str, family: Family, count: int) -> list[Task]:
    """`count` different tasks; where a difficulty has no more, the others make up for it."""
    seen: set[str] = set()
    turns = {d: _fresh(seed, name, family, d, seen) for d in DIFFICULTIES}
    tasks: list[Task] = []
    while turns:
        for difficulty in list(turns):
            if len(tasks) == count:
                return tasks
            task = next(turns[difficulty], None)
            if task is None:
                del turns[difficulty]
            else:
                tasks.append(task)
    if len(tasks) == count:
        return tasks
    raise ValueError(
        f"arena.families.{name}: {count} tasks asked, but it can give only {len(tasks)} different ones at these "
        f"options; lower arena.families.{name}.tasks or widen its options"
    )


def check_families(families: Mapping[str, Options]) -> list[str]:
    """A line for each problem: unknown family or option, a value that is not allowed, `tasks` missing or wrong."""
    problems: list[str] = []
    for name, options in families.items():
        try:
            kind = arena.load(name)
        except LookupError as error:
            problems.append(f"arena.families: {error.args[0]}")
        else:
            problems += _option_problems(f"arena.families.{name}", kind, options)
    return problems


def _fresh(seed: int, name: str, family: Family, difficulty: int, seen: set[str]) -> Iterator[Task]:
    """Tasks of one difficulty whose prompt was not seen; ends when it keeps drawing what was."""
    path = ("arena", name, family.VERSION, repr(family), difficulty)
    draws = idle = 0
    while idle < PATIENCE + 30 * len(seen):
        task = family.draw(rng(seed, *path, draws), difficulty)
        draws += 1
        prompt = normalised(task.prompt)
        if prompt in seen:
            idle += 1
        else:
            seen.add(prompt)
            idle = 0
            yield task


def _option_problems(key: str, kind: type[Any], options: Options) -> list[str]:
    allowed = [f.name for f in fields(kind)]
    problems = []
    if "tasks" not in options:
        problems.append(f"{key}.tasks: missing; how many different tasks to draw")
    elif not isinstance(options["tasks"], int) or isinstance(options["tasks"], bool) or options["tasks"] < 1:
        problems.append(f"{key}.tasks must be a whole number from 1, not {options['tasks']!r}")
    own = {option: value for option, value in options.items() if option != "tasks"}
    for option in own:
        if option not in allowed:
            problems.append(f"{key}.{option}: {unknown('option', option, ['tasks', *allowed])}")
    known = {option: value for option, value in own.items() if option in allowed}
    # A constructor stops at its first complaint: take that option out and ask again, so that all are told at once.
    while problem := _refusal(kind, known):
        problems.append(problem)
        left = {option: value for option, value in known.items() if not problem.startswith(f"{key}.{option} must")}
        if left == known:
            break
        known = left
    return problems


def _refusal(kind: type[Any], options: Options) -> str | None:
    try:
        kind(**options)
    except ValueError as error:
        return str(error)
    return None
