"""The inner side of `clpipe.arena.sandbox`: locks itself in, runs the text, tells how it went. Run as a script.

On the report's pipe, a line each: `ready` once nothing can be undone any more, `value JSON` for each call,
then `finished` or `error NAME`; `refused REASON` in place of all that.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import io
import json
import marshal
import os
import resource
import sys

_MODULES = """
_strptime abc array bisect cmath collections collections.abc contextlib copy dataclasses datetime decimal enum fractions
functools heapq itertools json math numbers operator queue random re statistics string struct textwrap time typing
unicodedata"""
MODULES = tuple(_MODULES.split())
"""What a text may import; what it names of them is loaded before the lock, for nothing can be opened after it."""
REFUSED = ("open", "os.", "socket.", "subprocess.", "ctypes.", "fcntl.", "mmap.", "signal.", "resource.", "shutil.")
NOBODY = 65534
_PARENT_DEATH_SIGNAL, _SECCOMP, _NO_NEW_PRIVILEGES, _FILTER = 1, 22, 38, 2


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def main(report: int) -> None:
    """Read the request from standard input, do it, report, end."""
    request = marshal.loads(_all(0))
    os.close(0)
    os.environ.clear()
    try:
        _load(request["source"])
        _lock(request["filter"], request["cpu_seconds"], request["memory"], request["parent"])
    except (OSError, ValueError) as error:
        _say(report, f"refused {error}")
        os._exit(1)
    _say(report, "ready")
    _run(report, request["source"], request["function"], request["calls"])


def plain(value: object) -> object:
    """The value as JSON can tell it: a tuple as `{"tuple": […]}`, a dict as `{"dict": [[key, value], …]}`.

    Anything that is not plain data, exactly, raises TypeError.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [plain(item) for item in value]
    if type(value) is tuple:
        return {"tuple": [plain(item) for item in value]}
    if isinstance(value, dict):  # a Counter and a defaultdict too
        return {"dict": [[plain(key), plain(item)] for key, item in dict.items(value)]}
    raise TypeError("not plain data")


def _load(source: str) -> None:
    for name in MODULES if "import" in source else ():
        if name.lstrip("_") in source:
            with contextlib.suppress(ImportError):  # a Python that was built without it
                importlib.import_module(name)
    if "random" in sys.modules:
        importlib.import_module("random").seed(0)


def _lock(steps: bytes, cpu_seconds: int, memory: int, parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    _drop()
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for limit in ("FSIZE", "NPROC", "NOFILE", "CORE", "MEMLOCK", "MSGQUEUE"):
        resource.setrlimit(getattr(resource, f"RLIMIT_{limit}"), (0, 0))
    program = _Program(len(steps) // 8, steps)
    _prctl(libc, _PARENT_DEATH_SIGNAL, 9)  # after the change of user, which would unset it
    if os.getppid() != parent:  # it died before its death could be told
        raise OSError("whoever asked is gone")
    _prctl(libc, _NO_NEW_PRIVILEGES, 1)
    _prctl(libc, _SECCOMP, _FILTER, ctypes.addressof(program))
    _check()
    for module in ("ctypes", "_ctypes", "resource"):
        del sys.modules[module]
    sys.addaudithook(_refuse)


def _drop() -> None:
    """Be nobody, where root may; in some containers it may not, and the filter stands without it."""
    if os.getuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)


def _prctl(libc: ctypes.CDLL, option: int, *values: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if libc.prctl(ctypes.c_int(option), *padded) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed: {os.strerror(ctypes.get_errno())}")


def _check() -> None:
    """Some kernels take a filter and do not heed it."""
    try:
        os.open("/", os.O_RDONLY)
    except OSError as error:
        if error.errno == errno.EPERM:
            return
    raise OSError("the kernel took the seccomp filter but does not enforce it")


def _refuse(event: str, _: tuple[object, ...]) -> None:
    """The audit hook: a clear word before the kernel says the same."""
    if event.startswith(REFUSED):
        raise PermissionError(errno.EPERM, f"{event} is not allowed here")


def _run(report: int, source: str, function: str, calls: list[str]) -> None:
    """Execute the text and then the calls, each with arguments of its own; ends the process."""
    module = type(sys)("reply" if function else "__main__")
    sys.modules[module.__name__] = sys.modules["__main__"] = module
    sys.argv, sys.stdin, out = [""], io.StringIO(""), sys.stdout
    say, leave, loads, dumps = _say, os._exit, json.loads, json.dumps
    try:
        exec(compile(source, "<reply>", "exec", dont_inherit=True), module.__dict__)
        for arguments in calls:
            say(report, "value " + dumps(plain(module.__dict__[function](*loads(arguments)))))
        out.flush()
    except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are an end like others
        say(report, f"error {type(error).__name__}")
        leave(1)
    say(report, "finished")
    leave(0)


def _all(descriptor: int) -> bytes:
    chunks = []
    while chunk := os.read(descriptor, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


def _say(report: int, line: str) -> None:
    left = memoryview(line.encode("ascii", "backslashreplace") + b"\n")
    while left:
        left = left[os.write(report, left) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
