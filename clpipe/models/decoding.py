"""Exact greedy replies to many questions at once: what they share is read once, and near ties are decided alone.

What differs between ways of batching is rounding; it can turn a reply only where the two highest logits nearly tie,
and such a question is asked again alone, with nothing before it. So replies depend neither on the batch size nor on
the order of the questions. Where right answers are given they are the drafts: one pass tells their loss too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clpipe.models import even, likelihood, ragged
from clpipe.models.agreement import takes_ragged_rows
from clpipe.models.row import NEAR_TIE, Reply, Row

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


def greedy(
    model: LanguageModel,
    questions: Sequence[list[int]],
    golds: Sequence[list[int]] | None,
    max_new_tokens: int,
    batch_size: int,
) -> list[Reply]:
    """The greedy reply to each question (token ids), in the order given.

    `golds`, where given, are the right answers with the end of the turn; their losses come with the replies.
    """
    rows = [Row(i, ids) for i, ids in enumerate(questions)]
    for row, gold in zip(rows, golds or (), strict=False):
        row.gold, row.draft = gold, gold[:-1]
    if len(rows) > 1 and model.attends_only and takes_ragged_rows(model):
        _ragged(model, rows, max_new_tokens, batch_size)
    else:
        likelihood.losses(model, [row for row in rows if row.gold], batch_size)
        if len(rows) > 1:
            _even(model, rows, max_new_tokens, batch_size)
    for i, row in enumerate(rows):
        if len(rows) == 1 or row.margin < NEAR_TIE[model.dtype]:
            rows[i] = Row(i, questions[i], gold_loss=row.gold_loss)
            even.decode(model, [rows[i]], max_new_tokens)
    return [row.reply(model.chat) for row in rows]


def _ragged(model: LanguageModel, rows: list[Row], max_new_tokens: int, batch_size: int) -> None:
    """Questions that begin with the chat's prefix after one reading of it, any others apart."""
    prefix = list(model.chat.prefix)
    apart = []
    sharing = []
    for row in rows:
        if prefix and row.question[: len(prefix)] == prefix and len(row.question) > len(prefix):
            row.question = row.question[len(prefix) :]
            sharing.append(row)
        else:
            apart.append(row)
    for group, ids in ((sharing, prefix), (apart, [])):
        if group:
            ragged.decode(model, group, model.memory_of(ids), max_new_tokens, batch_size)


def _even(model: LanguageModel, rows: list[Row], max_new_tokens: int, batch_size: int) -> None:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[len(row.question)].append(row)
    for _, group in sorted(groups.items()):
        for start in range(0, len(group), batch_size):
            even.decode(model, group[start : start + batch_size], max_new_tokens)
