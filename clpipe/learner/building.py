"""What a course is made of: the model, the method, the strategy and the stream that an arm's params name."""

from __future__ import annotations

from functools import partial

from clpipe import named, seeds
from clpipe.arena import judge
from clpipe.labels import shown_answers
from clpipe.learner.loop import Manner, Strategy, Turn
from clpipe.learner.replicate import Replicate
from clpipe.models.adapter import Method
from clpipe.models.language_model import LanguageModel
from clpipe.params import Params
from clpipe.records import Task
from clpipe.store import read_records


def turns(params: Params, arm: str, seed: int, tasks: list[Task]) -> list[Turn]:
    """The stream of a seed: the same for every arm with the same stream, so that arms can be compared in pairs."""
    spec = params.arms[arm]
    settings = params.learn_settings(arm)
    stream = named.build(
        named.load("clpipe.streams", spec.stream), params.stream_options(arm), f"streams.{spec.stream}"
    )
    shown = shown_answers(tasks, settings.labels, seed)
    ordered = stream.order(tasks, settings.episodes, seeds.rng(seed, "stream", spec.stream))
    return [
        Turn(phase=phase, question=task.question, shown=shown[task.id], right=partial(judge.right, task))
        for phase, task in ordered
    ]


def stream(work: Replicate, model: LanguageModel) -> list[Turn]:
    """The turns of this seed; raises ValueError when a text holds a control token of the model."""
    planned = turns(work.params, work.arm, work.seed, read_records(work.train, Task))
    model.chat.refuse_control_tokens(*(text for turn in planned for text in (turn.question.prompt, turn.shown)))
    return planned


def base(work: Replicate) -> LanguageModel:
    """The frozen base, no adapter on it."""
    settings = work.params.learn_settings(work.arm)
    return LanguageModel.load(
        work.weights,
        instruction=work.params.prompt.instruction,
        precision=settings.precision,
        device=settings.device,
        lines=work.params.prompt.lines,
    )


def method(work: Replicate) -> Method:
    """The arm's adaptation method with its options."""
    name = work.params.arms[work.arm].method
    found: Method = named.build(
        named.load("clpipe.methods", name), work.params.method_options(work.arm), f"methods.{name}"
    )
    return found


def strategy(work: Replicate) -> Strategy:
    """The arm's learning strategy with its options, nothing remembered yet."""
    name = work.params.arms[work.arm].strategy
    found: Strategy = named.build(
        named.load("clpipe.strategies", name), work.params.strategy_options(work.arm), f"strategies.{name}"
    )
    return found


def manner(work: Replicate) -> Manner:
    """How this seed's turns are taken."""
    return Manner(
        arm=work.arm,
        seed=work.seed,
        whole_sequence=work.params.learn_settings(work.arm).loss_on == "sequence",
        max_new_tokens=work.params.prompt.max_new_tokens,
    )
