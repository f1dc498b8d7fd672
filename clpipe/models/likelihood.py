"""The loss of right answers by passes of their own, for networks that do not take rows of different lengths together.

Rows are padded behind their end, where nothing causal looks, be it attention or a convolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from clpipe.models.lesson import mean_nats
from clpipe.models.row import Row

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


@torch.no_grad()
def losses(model: LanguageModel, rows: Sequence[Row], batch_size: int) -> None:
    """Write the `gold_loss` of every row."""
    ordered = sorted(rows, key=lambda row: len(row.question))
    for first in range(0, len(ordered), batch_size):
        block = ordered[first : first + batch_size]
        ids = [row.question + (row.gold or [])[:-1] for row in block]
        length = max(map(len, ids))
        kept = length - min(len(row.question) for row in block) + 1
        padded = torch.tensor([one + [one[-1]] * (length - len(one)) for one in ids])
        logits = model.forward(padded, rows=len(block), keep=kept).logits
        for i, row in enumerate(block):
            start = len(row.question) - 1 - (length - kept)
            row.gold_loss = float(mean_nats(logits[i, start:][: len(row.gold or [])], row.gold or []))
