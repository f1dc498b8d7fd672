"""The sandbox and the judge that uses it, against programs that want out."""

import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from clpipe.arena import sandbox, sandbox_child, seccomp
from clpipe.arena.judges import python_function
from clpipe.arena.judges.python_function import equal, program, right
from clpipe.arena.sandbox import Limits, run
from clpipe.records import Json, Task

TASK = Task(
    id="0" * 16,
    family="code_function",
    prompt="Write double.",
    answer="def double(x):\n    return 2 * x",
    difficulty=1,
    template="write",
    judge="python_function",
    marking={"function": "double", "tests": [[[3], 6], [[0], 0], [["ab"], "abab"], [[[1]], [1, 1]]]},
)
GOOD = TASK.answer


def task(*tests: list[Json]) -> Task:
    return Task(
        id="0" * 16,
        family="code_function",
        prompt="p",
        answer="",
        difficulty=1,
        template="t",
        marking={"function": "f", "tests": list(tests)},
    )


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process, no folder, no open file and not much memory, whatever a program does."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    descriptors = len(os.listdir("/proc/self/fd"))
    yield
    assert [p for p in psutil.Process().children(recursive=True) if sandbox_child.__file__ in p.cmdline()] == []
    assert list(tmp_path.iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 64 * 1024
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_a_program_prints_and_a_function_returns() -> None:
    assert run("print(6 * 7)\nprint('ü')") == sandbox.Run(kind="finished", stdout="42\nü\n", returned=())
    done = run("def f(*a):\n    print(a)\n    return a", function="f", calls=[[1, "a"], [[2.5, None, True]]])
    assert done.kind == "finished"
    assert done.stdout == "(1, 'a')\n([2.5, None, True],)\n"
    assert done.returned == ('{"tuple": [1, "a"]}', '{"tuple": [[2.5, null, true]]}')


def test_arguments_are_not_shared_between_calls() -> None:
    shared: list[Json] = [1]
    done = run("def f(x, y):\n    x.append(2)\n    return y", function="f", calls=[[shared, shared], [shared, shared]])
    assert done.returned == ("[1]", "[1]")


def test_what_a_plain_function_needs_can_be_imported() -> None:
    names = [*sandbox_child.MODULES, "collections.abc"]
    source = (
        "\n".join(f"import {name}" for name in names)
        + "\nfrom typing import *\nprint(math.pi > 3, re.sub('a', 'b', 'a'))"
    )
    assert run(source).stdout == "True b\n"


@pytest.mark.parametrize(
    "name", ["ctypes", "socket", "subprocess", "multiprocessing", "urllib.request", "numpy", "clpipe"]
)
def test_what_it_does_not_need_cannot(name: str) -> None:
    assert run(f"import {name}").kind == "error"
    assert run(f"try:\n    import {name}\nexcept ImportError:\n    print('no')").stdout == "no\n"


def test_a_run_is_the_same_each_time() -> None:
    source = "import random\nprint(list({'red', 'green', 'blue', 'white'}), hash('a'), random.random())"
    assert run(source).stdout == run(source).stdout != ""


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("pass", "finished"),
        ("1 / 0", "error"),
        ("this is no Python", "error"),
        ("import sys\nsys.exit(0)", "error"),
        ("import os\nos._exit(0)", "error"),
        ("raise KeyboardInterrupt", "error"),
        ("input()", "error"),
        ("import time\ntime.sleep(60)", "error"),
        ("x = 'a' * 10**10", "error"),
        ("while True: pass", "timeout"),
        ("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()", "timeout"),
        ("while True: print('x' * 1000)", "too much output"),
        ("import os\nos.abort()", "killed"),
        ("\x00", "error"),
        ("x = '\ud800'", "error"),
        ("(" * 50_000, "error"),
    ],
)
def test_kinds(source: str, kind: str) -> None:
    begun = time.monotonic()
    assert run(source, Limits(wall_seconds=1.5)).kind == kind
    assert time.monotonic() - begun < 10


def test_output_is_bounded_and_kept() -> None:
    done = run("print('x' * 10**7)", Limits(output_kb=3))
    assert done.kind == "too much output"
    assert done.stdout == "x" * 3 * 1024
    assert run("def f(): return 'x' * 10**7", function="f", calls=[[]]).kind == "too much output"


def test_it_is_fast_enough() -> None:
    run("pass")
    begun = time.process_time() + sum(os.times()[2:4])
    for _ in range(10):
        run(GOOD, function="double", calls=[[1]])
    assert (time.process_time() + sum(os.times()[2:4]) - begun) / 10 < 0.2  # 0.02 where nothing else runs


