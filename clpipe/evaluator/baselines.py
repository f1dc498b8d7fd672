"""What needs no training: the base model as it is, and the most frequent answer of each family."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from clpipe import frozen, retention
from clpipe.evaluator.ask import outcome
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.params import Params
from clpipe.records import Outcome, Task
from clpipe.store import read_records, write_json, write_records

PIECES = 4
"""Pieces the held-out tasks are asked in, the same on every machine."""


def baseline(params: Params, model: str, weights: Path, tasks: Path, out: Path) -> None:
    """Ask the base model, and write its outcomes, the majority answers' and what it makes of general texts under `out`.

    Raises ValueError when the held-out file in the folder `tasks` is not the frozen one.
    """
    heldout, train = tasks / "heldout.jsonl", tasks / "train.jsonl"
    frozen.refuse_another(heldout)
    questions = read_records(heldout, Task)
    pieces = [
        Piece(
            params=params,
            arm=f"{model}/zero-shot",
            seed=0,
            episode=0,
            weights=weights,
            adapter=None,
            precision=params.learn.precision,
            device=params.learn.device,
            heldout=heldout,
            chosen=tuple(task.id for task in questions[number::PIECES]),
            retention=None if number else retention.FOLDER,
        )
        for number in range(min(PIECES, len(questions)))
    ]
    asked, timing = ask_all(f"{model}, base asked", pieces)
    replied = {row.task_id: row for piece in asked for row in piece.outcomes}
    rows = [replied[task.id] for task in questions]
    write_records(out / "outcomes.jsonl", rows + majority(model, read_records(train, Task), questions))
    write_records(out / "retention.jsonl", asked[0].retained)
    write_json(out / "timing.json", timing)


def majority(model: str, train: list[Task], heldout: list[Task]) -> list[Outcome]:
    """Outcomes of always giving the family's most frequent answer in `train`; at a tie the first by alphabet."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for task in train:
        answers[task.family][task.answer] += 1
    top = {family: min(counts, key=lambda a: (-counts[a], a)) for family, counts in answers.items()}
    arm = f"{model}/majority"
    return [outcome(task, top.get(task.family, ""), None, arm=arm, seed=0, episode=0) for task in heldout]
