r"""Runs Python that nobody has read: in a process of its own that can compute and print, and nothing else.

>>> run("print(sum(range(5)))").stdout
'10\n'
>>> run("def f(x): return x * 2", function="f", calls=[[3], ["ab"]]).returned
('6', '"abab"')

What holds it, from the outside in:

- a fresh interpreter without environment, site or user packages, in a new empty folder, a session of its own that is
  killed as a whole at the end whatever happened; no file of the caller is open in it;
- limits on time, memory, and what it may print (`Limits`); of that no more than the limit is ever held here;
- another user, where the caller is root, and no new privileges;
- the kernel's filter (`clpipe.arena.seccomp`): no file, socket, process, thread or signal. This is the wall;
- an audit hook that refuses the same inside Python. This is only a clearer word, a clever program can get around it.

A program can write what it likes on the pipe that `returned` is read from. It gains nothing by that: it is told the
arguments and never what is expected, so that whoever writes the right value there has computed it.

Only Linux on x86_64 and aarch64 has such a filter; elsewhere, and where the kernel refuses it, `run` raises
RuntimeError rather than run anything. Hashes are the same in each run (PYTHONHASHSEED=0) and `random` starts at 0;
a program that looks at the clock may still do something else each time.
"""

from __future__ import annotations

import contextlib
import json
import marshal
import os
import platform
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clpipe.arena import sandbox_child, seccomp
from clpipe.records import Json

FINISHED: Final = "finished"
TIMEOUT: Final = "timeout"
KILLED: Final = "killed"
ERROR: Final = "error"
TOO_MUCH: Final = "too much output"
SETTING_UP = 60.0
"""Seconds that the interpreter may take to start and lock itself in; not part of the program's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may use."""

    wall_seconds: float = 3.0
    """For who waits for what never comes; who waits for the processor gets more: a busy machine decides nothing."""
    cpu_seconds: int = 1
    """Whole seconds, the start of the interpreter among them (0.02)."""
    memory_mb: int = 256
    """Address space, in MiB; the interpreter itself takes about 30."""
    output_kb: int = 64
    """KiB on standard output; and as much again for the returned values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How it went."""

    kind: str
    """`finished`; `timeout` of either clock; `killed` by a signal; `error`: an exception or an early exit;
    `too much output`."""
    stdout: str
    """What it printed, as far as the limit allowed."""
    returned: tuple[str, ...]
    """For each call that returned plain data, in order, the value as JSON: see `clpipe.arena.sandbox_child.plain`."""


def run(source: str, limits: Limits | None = None, *, function: str = "", calls: Sequence[Sequence[Json]] = ()) -> Run:
    """Execute the text and then call its `function` once for each list of arguments; the first exception ends it.

    Raises RuntimeError where the sandbox cannot be had.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in seccomp.AUDIT:
        raise RuntimeError(f"programs are run under Linux on x86_64 or aarch64 alone, not {sys.platform} on {machine}")
    limits = limits or Limits()
    request = {
        "source": source,
        "function": function,
        "calls": [json.dumps(list(arguments)) for arguments in calls],
        "filter": seccomp.program(machine),
        "cpu_seconds": limits.cpu_seconds,
        "memory": limits.memory_mb << 20,
        "parent": os.getpid(),
    }
    with contextlib.ExitStack() as stack:
        asked = stack.enter_context(os.fdopen(os.memfd_create("request"), "wb", buffering=0))
        asked.write(marshal.dumps(request))
        asked.seek(0)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="clpipe-"))
        heard = _attend(asked.fileno(), folder, limits)
    return _judged(*heard)


def _attend(asked: int, folder: str, limits: Limits) -> tuple[str, bytes, bytes, int]:
    """Start the child and hear it to its end: how the hearing ended, its output, its report, its exit status."""
    report, theirs = os.pipe()
    with os.fdopen(report, "rb", buffering=0):
        try:
            child = subprocess.Popen(
                [sys.executable, "-s", "-S", "-P", "-B", sandbox_child.__file__, str(theirs)],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=folder,
                env={"PYTHONHASHSEED": "0"},
                pass_fds=(theirs,),
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        try:
            assert child.stdout is not None
            ended, out, told = _hear(child.stdout.fileno(), report, limits, child.pid)
        finally:
            # Before it is waited for: until then nobody else can have its number. It cannot have left its group.
            with contextlib.suppress(ProcessLookupError):  # a caller that ignores SIGCHLD
                os.killpg(child.pid, signal.SIGKILL)
            status = child.wait()
            if child.stdout is not None:
                child.stdout.close()
    return ended, out, told, status


def _hear(out: int, report: int, limits: Limits, child: int) -> tuple[str, bytes, bytes]:
    """Read both pipes until they end, the time is over or too much was said; what ended it, and what was heard."""
    heard = {out: bytearray(), report: bytearray()}
    waiting = select.poll()
    for pipe in heard:
        waiting.register(pipe, select.POLLIN)
    most, ready, still_open = limits.output_kb << 10, False, 2
    deadline = latest = time.monotonic() + SETTING_UP
    while still_open:
        # Whatever was printed before `finished` is in the pipe by then; another process of the caller, forked at the
        # wrong moment, could hold the pipe open.
        finished = heard[report].endswith(b"\nfinished\n")
        events = waiting.poll(0 if finished else max(0.0, deadline - time.monotonic()) * 1000)
        if not events and (finished or not (ready and time.monotonic() < latest and _wants_to_run(child))):
            return (FINISHED if finished else TIMEOUT), bytes(heard[out]), bytes(heard[report])
        deadline = deadline if events else deadline + limits.wall_seconds
        for pipe, _ in events:
            chunk = os.read(pipe, 1 << 16)
            heard[pipe] += chunk
            if not chunk:
                waiting.unregister(pipe)
                still_open -= 1
            if len(heard[pipe]) > most:
                return TOO_MUCH, bytes(heard[out][:most]), bytes(heard[report][:most])
        if not ready and heard[report].startswith(b"ready\n"):
            ready, latest = True, time.monotonic() + SETTING_UP
            deadline = time.monotonic() + limits.wall_seconds
    return "", bytes(heard[out]), bytes(heard[report])


def _wants_to_run(child: int) -> bool:
    """Whether it waits for the processor alone: then the machine is busy, and the limit on its own time will end it."""
    try:
        state = Path(f"/proc/{child}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "R"


def _judged(ended: str, out: bytes, told: bytes, status: int) -> Run:
    lines = told.decode("ascii", "replace").split("\n")[:-1]
    if lines[:1] != ["ready"]:
        raise RuntimeError(f"the sandbox cannot be set up here: {' '.join(lines) or f'{ended} status {status}'}")
    values = tuple(line.removeprefix("value ") for line in lines if line.startswith("value "))
    return Run(kind=ended or _kind(lines[-1], status), stdout=out.decode("utf-8", "replace"), returned=values)


def _kind(last: str, status: int) -> str:
    if last == FINISHED:
        return FINISHED
    if last.startswith("error "):
        return ERROR
    return TIMEOUT if status == -signal.SIGXCPU else KILLED if status < 0 else ERROR
