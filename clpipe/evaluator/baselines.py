"""What needs no training, asked the held-out tasks: the base, the base with solved tasks in its prompt, and copying."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clpipe import frozen, retention
from clpipe.evaluator.ask import curve_subset, outcome
from clpipe.evaluator.label_priors import guess, majority, oracle
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.evaluator.prompt_copies import copies
from clpipe.labels import Labels
from clpipe.params import Params
from clpipe.records import Example, Outcome, Task
from clpipe.shots import shots
from clpipe.store import read_records, write_json, write_records

PIECES = 4
"""Pieces the held-out tasks are asked in, the same on every machine."""
SHOT_LABELS: dict[Labels, str] = {"given": "", "random": "-random-answers"}
"""Which answers the solved tasks in a prompt have, and what that adds to the name of the row."""


def baseline(params: Params, model: str, weights: Path, tasks: Path, out: Path) -> None:
    """Ask the base model, and write all outcomes, and what the base makes of general texts, under `out`.

    The held-out tasks are asked without and, some of them (`baseline.tasks` of each family), with solved tasks before
    them. Raises ValueError when the held-out file in the folder `tasks` is not the frozen one.
    """
    heldout = tasks / "heldout.jsonl"
    frozen.refuse_another(heldout)
    questions, train = read_records(heldout, Task), read_records(tasks / "train.jsonl", Task)
    without_a_model = {
        "majority": majority(train, questions),
        "guess": guess(train, questions),
        **copies(questions),
        "oracle": oracle(questions),
    }
    few = curve_subset(questions, params.baseline.tasks)
    asked = {"zero-shot": (questions, _pieces(params, f"{model}/zero-shot", weights, heldout, questions, ()))}
    for k in params.baseline.shots:
        for labels, ending in SHOT_LABELS.items():
            name = f"{k}-shot{ending}"
            shown = tuple(shots(train, k, labels))
            asked[name] = (few, _pieces(params, f"{model}/{name}", weights, heldout, few, shown))
    found, timing = ask_all(f"{model}, base asked", [piece for _, pieces in asked.values() for piece in pieces])
    replied = {(row.arm, row.task_id): row for one in found for row in one.outcomes}
    rows = [replied[f"{model}/{name}", task.id] for name, (chosen, _) in asked.items() for task in chosen]
    for name, replies in without_a_model.items():
        rows += _outcomes(f"{model}/{name}", replies)
    write_records(out / "outcomes.jsonl", rows)
    write_records(out / "retention.jsonl", found[0].retained)
    write_json(out / "timing.json", timing)


def _pieces(
    params: Params, arm: str, weights: Path, heldout: Path, chosen: Sequence[Task], examples: tuple[Example, ...]
) -> list[Piece]:
    """The base asked `chosen`, in pieces; the first of those without `examples` is measured on general texts too."""
    return [
        Piece(
            params=params,
            arm=arm,
            seed=0,
            episode=0,
            weights=weights,
            adapter=None,
            examples=examples,
            precision=params.learn.precision,
            device=params.learn.device,
            heldout=heldout,
            chosen=tuple(task.id for task in chosen[number::PIECES]),
            retention=None if number or examples else retention.FOLDER,
        )
        for number in range(min(PIECES, len(chosen)))
    ]


def _outcomes(arm: str, replies: Sequence[tuple[Task, str]]) -> list[Outcome]:
    return [outcome(task, reply, None, arm=arm, seed=0, episode=0) for task, reply in replies]
