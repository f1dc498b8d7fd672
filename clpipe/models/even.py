"""Replies to questions of one length: no mask and no padding, so any causal architecture answers as it would alone.

Rows that are done leave the cache by `reorder_cache`; a convolution's layer has no `batch_select_indices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from clpipe.models.row import Row, two_best

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


@torch.no_grad()
def decode(model: LanguageModel, rows: Sequence[Row], max_new_tokens: int) -> None:
    """Write the replies of rows whose questions are equally long."""
    out = model.forward(torch.tensor([row.question for row in rows]), rows=len(rows))
    going = _write(model, rows, out.logits, max_new_tokens)
    if going:
        cache = out.cache
        if len(going) < len(rows):
            cache.reorder_cache(torch.tensor(going, device=model.device))
        go_on(model, [rows[i] for i in going], cache, max_new_tokens)


@torch.no_grad()
def go_on(model: LanguageModel, rows: Sequence[Row], cache: Any, max_new_tokens: int) -> None:
    """Write on, a token a pass; `cache` holds all but the last written token of each row."""
    live = list(rows)
    while live:
        ids = torch.tensor([[row.written[-1]] for row in live])
        out = model.forward(ids, rows=len(live), cache=cache, begins=False)
        going = _write(model, live, out.logits, max_new_tokens)
        if going and len(going) < len(live):
            out.cache.reorder_cache(torch.tensor(going, device=model.device))
        live, cache = [live[i] for i in going], out.cache


def _write(model: LanguageModel, rows: Sequence[Row], logits: Tensor, max_new_tokens: int) -> list[int]:
    """Write the greedy token of each row; the places of the rows that go on."""
    tokens, gaps = two_best(logits[:, -1:])
    return [i for i, row in enumerate(rows) if row.write(model.chat, tokens[i][0], gaps[i][0], max_new_tokens)]
