"""Whether prompts with solved tasks in them fit into what a network can read at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clpipe.models.context import Context
from clpipe.records import Example

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


def turn_tokens(model: LanguageModel, example: Example) -> int:
    """Tokens of a solved task standing alone, with all that the chat template puts around it."""
    question, answer = model.chat.example(example.question.prompt, example.shown)
    return len(question) + len(answer)


def refuse_beyond(model: LanguageModel, tokens: int, key: str) -> None:
    """Raise ValueError, naming the option `key`, where `tokens` are more than the network has positions for.

    A network whose configuration names no `max_position_embeddings` is taken to read any length.
    """
    window = getattr(model.network.config.get_text_config(), "max_position_embeddings", None)
    if window is not None and tokens > window:
        raise ValueError(
            f"{key}: with so many solved tasks a prompt may have {tokens} tokens, "
            f"but the model reads at most {window}; lower {key}"
        )


def put_before(model: LanguageModel, examples: Sequence[Example], key: str) -> None:
    """Let solved tasks stand before every question; ValueError where two more of the longest would not fit."""
    turns = [turn_tokens(model, example) for example in examples]
    refuse_beyond(model, sum(turns) + 2 * max(turns), key)
    model.context = Context(len(examples), "fixed", examples)
