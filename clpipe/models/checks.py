"""What must hold of a model before it is written: its head, its size, finite weights, the token that ends a turn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe.models.weights import ModelError
from clpipe.params import Model

PROBE = "How many cats sit on 12 mats, Zoë?\n\n  if x != y:\treturn 345  # 🐈\n\n7"
CLOSE = 0.2
"""Largest relative distance between two quantized copies of one matrix; matrices learned apart are at 1 and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found in a model."""

    parameters: int
    """Tied ones once."""
    end_of_turn: str
    end_of_turn_id: int
    chat_template: bool


def examine(model: Any, tokenizer: Any, spec: Model) -> Facts:
    """Tie the head as `spec` says and compare all else; raises ModelError at the first thing that differs."""
    tie_head(model, spec.tie_head)
    token, index = end_of_turn(tokenizer, spec.end_of_turn)
    return Facts(
        parameters=parameters(model, spec.parameters),
        end_of_turn=token,
        end_of_turn_id=index,
        chat_template=bool(tokenizer.chat_template),
    )


def same_tokens(tokenizer: Any, folder: Path) -> None:
    """Raise ModelError when the tokenizer saved in `folder` is not `tokenizer` any more."""
    from transformers import AutoTokenizer

    saved = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    for text in (PROBE, f"{tokenizer.eos_token}{PROBE}"):
        if saved(text).input_ids != tokenizer(text).input_ids or saved.chat_template != tokenizer.chat_template:
            raise ModelError(f"its tokenizer ({type(tokenizer).__name__}) does not survive being saved and loaded")


def tie_head(model: Any, tied: bool | None) -> None:
    """Make the head the embedding where `tied` is true; raise ModelError where that would change the model.

    A GGUF file may carry a second copy of a tied embedding as its head. The head's is the one kept: it is stored with
    more bits (Qwen2.5-Coder: 8, the embedding 5).
    """
    is_tied = bool(model.config.tie_word_embeddings)
    if tied is None or tied == is_tied:
        return
    if not tied:
        raise ModelError("tie_head is false, but the head of these weights is the embedding")
    embedding = model.get_input_embeddings().weight.detach()
    head = model.get_output_embeddings().weight.detach()
    distance = float((head - embedding).norm() / embedding.norm())
    if not distance <= CLOSE:
        raise ModelError(
            f"tie_head is true, but the head is no copy of the embedding (relative distance {distance:.2f}); "
            "set tie_head: false"
        )
    embedding.copy_(head)
    model.config.tie_word_embeddings = True
    model.tie_weights()


def parameters(model: Any, expected: int | None) -> int:
    """Number of parameters, tied ones once; raises ModelError when it is not `expected` or a weight is not finite."""
    found = int(sum(p.numel() for p in model.parameters()))
    if expected is not None and found != expected:
        head = "" if model.config.tie_word_embeddings else " (its head is not tied to the embedding; see tie_head)"
        raise ModelError(f"the weights have {found:,} parameters{head}, but params.yaml says {expected:,}")
    for name, parameter in model.named_parameters():
        if not bool(parameter.isfinite().all()):
            raise ModelError(f"the weights are damaged: {name} holds values that are not finite")
    return found


def end_of_turn(tokenizer: Any, token: str | None) -> tuple[str, int]:
    """The token that ends the assistant's turn and its id: `token`, else the tokenizer's own end of sequence.

    Raises ModelError when there is none, or it is not one token of the vocabulary.
    """
    chosen = token if token is not None else tokenizer.eos_token
    if chosen is None:
        raise ModelError("the tokenizer has no end-of-sequence token; name the one that ends a turn as end_of_turn")
    found = tokenizer.get_vocab().get(chosen)
    if found is None or tokenizer(chosen, add_special_tokens=False).input_ids != [found]:
        known = ", ".join(sorted(tokenizer.all_special_tokens)) or "none"
        raise ModelError(f"end_of_turn {chosen!r} is not one token of the vocabulary; special tokens are {known}")
    return str(chosen), int(found)
