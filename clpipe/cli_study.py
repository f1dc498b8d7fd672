"""`clpipe study`: the studies, what is special about each, and which one is active."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clpipe.commands.completing import kept_studies
from clpipe.commands.printed import as_json
from clpipe.failure import reported

app = typer.Typer(help="The studies in studies/, and which one is active.", no_args_is_help=True)
ROOT = Path()
AsJson = Annotated[bool, typer.Option("--json", help="For a script.")]


@app.command("list")
def study_list(json: AsJson = False) -> None:
    """List the studies; the active one has a star. Example: clpipe study list."""
    with reported("study list"):
        from clpipe import studies

        active, names = studies.active(ROOT), studies.names(ROOT)
        if json:
            typer.echo(as_json({"studies": names, "active": active}))
            return
        for name in names:
            typer.echo(f"{'*' if name == active else ' '} {name}")
        if active is None:
            typer.echo("* params.yaml, edited")


@app.command("show")
def study_show(
    name: Annotated[
        str | None, typer.Argument(help="A study; params.yaml without one.", autocompletion=kept_studies)
    ] = None,
    json: AsJson = False,
) -> None:
    """Show what a study says that the default does not. Example: clpipe study show demo."""
    with reported("study show"):
        from clpipe.commands import differences

        found = differences.of(ROOT, name)
        if json:
            rows = [{"key": d.key, "change": d.change, "default": d.default, "own": d.own} for d in found]
            typer.echo(as_json(rows))
            return
        for difference in found:
            typer.echo(differences.line(difference))
        if not found:
            typer.echo(f"{name or 'params.yaml'} says what the default says")


@app.command("use")
def study_use(
    name: Annotated[str, typer.Argument(help="A study of studies/.", autocompletion=kept_studies)],
    force: Annotated[bool, typer.Option(help="Lose the edits of params.yaml.")] = False,
) -> None:
    """Make a study the active one. Example: clpipe study use default."""
    with reported("study use"):
        from clpipe import studies

        studies.use(ROOT, name, force=force)
        typer.echo(f"params.yaml is now the study {name!r}; run it with `dvc repro`")


@app.command("save")
def study_save(name: Annotated[str, typer.Argument(help="The new study's name.")]) -> None:
    """Keep the edited params.yaml as a study. Example: clpipe study save my-study."""
    with reported("study save"):
        from clpipe import studies

        studies.save(ROOT, name)
        typer.echo(f"kept as studies/{name}.yaml")
