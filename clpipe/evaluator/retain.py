"""What a checkpoint makes of general texts and prompts: their cross-entropy, and how far it is from the base's.

As PEFT's method comparison measures forgetting (cross-entropy on neutral text before and after), with the KL divergence
to the base beside it, which also sees what the cross-entropy of one text cannot. The base is the network with nothing
on it, so a soft prompt's random start counts as forgotten too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clpipe import retention
from clpipe.records import Question, Retained

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel


GENERAL = "general"
"""What stands for the family of a text that no family has to do with."""


def retained(model: LanguageModel, folder: Path, whose: tuple[str, int, int]) -> list[Retained]:
    """One row for each text and prompt in `folder`; `whose` says arm, seed and episode."""
    import torch

    learning = model.network.training
    model.network.eval()
    rows = []
    with torch.no_grad():
        for text in retention.texts(folder):
            ids = model.chat.plain(text.text)
            with model.bare():
                base = _text(model, ids)
            if model.adapter:
                model.adapter.turn_to(model.adapter.route(text.text, GENERAL))
            rows.append(_row((text.id, "text"), whose, base, _text(model, ids), ids[1:]))
        for prompt in retention.prompts(folder):
            question = Question(id=prompt.id, family=GENERAL, prompt=prompt.prompt)
            with model.bare():
                base = model.read(question, prompt.answer).logits
            lesson = model.read(question, prompt.answer)
            labels = lesson.answer_ids
            rows.append(_row((prompt.id, "prompt"), whose, base[-len(labels) :], lesson.logits[-len(labels) :], labels))
    model.network.train(learning)
    return rows


def _text(model: LanguageModel, ids: list[int]) -> Tensor:
    """Logits (len(ids) - 1, vocabulary) of every token after the first, no chat around the text."""
    logits: Tensor = model.forward(ids[:-1], rows=1, keep=len(ids) - 1).logits[0].float()
    return logits


def _row(item: tuple[str, str], whose: tuple[str, int, int], base: Tensor, own: Tensor, labels: list[int]) -> Retained:
    import torch

    from clpipe.models.lesson import mean_nats

    expected, found = torch.log_softmax(base, dim=-1), torch.log_softmax(own, dim=-1)
    kl = (expected.exp() * (expected - found)).sum(dim=-1).mean()
    arm, seed, episode = whose
    return Retained(
        arm=arm,
        seed=seed,
        episode=episode,
        item=item[0],
        kind=item[1],
        tokens=len(labels),
        loss=round(float(mean_nats(own, labels)), 5),
        kl=round(max(0.0, float(kl)), 6),
    )
