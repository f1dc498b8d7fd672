"""Which device a run uses, and what this machine is; torch is imported only where the answer needs it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any


def resolve(device: str) -> str:
    """`cpu` or `cuda`: `auto` is CUDA where there is one; the environment variable CLPIPE_DEVICE goes before `device`.

    Raises ValueError when CUDA is asked for and there is none, or the name is not auto, cpu or cuda.
    """
    wanted = os.environ.get("CLPIPE_DEVICE") or device
    if wanted not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device: must be auto, cpu or cuda, not {wanted!r} (CLPIPE_DEVICE or learn.device)")
    if wanted == "auto":
        return "cuda" if _sees_gpu() else "cpu"
    if wanted == "cuda" and not _sees_gpu():
        raise ValueError("device: cuda is asked for, but torch sees no GPU here; use auto or cpu")
    return wanted


def single_threaded() -> None:
    """One thread for this process: side-by-side replicates then give the same bits whatever their number."""
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    # what it fills is a net for reads of memory never written, and 2 % of a step
    setattr(torch.utils.deterministic, "fill_uninitialized_memory", False)  # noqa: B010 - not in its types


def machine(device: str) -> dict[str, Any]:
    """What a reader needs to judge a time: processor, memory, accelerator, versions."""
    import psutil

    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "accelerator": _accelerator() if device == "cuda" else None,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: version(package) for package in ("torch", "transformers", "peft")},
    }


def peak_memory_mb() -> int:
    """Largest resident memory of this process so far, MiB; what it has now where the system keeps no such mark."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) // 1024
    except (OSError, StopIteration):
        import psutil

        return int(psutil.Process().memory_info().rss) // 2**20


def _sees_gpu() -> bool:
    if version("torch").endswith("+cpu"):
        return False
    import torch

    return torch.cuda.is_available()


def _accelerator() -> str:
    import torch

    return torch.cuda.get_device_name()


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
