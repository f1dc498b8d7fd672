"""Room on the disk: asked before much is written, and named when it ran out."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clpipe.models.weights import ModelError


def need(folder: Path, size: int) -> None:
    """Raise ModelError when the disk of `folder` has less than `size` bytes free."""
    if _free(folder) < size:
        raise ModelError(_message(folder, size))


@contextmanager
def told_when_full(folder: Path, size: int = 0) -> Iterator[None]:
    """Turn a full disk inside the block into a ModelError.

    Args:
        folder: Where the block writes.
        size: Bytes that it needs there, if known.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        if is_full(error):
            raise ModelError(_message(folder, size)) from error
        raise


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that a disk is full.

    safetensors and tokenizers write from Rust and tell the system's error number in words only.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if f"(os error {errno.ENOSPC})" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _message(folder: Path, size: int) -> str:
    free = _megabytes(_free(folder))
    needed = f"about {_megabytes(size)} are needed there and {free} are free" if size else f"{free} are free"
    return (
        f"not enough room on the disk of {folder}: {needed}; "
        "free some space and run again (downloads already finished are kept)"
    )


def _free(folder: Path) -> int:
    there = next(parent for parent in [folder.absolute(), *folder.absolute().parents] if parent.exists())
    return shutil.disk_usage(there).free


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
