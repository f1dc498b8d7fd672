"""Replies to questions of different lengths together, for networks whose only memory is attention.

Questions are read in blocks, each with a draft of its reply behind it: the pass tells the greedy token at every
position of the draft, so as much of it as is right is written at once (speculative decoding; Leviathan et al. 2023,
arXiv 2211.17192, with a given text in place of their draft model). Then all unfinished rows go on together, a token a
pass, and new questions take the places of finished ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from clpipe.models.lesson import mean_nats
from clpipe.models.row import Row, two_best
from clpipe.models.slots import Slots

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel

BLOCK = {"cpu": 512, "cuda": 16384}
"""Tokens read in one pass: on a CPU about what its second-level cache holds."""


@dataclass(frozen=True, slots=True)
class Live:
    """An unfinished row, and the position of its last written token, which has not been read yet."""

    row: Row
    position: int


@torch.no_grad()
def decode(model: LanguageModel, rows: Sequence[Row], prefix: Any, max_new_tokens: int, batch_size: int) -> None:
    """Write the replies of all rows, at most `batch_size` at a time, after what is in the cache `prefix` (one row)."""
    waiting = deque(sorted(rows, key=lambda row: len(row.question)))
    begun = 0 if prefix is None else int(prefix.get_seq_length())
    longest = begun + max(len(row.question) + max(len(row.draft), max_new_tokens) for row in rows)
    pool = min(batch_size, len(rows))
    slots = Slots(model.network.config.get_text_config().num_hidden_layers, pool, longest)
    live: list[Live] = []
    while waiting or live:
        free = pool - len(live)
        block = _next_block(waiting, free, BLOCK[model.device.type], pool // 2 if live else 1)
        if block:
            if prefix is not None:
                slots.begin_with(prefix, len(live), len(block))
            live = kept(live, read(model, block, slots, (len(live), begun), max_new_tokens), slots)
        else:
            live = kept([], step(model, live, slots, max_new_tokens), slots)


def _next_block(waiting: deque[Row], free: int, tokens: int, least: int) -> list[Row]:
    """Take the next questions that fit into the free rows and one pass.

    Small blocks cost more a token, so nothing is taken that is neither a full pass, nor `least` rows, nor the rest.
    """
    size = longest = 0
    for row in waiting:
        longest = max(longest, len(row.question) + len(row.draft))
        if size and longest * (size + 1) > tokens:
            break
        if size == free:
            if size < least:
                return []
            break
        size += 1
    return [waiting.popleft() for _ in range(size)]


def read(
    model: LanguageModel, block: list[Row], slots: Slots, place: tuple[int, int], max_new_tokens: int
) -> list[Live | None]:
    """Read questions and drafts in one pass, write what it tells; `None` for each row that is finished by it."""
    first, begun = place
    ids = [row.question + row.draft for row in block]
    length = max(map(len, ids))
    padded = torch.tensor([row + [row[-1]] * (length - len(row)) for row in ids], device=model.device)
    read_from = min(len(row.question) for row in block) - 1
    positions = torch.arange(begun, begun + length, device=model.device)
    slots.take_block(first, len(block), begun, length)
    logits = model.network(
        input_ids=padded,
        attention_mask=(torch.arange(begun + length, device=model.device) <= positions[:, None])[None, None],
        position_ids=positions[None],
        past_key_values=slots,
        use_cache=True,
        logits_to_keep=torch.arange(read_from, length, device=model.device),
    ).logits
    tokens, gaps = two_best(logits)
    found: list[Live | None] = []
    for i, row in enumerate(block):
        start = len(row.question) - 1
        if row.gold is not None:
            row.gold_loss = float(mean_nats(logits[i, start - read_from :][: len(row.gold)], row.gold))
        row.accept(model.chat, tokens[i][start - read_from :], gaps[i][start - read_from :], max_new_tokens)
        found.append(None if row.done else Live(row, begun + start + len(row.written)))
    return found


def step(model: LanguageModel, live: list[Live], slots: Slots, max_new_tokens: int) -> list[Live | None]:
    """One more token of every row."""
    positions = torch.tensor([one.position for one in live], device=model.device)
    slots.take_next(positions)
    seen = torch.arange(slots.place.end, device=model.device) <= positions[:, None]
    logits = model.network(
        input_ids=torch.tensor([[one.row.written[-1]] for one in live], device=model.device),
        attention_mask=seen[:, None, None],
        position_ids=positions[:, None],
        past_key_values=slots,
        use_cache=True,
        logits_to_keep=1,
    ).logits
    tokens, gaps = two_best(logits)
    return [
        Live(one.row, one.position + 1) if one.row.write(model.chat, tokens[i][0], gaps[i][0], max_new_tokens) else None
        for i, one in enumerate(live)
    ]


def kept(before: list[Live], found: list[Live | None], slots: Slots) -> list[Live]:
    """The unfinished rows, in the slots 0, 1, ...: the last ones are moved to the places of the finished."""
    rows: list[Live | None] = [*before, *found]
    place = 0
    while place < len(rows):
        if rows[-1] is None:
            rows.pop()
        elif rows[place] is None:
            last = rows.pop()
            assert last is not None
            slots.move(len(rows), place, last.position)
            rows[place] = last
        else:
            place += 1
    return [row for row in rows if row is not None]
