"""A start learned on other families: one update of each kind by hand, what it may see, and what it refuses."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

import pytest
import torch

from clpipe.meta import MetaLearned, descend
from clpipe.methods.lora import Lora
from clpipe.methods.multi_lora import MultiLora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Example
from clpipe.strategies.fomaml import Fomaml
from clpipe.strategies.reptile import Reptile
from tests.conftest import Load
from tests.drawn import drawn
from tests.strategies import toy

KINDS = [Reptile, Fomaml]


def example(*numbers: float, family: str = "f") -> Example:
    return Example(question=toy.at(*numbers, family=family), shown="")


def test_reptile_goes_a_part_of_the_way_that_its_steps_lead() -> None:
    """Loss (x - c)² / 2. From x = 0: 0 - 0.5 (0 - 2) = 1, then 1 - 0.5 (1 - 4) = 2.5; a tenth of the way is 0.25."""
    model = toy.point(0.0)
    Reptile(inner_steps=2, inner_lr=0.5, outer_lr=0.1).update(model, [example(2), example(4)])
    assert model.trainable()["x"].tolist() == pytest.approx([0.25])


def test_fomaml_goes_down_the_query_gradient_at_the_adapted_model() -> None:
    """Support 2 leads from 0 to 0 - 0.5 (0 - 2) = 1; query 4 has the gradient 1 - 4 = -3 there; 0 - 0.1 * -3 = 0.3.

    The exact MAML gradient is (1 - 0.5) * -3: it would come to 0.15.
    """
    model = toy.point(0.0)
    Fomaml(inner_steps=1, inner_lr=0.5, outer_lr=0.1).update(model, [example(2), example(4)])
    assert model.trainable()["x"].tolist() == pytest.approx([0.3])


def test_fomaml_takes_the_mean_over_the_second_half() -> None:
    """Support 2, 4 leads to 2.5 (as above); queries 1 and 5 have the gradients 1.5 and -2.5, mean -0.5."""
    model = toy.point(0.0)
    Fomaml(inner_steps=2, inner_lr=0.5, outer_lr=0.1).update(model, [example(c) for c in (2, 4, 1, 5)])
    assert model.trainable()["x"].tolist() == pytest.approx([0.05])


def test_a_step_is_clipped_as_the_steps_of_the_arm_are() -> None:
    """The gradient (3, 4) has the norm 5; clipped to 1 it is (0.6, 0.8)."""
    model = toy.point(0.0, 0.0)
    model.start_learning(toy.LR, 0.0, 1.0)
    descend(model, {"x": torch.tensor([3.0, 4.0])}, 0.5)
    assert model.trainable()["x"].tolist() == pytest.approx([-0.3, -0.4])


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_that_diverges_is_told(kind: type[MetaLearned]) -> None:
    with pytest.raises(ValueError, match="inner_lr: learning the start diverged"):
        kind(inner_steps=1).update(toy.point(0.0), [example(float("nan"))] * 2)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_families_named_are_learned_from(kind: type[MetaLearned]) -> None:
    """Those of `f` are at 1; the others at 9 would draw it further."""
    spare = [example(1, i, family="f") for i in range(4)] + [example(9, i, family="g") for i in range(4)]
    reached = []
    for families in (("f",), ("g",), ()):
        model = toy.point(0.0, 0.0)
        start = kind(families=families, rounds=200, inner_steps=2, inner_lr=0.5, outer_lr=0.2)
        start.begin(model, spare, random.Random(0))
        reached.append(model.trainable()["x"][0].item())
    assert reached[0] == pytest.approx(1, abs=0.01)
    assert reached[1] == pytest.approx(9, abs=0.01)
    assert 1.5 < reached[2] < 8.5


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_what_is_spare_does_not_matter(kind: type[MetaLearned]) -> None:
    spare = [example(c, family=family) for c in range(6) for family in ("f", "g")]
    ends = []
    for given in (spare, spare[::-1]):
        model = toy.point(0.0)
        kind(rounds=5, inner_steps=2).begin(model, given, random.Random(1))
        ends.append(model.trainable()["x"].item())
    assert ends[0] == ends[1] != 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_family_with_too_few_examples_is_told(kind: type[MetaLearned]) -> None:
    start = kind(families=("f",), inner_steps=3)
    with pytest.raises(ValueError, match=rf"inner_steps: a round draws {start.drawn} examples .* are 2 of 'f'"):
        start.begin(toy.point(0.0), [example(1), example(2)], random.Random(0))
    with pytest.raises(ValueError, match="families: there are no examples"):
        kind().begin(toy.point(0.0), [], random.Random(0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_learned_on_a_family_knows_more_of_it(kind: type[MetaLearned], tiny_weights: dict[str, Path]) -> None:
    tasks = drawn(2, {"comparison": 14})
    spare = [Example(question=task.question, shown=task.answer) for task in tasks]
    model = LanguageModel.load(tiny_weights["llama"], instruction="Answer.", device="cpu")
    model.network.lm_head.weight.data.mul_(10)  # else the logits hardly depend on what an adapter does
    adapter.attach(model, Lora(target_modules=("v_proj", "up_proj", "down_proj")), tiny_weights["llama"], seed=0)
    model.start_learning(0.01, 0.0, 1.0)

    def loss() -> float:
        with torch.no_grad():
            return sum(float(model.read(one.question, one.shown).loss) for one in spare[8:])

    before = loss()
    kind(rounds=20, inner_steps=4, inner_lr=0.3, outer_lr=0.5).begin(model, spare[:8], random.Random(0))
    assert loss() < before - 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ["cluster", "family"])
def test_a_router_is_refused(
    kind: type[MetaLearned], route: Literal["cluster", "family"], load: Load, tiny_weights: dict[str, Path]
) -> None:
    model = load("llama")
    adapter.attach(model, MultiLora(route=route), tiny_weights["llama"], seed=0)
    model.start_learning(0.01, 0.0, 1.0)
    with pytest.raises(ValueError, match="use one without a router, such as lora"):
        kind(inner_steps=1).update(model, [example(1), example(2)])


@pytest.mark.parametrize("kind", KINDS)
def test_then_it_is_naive(kind: type[MetaLearned]) -> None:
    ours, peer = toy.point(5.0), toy.point(5.0)
    kind().learn(ours, ours.read(toy.at(1.0), ""), random.Random(0))
    peer.step(peer.read(toy.at(1.0), "").loss)
    assert torch.equal(ours.trainable()["x"], peer.trainable()["x"])


@pytest.mark.parametrize("kind", KINDS)
def test_families_that_will_not_do_are_told(kind: type[MetaLearned]) -> None:
    shown, others = ["sums", "ages"], ["rows", "grids"]
    assert list(kind().problems(shown, others, 9)) == []
    assert list(kind(families=("rows",)).problems(shown, others, 9)) == []
    [too] = kind(families=("rows", "ages")).problems(shown, others, 9)
    assert too.startswith("families: the stream shows 'ages' too")
    assert "rows, grids" in too
    [unknown] = kind(families=("grid",)).problems(shown, others, 9)
    assert unknown == "families: no family 'grid' (did you mean 'grids'?); there is grids, rows"
    [none] = kind().problems(shown, [], 9)
    assert none == "families: a start is learned from families that the stream leaves out; set learn.families to fewer"


@pytest.mark.parametrize("kind", KINDS)
def test_options_out_of_range_are_told(kind: type[MetaLearned]) -> None:
    with pytest.raises(ValueError, match="rounds: must be 1 or more, not 0"):
        kind(rounds=0)
    with pytest.raises(ValueError, match="inner_steps: must be 1 or more, not 0"):
        kind(inner_steps=0)
    with pytest.raises(ValueError, match="inner_lr: must be more than 0, not 0"):
        kind(inner_lr=0.0)
    assert (kind.beforehand, kind.changes_start) == ("others", True)
