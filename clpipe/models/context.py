"""Solved tasks shown before a question: what a learner without weight updates has in place of an adapter.

As in StreamBench (Wu et al. 2024, arXiv 2406.08747): the memory is searched for tasks like the one asked, and they
stand as earlier turns of the conversation, the most similar one last. Theirs are found by a sentence encoder, ours by
character n-grams (`clpipe.nearest`), which needs no second model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from clpipe.nearest import Nearest
from clpipe.records import Example, Question
from clpipe.store import read_json, write_json

FILE = "context.json"


@dataclass(frozen=True, slots=True)
class Shown:
    """One solved task, as it stands in a prompt."""

    prompt: str
    answer: str


class Context:
    """What may be shown, and which of it is: all (`fixed`) or the `k` most similar."""

    def __init__(self, k: int, choose: Literal["similar", "fixed"], examples: Iterable[Example] = ()) -> None:
        self.k = k
        self.choose = choose
        self.examples: list[Example] = []
        self._nearest = Nearest()
        for example in examples:
            self.add(example)

    def add(self, example: Example) -> None:
        """Remember one more."""
        self.examples.append(example)
        if self.choose == "similar":
            self._nearest.add(example.question.prompt)

    def shown(self, prompt: str) -> tuple[Shown, ...]:
        """What stands before this question, in order."""
        if self.choose == "fixed":
            chosen = self.examples[: self.k]
        else:
            chosen = [self.examples[i] for i in reversed(self._nearest.places(prompt, self.k))]
        return tuple(Shown(example.question.prompt, example.shown) for example in chosen)

    def save(self, folder: Path) -> None:
        """Write it beside an adapter."""
        write_json(
            folder / FILE, {"k": self.k, "choose": self.choose, "examples": [asdict(one) for one in self.examples]}
        )

    @classmethod
    def load(cls, folder: Path) -> Context | None:
        """What `save` wrote, or `None` where nothing was."""
        if not (folder / FILE).exists():
            return None
        told = read_json(folder / FILE)
        examples = [Example(question=Question(**one["question"]), shown=one["shown"]) for one in told["examples"]]
        return cls(told["k"], told["choose"], examples)
