"""Held-out tasks to a model, replies to outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from clpipe.arena import judge, lenient
from clpipe.params import Params
from clpipe.records import Outcome, Task

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel
    from clpipe.models.row import Reply


def ask(model: LanguageModel, tasks: Sequence[Task], params: Params) -> list[Reply]:
    """The greedy reply to each task, with the loss of its right answer, in the order given."""
    prompts = [task.prompt for task in tasks]
    model.chat.refuse_control_tokens(*prompts)
    return model.replies(
        prompts,
        params.prompt.max_new_tokens,
        params.evaluate.batch_size,
        golds=[task.answer for task in tasks],
        families=[task.family for task in tasks],
    )


def outcome(task: Task, reply: str, model_told: Reply | None, *, arm: str, seed: int, episode: int) -> Outcome:
    """One reply, judged; `model_told` is what came with it, where a model gave it."""
    return Outcome(
        arm=arm,
        seed=seed,
        episode=episode,
        task_id=task.id,
        family=task.family,
        template=task.template,
        difficulty=task.difficulty,
        novelty=task.novelty,
        reply=reply,
        correct=judge.right(task, reply),
        margin=model_told.margin if model_told else None,
        lenient=lenient.found(task, reply),
        gold_loss=model_told.gold_loss if model_told else None,
    )


def curve_subset(tasks: Sequence[Task], each: int) -> list[Task]:
    """`each` tasks of every family, the sides in turn: what checkpoints between the first and the last are asked."""
    waiting: dict[str, dict[str, list[Task]]] = defaultdict(dict)
    for task in tasks:
        waiting[task.family].setdefault(task.novelty, []).append(task)
    chosen: set[str] = set()
    for sides in waiting.values():
        turns = chain.from_iterable(zip_longest(*sides.values()))
        chosen |= {task.id for task in islice(filter(None, turns), each)}
    return [task for task in tasks if task.id in chosen]
