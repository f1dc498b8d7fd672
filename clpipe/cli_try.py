"""`clpipe try`: learn a little outside the study, in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clpipe.failure import reported

PARAMS = Path("params.yaml")


def try_(  # noqa: PLR0913 - a command's options
    model: Annotated[str | None, typer.Option(help="A name of `models`, a folder or a GGUF file.")] = None,
    method: Annotated[str, typer.Option(help="A file of clpipe/methods.")] = "lora",
    strategy: Annotated[str, typer.Option(help="A file of clpipe/strategies.")] = "naive",
    episodes: Annotated[int, typer.Option(min=1)] = 80,
    eval_tasks: Annotated[int, typer.Option(min=1, help="Validation tasks asked at each checkpoint.")] = 30,
    eval_interval: Annotated[int, typer.Option(min=1, help="Episodes between two checkpoints.")] = 15,
    lora_r: Annotated[int | None, typer.Option(help="Rank; else as in params.yaml.")] = None,
    lora_alpha: Annotated[int | None, typer.Option(help="Scale; else as in params.yaml.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate; else as in params.yaml.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of what comes of it.")] = None,
) -> None:
    """Learn a few episodes outside the study. Example: clpipe try --episodes 20 --eval-interval 10 --lr 1e-4."""
    with reported("try"):
        from clpipe.commands import trying, trying_result
        from clpipe.params_file import mapping

        wish = trying.Wish(
            model=model,
            method=method,
            strategy=strategy,
            episodes=episodes,
            eval_tasks=eval_tasks,
            eval_interval=eval_interval,
            seed=seed,
            lr=lr,
            lora_r=lora_r,
            lora_alpha=lora_alpha,
        )
        params, source = trying.settings(mapping(PARAMS), wish)
        name = params.arms[trying.ARM].model
        folder = out or trying.FOLDER / f"{name}-{method}-{strategy}-seed-{seed}"
        trying_result.refuse_other(folder)
        found = trying_result.write(trying.run(params, source, eval_tasks), folder)
        if found["eval_tasks"] < eval_tasks:
            typer.echo(f"there are {found['eval_tasks']} validation tasks, not {eval_tasks}", err=True)
        typer.echo("\n".join([*trying_result.lines(found), f"written: {_written(folder)}"]))


def _written(folder: Path) -> str:
    from clpipe.commands.trying_result import PARTS

    return ", ".join(str(folder / part) for part in PARTS)
