"""The commands that look at arms: their state, their curves while they learn, their replies, two of them compared."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clpipe.commands.completing import arms as arm_names
from clpipe.commands.printed import as_json, as_line, console
from clpipe.failure import reported

if TYPE_CHECKING:
    from clpipe.commands.ask import Pair

ROOT = Path()
AsJson = Annotated[bool, typer.Option("--json", help="For a script.")]
Arm = Annotated[str, typer.Argument(help="An arm of params.yaml.", autocompletion=arm_names)]


def arms(json: AsJson = False) -> None:
    """Show each arm: done, changed, running, failed or never run. Example: clpipe arms."""
    with reported("arms"):
        from clpipe.commands import arms as found_arms
        from clpipe.commands.processes import at_work
        from clpipe.runner import dvc, lock_file
        from clpipe.validate import load

        params = load()
        found = found_arms.states(params, dvc.changed(), lock_file.names(), at_work(ROOT))
        if json:
            typer.echo(as_json([dataclasses.asdict(one) for one in found]))
        else:
            console().print(found_arms.table(found))


def watch(
    once: Annotated[bool, typer.Option(help="One picture, and the end.")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2.0,
) -> None:
    """Watch the arms learn: loss and right first attempts, until nothing runs. Example: clpipe watch --once."""
    with reported("watch"):
        from clpipe.commands.watch import watch as watched
        from clpipe.validate import load

        watched(load(), ROOT, console(), once=once, seconds=every)


def compare(
    arm: Arm,
    against: Annotated[str, typer.Argument(help="The arm it is compared with.", autocompletion=arm_names)],
    json: AsJson = False,
) -> None:
    """Compare two arms, paired, with the verdict. Example: clpipe compare smollm2-lora smollm2-soft-prompt."""
    with reported("compare"):
        from clpipe.commands import compare as compared
        from clpipe.validate import load

        found = compared.compare(load(), arm, against)
        typer.echo(as_json(compared.as_object(found)) if json else "\n".join(compared.lines(found)))


def ask(
    prompt: Annotated[str | None, typer.Argument(help="The question; one after the other without it.")] = None,
    arm: Annotated[
        str | None, typer.Option(help="The arm; the first that has been learned.", autocompletion=arm_names)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Its seed; the first.")] = None,
    step: Annotated[int | None, typer.Option(help="Episodes learned; the last checkpoint.")] = None,
    model: Annotated[str | None, typer.Option(help="A registered adapter, models:/clpipe-MODEL@champion.")] = None,
    json: AsJson = False,
) -> None:
    """Ask base and adapter side by side. Example: clpipe ask --arm smollm2-lora "Which is larger, 12 or 7?"."""
    with reported("ask"):
        import tempfile

        from clpipe.commands import ask as asking
        from clpipe.validate import load

        if model is not None and (arm, seed, step) != (None, None, None):
            raise ValueError("--model: a registered adapter; --arm, --seed and --step are of an arm")
        with tempfile.TemporaryDirectory() as folder:
            if model is not None:
                pair = asking.of_registry(model, ROOT, Path(folder))
            else:
                pair = asking.of_arm(load(), arm, seed, step)
            if prompt is not None:
                _reply(pair, prompt, json)
            else:
                _talk(pair, json)


def _talk(pair: Pair, json: bool) -> None:
    if not json:
        typer.echo(f"{pair.base} without and with {pair.adapter}; an empty line or Ctrl-D ends.")
    for question in _questions():
        try:
            _reply(pair, question, json)
        except ValueError as error:
            typer.echo(f"refused: {error}", err=True)


def _questions() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        question = sys.stdin.readline().strip()
        if not question:
            return
        yield question


def _reply(pair: Pair, prompt: str, json: bool) -> None:
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    from clpipe.commands import ask as asking

    found = asking.ask(pair, prompt)
    if json:
        told = {"base_model": pair.base, "adapter_of": pair.adapter, **dataclasses.asdict(found)}
        typer.echo(as_line(told))
        return
    table = Table(escape(pair.base), escape(pair.adapter), header_style="bold", expand=sys.stdout.isatty())
    table.add_row(Text(found.base), Text(found.adapter))
    console().print(table)
