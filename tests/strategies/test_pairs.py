"""Every method with every strategy: it learns two episodes on the tiny llama, or is refused in a whole sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from clpipe import named
from clpipe.learner import building, course
from clpipe.learner.loop import episodes
from clpipe.learner.replicate import Replicate
from clpipe.learner.turns import Turn, Turns
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.strategy import Strategy
from clpipe.suitable import mismatches
from tests.strategies import small

SENTENCE = re.compile(r"(\S+: )?\D\S*( \S+){4,}")
"""An option that is named, and at least five words."""


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write_train(tmp_path_factory.mktemp("train") / "train.jsonl")


@pytest.mark.parametrize("strategy", small.strategies())
@pytest.mark.parametrize("method", named.names("clpipe.methods"))
def test_it_runs_or_says_why_not(
    method: str, strategy: str, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    settings = small.params(strategy, method)
    work = small.work(settings, tiny_weights, train, tmp_path)
    refusals = list(mismatches(settings))
    assert refusals or not traits_differ(method, strategy)
    begun = None if refusals else begin(work)
    if begun is None or isinstance(begun, str):
        assert strategy != "naive"
        assert all(SENTENCE.fullmatch(line) for line in [*refusals, *([begun] if begun else [])])
        return
    model, learner = begun
    before = model.adapter_state()
    turns = TwoPhases(building.stream(work, model))
    found = list(episodes(model, learner, turns, replace(building.manner(work), episodes=2)))
    assert [episode.t for episode in found] == [1, 2]
    if model.trainable() and learner.feedback == "answer":
        after = model.adapter_state()
        assert any(not torch.equal(before[name], after[name]) for name in before)
    goes_on(work, model, learner)


def begin(work: Replicate) -> tuple[LanguageModel, Strategy] | str:
    """Model and strategy before the first episode, or the reason why there are none."""
    model, learner = building.base(work), building.strategy(work)
    try:
        adapter.attach(model, building.method(work), work.weights, work.seed, small.EPISODES)
        model.start_learning(0.01, 0.01, 1.0)
        course.begin(work, model, learner)
    except ValueError as error:
        return str(error)
    return model, learner


def goes_on(work: Replicate, model: LanguageModel, learner: Strategy) -> None:
    """What it remembers can be put back into a strategy that has not begun."""
    again = building.strategy(work)
    again.restore(model, learner.state())
    assert again.state().keys() == learner.state().keys()
    assert all(torch.equal(value, again.state()[name]) for name, value in learner.state().items())


def traits_differ(method: str, strategy: str) -> bool:
    needs, traits = (named.load(f"clpipe.{k}", n) for k, n in (("strategies", strategy), ("methods", method)))
    return bool(needs.needs - traits.traits)


class TwoPhases(Turns):
    """Turns of which the second begins a new phase, as far as the strategy is told."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.taken = turns, 0

    def take(self) -> Turn:
        self.taken += 1
        return replace(self.turns.take(), begins=self.taken == 2)

    def tell(self, right: bool) -> None:
        self.turns.tell(right)
