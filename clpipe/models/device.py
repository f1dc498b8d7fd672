"""Which device and precision a run uses, and what this machine is."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

import torch

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def resolve(device: str) -> torch.device:
    """`auto` is CUDA where there is one; the environment variable CLPIPE_DEVICE goes before `device`.

    Raises ValueError when CUDA is asked for and there is none, or the name is not auto, cpu or cuda.
    """
    wanted = os.environ.get("CLPIPE_DEVICE") or device
    if wanted not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device: must be auto, cpu or cuda, not {wanted!r} (CLPIPE_DEVICE or learn.device)")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ValueError("device: cuda is asked for, but torch sees no GPU here; use auto or cpu")
    return torch.device(wanted)


def single_threaded() -> None:
    """One thread for this process: side-by-side replicates then give the same bits whatever their number."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)


def machine(device: torch.device) -> dict[str, Any]:
    """What a reader needs to judge a time: processor, memory, accelerator, versions."""
    import psutil

    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "accelerator": torch.cuda.get_device_name() if device.type == "cuda" else None,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: version(package) for package in ("torch", "transformers", "peft")},
    }


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
