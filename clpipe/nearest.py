"""The most similar of some texts, by the cosine of their character n-grams: wording counts much, a number little."""

from __future__ import annotations

from functools import cache
from typing import Any


class Nearest:
    """Texts that come one by one, and which of them are nearest to another."""

    def __init__(self) -> None:
        self._rows: list[Any] = []
        self._all: Any = None

    def add(self, text: str) -> None:
        """One more text."""
        self._rows.append(_grams().transform([text]))
        self._all = None

    def places(self, text: str, k: int) -> list[int]:
        """Numbers of the `k` nearest texts (fewer if there are fewer), nearest first; of equals the later first."""
        if not self._rows or k < 1:
            return []
        import numpy as np
        from scipy import sparse

        if self._all is None:
            self._all = sparse.vstack(self._rows)
        likeness = np.asarray((self._all @ _grams().transform([text]).T).todense()).ravel().round(9)
        order = np.lexsort((-np.arange(len(likeness)), -likeness))
        return [int(i) for i in order[:k]]


@cache
def _grams() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer  # takes a second, and few runs need it

    return HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**18, alternate_sign=False, norm="l2")
