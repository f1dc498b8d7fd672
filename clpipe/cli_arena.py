"""`clpipe arena`: look at the tasks, count them, write many of them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clpipe.failure import reported

if TYPE_CHECKING:
    from clpipe.arena.family import Family, Given

app = typer.Typer(help="The tasks: look at them, count them, write many.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A family of params.yaml, or any family there is.")]
Names = Annotated[list[str] | None, typer.Argument(help="Families; without any, all there are.")]
Seed = Annotated[int, typer.Option(help="Another seed gives other tasks.")]


@app.command()
def sample(
    family: Name,
    difficulty: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5; without it every one in turn.")] = None,
    novelty: Annotated[
        str, typer.Option(help="same_template, new_entities, new_template or harder.")
    ] = "same_template",
    count: Annotated[int, typer.Option("--count", "-n", min=1)] = 5,
    seed: Seed = 0,
) -> None:
    """Show some tasks of a family with their answers. Example: clpipe arena sample comparison --difficulty 3."""
    with reported("arena sample"):
        from clpipe.arena import drawing, survey
        from clpipe.arena.family import Given
        from clpipe.mistakes import unknown

        found = _family(family)
        if isinstance(found, Given):
            tasks = [t for t in found.tasks(family) if difficulty in (None, t.difficulty) and t.novelty == novelty]
        else:
            if novelty not in found.novelties:
                raise LookupError(f"--novelty: {unknown('side', novelty, found.novelties)}")
            if difficulty is not None and difficulty not in found.levels:
                raise ValueError(f"--difficulty: {family} has {', '.join(map(str, found.levels))}, not {difficulty}")
            levels = [difficulty] if difficulty else [d for d in found.levels if _of_side(d, novelty)]
            tasks = list(
                islice(drawing.alternating([drawing.draws(seed, family, found, d, novelty) for d in levels]), count)
            )
        if not tasks:
            raise ValueError(f"{family}: no {novelty} task of difficulty {difficulty or 'any'}")
        for task in tasks[:count]:
            typer.echo(survey.show(task))


@app.command()
def stats(
    families: Names = None,
    draws: Annotated[int, typer.Option(min=10, help="Draws of each difficulty.")] = 2000,
    seed: Seed = 0,
) -> None:
    """Count capacity, templates, answers and words of families. Example: clpipe arena stats comparison."""
    with reported("arena stats"):
        from clpipe import arena
        from clpipe.arena import survey
        from clpipe.arena.family import Given

        rows = []
        for name in families or arena.drawn():
            found = _family(name)
            if isinstance(found, Given):
                raise ValueError(f"{name}: its tasks are given, not drawn; count the lines of its file")
            rows += survey.survey(name, found, draws, seed)
        typer.echo(survey.table(rows))
        typer.echo("capacity: about how many different tasks there are at the least, from repeats among the draws")


@app.command()
def write(
    out: Annotated[Path, typer.Option(help="The file, JSON lines.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many different tasks.")],
    families: Names = None,
    seed: Seed = 0,
    side: Annotated[str, typer.Option(help="any, or train: only what may be learned from.")] = "any",
) -> None:
    """Write a stream of different tasks, in constant memory. Example: clpipe arena write -n 1000 --out s.jsonl."""
    with reported("arena write"):
        from clpipe import store
        from clpipe.arena.drawing import endless
        from clpipe.arena.family import Family
        from clpipe.split import side as side_of
        from clpipe.validate import load

        if side not in ("any", "train"):
            raise ValueError(f"--side: any or train, not {side!r}")
        found = {name: _family(name) for name in families or load().arena.families}
        drawn = {name: family for name, family in found.items() if isinstance(family, Family)}
        if len(drawn) < len(families or []) or not drawn:
            raise ValueError(f"{', '.join(sorted(found.keys() - drawn.keys()))}: tasks that are given, not drawn")
        tasks = endless(seed, drawn, _hardest())
        wanted = tasks if side == "any" else (task for task in tasks if side_of(task) == "train")
        written = store.write_records(out, islice(wanted, count))
        if written < count:
            typer.echo(f"{out}: {written} tasks; these families have no more at their options", err=True)
        else:
            typer.echo(f"{out}: {written} different tasks")


@app.command()
def gallery(
    out: Annotated[Path, typer.Option(help="The page.")] = Path("docs/gallery.md"),
) -> None:
    """Write the page of examples of every family and difficulty. Example: clpipe arena gallery."""
    with reported("arena gallery"):
        from clpipe import store
        from clpipe.arena.gallery import gallery as page

        store.write_text(out, page())
        typer.echo(f"written: {out}")


def _hardest() -> int:
    """Largest difficulty of training tasks."""
    from clpipe.validate import load

    return load().arena.hardest if Path("params.yaml").exists() else 4


def _of_side(difficulty: int, novelty: str) -> bool:
    return novelty != "harder" or difficulty > _hardest()


def _family(name: str) -> Family | Given:
    """The family as the params have it, else at its defaults."""
    from clpipe.arena import pool
    from clpipe.validate import load

    options = load().arena.families if Path("params.yaml").exists() else {}
    return pool.build(name, options.get(name, {}))
