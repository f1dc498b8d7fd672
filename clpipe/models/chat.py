"""Questions as token ids: the model's own chat template, the instruction before the question, the end of the turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from clpipe.models.context import Shown
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

        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
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

    def text(self, prompt: str, shown: Sequence[Shown] = ()) -> str:
        """What the model reads before it replies, solved tasks as earlier turns; without a template `Answer:`."""
        asked = [f"{self.instruction}\n{p}" if self.instruction else p for p in (*(s.prompt for s in shown), prompt)]
        if not self.tokenizer.chat_template:
            solved = [f"{a}\nAnswer: {s.answer}\n\n" for a, s in zip(asked, shown, strict=False)]
            return "".join([*solved, f"{asked[-1]}\nAnswer:"])
        messages = [{"role": "user", "content": asked[0]}]
        for before, following in zip(shown, asked[1:], strict=True):
            messages += [{"role": "assistant", "content": before.answer}, {"role": "user", "content": following}]
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def refuse_control_tokens(self, *texts: str) -> None:
        """Raise ValueError when a text holds a control token of this model, which could end the turn it stands in."""
        control = {str(t) for t in self.tokenizer.get_added_vocab() if str(t).strip()}
        control &= {str(t) for t in self.tokenizer.all_special_tokens} | {t for t in control if t.startswith("<|")}
        for text in texts:
            if found := sorted(token for token in control if token in text):
                raise ValueError(f"the text {text[:80]!r} holds {found[0]!r}, a control token of this model")

    def question(self, prompt: str, shown: Sequence[Shown] = ()) -> list[int]:
        """Ids of the question, up to where the reply begins."""
        return self._ids(self.text(prompt, shown))

    def example(self, prompt: str, answer: str, shown: Sequence[Shown] = ()) -> tuple[list[int], list[int]]:
        """Ids of the question, and ids of the answer with the end of the turn.

        Question and answer are tokenised together, as the model would continue; where the answer's first token
        merges with the question's last, apart.
        """
        gap = "" if self.tokenizer.chat_template else " "
        text = self.text(prompt, shown)
        question, joint = self._ids(text), self._ids(text + gap + answer)
        answer_ids = joint[len(question) :] if joint[: len(question)] == question else self.plain(gap + answer)
        return question, [*answer_ids, self.end]

    def decode(self, ids: list[int]) -> str:
        """The text of a reply, special tokens left out."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def plain(self, text: str) -> list[int]:
        """Ids of a text as it stands, nothing said around it."""
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    def _ids(self, text: str) -> list[int]:
        begin = self.tokenizer.bos_token_id if not self.tokenizer.chat_template else None
        ids = list(self.tokenizer(text, add_special_tokens=False).input_ids)
        return ids if begin is None else [begin, *ids]
