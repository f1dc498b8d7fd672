"""The `clpipe` command. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from clpipe import cli_arena, cli_arms, cli_care, cli_power, cli_promote, cli_study, cli_try, cli_worker
from clpipe.commands.completing import arms as arm_names
from clpipe.commands.printed import as_json
from clpipe.failure import reported

app = typer.Typer(
    help="Online continual learning of small language models, reproducible by one command. "
    "Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ROOT = Path()


def validate(
    params: Annotated[Path, typer.Argument(help="The params file.")] = Path("params.yaml"),
    json: Annotated[bool, typer.Option("--json", help="For a script, the mistakes as a list.")] = False,
) -> None:
    """Check the params: every mistake at once, before anything costs time. Example: clpipe validate."""
    with reported("validate"):
        from clpipe.commands.reports_folder import refuse_outside
        from clpipe.mistakes import ParamsError
        from clpipe.validate import load

        try:
            found = load(params)
            refuse_outside(found, params)
        except ParamsError as error:
            if json:
                typer.echo(as_json({"params": str(params), "mistakes": error.problems}))
            raise
        sizes = {"study": found.study.name, "arms": len(found.arms), "seeds": len(found.seeds)}
        if json:
            typer.echo(as_json({"params": str(params), **sizes, "mistakes": []}))
        else:
            typer.echo(
                f"{params}: study {found.study.name!r}, {sizes['arms']} arms, {sizes['seeds']} seeds: no mistake"
            )


def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Arms, or learn@ARM, evaluate@ARM; all if none.", autocompletion=arm_names),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Arms at once; else one a GPU, or by cores.")
    ] = None,
    engine: Annotated[Literal["local", "ray"], typer.Option("--engine", help="Where the arms run.")] = "local",
    address: Annotated[str, typer.Option("--address", help="Of the Ray cluster.")] = "auto",
    needs: Annotated[
        list[str] | None, typer.Option("--needs", help="MODEL=cpus:4,gpus:1,memory:16 (GiB) on Ray.")
    ] = None,
) -> None:
    """Bring the study up to date like `dvc repro`, several arms at once. Example: clpipe run -j 2."""
    with reported("run"):
        if engine == "ray" and jobs is not None:
            raise ValueError("--jobs is for this machine alone; on Ray say --needs MODEL=cpus:N")
        from clpipe.commands.reports_folder import refuse_outside
        from clpipe.runner.arms import ArmsFailedError
        from clpipe.runner.arms import run as run_arms
        from clpipe.validate import load

        params = load()
        refuse_outside(params)
        try:
            if engine == "ray":
                cli_worker.run_on_ray(params, names or [], address, needs or [])
            else:
                run_arms(params, names or [], jobs, typer.echo)
        except ArmsFailedError as error:
            from clpipe.commands import partial

            partial.after_failure(params, error.failed, typer.echo)
            raise


def report(
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    part: Annotated[bool, typer.Option("--partial", help="Write one of the arms that are done, beside it.")] = False,
) -> None:
    """Say where the report is and how to see the runs. Example: clpipe report."""
    with reported("report"):
        from clpipe.validate import load

        params = load()
        folder = Path(params.study.reports)
        if part:
            from clpipe.commands import partial
            from clpipe.commands.processes import at_work

            folder = partial.write(params, alone=not at_work(ROOT).pipeline).parent
        page = folder / "report.html"
        if not page.exists():
            raise FileNotFoundError(f"{page} is not there yet: run `dvc repro`")
        typer.echo(f"\nReport:     {page}  (in short: {folder / 'report.md'})")
        typer.echo("MLflow UI:  make ui, then open http://127.0.0.1:5000")
        if show:
            import webbrowser

            if not webbrowser.open(page.resolve().as_uri()):
                raise RuntimeError(f"no browser could be started here; open {page.resolve()} yourself")


def demo(folder: Annotated[Path, typer.Option(help="Where the miniature runs.")] = Path(".clpipe/demo")) -> None:
    """Run a miniature of the whole study beside this one, and leave this one alone. Example: clpipe demo."""
    with reported("demo"):
        from clpipe import workspace

        target = folder.resolve()
        workspace.make(ROOT.resolve(), target, "demo")
        workspace.repro(target)
        typer.echo(f"\nReport of the miniature: {folder / 'reports' / 'report.html'}")
        typer.echo(f"Its runs: mlflow server --backend-store-uri sqlite:///{folder}/mlflow.db --port 5000")


def trial(
    arm: Annotated[str, typer.Argument(help="An arm of params.yaml.", autocompletion=arm_names)],
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


PANELS: dict[str, dict[str, Callable[..., None]]] = {
    "The study": {
        "validate": validate,
        "run": run,
        "arms": cli_arms.arms,
        "watch": cli_arms.watch,
        "report": report,
        "compare": cli_arms.compare,
        "power": cli_power.power,
    },
    "Beside the study": {"ask": cli_arms.ask, "try": cli_try.try_, "trial": trial, "demo": demo},
    "More than one machine": {"worker": cli_worker.worker},
    "Around it": {
        "publish": cli_care.publish,
        "promote": cli_promote.promote,
        "env": cli_care.env,
        "prune": cli_care.prune,
    },
}
for panel, commands in PANELS.items():
    for name, command in commands.items():
        short = (command.__doc__ or "").partition(" Example:")[0]
        app.command(name, rich_help_panel=panel, short_help=short)(command)
app.add_typer(cli_study.app, name="study", rich_help_panel="The study")
app.add_typer(cli_arena.app, name="arena", rich_help_panel="Beside the study")

if __name__ == "__main__":
    app()
