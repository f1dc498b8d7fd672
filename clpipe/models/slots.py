"""Keys and values of rows of different lengths: the slot of a token is its position, so there is no padding to mask.

A row's token at position p stands at [row, :, p, :] of buffers made once. What a rejected draft or the padding of a
shorter row left behind lies beyond the row's end: masked, and overwritten by the row's next tokens.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin


class Slots(Cache):  # type: ignore[misc]  # transformers is skipped by mypy, see pyproject.toml
    """A cache of `rows` rows of at most `length` tokens, in the order rows 0, 1, ..."""

    def __init__(self, layers: int, rows: int, length: int) -> None:
        self.place = _Place(rows, length)
        super().__init__(layers=[_Layer(self.place) for _ in range(layers)])

    def begin_with(self, shared: Any, first: int, rows: int) -> None:
        """Copy the keys and values of a cache of one row to the start of `rows` rows, beginning with row `first`."""
        for mine, other in zip(self.layers, shared.layers, strict=True):
            mine.prepare(other.keys, other.values)
            length = other.keys.shape[-2]
            mine.keys[first : first + rows, :, :length] = other.keys.detach()
            mine.values[first : first + rows, :, :length] = other.values.detach()

    def begin_like(self, other: Any, rows: list[int]) -> None:
        """Copy the keys and values of the given rows of another cache to the start of rows 0, 1, ..."""
        for mine, theirs in zip(self.layers, other.layers, strict=True):
            mine.prepare(theirs.keys, theirs.values)
            length = min(theirs.keys.shape[-2], self.place.length)
            mine.keys[: len(rows), :, :length] = theirs.keys.detach()[rows, :, :length]
            mine.values[: len(rows), :, :length] = theirs.values.detach()[rows, :, :length]

    def move(self, source: int, target: int, length: int) -> None:
        """Put the first `length` tokens of row `source` where row `target` was."""
        for layer in self.layers:
            layer.keys[target, :, :length] = layer.keys[source, :, :length]
            layer.values[target, :, :length] = layer.values[source, :, :length]

    def take_block(self, first: int, rows: int, start: int, length: int) -> None:
        """The next pass brings tokens start … start + length - 1 of `rows` rows, beginning with row `first`."""
        self.place.first, self.place.count, self.place.start = first, rows, start
        self.place.end, self.place.positions = start + length, None

    def take_next(self, positions: Tensor) -> None:
        """The next pass brings one token of each of the first rows: that at `positions` (rows,)."""
        self.place.first, self.place.count, self.place.start = 0, len(positions), 0
        self.place.end, self.place.positions = int(positions.max()) + 1, positions


class _Place:
    """Where the next keys and values go; shared by all layers."""

    def __init__(self, rows: int, length: int) -> None:
        self.rows, self.length = rows, length
        self.first = self.count = self.start = self.end = 0
        self.positions: Tensor | None = None


class _Layer(CacheLayerMixin):  # type: ignore[misc]  # likewise
    is_sliding = False

    def __init__(self, place: _Place) -> None:
        super().__init__()
        self.place = place
        self.is_initialized = False

    def prepare(self, keys: Tensor, values: Tensor) -> None:
        if self.is_initialized:
            return
        rows, length = self.place.rows, self.place.length
        self.keys = keys.new_zeros((rows, keys.shape[1], length, keys.shape[-1]))
        self.values = values.new_zeros((rows, values.shape[1], length, values.shape[-1]))
        self.is_initialized = True

    def update(self, keys: Tensor, values: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        self.prepare(keys, values)
        place = self.place
        rows = slice(place.first, place.first + place.count)
        if place.positions is None:
            self.keys[rows, :, place.start : place.end] = keys
            self.values[rows, :, place.start : place.end] = values
        else:
            each = torch.arange(place.count, device=keys.device)
            self.keys[each, :, place.positions] = keys[:, :, 0]
            self.values[each, :, place.positions] = values[:, :, 0]
        return self.keys[rows, :, : place.end], self.values[rows, :, : place.end]

    def lazy_initialization(self, keys: Tensor, values: Tensor) -> None:
        self.prepare(keys, values)

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.place.start + query_length, 0

    def get_seq_length(self) -> int:
        return self.place.start

    def get_max_length(self) -> int:
        return self.place.length