def test_many_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: run(f"print({n})").stdout, range(24)))
    assert done == [f"{n}\n" for n in range(24)]


def test_it_runs_as_nobody_in_a_group_of_its_own_without_a_way_to_stay() -> None:
    found: list[tuple[int, int, int]] = []
    thread = threading.Thread(target=run, args=("while True: pass",))
    thread.start()
    while thread.is_alive() and not found:
        for child in psutil.Process().children():
            if sandbox_child.__file__ in child.cmdline() and child.cpu_times().user > 0.2:
                found = [(child.uids().real, os.getpgid(child.pid), child.pid)]
        time.sleep(0.01)
    thread.join()
    (uid, group, pid) = found[0]
    assert uid == (65534 if os.getuid() == 0 else os.getuid())
    assert group == pid


def test_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLPIPE_TEST_TOKEN", "hunter2")
    source = """
import os, sys
print(dict(os.environ), os.getenv("CLPIPE_TEST_TOKEN"), os.getenv("HOME"), sys.argv)
for name in ("environb", "_data"):
    print(getattr(os.environ, name, None))
for path in ("/proc/self/environ", f"/proc/{os.getppid()}/environ", "/proc/1/environ"):
    try:
        print(open(path, "rb").read())
    except OSError as error:
        print("refused")
"""
    done = run(source)
    assert done.kind == "finished"
    assert done.stdout.count("refused") == 3
    assert "hunter2" not in done.stdout
    assert done.stdout.startswith("{} None None ['']")


def test_files_cannot_be_read() -> None:
    repository = Path(__file__).parents[2]
    paths = [
        "/etc/passwd",
        str(Path(__file__)),
        str(repository / "params.yaml"),
        "/",
        ".",
        str(Path.home()),
        sys.executable,
    ]
    source = f"""
import io, os, sys
import posix
ways = [
    lambda p: open(p).read(), lambda p: io.FileIO(p), lambda p: io.open_code(p), lambda p: posix.open(p, 0),
    lambda p: os.listdir(p), lambda p: os.stat(p), lambda p: os.readlink(p), lambda p: list(os.scandir(p)),
    lambda p: os.chdir(p), lambda p: sys.modules["_frozen_importlib_external"].FileLoader("x", p).get_data(p),
]
for path in {paths!r}:
    for way in ways:
        try:
            print("READ", path, way(path))
        except OSError:
            print("refused")
"""
    done = run(source)
    assert done.kind == "finished"
    assert done.stdout == "refused\n" * 10 * len(paths)


def test_files_cannot_be_written() -> None:
    mark = f"clpipe_test_{uuid.uuid4().hex}"
    folders = [".", "/tmp", "/dev/shm", "/var/tmp", str(Path.cwd())]
    source = f"""
import os
for folder in {folders!r}:
    path = folder + "/{mark}"
    for way in (lambda: open(path, "w"), lambda: os.open(path, os.O_CREAT | os.O_RDWR), lambda: os.mkdir(path),
                lambda: os.mkfifo(path), lambda: os.symlink("/", path), lambda: os.memfd_create("x")):
        try:
            way()
            print("WRITTEN", path)
        except OSError:
            print("refused")
"""
    assert run(source).stdout == "refused\n" * 6 * len(folders)
    assert not [folder for folder in folders if (Path(folder) / mark).exists()]


def test_a_listening_socket_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        source = f"""
for name in ("socket", "_socket", "asyncio", "http.client"):
    try:
        module = __import__(name)
        module.socket().connect(("127.0.0.1", {port}))
        print("CONNECTED")
    except Exception:
        print("refused")
"""
        assert run(source).stdout == "refused\n" * 4
        with pytest.raises(TimeoutError):
            server.accept()


