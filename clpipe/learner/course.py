"""The course of one seed: from the untrained adapter to the last checkpoint, resumed where an earlier try broke off."""

from __future__ import annotations

import shutil
import time

from clpipe import seeds
from clpipe.learner import building
from clpipe.learner.loop import episodes
from clpipe.learner.replicate import Replicate, files
from clpipe.learner.state import State
from clpipe.models import adapter
from clpipe.models.device import peak_memory_mb
from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.records import Episode
from clpipe.side_by_side import Say
from clpipe.store import read_json, write_json
from clpipe.strategy import Strategy

SAVE_EVERY = 10
"""Episodes between two states that a broken run can go on from."""


def run(work: Replicate, say: Say) -> None:
    """Learn one seed to the end and leave its files in its folder; `say` gets a note after every episode."""
    settings = work.params.learn_settings(work.arm)
    model, strategy = building.base(work), building.strategy(work)
    adapter.attach(model, building.method(work), work.weights, work.seed, settings.episodes)
    model.start_learning(settings.lr, settings.weight_decay, settings.clip)
    turns = building.stream(work, model)
    turns.open()
    state = State.resume(work.folder, model, strategy)
    began = time.monotonic() - state.seconds
    if state.t == 0:
        begin(work, model, strategy)
        checkpoint(work, model, 0)
    turns.skip(state.attempts())
    with state.log() as log:
        for episode in episodes(model, strategy, turns, building.manner(work), state.t):
            log.write(episode)
            if due(work, episode.t, settings.eval_interval):
                checkpoint(work, model, episode.t)
            if due(work, episode.t, SAVE_EVERY):
                log.flush()
                state.save(model, strategy, episode.t, time.monotonic() - began)
            say(note(episode))
    finish(work, model, time.monotonic() - began)


def begin(work: Replicate, model: LanguageModel, strategy: Strategy) -> None:
    """What the strategy does before the first episode; the optimizer's memory of it is lost."""
    building.refuse_single_phase(work, strategy)
    settings = work.params.learn_settings(work.arm)
    with fence(work.seed, "begin"):
        strategy.begin(model, building.beforehand(work, strategy), seeds.rng(work.seed, "strategy", "begin"))
    model.start_learning(settings.lr, settings.weight_decay, settings.clip)


def due(work: Replicate, t: int, interval: int) -> bool:
    """Whether something done every `interval` episodes, and at the end, is due after episode `t`."""
    return t % interval == 0 or t == work.params.learn_settings(work.arm).episodes


def checkpoint(work: Replicate, model: LanguageModel, t: int) -> None:
    """Keep the adapter on `model` as the checkpoint after `t` episodes."""
    folder = work.folder / "adapters" / f"step-{t:05d}"
    shutil.rmtree(folder, ignore_errors=True)
    adapter.save(model, work.params.arms[work.arm].model, folder)


def finish(work: Replicate, model: LanguageModel, seconds: float) -> None:
    """Leave word that this seed is learned; `seconds` is what it took."""
    base = read_json(work.weights / "provenance.json").get("parameters")
    trainable = sum(p.numel() for p in model.trainable().values())
    episodes = work.params.learn_settings(work.arm).episodes
    done = {
        "trainable_parameters": trainable,
        "total_parameters": base if base else model.parameters(),
        "timing": {"seconds": round(seconds, 2), "episodes": episodes, "peak_memory_mb": peak_memory_mb()},
        "files": files(work.folder),
    }
    write_json(work.folder / "done.json", done)
    (work.folder / State.FILE).unlink(missing_ok=True)


def note(episode: Episode) -> str:
    """What is told of an episode while a run goes on."""
    return f"seed {episode.seed}: loss {episode.loss:.2f}"
