"""What is to be mirrored, and what one publication did of it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clpipe.params import Params
from clpipe.store import read_json
from clpipe.tracking.held import Held, Outs, arms, digest, lock, report


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What DVC holds of a study."""

    params: Params
    root: Path
    held: Mapping[str, Held]
    data: Outs
    """MD5 of the task files, by path."""
    metrics: Mapping[str, Any]
    """The report's numbers, by arm."""
    report: str
    """Hash of the report."""
    commit: str | None
    ledger: str | None
    """MD5 of claims.json in dvc.lock."""
    judged: str | None
    """MD5 of the answers that the report in dvc.lock was made from."""

    @property
    def reports(self) -> Path:
        """The folder of the report."""
        return self.root / self.params.study.reports

    def digest(self, address: str) -> str:
        """The whole of it in one hash, with the store it goes to (without its password, which may change)."""
        tracking = self.params.tracking
        names = [address, self.params.study.name, tracking.experiment, tracking.register_adapters, *self.params.arms]
        return digest(*names, self.report, *sorted(h.key for h in self.held.values()))


@dataclass(slots=True)
class Tally:
    """What one publication did."""

    created: int = 0
    healed: int = 0
    refreshed: int = 0
    """Parents that got the numbers and pages of a newer report."""
    retired: int = 0
    versions: list[str] = field(default_factory=list)
    challengers: list[str] = field(default_factory=list)
    """Versions that got the alias."""
    problems: list[str] = field(default_factory=list)


def read(params: Params, root: Path) -> State:
    """The state of the working tree in `root`; raises ValueError if dvc.lock or metrics.json is broken."""
    stages, reports = lock(root), root / params.study.reports
    outs = {name: stage["outs"] for name, stage in stages.items()}
    reported = stages.get("report", {"deps": {}, "outs": {}})
    metrics = reports / "metrics.json"
    return State(
        params=params,
        root=root.resolve(),
        held=arms(outs, params.arms),
        data=outs.get("split", {}),
        metrics=read_json(metrics)["arms"] if metrics.exists() else {},
        report=report(reports),
        commit=_commit(root),
        ledger=reported["outs"].get(f"{params.study.reports}/claims.json"),
        judged=reported["deps"].get("runs/evaluate"),
    )


def _commit(root: Path) -> str | None:
    try:
        done = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return (done.stdout.strip() or None) if done.returncode == 0 else None
