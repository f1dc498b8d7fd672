"""How alike two texts are: the Jaccard index of their sets of character 5-grams (statistics §10, level L4)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

GRAM = 5
ALIKE = 0.8


def grams(text: str) -> frozenset[str]:
    """The 5-grams of a text; of a shorter one the text itself."""
    return frozenset(text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1)))


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared 5-grams over all 5-grams, 0 to 1."""
    return len(a & b) / len(a | b)


def nearest(known: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, tuple[str, float]]:
    """For each asked text that is alike to a known one: the nearest known key (the first of several), and how alike.

    Exact. Two sets with a Jaccard index of 0.8 share one of their rarest fifth of elements, so only these are looked up
    (prefix filtering, Chaudhuri et al. 2006).
    """
    sets = {key: grams(text) for key, text in known.items()}
    commonness = Counter(gram for found in sets.values() for gram in found)
    index: dict[str, list[str]] = defaultdict(list)
    for key, found in sets.items():
        for gram in _rarest(found, commonness):
            index[gram].append(key)
    places = {key: place for place, key in enumerate(sets)}
    alike = {}
    for key, text in asked.items():
        found = grams(text)
        candidates = {k for gram in _rarest(found, commonness) for k in index.get(gram, ())}
        close = [(value, -places[k], k) for k in candidates if (value := jaccard(found, sets[k])) >= ALIKE]
        if close:
            value, _, nearest_key = max(close)
            alike[key] = nearest_key, value
    return alike


def _rarest(found: frozenset[str], commonness: Counter[str]) -> list[str]:
    """So many of the rarest that a set that shares none of them can share no more than `ALIKE` allows."""
    ranked = sorted(found, key=lambda gram: (commonness[gram], gram))
    return ranked[: len(ranked) - math.ceil(ALIKE * len(ranked)) + 1]
