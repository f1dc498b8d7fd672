"""The pool: so many different tasks of each family over the difficulties, and a share of each kind of novelty."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, cast

from clpipe import arena, named
from clpipe.arena.canonical import normalised
from clpipe.arena.drawing import alternating, different, draws
from clpipe.arena.family import Family, Given
from clpipe.arena.seen import Seen
from clpipe.params import unknown
from clpipe.records import SAME_TEMPLATE, Task

NOVEL_SHARE = 4
"""For so many tasks of a family one more with new entities, one with a new template and one that is harder."""

Options = Mapping[str, Any]


def draw_pool(seed: int, families: Mapping[str, Options], hardest: int) -> list[Task]:
    """The tasks of all families, one family after the other; no prompt twice.

    More `tasks` of a family add to the same ones. Difficulties above `hardest` are for `harder` tasks alone.
    Raises ValueError with all problems of the options, or with the number of different tasks that a family can
    give where it is fewer than asked.
    """
    if problems := check_families(families):
        raise ValueError("\n".join(problems))
    seen, pool = Seen(), list[Task]()
    for name, options in families.items():
        family = build(name, options)
        if isinstance(family, Given):
            pool += given(name, family, seen)
        else:
            for novelty in family.novelties:
                count = options["tasks"] if novelty == SAME_TEMPLATE else options["tasks"] // NOVEL_SHARE
                pool += drawn(seed, name, family, (count, novelty, hardest), seen)
    return pool


def build(name: str, options: Options) -> Family | Given:
    """The family `name` of the params: of the kind it names, else of the kind that has its name."""
    own = {key: value for key, value in options.items() if key not in ("tasks", "kind")}
    family: Family | Given = named.build(arena.load(options.get("kind", name)), own, f"arena.families.{name}")
    return family


def drawn(seed: int, name: str, family: Family, wanted: tuple[int, str, int], seen: Seen) -> list[Task]:
    """`count` different tasks of one novelty; where a difficulty has no more, the others make up for it."""
    count, novelty, hardest = wanted
    levels = [d for d in family.levels if (d > hardest) == (novelty == "harder")]
    sources = [different(draws(seed, name, family, d, novelty), seen) for d in levels]
    try:
        tasks = list(islice(alternating(sources), count))
    except ValueError as error:
        raise ValueError(f"arena.families.{name}.{error}") from None
    if len(tasks) < count and levels:
        raise ValueError(
            f"arena.families.{name}: {count} {novelty} tasks asked, but it can give only {len(tasks)} different ones "
            f"at these options; lower arena.families.{name}.tasks or widen its options"
        )
    return tasks


def given(name: str, family: Given, seen: Seen) -> list[Task]:
    """The tasks that a family has already; ValueError where another family has asked one of them."""
    tasks = family.tasks(name)
    known = [task for task in tasks if not seen.add(normalised(task.prompt))]
    if known:
        raise ValueError(f"arena.families.{name}: a task that another family has too: {known[0].prompt[:80]!r}")
    return tasks


def check_families(families: Mapping[str, Options]) -> list[str]:
    """A line for each problem: unknown family or option, a value that is not allowed, `tasks` missing or wrong."""
    problems: list[str] = []
    given_by: dict[str, str] = {}
    for name, options in families.items():
        key, kind = f"arena.families.{name}", options.get("kind", name)
        if kind not in arena.names():
            where = key if "kind" in options else "arena.families"
            problems.append(f"{where}: {unknown('family', kind, arena.names())}")
            continue
        problems += _count_problems(key, kind, options)
        try:
            family = build(name, options)
            if isinstance(family, Given):
                told = {task.family for task in family.tasks(name)}
                problems += _taken(key, told & (families.keys() - {name} | given_by.keys()))
                given_by |= dict.fromkeys(told, name)
        except ValueError as error:
            problems += str(error).splitlines()
    return problems


def _taken(key: str, families: set[str]) -> list[str]:
    return [f"{key}: its tasks call themselves {f!r}, which is another family of the params" for f in sorted(families)]


def _count_problems(key: str, kind: str, options: Options) -> list[str]:
    if issubclass(arena.load(kind), Given):
        return [f"{key}.tasks: this family gives the tasks it has; leave `tasks` out"] if "tasks" in options else []
    if "tasks" not in options:
        return [f"{key}.tasks: missing; how many different tasks to draw"]
    count = cast(object, options["tasks"])
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return [f"{key}.tasks must be a whole number from 1, not {count!r}"]
    return []
