"""The commands under test as `clpipe` has them: `python entry.py worker ...`, `python entry.py run --address ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from clpipe.cli_worker import run_on_ray, worker
from clpipe.failure import reported

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(worker)


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument()] = None,
    address: Annotated[str, typer.Option("--address")] = "auto",
    needs: Annotated[list[str] | None, typer.Option("--needs")] = None,
) -> None:
    """As `clpipe run --engine ray`."""
    with reported("run"):
        run_on_ray(names or [], address, needs or [])


if __name__ == "__main__":
    app()
