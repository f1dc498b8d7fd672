"""The one loop: a task is attempted, then learned (test-then-train; Gama et al. 2013).

The model receives the question first; the answer shown enters as what is to be learned. Whether the attempt was right
is judged here, by the true answer, and told to the stream, to nobody who learns. A strategy that learns from reward
is given no answer: the loss written down for it is measured without a gradient, beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from clpipe import seeds
from clpipe.learner.turns import Turn, Turns
from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.models.lesson import Lesson
from clpipe.records import Episode
from clpipe.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How turns are taken."""

    arm: str
    seed: int
    episodes: int
    max_new_tokens: int


def episodes(
    model: LanguageModel, strategy: Strategy, turns: Turns, manner: Manner, done: int = 0
) -> Iterator[Episode]:
    """Take the turns after the first `done`; yields each episode once it has been learned.

    What torch and the strategy draw in an episode depends on seed and number of the episode alone, so a run that goes
    on after an interruption draws the same.

    Raises:
        ValueError: The loss is not finite; the message says in which episode.
    """
    model.network.train()
    for t in range(done + 1, manner.episodes + 1):
        turn = turns.take()
        with fence(manner.seed, "episode", t):
            try:
                lesson, reply = _episode(model, strategy, turn, manner, t)
            except ValueError as error:
                raise ValueError(f"arm {manner.arm}, seed {manner.seed}, episode {t}: {error}") from error
        episode = record(manner, t, turn, lesson, reply)
        turns.tell(episode.correct)
        yield episode


def _episode(model: LanguageModel, strategy: Strategy, turn: Turn, manner: Manner, t: int) -> tuple[Lesson, str]:
    rng = seeds.rng(manner.seed, "strategy", t)
    if turn.begins and strategy.needs_boundaries:
        strategy.boundary(model, rng)
    model.meet(turn.question)
    with torch.set_grad_enabled(strategy.feedback == "answer"):
        lesson = model.read(turn.question, turn.shown)
    reply = model.attempt(lesson, manner.max_new_tokens)
    if strategy.feedback == "reward":
        strategy.practise(model, turn.question, turn.rewarded, rng)
    else:
        strategy.learn(model, lesson, rng)
    return lesson, reply.text


def record(manner: Manner, t: int, turn: Turn, lesson: Lesson, reply: str) -> Episode:
    """What is written down of an episode."""
    return Episode(
        arm=manner.arm,
        seed=manner.seed,
        t=t,
        phase=turn.phase,
        task_id=turn.question.id,
        family=turn.question.family,
        shown=turn.shown,
        reply=reply,
        correct=turn.right(reply),
        loss=round(float(lesson.loss.detach()), 6),
        tokens=lesson.tokens,
    )
