"""How a command ends when something is wrong: one clear message, exit code 1, no traceback, nothing left running."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from safetensors import SafetensorError

from clpipe.lifeline import follow_dvc
from clpipe.models.disk import is_full

FULL = "the disk is full: {}\nFree some space and run again; what was finished is kept"
NO_MEMORY = (
    "out of memory{}\nRun again on its own, with CLPIPE_JOBS=1 (fewest processes) or a smaller batch or rank; what was "
    "finished is kept"
)
DAMAGED = (
    "weights or a saved state cannot be read ({}): the file is cut off or damaged. `dvc checkout --force` brings back "
    "what DVC keeps; for the state of a run that broke off, delete .clpipe/scratch/learn, and it begins anew"
)
NO_MEMORY_WORDS = ("can't allocate memory", "Cannot allocate memory", "CUDA out of memory", "std::bad_alloc")
"""torch and numpy tell it as a RuntimeError or an OSError."""


@contextmanager
def reported(what: str) -> Iterator[None]:
    """Turn an expected error inside the block into `clpipe WHAT: message` on stderr and exit code 1.

    Expected are ValueError, LookupError, OSError and RuntimeError, which carry a message for the person, too little
    memory, and damaged files of weights. With CLPIPE_DEBUG=1 in the environment the traceback is shown instead.
    A stage ends with the `dvc` that started it, too.
    """
    follow_dvc()
    try:
        yield
    except (ValueError, LookupError, OSError, RuntimeError, MemoryError, SafetensorError) as error:
        if os.environ.get("CLPIPE_DEBUG") == "1":
            raise
        sys.stderr.write(f"\nclpipe {what}: {message(error)}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write(f"\nclpipe {what}: interrupted; what was finished is kept\n")
        sys.exit(130)


def message(error: Exception) -> str:
    """What a person is told of an expected error."""
    if is_full(error):
        return str(error) if "not enough room on the disk" in str(error) else FULL.format(error)
    first = (str(error).strip().splitlines() or [""])[0]  # further lines may be what another process has said
    if isinstance(error, MemoryError) or any(words in first for words in NO_MEMORY_WORDS):
        return NO_MEMORY.format(f": {first}" if first else "")
    if isinstance(error, SafetensorError):
        return DAMAGED.format(error)
    if isinstance(error, KeyError):
        return f"internal look-up failed: {error}\n(the traceback: CLPIPE_DEBUG=1)"
    hint = "\n(the traceback: CLPIPE_DEBUG=1)" if isinstance(error, IndexError) else ""
    return (str(error) or type(error).__name__) + hint
