"""The evaluation race: contenders in turn, replies compared, ratios to ours."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.agreement import first_line
from benchmarks.arithmetic import Sizes, asking
from benchmarks.evaluation.contender import CONTENDERS
from benchmarks.evaluation.questions import Answered, chosen, read
from benchmarks.fresh import Run, fresh
from benchmarks.material import Work
from benchmarks.turns import turns
from clpipe.models.chat import Chat
from clpipe.store import read_json

SECTION = "evaluation"
OURS = "clpipe"
SAMPLED = "generate_one"
NOTES = {
    "useful_gf_s": "prompt read and reply written once a task over each contender's time; a prefix read once for all "
    "tasks counts as read, so it is no rate of the machine",
    "processes": "clpipe asks in processes side by side, as a study does, the others in one with all cores; "
    "clpipe_one_process is ours as theirs. peak_memory_mb is of one process",
    "clock": "loading is out of it; drafts, the reading of the prefix and the trial of ragged rows are in it",
}
LEAST = 0.99
"""Share of equal replies below which a ratio is void."""


def race(material: Path, trained: Path, scratch: Path, rounds: int, counts: tuple[int, int]) -> dict[str, Any]:
    """Ask the tasks with every contender `rounds` times in turn.

    Args:
        material: What `benchmarks.material.prepare` wrote.
        trained: PEFT folder of the adapter that answers.
        scratch: Folder for what the contenders write.
        rounds: Times each contender runs.
        counts: Held-out tasks for all, and for one-by-one `generate`, whose time is taken a task.

    Returns:
        The section `evaluation` of the results. Loading is left out of every time and told beside it.
    """
    runs: dict[str, list[Run]] = defaultdict(list)
    replies: dict[str, dict[str, Answered]] = {}
    for number, name in enumerate(turns(list(CONTENDERS), rounds)):
        out = scratch / f"{number:02d}-{name}"
        count = counts[1] if name == SAMPLED else counts[0]
        arguments = (name, str(material), str(trained), str(count))
        run = fresh("benchmarks.evaluation.contender", *arguments, out=out)
        runs[name].append(run)
        replies[name] = read(out)
        print(f"evaluation  {name:18} {run.told['tasks'] / run.told['ask_s']:.2f} tasks/s", flush=True)
    work = _work(material, replies[OURS], counts[0])
    contenders = {name: _contender(runs[name], work) for name in CONTENDERS}
    differing = [row for name in CONTENDERS if name != OURS for row in _differing(name, replies)]
    for name in CONTENDERS:
        other = sum(row["contender"] == name for row in differing)
        contenders[name]["same_replies_share"] = 1 - other / len(replies[name])
    own = contenders[OURS]["s_a_task"]
    return {
        "tasks_per_s": 1 / own,
        **{f"{name}_ratio": _ratio(contenders[name], own) for name in CONTENDERS if name != OURS},
        "same_replies_share": min(c["same_replies_share"] for c in contenders.values()),
        "differing": differing,
        "tasks": len(replies[OURS]),
        "tasks_of_generate_one": len(replies[SAMPLED]),
        "rounds": rounds,
        "gflop_a_task": work / 1e9,
        "notes": NOTES,
        "contenders": contenders,
    }


def _ratio(contender: dict[str, Any], own: float) -> float | None:
    return float(contender["s_a_task"]) / own if contender["same_replies_share"] >= LEAST else None


def _contender(runs: list[Run], work: float) -> dict[str, Any]:
    seconds = median(run.told["ask_s"] / run.told["tasks"] for run in runs)
    return {
        "s_a_task": seconds,
        "load_s": median(run.told["load_s"] for run in runs),
        "whole_s": median(run.whole_s for run in runs),
        "peak_memory_mb": max(run.told.get("peak_memory_of_a_process_mb", run.told["peak_memory_mb"]) for run in runs),
        "processes": runs[0].told.get("processes", 1),
        "useful_gf_s": work / seconds / 1e9,
    }


def _differing(name: str, replies: dict[str, dict[str, Answered]]) -> list[dict[str, Any]]:
    return [
        {"contender": name, "task_id": key, "clpipe": own.reply, "other": row.reply, "margin": own.margin}
        for key, row in replies[name].items()
        if first_line(row.reply) != first_line((own := replies[OURS][key]).reply)
    ]


def _work(material: Path, replies: dict[str, Answered], count: int) -> float:
    """Operations a task that every contender is credited with: its prompt read, its reply and end written."""
    work = Work.read(material)
    chat = Chat.load(Path(work.weights), work.instruction)
    sizes = Sizes.of(read_json(Path(work.weights) / "config.json"))
    written = {key: len(chat.tokenizer(row.reply, add_special_tokens=False).input_ids) for key, row in replies.items()}
    return mean(asking(sizes, len(chat.question(task.prompt)), written[task.id]) for task in chosen(count))
