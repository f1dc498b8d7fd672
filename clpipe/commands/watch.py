"""Live curves of the arms that learn: loss and right first attempts against episodes, in the terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from clpipe.commands import scratches
from clpipe.commands.processes import AtWork, at_work
from clpipe.commands.scratches import Folders, Point
from clpipe.params import Params
from clpipe.runner import pool

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 24
"""Characters of a curve."""
FRESH_SECONDS = 120.0
"""A log that has said nothing for so long is of an earlier run: `dvc repro` writes none."""
NOTHING = "nothing is running here; `clpipe arms` shows what is done, `clpipe run` does the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One running arm."""

    arm: str
    stage: str
    seeds: int
    done: int
    """Episodes learned, all seeds together."""
    episodes: int
    """Episodes there are, all seeds together."""
    loss: tuple[float, ...]
    """At each episode the mean over the seeds that have come so far, smoothed; nats a token."""
    right: tuple[float, ...]
    """At each episode the share of right first attempts up to it."""
    note: str
    """The last line of its log."""


def courses(params: Params, work: AtWork) -> list[Course]:
    """The running arms of the study, in its order."""
    scratch = scratches.latest()
    return [_course(params, arm, work.arms[arm], scratch.get(arm, {})) for arm in params.arms if arm in work.arms]


def curves(seeds: Sequence[Sequence[Point]], window: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Loss smoothed over `window` episodes, and right first attempts so far, each from the first episode on.

    >>> a, b = [Point(t=1, loss=4, correct=False), Point(t=2, loss=2, correct=True)], [Point(t=1, loss=2, correct=True)]
    >>> curves([a, b], 10)
    ((3.0, 2.5), (0.5, 0.75))
    """
    last = max((points[-1].t for points in seeds if points), default=0)
    at = {t: [points[t - 1] for points in seeds if len(points) >= t] for t in range(1, last + 1)}
    loss = [sum(p.loss for p in found) / len(found) for found in at.values()]
    right = [sum(p.correct for p in found) / len(found) for found in at.values()]
    smoothed = tuple(_mean(loss[max(0, t - window) : t]) for t in range(1, last + 1))
    return smoothed, tuple(_mean(right[:t]) for t in range(1, last + 1))


def bars(values: Sequence[float], highest: float, width: int = WIDTH) -> str:
    """A curve from 0 to `highest` as at most `width` blocks; of many episodes a block is the mean.

    >>> bars([0, 1, 2, 3, 4, 5, 6, 7], 7), bars([1, 3, 5, 7], 7, width=2), bars([], 1)
    ('▁▂▃▄▅▆▇█', '▃▇', '')
    """
    count = min(width, len(values))
    edges = [round(i * len(values) / count) for i in range(count + 1)] if count else []
    means = [_mean(values[low:high]) for low, high in pairwise(edges)]
    return "".join(BARS[round(min(1.0, value / highest if highest else 0.0) * (len(BARS) - 1))] for value in means)


def frame(found: Sequence[Course]) -> Table:
    """One picture of all that runs."""
    shown = Table("arm", "stage", box=None, header_style="bold", pad_edge=False)
    shown.add_column("episodes", justify="right")
    for name in ("loss", "right at first"):
        shown.add_column(name, no_wrap=True)
    shown.add_column("log", style="dim", overflow="ellipsis", no_wrap=True)
    for one in found:
        shown.add_row(one.arm, one.stage, f"{one.done}/{one.episodes}", *_drawn(one), Text(one.note))
    return shown


def line(one: Course) -> str:
    """The same of one arm without pictures, for a file."""
    numbers = f"  loss {one.loss[-1]:.2f}  right at first {100 * one.right[-1]:.0f} %" if one.loss else ""
    return f"{one.arm}  {one.stage}  {one.done}/{one.episodes}{numbers}"


def watch(params: Params, root: Path, console: Console, *, once: bool, seconds: float) -> None:
    """Show the running arms until nothing runs; on something else than a terminal a line whenever one has moved.

    Args:
        params: The study.
        root: The project.
        console: Where to.
        once: One picture, and the end.
        seconds: Between two looks.
    """
    work = at_work(root)
    if once:
        found = courses(params, work)
        console.print(frame(found) if found else _quiet(work))
        return
    if console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            while work.pipeline:
                live.update(frame(courses(params, work)), refresh=True)
                time.sleep(seconds)
                work = at_work(root)
    else:
        _lines(params, root, console, seconds)
    console.print(NOTHING)


def _lines(params: Params, root: Path, console: Console, seconds: float) -> None:
    said: dict[str, str] = {}
    work = at_work(root)
    while work.pipeline:
        for one in courses(params, work):
            if said.get(one.arm) != line(one):
                said[one.arm] = line(one)
                console.print(line(one), soft_wrap=True, markup=False)
        time.sleep(seconds)
        work = at_work(root)


def _course(params: Params, arm: str, stage: str, folders: Folders) -> Course:
    settings = params.learn_settings(arm)
    seeds = [scratches.points(folders[seed]) for seed in params.seeds if seed in folders]
    loss, right = curves(seeds, params.report.loss_window)
    log = pool.log(arm)
    fresh = log.exists() and time.time() - log.stat().st_mtime < FRESH_SECONDS
    return Course(
        arm=arm,
        stage=stage,
        seeds=len(params.seeds),
        done=sum(len(points) for points in seeds),
        episodes=settings.episodes * len(params.seeds),
        loss=loss,
        right=right,
        note="".join(pool.last_lines(log, 1)) if fresh else "",
    )


def _drawn(one: Course) -> tuple[str, str]:
    if not one.loss:
        return "", ""
    return (
        f"{bars(one.loss, max(one.loss)):<{WIDTH}} {one.loss[-1]:.2f}",
        f"{bars(one.right, 1.0):<{WIDTH}} {100 * one.right[-1]:.0f} %",
    )


def _quiet(work: AtWork) -> str:
    return "no arm is at work; what comes before or after the arms is" if work.pipeline else NOTHING


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
