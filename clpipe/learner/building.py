"""What a course is made of: the model, the method, the strategy and the stream that an arm's params name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from clpipe import concepts, endless, named, seeds
from clpipe.arena import judge
from clpipe.labels import shown_answers
from clpipe.learner.loop import Manner
from clpipe.learner.replicate import Replicate
from clpipe.learner.turns import Turn, Turns
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import Method
from clpipe.params import Params
from clpipe.records import Encounter, Example, Task
from clpipe.store import read_records
from clpipe.strategy import Strategy


def turns(params: Params, arm: str, seed: int, tasks: Sequence[Task]) -> Turns:
    """The stream of a seed: the same for every arm with the same stream, so that arms can be compared in pairs."""
    spec, settings = params.arms[arm], params.learn_settings(arm)
    stream: Any = named.build(
        named.load("clpipe.streams", spec.stream), params.stream_options(arm), f"streams.{spec.stream}"
    )
    rng = seeds.rng(seed, "stream", spec.stream)
    if stream.draws:
        drawn = endless.train_tasks(params.arena.families, params.arena.hardest, seed, settings.families)
        return Turns(stream.encounters(drawn, settings.episodes, rng), partial(_turn, {}))
    own = [task for task in tasks if settings.families is None or task.family in settings.families]
    shown = {} if settings.labels == "given" else shown_answers(own, settings.labels, seed)
    return Turns(stream.encounters(own, settings.episodes, rng), partial(_turn, shown))


def planned(params: Params, arm: str, seed: int, tasks: Sequence[Task]) -> list[Turn]:
    """All turns of a stream that is known beforehand."""
    found = turns(params, arm, seed, tasks)
    return list(_taken(found, params.learn_settings(arm).episodes))


def refuse_single_phase(work: Replicate, strategy: Strategy) -> None:
    """Raise ValueError where a strategy waits for the end of a phase and all of the stream is one."""
    if not strategy.needs_boundaries:
        return
    spec, episodes = work.params.arms[work.arm], work.params.learn_settings(work.arm).episodes
    if not any(turn.begins for turn in planned(work.params, work.arm, work.seed, read_records(work.train, Task))):
        raise ValueError(
            f"arm {work.arm}: strategy {spec.strategy!r} must be told where a phase ends, but the {episodes} episodes "
            f"of stream {spec.stream!r} are a single phase with these tasks"
        )


def beforehand(work: Replicate, strategy: Strategy) -> list[Example]:
    """What the strategy may see before the first episode (`Strategy.beforehand`)."""
    if strategy.beforehand == "nothing":
        return []
    tasks = read_records(work.train, Task)
    stream = [turn.example for turn in planned(work.params, work.arm, work.seed, tasks)]
    if strategy.beforehand == "stream":
        return sorted(stream, key=lambda example: example.question.id)  # whose order would tell the phases
    met = {example.question.id for example in stream}
    labels = work.params.learn_settings(work.arm).labels
    shown = shown_answers(tasks, labels, work.seed)
    shows, leaves_out = work.params.families(work.arm)
    families = leaves_out if strategy.beforehand == "others" else shows
    spare = [task for task in tasks if task.family in families and task.id not in met]
    return [Example(question=task.question, shown=shown[task.id]) for task in spare]


def base(work: Replicate) -> LanguageModel:
    """The frozen base, no adapter on it."""
    settings = work.params.learn_settings(work.arm)
    model = LanguageModel.load(
        work.weights,
        instruction=work.params.prompt.instruction,
        precision=settings.precision,
        device=settings.device,
        lines=work.params.prompt.lines,
    )
    model.whole_sequence = settings.loss_on == "sequence"
    model.max_new_tokens = work.params.prompt.max_new_tokens
    return model


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


def stream(work: Replicate, model: LanguageModel) -> Turns:
    """The turns of this seed; raises ValueError when a train task holds a control token of the model."""
    tasks = read_records(work.train, Task)
    model.chat.refuse_control_tokens(*(text for task in tasks for text in (task.prompt, task.answer)))
    return turns(work.params, work.arm, work.seed, tasks)


def manner(work: Replicate) -> Manner:
    """How this seed's turns are taken."""
    return Manner(
        arm=work.arm,
        seed=work.seed,
        episodes=work.params.learn_settings(work.arm).episodes,
        max_new_tokens=work.params.prompt.max_new_tokens,
    )


def _turn(shown: dict[str, str], encounter: Encounter, begins: bool) -> Turn:
    """The turn of an encounter; `shown` has the labels by task id where they are not the tasks' own."""
    true = concepts.applied(encounter.concept, encounter.task)
    label = concepts.answer(encounter.concept, encounter.task, shown.get(encounter.task.id, encounter.task.answer))
    rewarded = true if label == true.answer else replace(true, answer=label, judge="exact", marking={})
    return Turn(
        phase=encounter.phase,
        begins=begins,
        question=true.question,
        shown=label,
        right=partial(judge.right, true),
        rewarded=partial(judge.right, rewarded),
    )


def _taken(turns: Turns, episodes: int) -> Iterator[Turn]:
    for _ in range(episodes):
        yield turns.take()
        turns.tell(False)
