"""A question read together with an answer: what there is to learn from it, and what the model expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from clpipe.models.chat import Chat
from clpipe.models.row import Row, two_best
from clpipe.records import Example, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question read together with the answer shown: what there is to learn from one episode."""

    question: Question
    shown: str
    loss: Tensor
    """Mean negative log-likelihood in nats a token, a scalar with its gradient."""
    tokens: int
    """Tokens that entered the loss."""
    question_ids: list[int]
    answer_ids: list[int]
    """The shown answer and the end of the turn."""
    logits: Tensor
    """(tokens, vocabulary) fp32, what the model expected at each token of the loss, with its gradient."""
    cache: Any
    """Keys and values of the question and of all but the last of `answer_ids`, after a soft prompt if there is one;
    `None` where lessons of several learners have theirs together."""

    @property
    def example(self) -> Example:
        """What may be remembered of it."""
        return Example(question=self.question, shown=self.shown)

    def begin_reply(self, chat: Chat, max_new_tokens: int) -> Row:
        """As much of the greedy reply as the pass that read the lesson tells."""
        row = Row(0, self.question_ids, self.answer_ids[:-1][: max_new_tokens - 1])
        [tokens], [gaps] = two_best(self.logits[-len(self.answer_ids) :].detach()[None])
        row.accept(chat, tokens, gaps, max_new_tokens)
        return row


def mean_nats(logits: Tensor, labels: Sequence[int]) -> Tensor:
    """Mean negative log-likelihood (nats a token) of `labels` under logits (len(labels), vocabulary)."""
    return torch.nn.functional.cross_entropy(logits.float(), torch.tensor(labels, device=logits.device))
