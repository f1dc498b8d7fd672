"""The commands for more than one machine: a worker for any scheduler, and `run` on a Ray cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clpipe.commands.completing import arms as arm_names
from clpipe.failure import reported

if TYPE_CHECKING:
    from clpipe.params import Params


def worker(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Arms, or learn@ARM, evaluate@ARM; all if none.", autocompletion=arm_names),
    ] = None,
    shard: Annotated[str, typer.Option("--shard", help="i/n: of the arms, every n-th from the i-th.")] = "1/1",
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Instead: make and push what stands before all arms.")
    ] = False,
) -> None:
    """Do a part of the arms in clones and push them to the shared store. Example: clpipe worker --shard 1/4."""
    with reported("worker"):
        from clpipe.runner import sharding, shards
        from clpipe.validate import load

        if prepare:
            shards.prepare(load(), typer.echo)
        else:
            shards.run(load(), names or [], sharding.parse(shard), typer.echo)


def run_on_ray(params: Params, names: list[str], address: str, needs: list[str]) -> None:
    """What `clpipe run --engine ray` does, inside its `reported` block."""
    from clpipe.runner import needs as asked
    from clpipe.runner import ray_engine

    ray_engine.run(params, names, address, asked.parse(needs, params.models), typer.echo)
