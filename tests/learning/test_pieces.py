"""What is asked depends on the checkpoints alone, not on which of them were asked before a break."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import yaml

from clpipe import retention
from clpipe.evaluator import pieces
from clpipe.evaluator.pieces import Piece
from clpipe.learner.replicate import Replicate, learn
from clpipe.params import Params
from clpipe.records import Retained
from clpipe.scratch import tree
from clpipe.store import read_records, write_records
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def group(tmp_path: Path, tiny_weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> list[tuple[Piece, Path]]:
    """Three checkpoints of one seed, and where their outcomes go."""
    values = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text())
    values["learn"] |= {"episodes": 6, "eval_interval": 3, "lr": 0.01}
    values["prompt"]["max_new_tokens"] = 4
    params = Params.model_validate(values)
    tasks = drawn(2, {"comparison": 8})
    monkeypatch.chdir(tmp_path)
    write_records(Path("tasks.jsonl"), tasks)
    weights, folder = tiny_weights["llama"], tmp_path / "seed-0"
    learn(
        Replicate(params=params, arm="smollm2-lora", seed=0, weights=weights, train=Path("tasks.jsonl"), folder=folder),
        quiet,
    )
    made = [
        Piece(
            params=params,
            arm="smollm2-lora",
            seed=0,
            episode=step,
            weights=weights,
            adapter=folder / "adapters" / f"step-{step:05d}",
            precision="fp32",
            device="cpu",
            heldout=Path("tasks.jsonl"),
            chosen=tuple(task.id for task in tasks),
            retention=ROOT / retention.FOLDER,
        )
        for step in (0, 3, 6)
    ]
    return [(piece, piece.folder) for piece in made]


def test_what_is_asked_again_after_a_break_is_the_same(group: list[tuple[Piece, Path]]) -> None:
    pieces._ask(group, quiet)
    whole = [tree(path) for _, path in group]
    assert {"outcomes.jsonl", "retention.jsonl"} == set(whole[0])
    for _, path in group[1:]:
        shutil.rmtree(path)
    pieces._ask(group, quiet)
    assert [tree(path) for _, path in group] == whole


def test_the_base_keeps_everything_and_a_learner_does_not(group: list[tuple[Piece, Path]]) -> None:
    pieces._ask(group, quiet)
    start, _, last = ([r.kl for r in read_records(path / "retention.jsonl", Retained)] for _, path in group)
    assert len(start) == len(last) == 64
    assert max(start) == 0.0 < min(last)


def test_only_what_is_missing_is_counted_as_asked(group: list[tuple[Piece, Path]]) -> None:
    pieces._ask(group, quiet)
    shutil.rmtree(group[2][1])
    asked, timing = pieces.ask_all("checkpoints", [piece for piece, _ in group])
    assert (timing["kept"], timing["replies"]) == (2, 8)
    assert [(row.episode, row.seed) for piece in asked for row in piece.outcomes[:1]] == [(0, 0), (3, 0), (6, 0)]


def test_a_checkpoint_that_seeds_share_is_asked_once(group: list[tuple[Piece, Path]]) -> None:
    (first, _), (second, _) = group[:2]
    other_seed = first.adapter.parent.parent / "seed-1" / "step-00000"  # type: ignore[union-attr]
    shutil.copytree(first.adapter, other_seed)  # type: ignore[arg-type]
    twin = dataclasses.replace(first, seed=1, adapter=other_seed)
    asked, timing = pieces.ask_all("checkpoints", [first, second, twin])
    rows = [piece.outcomes for piece in asked]
    assert (timing["kept"], timing["replies"]) == (1, 16)
    assert [row.seed for row in rows[2]] == [1] * 8
    assert [(row.task_id, row.reply) for row in rows[2]] == [(row.task_id, row.reply) for row in rows[0]]
