"""The commands around a study: publish it, describe the place for a bug report, clear up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clpipe.commands.printed import as_json, size
from clpipe.failure import reported

ROOT = Path()


def publish(
    strict: Annotated[bool, typer.Option(help="Exit with 1 when something could not be mirrored.")] = False,
) -> None:
    """Mirror the study's results into MLflow; what is there stays. Example: clpipe publish."""
    with reported("publish"):
        from clpipe.tracking import publish as published
        from clpipe.validate import load

        done = published(load(), Path.cwd(), strict=strict)
        typer.echo(done.message)
        if done.warning:
            typer.echo(done.warning, err=True)


def env(json: Annotated[bool, typer.Option("--json", help="For a script.")] = False) -> None:
    """Say what a bug report needs, without any secret. Example: clpipe env."""
    with reported("env"):
        from clpipe.commands import environment

        found = environment.environment(ROOT)
        typer.echo(as_json(found) if json else "\n".join(environment.lines(found)))


def prune(
    yes: Annotated[bool, typer.Option("--yes", help="Delete; without it nothing is.")] = False,
    days: Annotated[float, typer.Option(min=0, help="Keep scratch work and logs that are younger.")] = 7.0,
    show: Annotated[bool, typer.Option("--list", help="Name every file and folder.")] = False,
) -> None:
    """Show old work that no result needs, and delete it if told to. Example: clpipe prune --days 30."""
    with reported("prune"):
        from clpipe.commands import prune as pruned

        items = pruned.found(ROOT, days)
        for item in items if show else ():
            typer.echo(f"{item.path}  {size(item.size)}")
        for kind in dict.fromkeys(item.kind for item in items):
            of_kind = [item.size for item in items if item.kind == kind]
            typer.echo(f"{kind}: {len(of_kind)} entries, {size(sum(of_kind))}")
        if not items:
            typer.echo("nothing to prune")
        elif yes:
            count, freed = pruned.delete(ROOT, items)
            typer.echo(f"deleted: {count} entries, {size(freed)}")
        else:
            typer.echo(f"{size(sum(i.size for i in items))} in all; nothing has been deleted, --yes does it")
