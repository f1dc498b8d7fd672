"""O-LoRA: what moves in which phase, the penalty by hand, and the rank's slices."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Question, prompt_id
from clpipe.strategies.olora import Olora, overlap, pairs
from tests.conftest import Load
from tests.strategies.toy import LR, Toy, at, lesson

RNG = random.Random(0)
QUESTION = Question(id=prompt_id("1 + 1?"), family="sums", prompt="1 + 1?")
A, B = "m.lora_A.default", "m.lora_B.default"


def toy(rank: int = 2, weight_decay: float = 0.0) -> Toy:
    first = torch.tensor([[1.0, 0.0, 2.0], [3.0, -1.0, -2.0], [0.5, 0.5, 0.5]])[:rank]
    return Toy({A: first, B: torch.zeros(2, rank)}, weight_decay)


def learn(olora: Olora, model: Toy) -> None:
    """A lesson whose gradient is 1 in every number."""
    olora.learn(model, lesson(sum((p.sum() for p in model.trainable().values()), torch.tensor(0.0)), at(0.0)), RNG)


def values(model: Toy) -> tuple[Tensor, Tensor]:
    found = model.trainable()
    return found[A].detach().clone(), found[B].detach().clone()


def gradient(model: Toy, name: str) -> Tensor:
    found = model.trainable()[name].grad
    assert found is not None
    return found


def test_the_overlap_of_rows_by_hand() -> None:
    """(1, 0, 2).(3, -1, -2) = -1 and (1, 0, 2).(0.5, 0.5, 0.5) = 1.5: |-1| + |1.5| = 2.5."""
    first = toy(3).trainable()[A].detach()
    assert float(overlap(first[:1], first[1:])) == pytest.approx(2.5)
    assert float(overlap(torch.eye(4)[:2], torch.eye(4)[2:])) == 0.0


@pytest.mark.parametrize("weight_decay", [0.0, 0.4])
def test_only_the_slice_of_the_phase_moves(weight_decay: float) -> None:
    """AdamW's memory and decay would move the first slice on in the second phase, and the second in the first."""
    model, olora = toy(weight_decay=weight_decay), Olora(phases=2, weight=0.0)
    start = values(model)
    learn(olora, model)
    learn(olora, model)
    middle = values(model)
    assert torch.equal(middle[0][1], start[0][1])
    assert torch.equal(middle[1][:, 1], torch.zeros(2))
    assert bool((middle[0][0] != start[0][0]).all())
    assert bool((middle[1][:, 0] != 0).all())
    olora.boundary(model, RNG)
    learn(olora, model)
    end = values(model)
    assert torch.equal(end[0][0], middle[0][0])
    assert torch.equal(end[1][:, 0], middle[1][:, 0])
    assert bool((end[0][1] != middle[0][1]).all())


def test_the_penalty_pushes_the_new_rows_away_from_the_old() -> None:
    """In phase 2, A_2 = (3, -1, -2) and A_1 = (1, 0, 2): the product is -1, so |.| has the gradient -A_1 in A_2.

    With weight 0.5 and the lesson's gradient of 1: (1, 1, 1) - 0.5 (1, 0, 2) = (0.5, 1, 0); A_1 gets none.
    """
    model, olora = toy(), Olora(phases=2, weight=0.5)
    olora.boundary(model, RNG)
    learn(olora, model)
    torch.testing.assert_close(gradient(model, A), torch.tensor([[0.0, 0.0, 0.0], [0.5, 1.0, 0.0]]))
    torch.testing.assert_close(gradient(model, B), torch.tensor([[0.0, 1.0], [0.0, 1.0]]))


def test_the_norms_of_the_new_slice_are_pulled_to_zero() -> None:
    """||A_1|| of (1, 0, 2) has the gradient A_1 / sqrt(5); B_1 is 0, where the norm has none."""
    model, olora = toy(), Olora(phases=2, weight=0.0, l2=2.0)
    learn(olora, model)
    expected = 1 + 2 * torch.tensor([1.0, 0.0, 2.0]) / 5**0.5
    torch.testing.assert_close(gradient(model, A)[0], expected)
    torch.testing.assert_close(gradient(model, B)[:, 0], torch.ones(2))


