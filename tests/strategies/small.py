"""Every strategy as a short run of the real loop on the tiny llama, options small enough for a dozen episodes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from clpipe import named
from clpipe.learner.replicate import Replicate
from clpipe.models.method import FROZEN
from clpipe.params import Params
from clpipe.store import write_records
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]
ARM = "arm"
EPISODES = 12
SHOWN = ["sequence", "causal_reasoning"]
"""Families of the stream; `comparison` is left out of it, for what learns on others beforehand."""
SMALL = {"capacity": 3, "mix": 2, "every": 3, "rounds": 2, "inner_steps": 2, "samples": 2, "max_new_tokens": 3}
"""Options that are set in every strategy that has them, so that each does all it does within a dozen episodes."""


def strategies() -> list[str]:
    """Every strategy there is."""
    return named.names("clpipe.strategies")


def options(strategy: str) -> dict[str, Any]:
    """The strategy's defaults, but for SMALL."""
    fields = {f.name for f in dataclasses.fields(named.load("clpipe.strategies", strategy))}
    return {name: value for name, value in SMALL.items() if name in fields}


def params(strategy: str, method: str | None = None, stream: str = "blocked", **own: Any) -> Params:
    """One arm; its method is LoRA with dropout unless the strategy takes frozen weights only."""
    values = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text())
    if method is None:
        method = "frozen" if FROZEN in named.load("clpipe.strategies", strategy).needs else "lora"
    values["learn"] |= {"episodes": EPISODES, "eval_interval": 4, "lr": 0.01, "families": SHOWN}
    values["prompt"]["max_new_tokens"] = 3
    values["methods"] = {method: {"dropout": 0.1} if method == "lora" else {}}
    values["strategies"] = {strategy: {**options(strategy), **own}}
    values["streams"] = {stream: {}}
    values["arms"] = {ARM: {"model": "tiny", "method": method, "strategy": strategy, "stream": stream}}
    return Params.model_validate(values)


def write_train(path: Path) -> Path:
    """Train tasks of the shown families, more than the stream takes, and of another."""
    write_records(path, drawn(2, {"sequence": 15, "causal_reasoning": 15, "comparison": 8}))
    return path


def work(settings: Params, weights: Mapping[str, Path], train: Path, folder: Path, seed: int = 0) -> Replicate:
    """The run of one seed."""
    return Replicate(params=settings, arm=ARM, seed=seed, weights=weights["llama"], train=train, folder=folder)


def contents(folder: Path) -> dict[str, str]:
    """Digests of all that a run leaves, but for how long it took."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "done.json"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def adapters(folder: Path) -> dict[str, str]:
    """Digests of the weights of all checkpoints."""
    return {name: digest for name, digest in contents(folder).items() if name.endswith(".safetensors")}
