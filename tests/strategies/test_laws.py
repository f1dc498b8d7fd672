"""Laws that every learning strategy passes, each a file of `clpipe/strategies`, in short runs of the real loop."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from clpipe import named
from clpipe.buffer import unpacked
from clpipe.learner import building, course
from clpipe.learner.loop import episodes
from clpipe.learner.replicate import Replicate, finished, learn
from clpipe.learner.turns import Turn, Turns
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import FROZEN
from clpipe.records import Example
from clpipe.strategy import Strategy
from clpipe.suitable import mismatches
from tests.strategies import small

STRATEGIES = small.strategies()
WITH_WEIGHTS = [name for name in STRATEGIES if FROZEN not in named.load("clpipe.strategies", name).needs]
REMEMBERING = [
    name
    for name in STRATEGIES
    if "capacity" in {f.name for f in dataclasses.fields(named.load("clpipe.strategies", name))}
]
NOTHING_MORE_THAN_NAIVE: dict[str, dict[str, float]] = {
    "replay": {"mix": 0},
    "ewc": {"strength": 0.0},
    "distil": {"weight": 0.0},
    "consolidate": {"mix": 0},
}


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write_train(tmp_path_factory.mktemp("train") / "train.jsonl")


@pytest.fixture(autouse=True)
def saved_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "SAVE_EVERY", 4)


@pytest.fixture(scope="module")
def runs(train: Path, tiny_weights: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(train, tiny_weights, tmp_path_factory.mktemp("runs"))


class Runs:
    """Whole runs, each learned once however many laws ask for it."""

    def __init__(self, train: Path, weights: dict[str, Path], folder: Path) -> None:
        self.train, self.weights, self.folder = train, weights, folder

    def work(self, strategy: str, name: str, *, method: str | None = None, seed: int = 0, **own: Any) -> Replicate:
        settings = small.params(strategy, method, **own)
        if missing := set(settings.methods) - set(named.names("clpipe.methods")):
            pytest.skip(f"there is no method {missing} to try it with")
        assert list(mismatches(settings)) == []
        return small.work(settings, self.weights, self.train, self.folder / f"{strategy}-{name}", seed)

    def whole(self, strategy: str, *, method: str | None = None, **own: Any) -> Path:
        run = self.work(strategy, f"{method}-{own}", method=method, **own)
        if not finished(run.folder):
            learn(run, lambda _: None)
        return run.folder


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_seed_ends_with_the_same_bytes(strategy: str, runs: Runs) -> None:
    again = runs.work(strategy, "again")
    learn(again, lambda _: None)
    assert small.contents(again.folder) == small.contents(runs.whole(strategy))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("breaks", [5, 10])
def test_a_run_that_breaks_off_ends_with_the_same_bytes(strategy: str, breaks: int, runs: Runs) -> None:
    """It goes on from the state after episode 4 or 8; a new strategy then knows what the first had remembered."""
    broken = runs.work(strategy, f"broken-{breaks}")
    said: list[str] = []

    def interrupt(note: str) -> None:
        said.append(note)
        if len(said) == breaks:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(broken, interrupt)
    learn(broken, said.append)
    assert len(said) == breaks + small.EPISODES - breaks // 4 * 4
    assert small.contents(broken.folder) == small.contents(runs.whole(strategy))


@pytest.mark.parametrize("strategy", WITH_WEIGHTS)
def test_the_start_is_changed_only_by_what_says_so(strategy: str, runs: Runs) -> None:
    """The checkpoint before the first episode is the untrained adapter of naive, but for strategies that declare it."""
    cls = named.load("clpipe.strategies", strategy)
    start = "adapters/step-00000/adapter_model.safetensors"
    own, naive = small.adapters(runs.whole(strategy)), small.adapters(runs.whole("naive"))
    assert (own[start] != naive[start]) == cls.changes_start


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_learns_and_leaves_the_examples_as_they_are(strategy: str, runs: Runs) -> None:
    met: list[tuple[Example, dict[str, Any]]] = []
    for _, _, turn in steps(runs, strategy):
        met.append((turn.example, dataclasses.asdict(turn.example)))
    assert len(met) == small.EPISODES
    assert [dataclasses.asdict(example) for example, _ in met] == [before for _, before in met]


@pytest.mark.parametrize("strategy", REMEMBERING)
def test_no_more_is_remembered_than_there_is_room_for_and_nothing_that_was_not_met(strategy: str, runs: Runs) -> None:
    met: list[Example] = []
    full = False
    for learner, _, turn in steps(runs, strategy):
        met.append(turn.example)
        kept = [one for name, value in learner.state().items() if name == "examples" for one in unpacked(value)]
        assert len(kept) <= small.SMALL["capacity"]
        assert all(one in met for one in kept)
        full = full or len(kept) == small.SMALL["capacity"]
    assert full


@pytest.mark.parametrize("strategy", NOTHING_MORE_THAN_NAIVE)
@pytest.mark.parametrize("method", ["lora", "soft_prompt"])
def test_at_no_strength_it_is_naive_to_the_last_bit(strategy: str, method: str, runs: Runs) -> None:
    """LoRA has dropout 0.1 here."""
    own = runs.whole(strategy, method=method, **NOTHING_MORE_THAN_NAIVE[strategy])
    naive = runs.whole("naive", method=method)
    assert len(small.adapters(naive)) == 4
    assert small.contents(own) == small.contents(naive)


@pytest.mark.parametrize("strategy", ["replay", "ewc", "distil", "agem", "olora", "consolidate"])
def test_with_strength_it_is_not_naive(strategy: str, runs: Runs) -> None:
    """Else the law before would say nothing."""
    last = f"adapters/step-{small.EPISODES:05d}/adapter_model.safetensors"
    assert small.adapters(runs.whole(strategy))[last] != small.adapters(runs.whole("naive"))[last]


def steps(runs: Runs, strategy: str) -> Iterator[tuple[Strategy, LanguageModel, Turn]]:
    """Strategy, model and turn after each episode of a run."""
    work = runs.work(strategy, "steps")
    model, learner = building.base(work), building.strategy(work)
    adapter.attach(model, building.method(work), work.weights, work.seed, small.EPISODES)
    model.start_learning(0.01, 0.01, 1.0)
    course.begin(work, model, learner)
    before = model.adapter_state()
    turns = Watched(building.stream(work, model))
    for _ in episodes(model, learner, turns, building.manner(work)):
        yield learner, model, turns.last
    after = model.adapter_state()
    moved = any(not torch.equal(before[name], value) for name, value in after.items())
    assert moved or learner.feedback == "reward" or strategy not in WITH_WEIGHTS


class Watched(Turns):
    """Turns that may be looked at after they were taken."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns

    def take(self) -> Turn:
        self.last = self.turns.take()
        return self.last

    def tell(self, right: bool) -> None:
        self.turns.tell(right)
