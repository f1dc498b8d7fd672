"""AdaLoRA: the budget by hand, the penalty by hand, and what the allocator remembers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel

from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from tests.conftest import Load
from tests.methods.learners import PROMPTS, begin, logits, made, put, teach

SMALL: dict[str, Any] = {"init_r": 4, "target_r": 2, "tinit": 0.2, "tfinal": 0.3}


def kept(model: LanguageModel) -> list[int]:
    """Triplets of each matrix whose e is not zero."""
    return [int((p != 0).sum()) for name, p in model.trainable().items() if ".lora_E." in name]


def test_the_budget_falls_as_the_third_power_of_what_is_left(load: Load) -> None:
    """Of 10 steps 2 are before and 3 after the fall; 4 matrices of rank 4 have 16 triplets and shall have 8.

    After step s the budget is int(8 * (1 - (s - 2) / 5)³ + 8): int(12.096), int(9.728), int(8.512), int(8.064), 8.
    """
    model = load("llama")
    put(model, made("adalora", **SMALL), episodes=10)
    begin(model)
    budgets = []
    for step in range(10):
        teach(model, [step])
        budgets.append(sum(kept(model)))
    assert budgets == [16, 16, 12, 9, 8, 8, 8, 8, 8, 8]


def test_after_the_fall_the_same_triplets_stay(load: Load) -> None:
    model = load("llama")
    put(model, made("adalora", **SMALL), episodes=10)
    begin(model)
    teach(model, range(7))
    before = {n: p != 0 for n, p in model.trainable().items() if ".lora_E." in n}
    teach(model, range(7, 14))  # beyond the episodes too
    assert all(torch.equal(p != 0, before[n]) for n, p in model.trainable().items() if n in before)


@pytest.mark.parametrize("episodes", [1, 2, 3])
def test_a_short_stream_ends_at_the_final_budget(episodes: int, load: Load) -> None:
    model = load("llama")
    put(model, made("adalora", init_r=4, target_r=2, tinit=0.3, tfinal=0.6), episodes=episodes)
    begin(model)
    teach(model, range(max(episodes, 2)))
    assert sum(kept(model)) == 8


def test_the_penalty_is_the_mean_distance_from_orthonormal(load: Load) -> None:
    """All P and Q orthonormal: 0. One Q twice that: Q Qᵀ - I = 3 I of 4 rows, norm 6, one of 8 matrices, weight 0.5."""
    model = load("llama")
    on = put(model, made("adalora", orthogonality=0.5, **SMALL))
    with torch.no_grad():
        for name, p in model.trainable().items():
            if ".lora_E." not in name:
                p.copy_(torch.eye(*p.shape))
    penalty = on.penalty()
    assert penalty is not None
    assert float(penalty.detach()) == 0
    with torch.no_grad():
        next(p for name, p in model.trainable().items() if ".lora_A." in name).mul_(2)
    penalty = on.penalty()
    assert penalty is not None
    assert float(penalty.detach()) == pytest.approx(0.5 * 6 / 8)
    assert put(load("llama"), made("adalora", orthogonality=0.0)).penalty() is None


@pytest.mark.parametrize("steps", [2, 4, 8])
def test_the_memory_of_the_allocator_is_part_of_the_state(steps: int, load: Load) -> None:
    """Broken off before, in and after the fall."""
    method = made("adalora", **SMALL)
    whole, later = load("llama"), load("llama")
    for model in (whole, later):
        put(model, method, episodes=10)
        begin(model)
    teach(whole, range(steps))
    assert whole.optimizer is not None
    assert later.optimizer is not None
    later.restore_adapter(whole.adapter_state())
    later.optimizer.restore(whole.optimizer.state())
    for model in (whole, later):
        teach(model, range(steps, 10))
    expected, found = whole.adapter_state(), later.adapter_state()
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert int(found["allocator/steps"]) == 10


@pytest.mark.parametrize("steps", [3, 10])
def test_a_checkpoint_gives_the_same_logits_here_and_in_peft_and_learning_goes_on(
    steps: int, load: Load, tmp_path: Path
) -> None:
    method = made("adalora", **SMALL)
    model, undisturbed = load("llama"), load("llama")
    for one in (model, undisturbed):
        put(one, method, episodes=10)
        begin(one)
        teach(one, range(steps))
    adapter.save(model, "tiny", tmp_path / "saved")
    again = load("llama")
    adapter.load(again, tmp_path / "saved")
    assert torch.equal(logits(again), logits(model))
    peer = PeftModel.from_pretrained(load("llama").network, str(tmp_path / "saved")).eval()
    ids = torch.tensor([model.chat.question(PROMPTS[0])])
    torch.testing.assert_close(peer(input_ids=ids).logits[:, -1], logits(model)[:, -1])
    for one in (model, undisturbed):
        teach(one, range(steps, 12))
    assert torch.equal(logits(model), logits(undisturbed))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_r": 0}, "target_r: must be 1 or more, not 0"),
        ({"init_r": 8}, r"init_r: must be more than target_r \(8\), not 8; or use lora"),
        ({"tinit": 0.5, "tfinal": 0.5}, "tinit and tfinal are shares that leave some of 1"),
        ({"tinit": -0.1}, "tinit and tfinal are shares"),
        ({"orthogonality": -1.0}, "orthogonality: must be 0 or more"),
    ],
)
def test_values_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made("adalora", **options)
