"""Made-up results of a study of continual learning: a stream of blocks and one whose rule changes, some arms of each.

How right a reply is does not hang on the seed alone: an arm keeps the share `KEEPS` of what it has learned of a family
for each family learned since, and of the old rule once the new one holds.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from clpipe import concepts, store
from clpipe.params import Params
from clpipe.records import NOVELTIES, Episode, Outcome, Task
from clpipe.seeds import rng
from tests.report import tree

KEEPS = {"naive": 0.45, "replay": 0.85, "ewc": 0.55, "distil": 0.6, "olora": 0.65, "joint": 1.0, "memory": 0.95}
SMALL = ("naive", "replay", "joint")
LEFT_OUT = ("strings", "sets")
STREAMS: dict[str, dict[str, Any]] = {"blocked": {"order": []}, "drift": {"concepts": ["given", "turned"], "width": 0}}
EPISODES, EVERY = 75, 15


def params(strategies: tuple[str, ...] = SMALL, seeds: tuple[int, ...] = (0, 1, 2), tasks: int = 8) -> Params:
    """Params of the study: each strategy on both streams; `frozen` is naive on the method of that name."""
    arms: dict[str, dict[str, Any]] = {
        f"{stream}-{name}": {
            "method": "frozen" if name in ("frozen", "memory") else "lora",
            "strategy": "naive" if name == "frozen" else name,
            "stream": stream,
        }
        for stream in STREAMS
        for name in strategies
    }
    values = tree.params(seeds=seeds, tasks=tasks, arms=arms).model_dump(exclude_unset=True)
    values["methods"] |= {"frozen": {}}
    values["strategies"] = {name: {} for name in KEEPS}
    values["streams"] = STREAMS
    values["learn"] |= {"episodes": EPISODES, "eval_interval": EVERY, "families": list(tree.FAMILIES)}
    values["evaluate"]["curve_tasks"] = tasks // 2
    values["claims"] = {
        f"{stream}-replay-over-naive": {"arm": f"{stream}-replay", "says": "better", "than": f"{stream}-naive"}
        for stream in STREAMS
        if {"naive", "replay"} <= {*strategies}
    }
    return Params.model_validate(values)


def make(root: Path, study: Params) -> None:
    """Write everything the report of `study` reads."""
    held = {task.id: task for task in heldout(study)}
    store.write_records(root / "data/tasks/heldout.jsonl", held.values())
    tree.study_files(root)
    base = [_outcome("tiny/zero-shot", 0, 0, task, 0.1) for task in held.values()]
    majority = [replace(_outcome("", 0, 0, task, 0.3), arm="tiny/majority") for task in held.values()]
    store.write_records(root / "runs/baseline/tiny/outcomes.jsonl", base + majority)
    store.write_records(root / "runs/baseline/tiny/retention.jsonl", tree.retained("tiny/zero-shot", 0, 0, 0.0))
    for arm in study.arms:
        _arm(root, study, arm, held)


def heldout(study: Params) -> list[Task]:
    """Tasks of the families shown and of those left out; every fourth answer is a number, the others are Yes and No."""
    return [
        Task(
            id=f"{family}-{i:03d}", family=family, prompt=f"{family} {i}?", difficulty=1, template=f"t{i % 7}",
            answer=str(i) if i % 4 == 3 else ("Yes", "No")[i % 2], novelty=NOVELTIES[i % 4],
        )
        for family in (*tree.FAMILIES, *LEFT_OUT)
        for i in range(study.split.heldout.total)
    ]  # fmt: skip


def order(seed: int) -> list[str]:
    """The families as a seed meets them."""
    return rng(seed, "order").sample(tree.FAMILIES, len(tree.FAMILIES))


def level(arm: str, seed: int, at: int, family: str) -> tuple[float, float]:
    """The share of right replies to a family, by the rule that was given first and by the one that came after."""
    stream, name = arm.split("-")
    if name == "frozen" or family in LEFT_OUT:
        return 0.12, 0.05
    keeps = KEEPS[name]
    if stream == "drift":
        old, new = min(at, 38) / 38, max(0, at - 38) / 37
        return 0.1 + 0.7 * old * (1 - 0.9 * new), 0.05 + 0.6 * new * keeps
    since = at - 15 * order(seed).index(family)
    return 0.1 + 0.7 * min(1.0, max(0.0, since / 15)) * keeps ** max(0.0, since / 15 - 1), 0.05


def _arm(root: Path, study: Params, arm: str, held: dict[str, Task]) -> None:
    tree.learn_files(root, study, arm)
    store.write_records(
        root / f"runs/learn/{arm}/episodes.jsonl",
        [_episode(arm, seed, t) for seed in study.seeds for t in range(1, EPISODES + 1)],
    )
    outcomes = [
        _outcome(arm, seed, at, task, *level(arm, seed, at, task.family))
        for seed in study.seeds
        for at in range(0, EPISODES + 1, EVERY)
        for task in held.values()
        if at in (0, EPISODES) or int(task.id[-3:]) < study.evaluate.curve_tasks
    ]
    store.write_records(root / f"runs/evaluate/{arm}/outcomes.jsonl", outcomes)
    copied = [
        replace(_outcome(arm, seed, at, task, 0.1), arm=f"{arm}/nearest")
        for seed in study.seeds
        for at in (EVERY, EPISODES)
        for task in held.values()
    ]
    store.write_records(root / f"runs/copies/{arm}/outcomes.jsonl", copied)
    rise = 0.3 * (1.3 - KEEPS.get(arm.split("-")[1], 1.3))
    rows = [row for s in study.seeds for at in (0, EPISODES) for row in tree.retained(arm, s, at, rise * (at > 0))]
    store.write_records(root / f"runs/evaluate/{arm}/retention.jsonl", rows)


def _outcome(arm: str, seed: int, at: int, task: Task, old: float, new: float = 0.0) -> Outcome:
    luck = 0.6 * rng(0, task.id).random() + 0.4 * rng(seed, arm, at, task.id).random()
    reply = "Perhaps"
    if luck < old:
        reply = task.answer
    elif luck > 1 - new:
        reply = concepts.applied("turned", task).answer
    return Outcome(
        arm=arm, seed=seed, episode=at, task_id=task.id, family=task.family, template=task.template, difficulty=1,
        novelty=task.novelty, reply=reply, correct=reply == task.answer, margin=0.3,
        lenient=reply == task.answer or luck < 1.2 * old, gold_loss=2.5 - 2 * old + 0.3 * luck,
    )  # fmt: skip


def _episode(arm: str, seed: int, t: int) -> Episode:
    blocked = arm.startswith("blocked")
    family = order(seed)[(t - 1) // 15] if blocked else tree.FAMILIES[rng(seed, t).randrange(len(tree.FAMILIES))]
    phase = family if blocked else "given" if t <= 38 else "turned"
    right = level(arm, seed, t - 1, family)[1 if phase == "turned" else 0]
    return Episode(
        arm=arm, seed=seed, t=t, phase=phase, task_id=f"train-{seed}-{t}", family=family, shown="Yes", reply="Yes",
        correct=rng(seed, arm, "attempt", t).random() < right, loss=1.0 + 2 * 0.95**t, tokens=4,
    )  # fmt: skip
