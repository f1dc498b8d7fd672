"""Whether a network gives rows of different lengths what it gives each alone: tried, not looked up.

Some networks take no mask of four dimensions, add it where it should hide, or place tokens by other means than the
positions they are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from clpipe.models import even, ragged
from clpipe.models.ragged import Live
from clpipe.models.row import NEAR_TIE, Row
from clpipe.models.slots import Slots

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel

PROBES = ("1 + 1 = ?", "Which is larger, 12 or 7, and by how much?")
REFUSALS = (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError)


@torch.no_grad()
def takes_ragged_rows(model: LanguageModel) -> bool:
    """Whether both ways say the same after the questions and after one more token; tried once a model."""
    if model.takes_ragged_rows is None:
        learning = model.network.training
        model.network.eval()
        try:
            model.takes_ragged_rows = all(_same(a, b, model) for a, b in zip(_alone(model), _rows(model), strict=True))
        except torch.OutOfMemoryError:
            raise
        except REFUSALS:
            model.takes_ragged_rows = False
        finally:
            model.network.train(learning)
    return model.takes_ragged_rows


def _alone(model: LanguageModel) -> list[Row]:
    questions = [model.chat.question(text) for text in PROBES]
    rows = [Row(0, ids) for ids in questions] + [Row(0, [*ids, model.chat.end]) for ids in questions]
    for row in rows:
        even.decode(model, [row], 1)
    return rows


def _rows(model: LanguageModel) -> list[Row]:
    questions = [model.chat.question(text) for text in PROBES]
    prefix = list(model.chat.prefix)
    shared = prefix if all(ids[: len(prefix)] == prefix and len(ids) > len(prefix) for ids in questions) else []
    memory = model.memory_of(shared)
    begun = 0 if memory is None else int(memory.get_seq_length())
    rows = [Row(i, ids[len(shared) :]) for i, ids in enumerate(questions)]
    layers = model.network.config.get_text_config().num_hidden_layers
    slots = Slots(layers, len(rows), begun + max(len(row.question) for row in rows) + 1)
    if memory is not None:
        slots.begin_with(memory, 0, len(rows))
    ragged.read(model, rows, slots, (0, begun), 1)
    after = [Row(row.index, [], written=[model.chat.end]) for row in rows]
    live = [Live(one, begun + len(row.question)) for one, row in zip(after, rows, strict=True)]
    ragged.step(model, live, slots, 2)
    for one in after:
        one.written = one.written[1:]
    return rows + after


def _same(alone: Row, together: Row, model: LanguageModel) -> bool:
    near = NEAR_TIE[model.dtype]
    tie = min(alone.margin, together.margin) < near
    return abs(alone.margin - together.margin) < near and (tie or alone.written == together.written)
