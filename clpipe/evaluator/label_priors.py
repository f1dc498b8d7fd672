"""Answers given without reading the question: what the frequency of the answers alone brings, and what is possible.

Majority and guess expose label priors (Hammoud et al. 2023, arXiv 2305.09275, got very far with them online); the
oracle, as StreamBench's agent that knows the answers, checks the scoring.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from clpipe import seeds
from clpipe.arena import judge
from clpipe.records import Task

Replies = list[tuple[Task, str]]


def majority(train: Sequence[Task], heldout: Sequence[Task]) -> Replies:
    """The family's most frequent answer in `train`; at a tie the first by alphabet."""
    answers = _answers(train)
    top = {family: min(counts, key=lambda a: (-counts[a], a)) for family, counts in answers.items()}
    return [(task, top.get(task.family, "")) for task in heldout]


def guess(train: Sequence[Task], heldout: Sequence[Task]) -> Replies:
    """Any of the family's different answers in `train`, each as likely."""
    answers = {family: sorted(counts) for family, counts in _answers(train).items()}
    return [(t, seeds.rng(0, "guess", t.id).choice(answers[t.family]) if t.family in answers else "") for t in heldout]


def oracle(heldout: Sequence[Task]) -> Replies:
    """The right answer.

    Raises:
        ValueError: If a task's judge refuses the task's own answer, so that no learner could reach 100 %.
    """
    for task in heldout:
        if not judge.right(task, task.answer):
            raise ValueError(
                f"held-out task {task.id} ({task.family}): its own answer {task.answer!r} is judged wrong; mend the "
                "answer, or the judge of the task"
            )
    return [(task, task.answer) for task in heldout]


def _answers(train: Sequence[Task]) -> dict[str, Counter[str]]:
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for task in train:
        answers[task.family][task.answer] += 1
    return answers
