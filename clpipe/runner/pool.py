"""The arms as processes, a number of them at once; one that fails stops no other."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clpipe.runner import dvc
from clpipe.runner.plan import Work

LOGS = Path(".clpipe/logs")
POLL_SECONDS = 0.1
NOTE_SECONDS = 60.0

Lend = Callable[[str], tuple[str | None, dict[str, str]]]
"""For an arm: the device that it is lent and what is set in its environment."""
Say = Callable[[str], None]


@dataclass(slots=True)
class _Running:
    arm: str
    process: dvc.Process
    device: str | None
    began: float = field(default_factory=time.monotonic)
    noted: float = field(default_factory=time.monotonic)


def log(arm: str) -> Path:
    """Where what an arm says is kept until it runs again."""
    return LOGS / f"{arm}.log"


def run(
    works: Sequence[Work], at_once: int, lend: Lend, give_back: Callable[[str | None], None], say: Say
) -> list[str]:
    """Do the work of every arm, `at_once` side by side; the arms that failed.

    When this is interrupted all are stopped, and nothing of them runs on.
    """
    waiting, running, failed = list(works), list[_Running](), list[str]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                work = waiting.pop(0)
                device, settings = lend(work.arm)
                process = dvc.start(["repro", "--single-item", *work.stages], settings, log(work.arm))
                running.append(_Running(work.arm, process, device))
                say(f"{work.arm}: started" + (f" on {device}" if device else ""))
            time.sleep(POLL_SECONDS)
            for one in [one for one in running if one.process.poll() is not None]:
                running.remove(one)
                give_back(one.device)
                took = clock(time.monotonic() - one.began)
                if one.process.returncode == 0:
                    say(f"{one.arm}: done in {took}")
                else:
                    failed.append(one.arm)
                    say(f"{one.arm}: failed after {took}, see {log(one.arm)}")
            for one in running:
                _note(one, say)
    finally:
        dvc.stop([one.process for one in running])
    return failed


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log that say something; a progress bar is as many lines as it had states."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 20_000))
        text = file.read().decode(errors="replace")
    return [line.rstrip() for line in re.split(r"[\r\n]+", text) if line.strip()][-count:]


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _note(one: _Running, say: Say) -> None:
    if time.monotonic() - one.noted >= NOTE_SECONDS:
        one.noted = time.monotonic()
        say("".join(f"{one.arm}: ... {line}" for line in last_lines(log(one.arm), 1)) or f"{one.arm}: ...")