WALL = """
import ctypes, errno, os, resource, signal, socket, sys, threading, time
from clpipe.arena import sandbox_child, seccomp

def raw(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)

calls = [
    (os.open, "/etc/passwd", os.O_RDONLY), (os.open, "/tmp/x", os.O_CREAT | os.O_WRONLY), (os.fork,), (os.forkpty,),
    (os.execv, sys.executable, [sys.executable]), (os.posix_spawn, "/bin/true", ["true"], {}), (os.stat, "/"),
    (os.kill, os.getppid(), 0), (os.killpg, 0, 0), (socket.socket,), (socket.socketpair,), (os.pipe,), (os.dup, 1),
    (os.unlink, "/tmp/x"), (os.chmod, "/tmp", 0), (os.setsid,), (os.close, 1), (time.sleep, 0.01), (os.chroot, "/"),
    (signal.signal, signal.SIGTERM, signal.SIG_IGN), (os.sched_setaffinity, 0, [0]), (os.memfd_create, "x"),
    (os.setpriority, 0, 0, 5), (os.getxattr, "/", "user.x"), (os.ftruncate, 1, 0), (os.eventfd, 0), (os.wait,),
    (resource.setrlimit, resource.RLIMIT_CORE, (0, 0)),
    (raw, "fork"), (raw, "vfork"), (raw, "open", b"/etc/passwd", 0), (raw, "socket", 2, 1, 0), (raw, "kill", 1, 0),
    (raw, "ptrace", 16, os.getppid(), 0, 0), (raw, "process_vm_readv", os.getppid(), 0, 0, 0, 0, 0),
    (raw, "prctl", 22, 0, 0, 0, 0), (raw, "personality", 0), (raw, "unshare", 0), (raw, "syscall", 0x40000000 | 57),
]
libc = ctypes.CDLL(None, use_errno=True)
sys.addaudithook = lambda hook: None
sandbox_child._lock(seccomp.program(os.uname().machine), 5, 4 << 30, os.getppid())
left = []
for call, *arguments in calls:
    try:
        call(*arguments)
        left.append((call, arguments))
    except PermissionError as error:
        if error.errno != errno.EPERM:
            left.append((call, arguments, error))
    except ValueError as error:  # setrlimit's name for EPERM
        if "not allowed" not in str(error):
            raise
try:
    threading.Thread(target=print).start()
    left.append("thread")
except RuntimeError:
    pass
os.write(1, repr(left).encode())
os._exit(0)
"""


def test_the_wall_holds_without_the_hook_and_against_native_code() -> None:
    done = subprocess.run([sys.executable, "-c", WALL], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]", "")


def test_it_refuses_where_it_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(RuntimeError, match="x86_64 or aarch64 alone, not linux on riscv64"):
        run("pass")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (b"\xff" * 8, "cannot be set up here: refused .*prctl"),
        (b"\x06\0\0\0\0\0\xff\x7f", "cannot be set up here: refused .*not enforce"),
    ],
)
def test_it_refuses_where_the_filter_is_not_taken(steps: bytes, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "program", lambda _: steps)
    with pytest.raises(RuntimeError, match=message):
        run("print('out')")
    with pytest.raises(RuntimeError, match=message):
        right(TASK, GOOD)


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        f"```python\n{GOOD}\n```",
        f"Sure! Here it is:\n\n```\n{GOOD}\n```\nIt doubles x.\n```python\nprint(double(2))\n```",
        f"```py\n{GOOD}",
        f"{GOOD}\n```",
        "double = lambda x: x + x",
        "from typing import Any\n\ndef double(x: Any) -> Any:\n    print(x)\n    return x * 2\n\nprint(double(4))",
        f"{GOOD}\n\nif __name__ == '__main__':\n    double(input())",
        "import functools, operator\ndouble = functools.partial(operator.mul, 2)",
        f"{GOOD}\r\n",
    ],
)
def test_right_replies(reply: str) -> None:
    assert right(TASK, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "double",
        "def double(x):",
        "def double(x):\n    return x",
        "def double(x):\n    return str(2 * x)",
        "def double(x):\n    yield 2 * x",
        "def double(x):\n    return (2 * x,)",
        "def double():\n    return 6",
        "def triple(x):\n    return 2 * x",
        "double = 6",
        f"I would write this:\n{GOOD}",
        f"```\nprint('double')\n```\n```\n{GOOD}\n```",
        f"{GOOD}\nraise ValueError",
        f"{GOOD}\n1 +",
        "def double(x):\n    return None",
        "double" * 300_000,
        "double\x00",
        f"{GOOD}\n# \ud800\udfff",
        "\ud800double = 1",
        "double = " + "(" * 5000,
        "double = " + "-" * 15_000 + "1",
        "double" + "\n" * 10_000,
        "```double```",
    ],
)
def test_wrong_replies(reply: str) -> None:
    assert not right(TASK, reply)


