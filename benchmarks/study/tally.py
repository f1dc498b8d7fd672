"""Seconds of a whole study added up."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean
from typing import Any


def total(own: Mapping[str, Any]) -> float:
    """Seconds of ours: every base asked, every arm learned and asked."""
    arms = sum(arm["learn_s"] + arm["ask_s"] for arm in own["arms"].values())
    return float(sum(own["base"].values()) + arms)


def peers_seconds(peers: Mapping[str, Any], seeds: int) -> float:
    """Seconds of the peers: each arm's start once, and its work once a seed, the seeds measured standing for all.

    >>> arm = [{"whole_s": 12.0, "seconds": 10.0}]
    >>> peers_seconds({"base": {"m": {"whole_s": 5.0}}, "arms": {"a": arm}}, 4)
    47.0
    """
    seconds = sum(base["whole_s"] for base in peers["base"].values())
    for runs in peers["arms"].values():
        start = mean(run["whole_s"] - run["seconds"] for run in runs)
        seconds += start + seeds * mean(run["seconds"] for run in runs)
    return float(seconds)