def test_adamw_begins_anew_with_a_slice() -> None:
    """Its first step is lr long whatever the gradient; after 50 steps of nothing it would be longer."""
    model, olora = toy(), Olora(phases=2, weight=0.0)
    for _ in range(50):
        learn(olora, model)
    before = values(model)
    olora.boundary(model, RNG)
    learn(olora, model)
    torch.testing.assert_close(before[0][1] - values(model)[0][1], torch.full((3,), LR))


def test_phases_beyond_the_last_slice_go_on_in_it() -> None:
    model, olora = toy(), Olora(phases=2)
    for _ in range(3):
        olora.boundary(model, RNG)
    before = values(model)
    learn(olora, model)
    after = values(model)
    assert olora.now == 1
    assert torch.equal(after[0][0], before[0][0])
    assert not torch.equal(after[0][1], before[0][1])


@given(st.integers(2, 9), st.integers(0, 40))
def test_every_rank_is_in_one_slice(phases: int, more: int) -> None:
    rank, olora = phases + more, Olora(phases=phases)
    found: list[int] = []
    for olora.now in range(phases):
        own = list(range(rank))[olora._ranks(rank)]
        assert rank // phases <= len(own) <= rank // phases + 1
        found += own
    assert found == list(range(rank))


def test_more_slices_than_ranks_are_refused_at_the_start() -> None:
    Olora(phases=3).begin(toy(3), [], RNG)
    with pytest.raises(
        ValueError, match=r"strategies\.olora\.phases: 4 slices .* rank r = 3; raise the method's r to 4"
    ):
        Olora(phases=4).begin(toy(3), [], RNG)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"phases": 1}, "phases: must be 2 or more, not 1; with one phase, take naive"),
        ({"weight": -0.5}, "weight: must be 0 or more, not -0.5"),
        ({"l2": -0.5}, "l2: must be 0 or more, not -0.5"),
    ],
)
def test_a_value_that_is_not_allowed_is_told(options: dict[str, float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Olora(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("targets", [("q_proj", "v_proj"), ("down_proj",)])
def test_on_a_network_the_update_of_a_phase_has_the_rank_of_its_slice(
    targets: tuple[str, ...], load: Load, tiny_weights: dict[str, Path]
) -> None:
    """r 7 in 3 slices of 2, 2 and 3 ranks; a restored one goes on where it was."""
    model = load("llama")
    adapter.attach(model, Lora(r=7, target_modules=targets), tiny_weights["llama"], seed=0)
    model.start_learning(lr=0.01, weight_decay=0.01, clip=1.0)
    olora, ranks = Olora(phases=3), []
    olora.begin(model, [], RNG)
    for phase in range(3):
        before = [(b @ a).detach() for a, b in pairs(model.trainable())]
        for answer in "246":
            olora.learn(model, model.read(QUESTION, answer), RNG)
        after = [(b @ a).detach() for a, b in pairs(model.trainable())]
        ranks.append({int(torch.linalg.matrix_rank(y - x, rtol=1e-3)) for x, y in zip(before, after, strict=True)})
        if phase < 2:
            olora.boundary(model, RNG)
        again = Olora(phases=3)
        again.restore(model, olora.state())
        olora = again
    assert ranks == [{2}, {2}, {3}]


def test_the_weight_keeps_a_phase_nearer_to_orthogonal(load: Load, tiny_weights: dict[str, Path]) -> None:
    found = []
    for weight in (0.0, 0.5):
        model = load("llama")
        adapter.attach(model, Lora(r=4), tiny_weights["llama"], seed=0)
        model.start_learning(lr=0.01, weight_decay=0.0, clip=1.0)
        found.append(overlap_after(model, Olora(phases=2, weight=weight)))
    assert found[1] < found[0] / 2


def overlap_after(model: LanguageModel, olora: Olora) -> float:
    for _ in range(2):
        for answer in "24680":
            olora.learn(model, model.read(QUESTION, answer), RNG)
        olora.boundary(model, RNG)
    return sum(float(overlap(a[2:], a[:2]).detach()) for a, _ in pairs(model.trainable()))
