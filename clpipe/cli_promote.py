"""`clpipe promote`: from challenger to champion, by the ledger of claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clpipe.failure import reported


def promote(
    model: Annotated[str | None, typer.Argument(help="A base model; may be left out if the study has one.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Without the ledger's support; takes a reason.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, with --force; kept as a tag of the version.")] = None,
) -> None:
    """Make the challenger the champion if the claims ledger supports it. Example: clpipe promote."""
    with reported("promote"):
        from clpipe.tracking.promotion import promote as promoted
        from clpipe.validate import load

        given = (reason or "").strip()
        if force != bool(given):
            raise ValueError("--force takes a reason: --reason TEXT" if force else "--reason is for --force alone")
        typer.echo(promoted(load(), Path.cwd(), model, given or None).message)
