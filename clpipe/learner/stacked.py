"""The courses of several seeds of one arm in one process: each episode is one pass and one step for all of them.

For a GPU, which one short text at a time leaves idle. The numbers are those of `course`, one seed after the other, up
to rounding (tests/learning/test_stacked.py). In the last digits they depend on which seeds are stacked together: so the
seeds are in the name of the scratch folder, but a kill between two saves of one stack can show there.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor

from clpipe.learner import building, course
from clpipe.learner.loop import record
from clpipe.learner.replicate import Replicate, finished
from clpipe.learner.state import Log, State
from clpipe.learner.turns import Turns
from clpipe.models import adapter, stacked_lessons
from clpipe.models.language_model import LanguageModel
from clpipe.models.stack import Stack, obstacle
from clpipe.models.stacked_optimizer import StackedOptimizer
from clpipe.scratch import held
from clpipe.side_by_side import Say
from clpipe.strategy import Strategy


@dataclass(frozen=True, slots=True)
class _Optimizer:
    """What steps one learner of the stack."""

    stacked: StackedOptimizer
    k: int

    def state(self) -> dict[str, Tensor]:
        return self.stacked.state(self.k)

    def restore(self, state: dict[str, Tensor]) -> None:
        self.stacked.restore(self.k, state)


@dataclass(frozen=True, slots=True)
class _Learner:
    """One learner of the stack: what a state is saved from and put back to."""

    stack: Stack
    optimizer: _Optimizer
    k: int

    def adapter_state(self) -> dict[str, Tensor]:
        return self.stack.state(self.k)

    def restore_adapter(self, state: dict[str, Tensor]) -> None:
        self.stack.restore(self.k, state)


@dataclass(frozen=True, slots=True)
class _Seed:
    """One seed on its course."""

    work: Replicate
    learner: _Learner
    strategy: Strategy
    state: State
    turns: Turns
    log: Log


def learn(works: Sequence[Replicate], say: Say) -> None:
    """Learn the seeds together, or one by one where they cannot be stacked.

    Seeds that a kill between two saves left at different episodes go on in stacks of their own.

    Raises ValueError when `learn.replicates` is `stacked` and the arm does not allow it.
    """
    with ExitStack() as locks:
        for work in works:
            locks.enter_context(held(work.folder, f"arm {work.arm}, seed {work.seed}"))
        groups: dict[int, list[Replicate]] = defaultdict(list)
        for work in works:
            if not finished(work.folder):
                groups[State.reached(work.folder)].append(work)
        for group in groups.values():
            _learn(group, say)


def _learn(works: Sequence[Replicate], say: Say) -> None:
    settings = works[0].params.learn_settings(works[0].arm)
    model = building.base(works[0])
    adapter.attach(model, building.method(works[0]), works[0].weights, works[0].seed, settings.episodes)
    one_step = building.strategy(works[0]).one_step
    reason = obstacle(model) or (None if one_step else "the strategy does more than a step on each lesson's loss")
    if reason and settings.replicates == "stacked":
        raise ValueError(f"arms.{works[0].arm}: learn.replicates is stacked, but {reason}; set auto or alone")
    if reason:
        del model  # the next one has its own
        for work in works:
            course.run(work, say)
        return
    stack = Stack(model, _starts(model, works))
    optimizer = StackedOptimizer(stack.parameters, settings.lr, settings.weight_decay, settings.clip, model.dtype)
    with ExitStack() as logs:
        seeds = []
        for k, work in enumerate(works):
            learner, strategy = _Learner(stack, _Optimizer(optimizer, k), k), building.strategy(work)
            state = State.resume(work.folder, learner, strategy)
            log = logs.enter_context(state.log())
            turns = building.stream(work, model)
            turns.skip(state.attempts())
            seeds.append(_Seed(work, learner, strategy, state, turns, log))
        _run(seeds, stack, optimizer, say)


def _starts(model: LanguageModel, works: Sequence[Replicate]) -> list[dict[str, Tensor]]:
    """The untrained adapter of each seed; that of the first is on the model."""
    episodes = works[0].params.learn_settings(works[0].arm).episodes
    starts = [model.adapter_state()]
    for work in works[1:]:
        adapter.detach(model)
        adapter.attach(model, building.method(work), work.weights, work.seed, episodes)
        starts.append(model.adapter_state())
    return starts


def _run(seeds: Sequence[_Seed], stack: Stack, optimizer: StackedOptimizer, say: Say) -> None:
    first = seeds[0]
    settings = first.work.params.learn_settings(first.work.arm)
    if first.state.t == 0:
        _checkpoint(seeds, stack, 0)
    stack.model.network.train()
    began = time.monotonic() - first.state.seconds * len(seeds)
    for t in range(first.state.t + 1, settings.episodes + 1):
        _episode(seeds, stack, optimizer, t, say)
        if course.due(first.work, t, settings.eval_interval):
            _checkpoint(seeds, stack, t)
        if course.due(first.work, t, course.SAVE_EVERY):
            for seed in seeds:
                seed.log.flush()
                seed.state.save(seed.learner, seed.strategy, t, (time.monotonic() - began) / len(seeds))
    for seed in seeds:
        with stack.alone(seed.learner.k) as model:
            course.finish(seed.work, model, seed.state.seconds)


def _episode(seeds: Sequence[_Seed], stack: Stack, optimizer: StackedOptimizer, t: int, say: Say) -> None:
    manners = [building.manner(seed.work) for seed in seeds]
    turns = [seed.turns.take() for seed in seeds]
    questions, answers = [turn.question for turn in turns], [turn.shown for turn in turns]
    lessons, cache = stacked_lessons.read(stack, questions, answers)
    replies = stacked_lessons.attempts(stack, lessons, cache, manners[0].max_new_tokens)
    try:
        optimizer.step([lesson.loss for lesson in lessons])
    except ValueError as error:
        names = ", ".join(str(manner.seed) for manner in manners)
        raise ValueError(f"arm {manners[0].arm}, seeds {names}, episode {t}: {error}") from error
    for seed, manner, turn, lesson, reply in zip(seeds, manners, turns, lessons, replies, strict=True):
        episode = record(manner, t, turn, lesson, reply.text)
        seed.turns.tell(episode.correct)
        seed.log.write(episode)
        say(course.note(episode))


def _checkpoint(seeds: Sequence[_Seed], stack: Stack, t: int) -> None:
    for seed in seeds:
        with stack.alone(seed.learner.k) as model:
            course.checkpoint(seed.work, model, t)
