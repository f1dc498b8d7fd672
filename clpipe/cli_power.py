"""`clpipe power`: what a study of this size will be able to tell, before it costs time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clpipe.commands.printed import as_json, console
from clpipe.failure import reported

if TYPE_CHECKING:
    from rich.table import Table

    from clpipe.evaluation.power import Answer
    from clpipe.params import Params

PARAMS, HELDOUT = Path("params.yaml"), Path("data/tasks/heldout.jsonl")
ASKED = (0.10, 0.05)
"""Gains for which the needed study is told."""


def power(  # noqa: PLR0913 - a command's options
    tasks: Annotated[int | None, typer.Option(help="Held-out tasks; else as in params.yaml.")] = None,
    templates: Annotated[int | None, typer.Option(help="Wordings among them; else as in the held-out file.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Seeds; else as in params.yaml.")] = None,
    loss: Annotated[float, typer.Option(help="Share of the tasks expected to turn from right to wrong.")] = 0.05,
    rho: Annotated[float, typer.Option(help="How alike changes are within a wording, 0 to 1.")] = 0.3,
    seed_sd: Annotated[float, typer.Option(help="How far apart gains are from seed to seed, as a fraction.")] = 0.05,
    wanted: Annotated[float, typer.Option("--power", help="Chance to find a gain that is there.")] = 0.8,
    level: Annotated[float, typer.Option(help="Of the two-sided test.")] = 0.05,
    json: Annotated[bool, typer.Option("--json", help="For a script.")] = False,
) -> None:
    """Say which gain a study of this size can tell. Example: clpipe power --tasks 300 --templates 40 --seeds 5."""
    with reported("power"):
        from clpipe.evaluation.power import Study, answer

        params = _params() if None in (tasks, seeds) else None
        study = Study(
            tasks=_asked_or(
                "--tasks", tasks, params.split.heldout.total * len(params.arena.families) if params else None
            ),
            templates=_asked_or("--templates", templates, _templates()),
            seeds=_asked_or("--seeds", seeds, len(params.seeds) if params else None),
            loss=loss,
            rho=rho,
            seed_sd=seed_sd,
        )
        told = answer(study, ASKED, wanted, level)
        if json:
            typer.echo(as_json(_object(told)))
        else:
            console().print(_table(told))
            typer.echo("\n".join(["", *_sentences(told)]))


def _params() -> Params | None:
    from clpipe.validate import load

    return load(PARAMS) if PARAMS.exists() else None


def _templates() -> int | None:
    from clpipe import store
    from clpipe.records import Task

    if not HELDOUT.exists():
        return None
    return len({(task.family, task.template) for task in store.read_records(HELDOUT, Task)})


def _asked_or(option: str, value: int | None, found: int | None) -> int:
    if (chosen := found if value is None else value) is None:
        where = HELDOUT if option == "--templates" else PARAMS
        raise ValueError(f"{option}: say how many, for there is no {where} to take it from")
    return chosen


def _object(told: Answer) -> dict[str, object]:
    """The answer for a script; the gains asked for are keys, and so are text."""
    return {**asdict(told), "needed": {f"{gain:g}": least and asdict(least) for gain, least in told.needed.items()}}


def _table(told: Answer) -> Table:
    from rich.table import Table

    study = told.study
    shown = Table("what the doubt is about", "data", box=None, header_style="bold", pad_edge=False)
    shown.add_column("smallest gain", justify="right")
    worth = f"{study.tasks} tasks in {study.templates} wordings, worth {told.tasks_in_effect:.0f} independent ones"
    shown.add_row("other wordings, one seed (exact McNemar)", worth, _points(told.one_seed))
    if study.seeds > 1:
        apart = f"{study.seeds} seeds, {100 * study.seed_sd:g} points apart"
        shown.add_row("other seeds (t)", apart, _points(told.seeds_alone))
        shown.add_row("both together (t)", "all of it", _points(told.together))
    return shown


def _sentences(told: Answer) -> list[str]:
    terms = f"({100 * told.power:g} % power, two-sided {100 * told.level:g} %, {100 * told.study.loss:g} % lost)"
    about = (
        "over other wordings and seeds" if told.study.seeds > 1 else "over other wordings, and nothing of other seeds"
    )
    gain = "no gain at all" if told.together is None else f"a gain of {_points(told.together)} or more"
    said = [f"This study can tell {gain} {about} {terms}."]
    for wanted, least in told.needed.items():
        if told.together is not None and told.together <= wanted:
            said.append(f"A gain of {_points(wanted)} it can tell as it is.")
        elif least is None:
            said.append(f"A gain of {_points(wanted)} no study of these proportions can tell.")
        else:
            said.append(
                f"A gain of {_points(wanted)} takes about {least.tasks} tasks in {least.templates} wordings "
                f"and {least.seeds} {'seeds' if least.seeds > 1 else 'seed'}."
            )
    return said


def _points(gain: float | None) -> str:
    return "none" if gain is None else f"{100 * gain:.1f} points"
