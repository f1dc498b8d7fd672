"""Seeds stacked in one batch learn what each learns alone with plain peft: the reference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file

from clpipe.learner.replicate import Replicate, finished, learn, learn_stacked
from clpipe.models.optimizer import Optimizer
from clpipe.models.stacked_optimizer import StackedOptimizer
from clpipe.params import Params
from clpipe.records import Episode
from clpipe.store import read_records, write_records
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]
EPISODES = 20
ARMS = ["smollm2-lora", "smollm2-soft-prompt"]


def study(**learn_settings: Any) -> Params:
    values = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text())
    values["learn"] |= {"episodes": EPISODES, "eval_interval": 10, "lr": 0.003, **learn_settings}
    values["prompt"]["max_new_tokens"] = 4
    values["seeds"] = [0, 1, 2]
    return Params.model_validate(values)


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    write_records(path, drawn(2, {"sequence": 12, "math_word_problem": 12}))
    return path


def seeds(params: Params, arm: str, weights: Path, train: Path, folder: Path) -> list[Replicate]:
    return [
        Replicate(params=params, arm=arm, seed=seed, weights=weights, train=train, folder=folder / str(seed))
        for seed in params.seeds
    ]


def quiet(_: str) -> None:
    """Nobody listens."""


def difference(one: Path, other: Path) -> float:
    """Largest relative L2 difference of a tensor."""
    a, b = (load_file(path / "adapter_model.safetensors") for path in (one, other))
    assert a.keys() == b.keys()
    return max(float((a[name] - b[name]).norm() / a[name].norm()) for name in a)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("loss_on", ["answer", "sequence"])
def test_stacked_is_alone_up_to_rounding(
    arm: str, kind: str, loss_on: str, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    params = study(loss_on=loss_on)
    alone = seeds(params, arm, tiny_weights[kind], train, tmp_path / "alone")
    for work in alone:
        learn(work, quiet)
    stacked = seeds(params, arm, tiny_weights[kind], train, tmp_path / "stacked")
    learn_stacked(stacked, quiet)
    for one, other in zip(alone, stacked, strict=True):
        for step in ("step-00000", "step-00010", "step-00020"):
            assert difference(one.folder / "adapters" / step, other.folder / "adapters" / step) < 1e-4
            config = Path("adapters", step, "adapter_config.json")
            assert (one.folder / config).read_bytes() == (other.folder / config).read_bytes()
        expected = read_records(one.folder / "episodes.jsonl", Episode)
        found = read_records(other.folder / "episodes.jsonl", Episode)
        assert [replace(e, loss=0) for e in found] == [replace(e, loss=0) for e in expected]
        assert [e.loss for e in found] == pytest.approx([e.loss for e in expected], abs=2e-5)
        assert finished(other.folder)
    assert difference(stacked[0].folder / "adapters/step-00020", stacked[1].folder / "adapters/step-00020") > 1e-2


@pytest.mark.parametrize("arm", ARMS)
def test_a_broken_stack_goes_on_to_the_same_bytes(
    arm: str, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    whole = seeds(study(), arm, tiny_weights["llama"], train, tmp_path / "whole")
    learn_stacked(whole, quiet)
    broken = seeds(study(), arm, tiny_weights["llama"], train, tmp_path / "broken")
    said = 0

    def interrupt(_: str) -> None:
        nonlocal said
        said += 1
        if said == 3 * 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn_stacked(broken, interrupt)
    assert not finished(broken[0].folder)
    learn_stacked(broken, quiet)
    for one, other in zip(whole, broken, strict=True):
        for name in ("adapters/step-00020/adapter_model.safetensors", "episodes.jsonl"):
            assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()


def test_seeds_at_different_episodes_go_on_in_stacks_of_their_own(
    train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    alone = seeds(study(), ARMS[0], tiny_weights["llama"], train, tmp_path / "alone")
    mixed = seeds(study(), ARMS[0], tiny_weights["llama"], train, tmp_path / "mixed")
    for work in alone:
        learn(work, quiet)
    learn(mixed[2], quiet)
    kept = (mixed[2].folder / "episodes.jsonl").stat().st_mtime_ns

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(mixed[0], interrupt)
    learn_stacked(mixed, quiet)
    for one, other in zip(alone, mixed, strict=True):
        assert difference(one.folder / "adapters/step-00020", other.folder / "adapters/step-00020") < 1e-4
    assert (mixed[2].folder / "episodes.jsonl").stat().st_mtime_ns == kept


@pytest.mark.parametrize(
    ("kind", "dropout", "reason"),
    [("lfm2", 0.0, "memory other than attention"), ("llama", 0.1, "dropout is drawn for each learner")],
)
def test_what_cannot_be_stacked_learns_alone_or_says_why(
    kind: str, dropout: float, reason: str, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    def params(replicates: str) -> Params:
        made = study(replicates=replicates, episodes=3)
        made.methods["lora"]["dropout"] = dropout
        return made

    alone = seeds(params("alone"), ARMS[0], tiny_weights[kind], train, tmp_path / "alone")
    for work in alone:
        learn(work, quiet)
    auto = seeds(params("auto"), ARMS[0], tiny_weights[kind], train, tmp_path / "auto")
    learn_stacked(auto, quiet)
    for one, other in zip(alone, auto, strict=True):
        name = "adapters/step-00003/adapter_model.safetensors"
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()
    stacked = seeds(params("stacked"), ARMS[0], tiny_weights[kind], train, tmp_path / "stacked")
    with pytest.raises(ValueError, match=f"arms.smollm2-lora: learn.replicates is stacked, but .*{reason}"):
        learn_stacked(stacked, quiet)


@pytest.mark.parametrize("clip", [None, 0.5])
def test_a_stacked_step_is_a_step_of_each(clip: float | None) -> None:
    starts = torch.linspace(-1, 1, 12, dtype=torch.float64).float().reshape(3, 4)
    together = torch.nn.Parameter(starts.clone())
    apart = [torch.nn.Parameter(row.clone()) for row in starts]
    stacked = StackedOptimizer({"w": together}, 0.1, 0.01, clip, torch.float32)
    single = [Optimizer({"w": one}, 0.1, 0.01, clip, torch.float32) for one in apart]
    for factor in (0.1, 3.0):  # gradients under and over the clip
        stacked.step([((k + 1) * factor * row**2).sum() for k, row in enumerate(together)])
        for k, (one, optimizer) in enumerate(zip(apart, single, strict=True)):
            optimizer.step(((k + 1) * factor * one**2).sum())
    torch.testing.assert_close(together.detach(), torch.stack([one.detach() for one in apart]), rtol=1e-6, atol=1e-7)


def test_a_learner_that_diverges_is_named_and_nobody_steps() -> None:
    together = torch.nn.Parameter(torch.ones(2, 3))
    optimizer = StackedOptimizer({"w": together}, 0.1, 0.0, None, torch.float32)
    with pytest.raises(ValueError, match="learner 1 of the stack: the loss is inf"):
        optimizer.step([together[0].sum(), (together[1] * float("inf")).sum()])
    assert torch.equal(together.detach(), torch.ones(2, 3))
