"""Stages brought from the shared store by `dvc repro --pull`, and none of them run here.

DVC runs what the store does not have. So that it cannot, the `python` of the stages' commands is, for as long as it
looks, a script that refuses and fails.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from clpipe.runner import dvc, pool

REFUSED = "CLPIPE_REFUSED"
_SCRIPT = f"""#!/bin/sh
echo "$DVC_STAGE" >> "${REFUSED}"
echo "clpipe: $DVC_STAGE is not in the shared store" >&2
exit 1
"""


def bring(stages: Sequence[str], folder: Path = Path()) -> set[str]:
    """Bring the outputs of the stages, in their order, with their entries in dvc.lock; those that did not come.

    What they depend on must be up to date or among them. Raises RuntimeError when the store could not be read.
    """
    if not stages:
        return set()
    scratch = folder.resolve() / ".clpipe"
    scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="guard-", dir=scratch) as name:
        guard = Path(name)
        (guard / "python").write_text(_SCRIPT, encoding="ascii")
        (guard / "python").chmod(0o700)
        settings = {"PATH": name + os.pathsep + os.environ.get("PATH", ""), REFUSED: str(guard / "refused")}
        _try(settings)
        words = ["repro", "--pull", "--keep-going", "--single-item", *stages]
        log = guard / "log"
        with log.open("wb") as file:
            code = dvc.logged(words, settings, file, folder)
        if code == 0:
            return set()
        if not (guard / "refused").exists():
            raise RuntimeError("\n  ".join(["the shared store could not be read:", *pool.last_lines(log, 12)]))
    return dvc.changed(*stages, folder=folder)


def _try(settings: dict[str, str]) -> None:
    """Raise RuntimeError unless `python` is the script that refuses: where files may not be executed it is another."""
    refused = Path(settings[REFUSED])
    world = {**os.environ, **settings, "DVC_STAGE": "a trial"}
    subprocess.run(["sh", "-c", "python --version"], env=world, capture_output=True, check=False)
    if not refused.exists():
        raise RuntimeError(
            f"{refused.parent} is on a disk on which no file may be executed (noexec), so stages could not be kept "
            "from running here; put the project on another disk"
        )
    refused.unlink()
