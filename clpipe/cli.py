"""The `clpipe` command. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clpipe import cli_arena
from clpipe.failure import reported

app = typer.Typer(
    help="Online continual learning of small language models, reproducible by one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
study = typer.Typer(help="The studies in studies/, and which one is active.", no_args_is_help=True)
app.add_typer(study, name="study")
app.add_typer(cli_arena.app, name="arena")

ROOT = Path()


@app.command()
def validate(params: Annotated[Path, typer.Argument(help="The params file.")] = Path("params.yaml")) -> None:
    """Check the params: every mistake at once, before anything costs time. Example: clpipe validate."""
    with reported("validate"):
        from clpipe.validate import load

        found = load(params)
        typer.echo(
            f"{params}: study {found.study.name!r}, {len(found.arms)} arms, {len(found.seeds)} seeds: no mistake"
        )


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Arms, or learn@ARM, evaluate@ARM; all if none.")] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Arms at once; else one a GPU, or by cores.")
    ] = None,
) -> None:
    """Bring the study up to date like `dvc repro`, several arms at once. Example: clpipe run -j 2."""
    with reported("run"):
        from clpipe.runner.arms import run as run_arms
        from clpipe.validate import load

        run_arms(load(), names or [], jobs, typer.echo)


@app.command()
def report() -> None:
    """Say where the report is and how to see the runs. Example: clpipe report."""
    with reported("report"):
        from clpipe.validate import load

        folder = Path(load().study.reports)
        page = folder / "report.html"
        if not page.exists():
            raise FileNotFoundError(f"{page} is not there yet: run `dvc repro`")
        typer.echo(f"\nReport:     {page}  (in short: {folder / 'report.md'})")
        typer.echo("MLflow UI:  make ui, then open http://127.0.0.1:5000")


@app.command()
def demo(folder: Annotated[Path, typer.Option(help="Where the miniature runs.")] = Path(".clpipe/demo")) -> None:
    """Run a miniature of the whole study beside this one, and leave this one alone. Example: clpipe demo."""
    with reported("demo"):
        from clpipe import workspace

        target = folder.resolve()
        workspace.make(ROOT.resolve(), target, "demo")
        workspace.repro(target)
        typer.echo(f"\nReport of the miniature: {folder / 'reports' / 'report.html'}")
        typer.echo(f"Its runs: mlflow server --backend-store-uri sqlite:///{folder}/mlflow.db --port 5000")


@app.command()
def trial(
    arm: Annotated[str, typer.Argument(help="An arm of params.yaml.")],
    changes: Annotated[list[str] | None, typer.Argument(help="Settings to change: lr=1e-3 method_options.r=8")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, apart from the study's own.")] = "100,101",
) -> None:
    """Try settings on the validation tasks, outside the study. Example: clpipe trial smollm2-lora lr=1e-3."""
    with reported("trial"):
        from clpipe import trial as trials
        from clpipe.params_file import mapping
        from clpipe.validate import check

        path = ROOT / "params.yaml"
        params = check(trials.changed(mapping(path), arm, changes or []), path)
        for found in trials.run(params, arm, trials.seed_list(seeds)):
            families = ", ".join(f"{name} {right}/{asked}" for name, (right, asked) in found.families.items())
            typer.echo(f"{arm} {' '.join(changes or [])}  seed {found.seed}: {found.right}/{found.asked}  ({families})")


@study.command("list")
def study_list() -> None:
    """List the studies; the active one has a star. Example: clpipe study list."""
    with reported("study list"):
        from clpipe import studies

        active = studies.active(ROOT)
        for name in studies.names(ROOT):
            typer.echo(f"{'*' if name == active else ' '} {name}")
        if active is None:
            typer.echo("* params.yaml, edited")


@study.command("use")
def study_use(
    name: Annotated[str, typer.Argument(help="A study of studies/.")],
    force: Annotated[bool, typer.Option(help="Lose the edits of params.yaml.")] = False,
) -> None:
    """Make a study the active one. Example: clpipe study use default."""
    with reported("study use"):
        from clpipe import studies

        studies.use(ROOT, name, force=force)
        typer.echo(f"params.yaml is now the study {name!r}; run it with `dvc repro`")


@study.command("save")
def study_save(name: Annotated[str, typer.Argument(help="The new study's name.")]) -> None:
    """Keep the edited params.yaml as a study. Example: clpipe study save my-study."""
    with reported("study save"):
        from clpipe import studies

        studies.save(ROOT, name)
        typer.echo(f"kept as studies/{name}.yaml")


if __name__ == "__main__":
    app()
