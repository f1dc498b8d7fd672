"""Replies to questions of one length: no mask and no padding, so any causal architecture answers as it would alone."""

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
    extend(model, rows, out.cache, out.logits[:, -1:], max_new_tokens)


@torch.no_grad()
def extend(model: LanguageModel, rows: Sequence[Row], cache: Any, logits: Tensor, max_new_tokens: int) -> None:
    """Write on, one token a pass; `logits` (rows, 1, vocabulary) say what follows what is in `cache`."""
    live = list(rows)
    while True:
        tokens, gaps = two_best(logits)
        going = [i for i, row in enumerate(live) if row.write(model.chat, tokens[i][-1], gaps[i][-1], max_new_tokens)]
        if not going:
            return
        if len(going) < len(live):
            live = [live[i] for i in going]
            cache.batch_select_indices(torch.tensor(going, device=model.device))
        ids = torch.tensor([[row.written[-1]] for row in live], device=model.device)
        out = model.forward(ids, rows=len(live), cache=cache, begins=False)
        cache, logits = out.cache, out.logits[:, -1:]
