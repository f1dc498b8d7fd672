"""One reply while it is written, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from clpipe.models.chat import Chat


NEAR_TIE = {torch.float32: 1e-3, torch.bfloat16: 1.0, torch.float16: 0.1}
"""Gap between the two highest logits under which rounding may decide: far above the rounding of each precision."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A greedy reply."""

    text: str
    """Up to the end of the turn, the first line's end (where one is wanted), or the largest number of tokens."""
    margin: float
    """Smallest gap between the two highest logits over its tokens, the end included."""
    gold_loss: float | None = None
    """Mean negative log-likelihood (nats a token) of the right answer and its end, where it was given."""


@dataclass(slots=True)
class Row:
    """A question and as much of its greedy reply as is known."""

    index: int
    """Place of the question in the order asked."""
    question: list[int]
    """Token ids still to be read."""
    draft: list[int] = field(default_factory=list)
    """A guess at the reply; it costs or saves time and changes nothing else."""
    gold: list[int] | None = None
    """The right answer and its end, where its loss is wanted; the draft is then all of it but the end."""
    gold_loss: float | None = None
    written: list[int] = field(default_factory=list)
    """The reply so far; its last token has not been read by the model yet."""
    margin: float = float("inf")
    done: bool = False

    def write(self, chat: Chat, token: int, gap: float, max_new_tokens: int) -> bool:
        """Write the greedy token, `gap` above the second; False when the reply is done with it."""
        self.margin = min(self.margin, gap)
        if token in chat.stops:
            self.done = True
        else:
            self.written.append(token)
            self.done = len(self.written) >= max_new_tokens or self._line_ended(chat)
        return not self.done

    def accept(self, chat: Chat, tokens: list[int], gaps: list[float], max_new_tokens: int) -> None:
        """Write what a pass over question and draft tells, as far as the draft is what the model would have written.

        Args:
            chat: Says where a reply ends.
            tokens: The greedy token after the question, and after each token of the draft.
            gaps: What each of them is above the second.
            max_new_tokens: A reply ends here at the latest.
        """
        for place, (token, gap) in enumerate(zip(tokens, gaps, strict=False)):
            if not self.write(chat, token, gap, max_new_tokens):
                return
            if place >= len(self.draft) or token != self.draft[place]:
                return

    def reply(self, chat: Chat) -> Reply:
        """What has been written."""
        loss = None if self.gold_loss is None else round(self.gold_loss, 4)
        return Reply(chat.decode(self.written), round(self.margin, 6), loss)

    def _line_ended(self, chat: Chat) -> bool:
        if chat.lines == "all" or "\n" not in chat.decode(self.written[-1:]):
            return False
        return "\n" in chat.decode(self.written).lstrip()


def two_best(logits: Tensor) -> tuple[list[list[int]], list[list[float]]]:
    """The greedy token and its gap to the second, for logits (rows, positions, vocabulary)."""
    top = torch.topk(logits.float(), 2, dim=-1)
    tokens: list[list[int]] = top.indices[..., 0].tolist()
    gaps: list[list[float]] = (top.values[..., 0] - top.values[..., 1]).tolist()
    return tokens, gaps
