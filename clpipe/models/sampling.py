"""Replies drawn at random from what a model expects, and how probable it held one: what learning from reward needs.

A reply is drawn token by token from softmax(logits / temperature). It ends where a greedy one does (`models.row`); the
token that ends it belongs to it, else nobody would learn to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from clpipe.models.row import Row

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel
    from clpipe.records import Question


@dataclass(frozen=True, slots=True)
class Sampled:
    """A reply drawn at random."""

    ids: list[int]
    """All tokens that were drawn, the one that ended the reply included; at least one."""
    text: str
    """Without the token that ended the turn."""


@torch.no_grad()
def sample(
    model: LanguageModel, question: Question, number: int, temperature: float, max_new_tokens: int
) -> list[Sampled]:
    """So many replies to one question, drawn together and without dropout; torch's generator is used, inside a fence.

    Raises ValueError when `number` or `max_new_tokens` is below 1, or `temperature` is not above 0.
    """
    if min(number, max_new_tokens) < 1 or temperature <= 0:
        raise ValueError(
            f"sampling needs a number of replies and of tokens from 1 and a temperature above 0, "
            f"not {number}, {max_new_tokens} and {temperature}"
        )
    learning = model.network.training
    model.network.eval()
    try:
        return _drawn(model, _asked(model, question), number, temperature, max_new_tokens)
    finally:
        model.network.train(learning)


def log_probability(model: LanguageModel, question: Question, ids: Sequence[int], temperature: float = 1.0) -> Tensor:
    """Logarithm (nats) of the probability that just these tokens are drawn as the reply; a scalar with a gradient."""
    asked = _asked(model, question)
    out = model.forward([*asked, *ids[:-1]], rows=1, keep=len(ids))
    expected = torch.log_softmax(out.logits[0].float() / temperature, dim=-1)
    return expected.gather(1, torch.tensor(ids, device=expected.device)[:, None]).sum()


def _asked(model: LanguageModel, question: Question) -> list[int]:
    """The ids of the question, after turning a router to what answers it."""
    if model.adapter is not None:
        model.adapter.turn_to(model.adapter.route(question.prompt, question.family))
    return model.chat.question(question.prompt, model.context.shown(question.prompt) if model.context else ())


def _drawn(
    model: LanguageModel, asked: list[int], number: int, temperature: float, max_new_tokens: int
) -> list[Sampled]:
    rows = [Row(i, asked) for i in range(number)]
    ids: list[list[int]] = [[] for _ in rows]
    live = rows
    out = model.forward(torch.tensor([asked] * number), rows=number)
    while True:
        tokens = torch.multinomial(torch.softmax(out.logits[:, -1].float() / temperature, dim=-1), 1)[:, 0].tolist()
        for row, token in zip(live, tokens, strict=True):
            ids[row.index].append(token)
            row.write(model.chat, token, 0.0, max_new_tokens)
        going = [i for i, row in enumerate(live) if not row.done]
        if not going:
            return [Sampled(ids[row.index], row.reply(model.chat).text) for row in rows]
        if len(going) < len(live):
            out.cache.reorder_cache(torch.tensor(going, device=model.device))
        live = [live[i] for i in going]
        last = torch.tensor([[ids[row.index][-1]] for row in live])
        out = model.forward(last, rows=len(live), cache=out.cache, begins=False)
