"""What the browser of replies shows: each held-out task with what every arm and seed replied before and after.

The page holds it as JSON between script tags that nothing runs, and `browser.js` puts it into cells as text. Replies
are whatever a model wrote: every character that could end the script or start a tag is escaped, and many replies are
the same, so that each text is there once and rows hold its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from clpipe.evaluation import accuracy
from clpipe.records import NOVELTIES, Json, Outcome
from clpipe.report import wording
from clpipe.report.measures import Measures
from clpipe.report.results import ArmFiles

OUTCOMES = ("wrong both", "lost", "gained", "right both")
"""Right before counts 1, right after counts 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """The choices of the form and the data beneath them."""

    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    families: tuple[str, ...]
    sides: tuple[str, ...]
    json: str
    """Safe between script tags."""


def browser(measures: Measures) -> Browser:
    """Of all arms, on the tasks that each was asked before the first and after the last episode.

    Raises:
        LookupError: If a task that was asked is not among the held-out tasks.
    """
    asked = set[str].intersection(*(set(arm.last.tasks) for arm in measures.arms.values()))
    if unknown := sorted(asked - measures.results.tasks.keys()):
        raise LookupError(f"task {unknown[0]} was asked but is not in the held-out file; evaluate it again")
    tasks = sorted((measures.results.tasks[i] for i in asked), key=lambda task: (task.family, task.id))
    families = tuple(sorted({task.family for task in tasks}))
    sides = tuple(side for side in NOVELTIES if any(task.novelty == side for task in tasks))
    texts: dict[str, int] = {}
    ids = [task.id for task in tasks]
    arms: list[Json] = [_arm(arm.files, ids, texts) for arm in measures.arms.values()]
    data: dict[str, Json] = {
        "tasks": [[families.index(t.family), sides.index(t.novelty), t.prompt, t.answer] for t in tasks],
        "families": [wording.spaced(name) for name in families],
        "sides": [wording.spaced(name) for name in sides],
        "outcomes": list(OUTCOMES),
        "arms": arms,
        "texts": list(texts),
    }
    return Browser(
        arms=tuple(measures.arms),
        seeds=tuple(sorted({seed for arm in measures.arms.values() for seed in arm.seeds})),
        families=tuple(map(wording.spaced, families)),
        sides=tuple(map(wording.spaced, sides)),
        json=embedded(data),
    )


def embedded(data: Mapping[str, Json]) -> str:
    """JSON that can neither end the script around it nor start a tag or an entity: ASCII, without <, > and &."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _arm(files: ArmFiles, ids: list[str], texts: dict[str, int]) -> dict[str, Json]:
    """Places of the replies in `texts`, which grows, and an outcome for each task; by seed."""
    steps = accuracy.checkpoints(files.outcomes)
    ends: dict[tuple[int, int], dict[str, Outcome]] = {}
    for o in files.outcomes:
        if o.episode in (steps[0], steps[-1]):
            ends.setdefault((o.seed, o.episode), {})[o.task_id] = o
    seeds: dict[str, Json] = {}
    for seed in sorted({seed for seed, _ in ends}):
        before, after = ([ends[seed, step][i] for i in ids] for step in (steps[0], steps[-1]))
        seeds[str(seed)] = {
            "before": [texts.setdefault(o.reply, len(texts)) for o in before],
            "after": [texts.setdefault(o.reply, len(texts)) for o in after],
            "outcome": "".join(str(b.correct + 2 * a.correct) for b, a in zip(before, after, strict=True)),
        }
    return {"name": files.name, "episodes": steps[-1], "seeds": seeds}