FORGE = """
import os
for fd in range(3, 50):
    try:
        os.write(fd, {})
    except OSError:
        pass
os._exit(0)
def double(x): pass
"""
HOSTILE = {
    "endless": "while True: pass",
    "endless under handlers": "while True:\n try:\n  while True: pass\n except BaseException: pass",
    "endless when called": "def double(x):\n while True:\n  try:\n   while True: pass\n  except: pass",
    "endless generator": "def double(x):\n while True: yield x",
    "endless in C": "def double(x): return sum(range(10**15))",
    "fork bomb": "import os\nwhile True:\n try: os.fork()\n except OSError: pass",
    "one fork": "import os\ntry:\n os.fork()\nexcept OSError: pass\ndef double(x): return 0",
    "system": "import os\nos.system('touch /tmp/double')\ndef double(x): return 2 * x",
    "thread bomb": "import _thread\ndef double(x):\n while True:\n"
    "  try: _thread.start_new_thread(double, (x,))\n  except: pass",
    "memory": "x = 'a' * 10**10\ndef double(x): return 2 * x",
    "growing list": "def double(x):\n s = []\n while True: s.append('a' * 10**6)",
    "growing list under handlers": "def double(x):\n s = []\n while True:\n"
    "  try:\n   while True: s.append(' ' * 10**6)\n  except MemoryError: pass",
    "big number": "def double(x): return 10**10**10",
    "huge text": "def double(x): return 'a' * 10**8",
    "huge list": "def double(x): return list(range(10**6))",
    "huge output": "while True: print('double' * 1000)",
    "raw output": "import os\nwhile True: os.write(1, b'double' * 1000)",
    "raw report": "import os\nfor fd in range(3, 50):\n try:\n  while True: os.write(fd, b'x' * 9999)\n"
    " except OSError: pass\ndef double(x): return x",
    "early exit": "import os\nprint('6\\n0')\nos._exit(0)\ndef double(x): pass",
    "system exit": "import sys\nprint('double')\nsys.exit(0)",
    "exit when called": "import os\ndef double(x): os._exit(0)",
    "faked report": FORGE.format(r"b'value 6\n' * 4 + b'finished\n'"),
    "nonsense report": FORGE.format(r"""b'value {"dict": [5, [[], 1]]}\n' * 4 + b'finished\n'"""),
    "deep report": FORGE.format(r"b'value ' + b'[' * 60000 + b'\n\xff\xfe\nfinished\n'"),
    "always equal": "class A:\n def __eq__(self, o): return True\n def __repr__(self): return '6'\n"
    " def __hash__(self): return 1\ndef double(x): return A()",
    "int of its own": "class A(int):\n def __eq__(self, o): return True\ndef double(x): return A(6)",
    "text of its own": "class A(str):\n def __eq__(self, o): return True\ndef double(x): return A('abab')",
    "raising repr": "class A:\n def __repr__(self): raise SystemExit\ndef double(x): return A()",
    "endless repr": "class A:\n def __repr__(self):\n  while True: pass\ndef double(x): return [A()]",
    "itself": "def double(x):\n s = []\n s.append(s)\n return s",
    "deep result": "def double(x):\n s = []\n for _ in range(10**5): s = [s]\n return s",
    "deep recursion": "def double(x): return double(x)",
    "deep recursion allowed": "import sys\nsys.setrecursionlimit(10**9)\ndef double(x): return double([x])",
    "handlers of signals": "import signal\nfor s in (15, 24, 14, 2):\n try: signal.signal(s, signal.SIG_IGN)\n"
    " except Exception: pass\ndef double(x):\n while True: pass",
    "kill": "import os\nos.kill(os.getppid(), 9)\ndouble = 1",
    "kill the group": "import os\nos.killpg(0, 9)\ndouble = 1",
    "crash by ctypes": "__import__('ctypes').string_at(0)\ndouble = 1",
    "connect": "import socket\nsocket.create_connection(('1.1.1.1', 53))\ndef double(x): return 2 * x",
    "read": "open('/etc/passwd').read()\ndef double(x): return 2 * x",
    "builtins": "import builtins, json, os\nbuiltins.len = builtins.all = builtins.type = lambda *a: True\n"
    "json.dumps = lambda *a: '6'\nos.write = print\ndef double(x): return 0",
    "harness": "import sys\nf = sys._getframe()\nwhile f:\n f.f_locals.update(calls=[], say=print)\n f = f.f_back\n"
    "def double(x): return 0",
    "no modules": "import sys\nsys.modules.clear()\nsys.stdout = None\ndef double(x): return 0",
    "tracing": "import sys\nsys.settrace(lambda *a: 1 / 0)\ndef double(x): return 2 * x",
    "endless end": "class A:\n def __del__(self):\n  while True: pass\ndef double(x):\n A()\n return 2 * x",
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)
def test_hostile_replies_are_wrong_and_end(reply: str) -> None:
    begun = time.monotonic()
    assert not right(TASK, reply)
    assert time.monotonic() - begun < 10  # 1 where nothing else runs


