"""What is asked depends on the checkpoints alone, not on which of them were asked before a break."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe.evaluator import pieces
from clpipe.evaluator.ask import ask
from clpipe.evaluator.pieces import Piece
from clpipe.learner.replicate import Replicate, learn
from clpipe.params import Params
from clpipe.records import Task
from clpipe.store import write_records
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def group(tmp_path: Path, tiny_weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> list[tuple[Piece, Path]]:
    """Three checkpoints of one seed, and where their outcomes go."""
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
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
        )
        for step in (0, 3, 6)
    ]
    return [(piece, piece.outcomes) for piece in made]


def test_drafts_are_the_same_after_a_break(group: list[tuple[Piece, Path]], monkeypatch: pytest.MonkeyPatch) -> None:
    drafts: list[dict[str, str]] = []
    plain = ask

    def noting(model: Any, tasks: Sequence[Task], params: Params, earlier: Mapping[str, str]) -> Any:
        drafts.append(dict(earlier))
        return plain(model, tasks, params, earlier)

    monkeypatch.setattr(pieces, "ask", noting)
    pieces._ask(group, quiet)
    whole = [path.read_bytes() for _, path in group]
    assert drafts[0] == {}
    assert len(drafts[1]) == len(drafts[2]) == 8
    for _, path in group[1:]:
        path.unlink()
    pieces._ask(group, quiet)
    assert drafts[3:] == drafts[1:3]
    assert [path.read_bytes() for _, path in group] == whole


def test_only_what_is_missing_is_counted_as_asked(group: list[tuple[Piece, Path]]) -> None:
    pieces._ask(group, quiet)
    group[2][1].unlink()
    rows, timing = pieces.ask_all("checkpoints", [piece for piece, _ in group])
    assert (timing["kept"], timing["replies"]) == (2, 8)
    assert [(row.episode, row.seed) for piece in rows for row in piece[:1]] == [(0, 0), (3, 0), (6, 0)]


def test_a_checkpoint_that_seeds_share_is_asked_once(group: list[tuple[Piece, Path]]) -> None:
    (first, _), (second, _) = group[:2]
    other_seed = first.adapter.parent.parent / "seed-1" / "step-00000"  # type: ignore[union-attr]
    shutil.copytree(first.adapter, other_seed)  # type: ignore[arg-type]
    twin = dataclasses.replace(first, seed=1, adapter=other_seed)
    rows, timing = pieces.ask_all("checkpoints", [first, second, twin])
    assert (timing["kept"], timing["replies"]) == (1, 16)
    assert [row.seed for row in rows[2]] == [1] * 8
    assert [(row.task_id, row.reply) for row in rows[2]] == [(row.task_id, row.reply) for row in rows[0]]
