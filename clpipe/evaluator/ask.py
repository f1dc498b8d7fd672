"""Held-out tasks to a model, replies to outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clpipe.arena import judge
from clpipe.models.language_model import LanguageModel
from clpipe.params import Params
from clpipe.records import Outcome, Task


def ask(
    model: LanguageModel, tasks: Sequence[Task], params: Params, *, arm: str, seed: int, episode: int
) -> list[Outcome]:
    """The outcome of each task, in the order given; the model sees the prompts only."""
    prompts = [task.prompt for task in tasks]
    model.chat.refuse_control_tokens(*prompts)
    replies = model.replies(prompts, params.prompt.max_new_tokens, params.evaluate.batch_size)
    return [
        outcome(task, reply.text, reply.margin, arm=arm, seed=seed, episode=episode)
        for task, reply in zip(tasks, replies, strict=True)
    ]


def outcome(task: Task, reply: str, margin: float | None, *, arm: str, seed: int, episode: int) -> Outcome:
    """One reply, judged."""
    return Outcome(
        arm=arm,
        seed=seed,
        episode=episode,
        task_id=task.id,
        family=task.family,
        template=task.template,
        difficulty=task.difficulty,
        reply=reply,
        correct=judge.right(task, reply),
        margin=margin,
    )


def curve_subset(tasks: Sequence[Task], each: int) -> list[Task]:
    """The first `each` tasks of every family, in the order given: what checkpoints between first and last are asked."""
    seen: Counter[str] = Counter()
    chosen = []
    for task in tasks:
        seen[task.family] += 1
        if seen[task.family] <= each:
            chosen.append(task)
    return chosen
