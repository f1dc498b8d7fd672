"""The loop, its control labels, and a run that breaks off and goes on to the same bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
import torch
import yaml

from clpipe.labels import shown_answers
from clpipe.learner import course
from clpipe.learner.arm import learn_arm
from clpipe.learner.building import planned
from clpipe.learner.replicate import Replicate, finished, learn
from clpipe.models.optimizer import Optimizer
from clpipe.params import Params
from clpipe.records import Episode, Task
from clpipe.store import read_json, read_records, write_records
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def params() -> Params:
    values = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text())
    values["learn"] |= {"episodes": 24, "eval_interval": 10, "lr": 0.01}
    values["prompt"]["max_new_tokens"] = 4
    values["methods"]["lora"]["dropout"] = 0.1
    values["seeds"] = [0, 1]
    return Params.model_validate(values)


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    write_records(path, drawn(2, {"sequence": 15, "causal_reasoning": 15}))
    return path


def work(params: Params, weights: Path, train: Path, folder: Path, arm: str = "smollm2-lora") -> Replicate:
    return Replicate(params=params, arm=arm, seed=0, weights=weights, train=train, folder=folder)


def contents(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "done.json"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("arm", ["smollm2-lora", "smollm2-soft-prompt"])
@pytest.mark.parametrize("breaks", [3, 10, 17, 24])
def test_a_run_that_breaks_off_ends_with_the_same_bytes(
    arm: str, breaks: int, params: Params, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    said: list[str] = []
    whole = work(params, tiny_weights["llama"], train, tmp_path / "whole", arm)
    learn(whole, said.append)
    assert len(said) == 24
    said.clear()
    broken = work(params, tiny_weights["llama"], train, tmp_path / "broken", arm)

    def interrupt(note: str) -> None:
        said.append(note)
        if len(said) == breaks:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(broken, interrupt)
    assert not finished(broken.folder)
    learn(broken, said.append)
    assert contents(broken.folder) == contents(whole.folder)
    assert len(said) - breaks <= 24 - breaks // course.SAVE_EVERY * course.SAVE_EVERY


def test_a_finished_run_is_not_learned_again(
    params: Params, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    run = work(params, tiny_weights["llama"], train, tmp_path / "run")
    learn(run, lambda _: None)
    said: list[str] = []
    learn(run, said.append)
    assert said == []


def test_every_task_is_attempted_before_it_is_learned(
    params: Params, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    """The first attempt is the untrained model's own reply."""
    from clpipe.models.language_model import LanguageModel

    run = work(params, tiny_weights["llama"], train, tmp_path / "run")
    learn(run, lambda _: None)
    episodes = read_records(run.folder / "episodes.jsonl", Episode)
    first = planned(params, run.arm, 0, read_records(train, Task))[0]
    bare = LanguageModel.load(tiny_weights["llama"], instruction=params.prompt.instruction, device="cpu")
    assert episodes[0].reply == bare.replies([first.question.prompt], 4, 1)[0].text
    assert [e.t for e in episodes] == list(range(1, 25))
    assert len({e.task_id for e in episodes}) == 24


def test_side_by_side_gives_the_same_bytes_as_one_after_the_other(
    params: Params, train: Path, tiny_weights: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for jobs in ("1", "2"):
        monkeypatch.setenv("CLPIPE_JOBS", jobs)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("clpipe.scratch.ROOT", tmp_path / f"scratch-{jobs}")
        out = tmp_path / jobs
        learn_arm(params, "smollm2-lora", tiny_weights["llama"], train, out)
        found.append({k: v for k, v in contents(out).items() if k != "timing.json"})
    assert found[0] == found[1]
    assert {"adapters/seed-1/step-00024/adapter_model.safetensors", "summary.json", "episodes.jsonl"} <= set(found[0])
    assert read_json(tmp_path / "1" / "timing.json")["jobs"] == 1
    assert read_json(tmp_path / "1" / "summary.json")["trainable_parameters"] == 2 * 16 * (32 + 32 + 32 + 16)


def test_all_arms_of_a_seed_meet_the_same_stream(params: Params, train: Path) -> None:
    tasks = read_records(train, Task)
    orders = [[t.question.id for t in planned(params, arm, 0, tasks)] for arm in params.arms]
    assert orders[0] == orders[1] == orders[2]
    assert [t.question.id for t in planned(params, "smollm2-lora", 1, tasks)] != orders[0]


def test_shuffled_labels_keep_the_answers_of_the_family_and_lose_the_link() -> None:
    tasks = drawn(1, {"sequence": 60, "comparison": 60})
    shown = shown_answers(tasks, "shuffled", seed=0)
    for family in ("sequence", "comparison"):
        members = [t for t in tasks if t.family == family]
        assert Counter(shown[t.id] for t in members) == Counter(t.answer for t in members)
        assert sum(shown[t.id] == t.answer for t in members) < 12
    assert shown == shown_answers(tasks, "shuffled", seed=0)
    assert shown != shown_answers(tasks, "shuffled", seed=1)
    assert shown_answers(tasks, "given", seed=0) == {t.id: t.answer for t in tasks}


def test_a_loss_that_is_not_finite_stops_the_run_and_says_where(
    params: Params, train: Path, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    diverging = params.model_copy(update={"learn": params.learn.model_copy(update={"lr": 1e30, "clip": None})})
    run = work(diverging, tiny_weights["llama"], train, tmp_path / "run")
    with pytest.raises(
        ValueError, match=r"arm smollm2-lora, seed 0, episode \d+: the loss is .*diverged; a smaller lr"
    ):
        learn(run, lambda _: None)


def test_the_step_is_that_of_adamw_with_clipping() -> None:
    """By hand: the first AdamW step moves by lr against the gradient's sign, after decay by 1 - lr * wd."""
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    Optimizer({"x": x}, lr=0.1, weight_decay=0.5, clip=1.0, dtype=torch.float32).step(
        (x * torch.tensor([3.0, 4.0])).sum()
    )
    torch.testing.assert_close(x.detach(), torch.tensor([1.0 * 0.95 - 0.1, -2.0 * 0.95 - 0.1]))
    torch.testing.assert_close(x.grad, torch.tensor([0.6, 0.8]))
