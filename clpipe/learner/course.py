"""The course of one seed: from the untrained adapter to the last checkpoint, resumed where an earlier try broke off."""

from __future__ import annotations

import shutil
import time
from functools import partial

import psutil

from clpipe import named, seeds
from clpipe.arena import judge
from clpipe.labels import shown_answers
from clpipe.learner.loop import Manner, Strategy, Turn, episodes
from clpipe.learner.replicate import Replicate
from clpipe.learner.state import State
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.params import Params
from clpipe.records import Episode, Task
from clpipe.side_by_side import Say
from clpipe.store import read_json, read_records, write_json

SAVE_EVERY = 10
"""Episodes between two states that a broken run can go on from."""


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


def run(work: Replicate, say: Say) -> None:
    """Learn one seed to the end and leave its files in its folder; `say` gets a note after every episode."""
    params, settings = work.params, work.params.learn_settings(work.arm)
    model = _new_model(work)
    spec = params.arms[work.arm]
    cls = named.load("clpipe.strategies", spec.strategy)
    strategy: Strategy = named.build(cls, params.strategy_options(work.arm), f"strategies.{spec.strategy}")
    state = State.resume(work.folder, model, strategy)
    if state.t == 0:
        _checkpoint(work, model, 0)
    manner = Manner(
        arm=work.arm,
        seed=work.seed,
        whole_sequence=settings.loss_on == "sequence",
        max_new_tokens=params.prompt.max_new_tokens,
    )
    planned = turns(params, work.arm, work.seed, read_records(work.train, Task))
    model.chat.refuse_control_tokens(*(text for turn in planned for text in (turn.question.prompt, turn.shown)))
    began = time.monotonic() - state.seconds
    with state.log() as log:
        for episode in episodes(model, strategy, planned, manner, state.t):
            log.write(episode)
            last = episode.t == settings.episodes
            if episode.t % settings.eval_interval == 0 or last:
                _checkpoint(work, model, episode.t)
            if episode.t % SAVE_EVERY == 0 or last:
                log.flush()
                state.save(model, strategy, episode.t, time.monotonic() - began)
            say(_note(episode))
    _finish(work, model, time.monotonic() - began, settings.episodes)


def _new_model(work: Replicate) -> LanguageModel:
    settings = work.params.learn_settings(work.arm)
    model = LanguageModel.load(
        work.weights,
        instruction=work.params.prompt.instruction,
        precision=settings.precision,
        device=settings.device,
    )
    spec = work.params.arms[work.arm]
    cls = named.load("clpipe.methods", spec.method)
    method = named.build(cls, work.params.method_options(work.arm), f"methods.{spec.method}")
    adapter.attach(model, method, work.weights, work.seed)
    model.start_learning(settings.lr, settings.weight_decay, settings.clip)
    return model


def _checkpoint(work: Replicate, model: LanguageModel, t: int) -> None:
    folder = work.folder / "adapters" / f"step-{t:05d}"
    shutil.rmtree(folder, ignore_errors=True)
    adapter.save(model, work.params.arms[work.arm].model, folder)


def _finish(work: Replicate, model: LanguageModel, seconds: float, count: int) -> None:
    base = read_json(work.weights / "provenance.json").get("parameters")
    trainable = sum(p.numel() for p in model.trainable().values())
    memory = psutil.Process().memory_info().rss
    done = {
        "trainable_parameters": trainable,
        "total_parameters": base if base else model.parameters(),
        "timing": {"seconds": round(seconds, 2), "episodes": count, "peak_memory_mb": round(memory / 2**20)},
    }
    write_json(work.folder / "done.json", done)
    (work.folder / State.FILE).unlink(missing_ok=True)


def _note(episode: Episode) -> str:
    return f"seed {episode.seed}: loss {episode.loss:.2f}"
