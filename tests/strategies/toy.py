"""A model of a few numbers, so that what a strategy does with gradients can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from clpipe.models.adapted import Adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.lesson import Lesson
from clpipe.records import Question

LR = 0.1


class Numbers(nn.Module):
    """Named parameters and nothing else; it stands for the network too."""

    def __init__(self, values: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.dtype, self.device = torch.float32, torch.device("cpu")
        for name, value in values.items():
            self.register_parameter(name.replace(".", "-"), nn.Parameter(value.clone()))


class Toy(LanguageModel):
    """Its loss at the question `c` is 1/2 |x - c|² for the numbers of `c`, so the gradient is x - c.

    The logits are x, a single token. Steps are those of AdamW without decay and clipping.
    """

    def __init__(self, values: Mapping[str, Tensor], weight_decay: float = 0.0) -> None:
        numbers = Numbers(values)
        super().__init__(numbers, None, Path())  # type: ignore[arg-type]
        self.adapter = Plain(numbers)
        self.start_learning(LR, weight_decay, None)

    def read(self, question: Question, answer: str) -> Lesson:
        x = self.trainable()["x"]
        at = torch.tensor([float(number) for number in question.prompt.split()])
        return lesson(0.5 * ((x - at) ** 2).sum(), question, answer, logits=x[None])


class Plain(Adapter):
    """The numbers by the names they were given."""

    def __init__(self, numbers: Numbers) -> None:
        super().__init__(numbers, {})

    def trainable(self) -> dict[str, Tensor]:
        return {name.replace("-", "."): value for name, value in self.network.named_parameters()}


def lesson(loss: Tensor, question: Question, shown: str = "", logits: Tensor | None = None) -> Lesson:
    """A lesson of this loss."""
    return Lesson(
        question=question,
        shown=shown,
        loss=loss,
        tokens=1,
        question_ids=[],
        answer_ids=[],
        logits=torch.zeros(1, 2) if logits is None else logits,
        cache=None,
    )


def at(*numbers: float, family: str = "f") -> Question:
    """The question whose loss is least at these numbers."""
    prompt = " ".join(map(str, numbers))
    return Question(id=prompt, family=family, prompt=prompt)


def point(*numbers: float) -> Toy:
    """A model whose only parameter `x` starts at these numbers."""
    return Toy({"x": torch.tensor(numbers)})


def moved_along(model: LanguageModel) -> Tensor:
    """The gradient of `x` that the last step was taken on."""
    found = model.trainable()["x"].grad
    if found is None:
        raise ValueError("no step was taken")
    return found


def put(model: LanguageModel, *numbers: float) -> None:
    """Put `x` somewhere else."""
    with torch.no_grad():
        model.trainable()["x"].copy_(torch.tensor(numbers))
