"""Learning from reward: the gold answer never reaches it, the gradient is the formula's, and rewarded replies gain."""

from __future__ import annotations

import random
from collections.abc import Generator
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clpipe.learner.loop import Manner, episodes
from clpipe.learner.turns import Turn, Turns
from clpipe.methods.lora import Lora
from clpipe.models import adapter, sampling
from clpipe.models.language_model import LanguageModel
from clpipe.models.sampling import Sampled, log_probability
from clpipe.records import Encounter, Question, Task
from clpipe.strategies.reward_only import RewardOnly, leave_one_out
from clpipe.strategy import Reward

Kind = Literal["rloo", "expert_iteration"]
KINDS: list[Kind] = ["rloo", "expert_iteration"]
QUESTION = Question(id="", family="sums", prompt="3 + 4?")


def learner(weights: dict[str, Path], dropout: float = 0.0, lr: float = 0.01) -> LanguageModel:
    """A tiny model whose logits differ by about 1: any reply may come, and an adapter can change which."""
    model = LanguageModel.load(weights["llama"], instruction="Answer.", device="cpu")
    model.network.lm_head.weight.data.mul_(10)
    method = Lora(dropout=dropout, target_modules=("v_proj", "o_proj", "up_proj", "down_proj"))
    adapter.attach(model, method, weights["llama"], seed=0)
    model.start_learning(lr, 0.0, 1.0)
    return model


def lower_half(reply: str) -> bool:
    """About half of all first characters."""
    return bool(reply) and ord(reply[0]) % 2 == 0


def practised(model: LanguageModel, strategy: RewardOnly, reward: Reward, times: int, seed: int = 0) -> None:
    for t in range(times):
        strategy.practise(model, QUESTION, reward, random.Random(100 * seed + t))


def run(weights: dict[str, Path], kind: Kind, shown: str, rewarded: Reward) -> tuple[list[str], dict[str, Any]]:
    """Replies and weights after six turns of the real loop, dropout on, the answer shown being `shown`."""

    def turn(encounter: Encounter, begins: bool) -> Turn:
        question = encounter.task.question
        return Turn(phase="", begins=begins, question=question, shown=shown, right=lower_half, rewarded=rewarded)

    def stream() -> Generator[Encounter, bool, None]:
        for number in range(6):
            task = Task(
                id="", family="sums", prompt=f"{number} + 4?", answer=shown, difficulty=1, template="", novelty=""
            )
            yield Encounter(phase="", task=task)

    model = learner(weights, dropout=0.2)
    strategy = RewardOnly(kind=kind, samples=6, max_new_tokens=3)
    manner = Manner(arm="arm", seed=0, episodes=6, max_new_tokens=3)
    taken = list(episodes(model, strategy, Turns(stream(), turn), manner))
    return [episode.reply for episode in taken], {**model.adapter_state(), **strategy.state()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_shown_reaches_nothing_when_the_rewards_are_the_same(
    kind: Kind, tiny_weights: dict[str, Path]
) -> None:
    """Shown are texts of other lengths, so that the loop's own pass over them draws more or less dropout."""
    replies, weights = run(tiny_weights, kind, "7", lower_half)
    for poison in ("POISON that nobody may learn", "", "7 7 7"):
        others, changed = run(tiny_weights, kind, poison, lower_half)
        assert others == replies
        assert all(torch.equal(changed[name], value) for name, value in weights.items())
    _, elsewhere = run(tiny_weights, kind, "7", lambda reply: not lower_half(reply))
    assert any(not torch.equal(elsewhere[name], value) for name, value in weights.items())


def test_a_lesson_is_refused(tiny_weights: dict[str, Path]) -> None:
    model = learner(tiny_weights)
    assert RewardOnly.feedback == "reward"
    with pytest.raises(NotImplementedError):
        RewardOnly().learn(model, model.read(QUESTION, "7"), random.Random(0))


def test_the_advantage_is_the_reward_less_the_mean_of_the_others() -> None:
    """Rewards 1, 0, 0, 1: advantages 1 - 1/3, 0 - 2/3, 0 - 2/3, 1 - 1/3; the gradient is -A / 4."""
    logs = torch.tensor([-1.0, -2.0, -3.0, -4.0], requires_grad=True)
    loss = leave_one_out(logs, [1.0, 0.0, 0.0, 1.0])
    [gradient] = torch.autograd.grad(loss, logs)
    assert gradient.tolist() == pytest.approx([-1 / 6, 1 / 6, 1 / 6, -1 / 6])
    assert loss.item() == pytest.approx((1 - 2 - 3 + 4) / 6)


@given(rewards=st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=8), shift=st.floats(-5, 5))
def test_advantages_add_up_to_nothing_and_a_constant_changes_none(rewards: list[float], shift: float) -> None:
    logs = torch.zeros(len(rewards), dtype=torch.float64, requires_grad=True)
    [plain] = torch.autograd.grad(leave_one_out(logs, rewards), logs)
    [shifted] = torch.autograd.grad(leave_one_out(logs, [r + shift for r in rewards]), logs)
    assert plain.sum().item() == pytest.approx(0, abs=1e-6)
    assert shifted.tolist() == pytest.approx(plain.tolist(), abs=1e-5)


