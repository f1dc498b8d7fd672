"""What the arms that run at once share: the GPUs of the machine, one an arm, and its cores."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import version

_DEVICE = re.compile(r"^(\s*)(?:GPU|MIG)\b.*\(UUID: ([^)\s]+)\)")


def listing() -> str:
    """What `nvidia-smi -L` says; nothing where there is none, or where torch is built without CUDA."""
    command = shutil.which("nvidia-smi")
    if command is None or version("torch").endswith("+cpu"):
        return ""
    try:
        done = subprocess.run([command, "-L"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def visible(environment: Mapping[str, str], listed: str) -> list[str]:
    """The GPUs that may be used, in the words of CUDA_VISIBLE_DEVICES.

    The entries of that variable where it is set (CUDA reads them as far as the first -1), else what `nvidia-smi -L`
    listed: the identity of each GPU, or of its MIG slices where it is cut into them. None with CLPIPE_DEVICE=cpu.
    """
    if environment.get("CLPIPE_DEVICE") == "cpu":
        return []
    given = environment.get("CUDA_VISIBLE_DEVICES")
    if given is None:
        return _uncut(listed)
    entries = [entry.strip() for entry in given.split(",")]
    ends = [place for place, entry in enumerate(entries) if entry in ("", "-1")]
    return entries[: ends[0]] if ends else entries


def _uncut(listed: str) -> list[str]:
    found: list[str] = []
    whole = False  # the last one found is a GPU of which no slice has been seen
    for match in filter(None, map(_DEVICE.match, listed.splitlines())):
        slice_of_it = bool(match[1])
        if slice_of_it and whole:
            found.pop()
        whole = not slice_of_it
        found.append(match[2])
    return found


class Devices:
    """Devices lent to arms: the one with the fewest arms first, so none is shared while another is free."""

    def __init__(self, names: Iterable[str]) -> None:
        self._arms = dict.fromkeys(names, 0)

    def __len__(self) -> int:
        return len(self._arms)

    def take(self) -> str | None:
        """A device for one arm; `None` where there are none."""
        if not self._arms:
            return None
        name = min(self._arms, key=self._arms.__getitem__)
        self._arms[name] += 1
        return name

    def give_back(self, name: str | None) -> None:
        """The arm has ended."""
        if name is not None:
            self._arms[name] -= 1


def at_once(asked: int | None, arms: int, gpus: int, processes: int | None, seeds: int) -> int:
    """How many arms run at once: what is asked for, else one a GPU, else as many as have their `seeds` side by side.

    `processes` is how many the machine is for: never more arms than that without GPU, unless it is `None` because the
    person has said how many an arm has. Never more than there are arms.
    """
    wanted = asked or gpus or (processes or 1) // seeds or 1
    return min(wanted, arms, wanted if gpus or processes is None else processes)


def settings(device: str | None, processes: int, arms: int) -> dict[str, str]:
    """What an arm has in its environment beside `arms - 1` others: its device, or its share of the processes.

    An arm on a GPU decides itself how many processes that is good for.
    """
    if device is not None:
        return {"CUDA_VISIBLE_DEVICES": device}
    return {"CLPIPE_JOBS": str(max(1, processes // arms))}