def test_the_expected_values_never_go_in(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[object] = []

    def spy(*positional: object, **named: object) -> sandbox.Run:
        met.extend([positional, named])
        return sandbox.Run(kind="finished", stdout="", returned=('"a secret"',))

    monkeypatch.setattr(python_function, "run", spy)
    assert right(task([["ask"], "a secret"]), "def f(x): return x")
    assert "ask" in repr(met)
    assert "secret" not in repr(met)


@pytest.mark.parametrize(
    ("expected", "returned", "same"),
    [
        (6, "6", True),
        (6, "6.0", False),
        (1, "True", False),
        (True, "1", False),
        (True, "True", True),
        (0, "False", False),
        (False, "None", False),
        (2.0, "2.0", True),
        (2.0, "2", True),
        (1.0, "True", False),
        (0.3, "0.1 + 0.2", True),
        (0.3, "0.3001", False),
        (2.0, "10**400", False),
        (2.0, "float('nan')", False),
        ("a", "'a'", True),
        ("a", "b'a'", False),
        ("é\ud800", "'é\\ud800'", True),
        ([1, 2], "[1, 2]", True),
        ([1, 2], "(1, 2)", False),
        ([1, 2], "[1, 2, 3]", False),
        ([1, 2], "[2, 1]", False),
        ([1, True], "[1, 1]", False),
        ([], "()", False),
        ([], "''", False),
        ([], "{}", False),
        ([], "set()", False),
        ([[1], []], "[[1], []]", True),
        ({"a": 1, "b": [2]}, "{'b': [2], 'a': 1}", True),
        ({"a": 1}, "__import__('collections').Counter('a')", True),
        ({"a": 1}, "{'a': 1, 'b': 2}", False),
        ({"a": 1}, "{'a': True}", False),
        ({"1": 1}, "{1: 1}", False),
        ({}, "{}", True),
        ({}, "[]", False),
        ({"dict": []}, "{}", False),
        (None, "None", True),
        (None, "0", False),
    ],
)
def test_values_are_compared_strictly(expected: Json, returned: str, same: bool) -> None:
    assert right(task([[], expected]), f"def f():\n    return {returned}") is same


def test_text_that_is_no_value_is_wrong() -> None:
    for value in ("", "{", "nan", "[" * 10**5, '{"dict": 5}', '{"dict": [5]}', '{"dict": [[[], 1]]}', "9" * 10**4):
        assert not equal(1, value)
        assert not equal({"a": 1}, value)


def test_the_program_is_the_first_block() -> None:
    assert program("x = 1") == "x = 1"
    assert program("a\n```python\nx = 1\n```\nb\n```\ny\n```") == "x = 1\n"
    assert program("```x = 1```") == "x = 1"
    assert program("```py\nx = 1") == "x = 1"
    assert program("x = 1\n```\n") == "x = 1\n"


@pytest.mark.parametrize(
    "source",
    [
        "from collections.abc import Sequence\ndef f(x: Sequence[int]): return len(x)",
        "import collections.abc\ndef f(x): return isinstance(x, collections.abc.Sized) + 1",
        "from datetime import datetime\ndef f(x): return datetime.strptime('2026-01-02', '%Y-%m-%d').day",
        "from queue import Queue\ndef f(x):\n    q = Queue()\n    q.put(2)\n    return q.get()",
        "import struct\ndef f(x): return struct.calcsize('h')",
    ],
)
def test_what_ordinary_programs_import_is_there(source: str) -> None:
    done = run(source, function="f", calls=[[[1, 2]]])
    assert (done.kind, done.returned) == ("finished", ("2",))


def test_a_busy_machine_decides_nothing_and_a_sleeper_gets_no_more() -> None:
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    sleeping = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        time.sleep(0.5)
        assert sandbox._wants_to_run(spinning.pid)
        assert not sandbox._wants_to_run(sleeping.pid)
    finally:
        for process in (spinning, sleeping):
            process.kill()
            process.wait()
    assert not sandbox._wants_to_run(spinning.pid)
