"""Questions as token ids: the model's own chat template, the instruction before the question, the end of the turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from clpipe.store import read_json

TODAY = "{% macro strftime_now(format) %}1 January 2026{% endmacro %}"
"""Some templates put the date before the question; a prompt that changes every day would change the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A tokenizer with what is said around a question."""

    tokenizer: Any
    instruction: str
    end: int
    """Token that ends the assistant's turn: learned after each answer, and a stop when asked."""
    stops: frozenset[int]
    """Tokens at which a reply ends."""
    lines: str = "one"
    """`one`: a reply ends with its first line; `all`: with the end of the turn alone."""
    prefix: tuple[int, ...] = field(default=())
    """The ids that every question starts with."""

    @classmethod
    def load(cls, folder: Path, instruction: str, lines: str = "one") -> Chat:
        """The chat of a prepared model; raises ValueError when it has no token that ends a turn."""
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder)
        if tokenizer.chat_template:
            tokenizer.chat_template = TODAY + tokenizer.chat_template
        provenance = read_json(folder / "provenance.json") if (folder / "provenance.json").exists() else {}
        name = provenance.get("end_of_turn") or tokenizer.eos_token
        if name is None:
            raise ValueError(f"{folder}: the tokenizer has no end-of-sequence token; set end_of_turn for this model")
        end = tokenizer.convert_tokens_to_ids(name)
        stops = frozenset(i for i in (end, tokenizer.eos_token_id) if i is not None)
        chat = cls(tokenizer=tokenizer, instruction=instruction, end=end, stops=stops)
        first, second = chat.question("0"), chat.question("Zebra")
        shared = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
        return replace(chat, lines=lines, prefix=tuple(first[:shared]))

    def text(self, prompt: str) -> str:
        """What the model reads before it replies. Without a chat template: question, then `Answer:`."""
        content = f"{self.instruction}\n{prompt}" if self.instruction else prompt
        if not self.tokenizer.chat_template:
            return f"{content}\nAnswer:"
        messages = [{"role": "user", "content": content}]
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def refuse_control_tokens(self, *texts: str) -> None:
        """Raise ValueError when a text holds a control token of this model, which could end the turn it stands in."""
        control = {str(t) for t in self.tokenizer.get_added_vocab() if str(t).strip()}
        control &= {str(t) for t in self.tokenizer.all_special_tokens} | {t for t in control if t.startswith("<|")}
        for text in texts:
            if found := sorted(token for token in control if token in text):
                raise ValueError(f"the text {text[:80]!r} holds {found[0]!r}, a control token of this model")

    def question(self, prompt: str) -> list[int]:
        """Ids of the question, up to where the reply begins."""
        return self._ids(self.text(prompt))

    def example(self, prompt: str, answer: str) -> tuple[list[int], list[int]]:
        """Ids of the question, and ids of the answer with the end of the turn.

        Question and answer are tokenised together, as the model would continue; where the answer's first token
        merges with the question's last, apart.
        """
        gap = "" if self.tokenizer.chat_template else " "
        question = self.question(prompt)
        joint = self._ids(self.text(prompt) + gap + answer)
        answer_ids = joint[len(question) :] if joint[: len(question)] == question else self._plain(gap + answer)
        return question, [*answer_ids, self.end]

    def decode(self, ids: list[int]) -> str:
        """The text of a reply, special tokens left out."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def _plain(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    def _ids(self, text: str) -> list[int]:
        begin = self.tokenizer.bos_token_id if not self.tokenizer.chat_template else None
        ids = list(self.tokenizer(text, add_special_tokens=False).input_ids)
        return ids if begin is None else [begin, *ids]
