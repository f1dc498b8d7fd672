"""Exact greedy replies in batches of equal length: no padding, one shared prompt prefix, finished rows dropped.

Rows of one batch have the same number of tokens, so there is no mask and no padding, and any causal architecture
(attention, convolution, hybrid) answers as it would alone. What differs between batch sizes is rounding; it can
turn a reply only where the two highest logits nearly tie, and such a row is asked again alone. So replies depend
neither on the batch size nor on the order of the questions.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel

NEAR_TIE = {torch.float32: 1e-3, torch.bfloat16: 1.0, torch.float16: 0.1}
"""Logit gap under which a row is asked again alone: far above the rounding of each precision."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A greedy reply."""

    text: str
    """Up to the end of the turn, the first line's end, or the largest number of tokens."""
    margin: float
    """Smallest gap between the two highest logits over its tokens, the end included."""


@dataclass(slots=True)
class _Row:
    index: int
    ids: list[int]
    written: list[int]
    margin: float = float("inf")


@torch.no_grad()
def greedy(
    model: LanguageModel, questions: Sequence[Sequence[int]], max_new_tokens: int, batch_size: int
) -> list[Reply]:
    """The greedy reply to each question (token ids), in the order given."""
    prefix = tuple(model.chat.prefix) if model.can_share_prefix and len(questions) > 1 else ()
    cache = model.forward(list(prefix), rows=1).cache if prefix else None
    groups: dict[tuple[bool, int], list[_Row]] = defaultdict(list)
    for index, ids in enumerate(questions):
        shared = bool(prefix) and len(ids) > len(prefix) and tuple(ids[: len(prefix)]) == prefix
        rest = list(ids[len(prefix) :]) if shared else list(ids)
        groups[shared, len(rest)].append(_Row(index, rest, []))
    replies: dict[int, Reply] = {}
    for (shared, _), rows in sorted(groups.items()):
        for start in range(0, len(rows), batch_size):
            batch = rows[start : start + batch_size]
            _decode(model, batch, cache if shared else None, max_new_tokens)
            for row in batch:
                if row.margin < NEAR_TIE[model.dtype] and (shared or len(batch) > 1):
                    row.ids, row.written, row.margin = list(questions[row.index]), [], float("inf")
                    _decode(model, [row], None, max_new_tokens)
                replies[row.index] = Reply(model.chat.decode(row.written), round(row.margin, 3))
    return [replies[i] for i in range(len(questions))]


def proceed(model: LanguageModel, row_ids: list[int], cache: Any, logits: Tensor, max_new_tokens: int) -> Reply:
    """The rest of one reply whose `row_ids` are written and in the cache; `logits` (vocabulary,) say what follows."""
    row = _Row(0, [], list(row_ids))
    _extend(model, [row], cache, logits[None], max_new_tokens)
    return Reply(model.chat.decode(row.written), round(row.margin, 3))


def _decode(model: LanguageModel, rows: list[_Row], prefix: Any, max_new_tokens: int) -> None:
    cache = None
    if prefix is not None:
        cache = copy.deepcopy(prefix)
        cache.batch_repeat_interleave(len(rows))
    ids = torch.tensor([row.ids for row in rows], device=model.device)
    out = model.forward(ids, rows=len(rows), cache=cache, begins=prefix is None)
    _extend(model, rows, out.cache, out.logits[:, -1], max_new_tokens)


def _extend(model: LanguageModel, rows: list[_Row], cache: Any, logits: Tensor, max_new_tokens: int) -> None:
    live = list(rows)
    while True:
        top = logits.float().topk(2, dim=-1)
        going = []
        for i, row in enumerate(live):
            row.margin = min(row.margin, float(top.values[i, 0] - top.values[i, 1]))
            token = int(top.indices[i, 0])
            if token not in model.chat.stops:
                row.written.append(token)
                if len(row.written) < max_new_tokens and not _line_ended(model, row.written):
                    going.append(i)
        if not going:
            return
        if len(going) < len(live):
            live = [live[i] for i in going]
            cache.batch_select_indices(torch.tensor(going, device=model.device))
        ids = torch.tensor([[row.written[-1]] for row in live], device=model.device)
        out = model.forward(ids, rows=len(live), cache=cache, begins=False)
        cache, logits = out.cache, out.logits[:, -1]


def _line_ended(model: LanguageModel, written: list[int]) -> bool:
    if "\n" not in model.chat.decode(written[-1:]):
        return False
    return "\n" in model.chat.decode(written).lstrip()
