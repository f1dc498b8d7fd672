"""`python -m clpipe.runner.followed dvc WORDS`: the same as `dvc WORDS`, ended when `clpipe run` is gone.

The word `dvc` is by what a stage recognises the process that it follows (clpipe/lifeline.py).
"""

from __future__ import annotations

import os
import signal
import sys

from clpipe.lifeline import follow_parent

PARENT = "CLPIPE_RUN_PID"
"""The environment variable that says which process is followed: it may be gone before this one looks."""


def main() -> int | str:
    """Follow the process that started this one, and be dvc."""
    if str(os.getppid()) != os.environ.pop(PARENT, None):
        return "clpipe: the `clpipe run` that started this is gone"
    follow_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts `clpipe run &` with SIGINT ignored
    from dvc.cli import main as dvc

    sys.argv = sys.argv[1:]
    return int(dvc(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