def test_the_step_is_taken_on_the_gradient_of_the_formula(
    tiny_weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two replies, the first right: A = 1, -1, so the gradient is (grad log p2 - grad log p1) / 2."""
    model = learner(tiny_weights)
    replies = [Sampled([40, 2], "right"), Sampled([41, 50, 2], "wrong")]
    monkeypatch.setattr(sampling, "sample", lambda *_: replies)
    by_hand = [model.gradients(log_probability(model, QUESTION, reply.ids, 2.0)) for reply in replies]
    taken: list[torch.Tensor] = []
    monkeypatch.setattr(model, "step", taken.append)
    RewardOnly(samples=2, temperature=2.0).practise(model, QUESTION, "right".__eq__, random.Random(0))
    found = model.gradients(taken[0])
    assert any(gradient.abs().max() > 0.01 for gradient in found.values())
    for name, gradient in found.items():
        torch.testing.assert_close(gradient, (by_hand[1][name] - by_hand[0][name]) / 2, atol=1e-5, rtol=1e-4)


def test_expert_iteration_learns_one_of_its_right_replies(
    tiny_weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = learner(tiny_weights)
    replies = [Sampled([40, 2], "wrong"), Sampled([41, 50, 2], "right"), Sampled([42, 2], "right")]
    monkeypatch.setattr(sampling, "sample", lambda *_: replies)
    taken: list[torch.Tensor] = []
    monkeypatch.setattr(model, "step", taken.append)
    strategy = RewardOnly(kind="expert_iteration", samples=3)
    for seed in range(20):
        strategy.practise(model, QUESTION, "right".__eq__, random.Random(seed))
    means = [-float(log_probability(model, QUESTION, r.ids).detach()) / len(r.ids) for r in replies]
    found = [loss.item() for loss in taken]
    assert all(min(abs(loss - mean) for mean in means[1:]) < 1e-6 for loss in found)
    assert {round(loss, 5) for loss in found} == {round(mean, 5) for mean in means[1:]}


@pytest.mark.parametrize("kind", KINDS)
def test_rewarded_replies_become_more_likely(kind: Kind, tiny_weights: dict[str, Path]) -> None:
    model = learner(tiny_weights, lr=0.02)
    before = share_rewarded(model)
    practised(model, RewardOnly(kind=kind, samples=8, max_new_tokens=1), lower_half, 40)
    assert before < 0.6
    assert share_rewarded(model) > before + 0.2


def share_rewarded(model: LanguageModel) -> float:
    """The probability that a reply of one token is rewarded, over all tokens."""
    with torch.no_grad():
        logits = model.forward(model.chat.question(QUESTION.prompt), rows=1).logits[0, -1]
    chances: list[float] = torch.softmax(logits, dim=-1).tolist()
    return sum(p for token, p in enumerate(chances) if token not in model.chat.stops and lower_half(text(model, token)))


def text(model: LanguageModel, token: int) -> str:
    return model.chat.decode([token])


@pytest.mark.parametrize("verdict", [True, False])
def test_without_a_difference_there_is_no_step_and_it_is_counted(verdict: bool, tiny_weights: dict[str, Path]) -> None:
    model = learner(tiny_weights)
    start, strategy = model.adapter_state(), RewardOnly(samples=3, max_new_tokens=2)
    practised(model, strategy, lambda _: verdict, 3)
    assert strategy.idle == 3
    assert all(torch.equal(start[name], value) for name, value in model.adapter_state().items())
    restored = RewardOnly()
    restored.restore(model, strategy.state())
    assert restored.idle == 3


def test_expert_iteration_waits_for_a_right_reply(tiny_weights: dict[str, Path]) -> None:
    model = learner(tiny_weights)
    start = model.adapter_state()
    strategy = RewardOnly(kind="expert_iteration", samples=2, max_new_tokens=2)
    practised(model, strategy, lambda _: False, 2)
    assert strategy.idle == 2
    assert all(torch.equal(start[name], value) for name, value in model.adapter_state().items())
    practised(model, strategy, lambda _: True, 1)
    assert strategy.idle == 2
    assert any(not torch.equal(start[name], value) for name, value in model.adapter_state().items())


def test_options_out_of_range_are_told() -> None:
    with pytest.raises(ValueError, match="samples: must be 2 or more for kind 'rloo', not 1"):
        RewardOnly(samples=1)
    assert RewardOnly(kind="expert_iteration", samples=1).samples == 1
    with pytest.raises(ValueError, match="temperature: must be more than 0, not 0"):
        RewardOnly(temperature=0.0)
    with pytest.raises(ValueError, match="max_new_tokens: must be 1 or more, not 0"):
        RewardOnly(max_new_tokens=0)
