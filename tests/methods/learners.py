"""Models with a method on them, for tests of methods: loaded, attached, taught a little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from clpipe import named
from clpipe.models import adapter
from clpipe.models.adapted import Adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import Method
from clpipe.records import Question

METHODS = named.names("clpipe.methods")
LESSONS = [
    ("numbers", "What comes next: 2, 4, 8, ?", "16"),
    ("people", "Who is older, Ann or Bob, if Ann was born after Bob?", "Bob"),
    ("numbers", "What comes next: 3, 6, 9, ?", "12"),
]
PROMPTS = [
    "What comes next: 2, 4, 8, ?",
    "Who is older, Ann or Bob?",
    "3 + 4?",
    "Anna has 3 apples and buys 4 more. How many apples does Anna have?",
    "Which is larger, 12 or 7? Reply with the answer only.",
    "Is it raining?",
    "If all cats are grey and Tom is a cat, what colour is Tom, and what colour is his brother Jim?",
]
"""Of seven lengths."""


def made(name: str, **options: Any) -> Method:
    """A method at its default options but for those given."""
    found: Method = named.load("clpipe.methods", name)(**options)
    return found


def put(model: LanguageModel, method: Method, *, seed: int = 0, episodes: int = 6) -> Adapter:
    """The method on the model, which has met the lessons."""
    found = adapter.attach(model, method, model.weights, seed, episodes)
    for family, prompt, _ in LESSONS:
        model.meet(Question(id="", family=family, prompt=prompt))
    return found


def begin(model: LanguageModel) -> None:
    """Make it ready to learn."""
    model.start_learning(lr=0.01, weight_decay=0.01, clip=1.0)


def teach(model: LanguageModel, steps: Sequence[int]) -> None:
    """Take these steps, numbered from 0, over the lessons in turn."""
    for step in steps:
        family, prompt, answer = LESSONS[step % len(LESSONS)]
        model.step(model.read(Question(id="", family=family, prompt=prompt), answer).loss)


def taught(model: LanguageModel, method: Method, steps: int = 4, *, seed: int = 0) -> LanguageModel:
    """The method on the model, and some steps taken."""
    put(model, method, seed=seed)
    begin(model)
    teach(model, range(steps))
    model.network.eval()
    return model


@torch.no_grad()
def logits(model: LanguageModel, prompt: str = PROMPTS[0]) -> torch.Tensor:
    """Of the first token of the reply, from what `route` chooses."""
    if model.adapter is not None:
        model.adapter.turn_to(model.adapter.route(prompt, "numbers"))
    return model.forward(model.chat.question(prompt), rows=1).logits


def everything(model: LanguageModel) -> dict[str, torch.Tensor]:
    """A copy of every parameter of network and adapter."""
    module = model.adapter.module if model.adapter is not None else model.network
    return {name: p.detach().clone() for name, p in module.named_parameters()}
