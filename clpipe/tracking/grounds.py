"""What the ledger of claims says for a challenger: `claims.json`, taken only if it is of these very results.

A challenger whose arm is that of the champion, or the first one, must have *learned* (above its control with shuffled
labels, and all that the word demands). A challenger of another arm must be *better* than the champion's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe.store import md5, read_json
from clpipe.tracking.held import folder_md5
from clpipe.tracking.state import State

HOLDS = "holds"
ANSWERS = Path("runs", "evaluate")
"""All that the ledger is made from, of what a study runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The claim that would support a challenger."""

    arm: str
    says: str
    against: str | None = None
    """The champion's arm, where it is another."""

    @property
    def words(self) -> str:
        """The claim in words."""
        return f"{self.arm} is better than {self.against}" if self.against else f"{self.arm} learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Why a challenger became the champion."""

    by: str
    """Id of a claim, or `force`."""
    reason: str
    """The ledger's sentence, or the person's."""


def needed(arm: str, champion: str | None) -> Needed:
    """What a challenger of `arm` needs where the champion's arm is `champion` (None: there is no champion yet)."""
    if champion is None or champion == arm:
        return Needed(arm=arm, says="learned")
    return Needed(arm=arm, says="better", against=champion)


def ledger(state: State) -> list[Mapping[str, Any]]:
    """The study's ledger.

    Raises:
        ValueError: If it is not there, was edited, or is older than the results, with what to do.
    """
    file = state.params.study.reports + "/claims.json"
    again = "run `dvc repro report`, then `clpipe publish`"
    if state.ledger is None or not (state.root / file).exists():
        raise ValueError(f"{file} is not here or not in dvc.lock: {again}")
    if md5(state.root / file) != state.ledger:
        raise ValueError(f"{file} is not the one that dvc.lock names (edited, or of another commit): {again}")
    if state.judged is None or not (state.root / ANSWERS).is_dir() or folder_md5(state.root / ANSWERS) != state.judged:
        raise ValueError(f"{file} was made from other results than those in {ANSWERS}: {again}")
    return list(read_json(state.root / file))


def support(claims: list[Mapping[str, Any]], wanted: Needed) -> Support:
    """The claim that holds; raises ValueError that says what the ledger says instead."""
    found = [c for c in claims if c["says"] == wanted.says and c["arm"] == wanted.arm]
    if wanted.against:
        found = [c for c in found if c["against"] == wanted.against]
    for claim in found:
        if claim["verdict"] == HOLDS:
            return Support(by=claim["id"], reason=claim["sentence"])
    said = "; ".join(f"{c['id']}: {c['verdict']} ({c['sentence']})" for c in found)
    raise ValueError(
        f"the ledger has not shown that {wanted.words}: {said or 'no such claim is declared in params.yaml'}"
    )
