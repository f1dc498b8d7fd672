"""Self-distillation: while a lesson is learned, remembered questions are to be answered as the teacher answers them.

The loss is that of the lesson plus `weight` times KL(teacher || student), mean nats over the tokens that enter a loss,
mean over `mix` remembered lessons; temperature as in Hinton et al. 2015, with their factor T². The teacher is the base,
or the learner itself as it was some episodes ago, after learning without forgetting (Li & Hoiem 2017, arXiv
1606.09282), which distils on the new inputs; on remembered ones the teacher knows something. `generated` distils on the
teacher's own greedy reply in place of the answer shown, after SDFT (Shenfeld et al. 2026, arXiv 2601.19897), where the
student writes the reply and the teacher has read a demonstration. With weight 0, or nothing remembered, it is `naive`
to the last bit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clpipe.buffer import Buffer
from clpipe.records import Example
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

PREVIOUS = "previous/"


@dataclass(kw_only=True)
class Distil(Strategy):
    """One step on the lesson and towards the teacher on `mix` remembered lessons."""

    weight: float = 1.0
    """Of the divergence from the teacher, beside the loss of the lesson."""
    teacher: Literal["base", "previous"] = "previous"
    """Who is stayed near to: the base alone, or a copy of the learner that is taken now and then."""
    prompts: Literal["replayed", "generated"] = "replayed"
    """What teacher and student read after a remembered question: the answer shown then, or the teacher's own reply."""
    temperature: float = 1.0
    """Both distributions are softened by it."""
    every: int | None = 10
    """Episodes between two copies for teacher `previous`; null: a copy at each phase boundary."""
    capacity: int = 50
    """Lessons remembered at the most."""
    mix: int = 1
    """Remembered lessons in a step."""
    balanced: bool = False
    """Whether the memory keeps the families even."""
    max_new_tokens: int | None = None
    """Longest reply of the teacher, for prompts `generated`; null: the prompt's."""

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise ValueError(f"weight: must be 0 or more, not {self.weight}")
        if self.temperature <= 0:
            raise ValueError(f"temperature: must be more than 0, not {self.temperature}")
        for name in ("every", "capacity", "mix", "max_new_tokens"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ValueError(f"{name}: must be 1 or more, not {value}")
        if self.mix > self.capacity:
            raise ValueError(f"mix: {self.mix} lessons in a step, but only {self.capacity} are remembered (capacity)")
        self.buffer = Buffer(self.capacity, balanced=self.balanced)
        self.previous: dict[str, Tensor] = {}
        """The learner as it was when the last copy was taken; empty for teacher `base`."""
        self.learned = 0
        """Episodes."""

    @property
    def needs_boundaries(self) -> bool:
        """Where copies are taken at boundaries."""
        return self.teacher == "previous" and self.every is None

    @property
    def sees_family(self) -> bool:
        """Where the memory is balanced."""
        return self.balanced

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A memory that would hold more than the stream brings is a mistake, as is a copy that would never be taken."""
        del families, others
        if self.capacity > episodes:
            yield f"capacity: {self.capacity} lessons remembered, but the stream has only {episodes} episodes"
        if self.teacher == "previous" and self.every is not None and self.every >= episodes:
            yield f"every: a copy after {self.every} episodes teaches nothing in a stream of {episodes} episodes"

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """The untrained learner is the first copy."""
        del examples, rng
        self._copy(model)

    def boundary(self, model: LanguageModel, rng: random.Random) -> None:
        """The learner at the end of the phase teaches the next one."""
        del rng
        self._copy(model)

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step on lesson and divergence, then remember the lesson."""
        remembered = self.buffer.sample(self.mix, rng) if self.weight else []
        if remembered:
            self._step(model, lesson, remembered)
        else:
            model.step(lesson.loss)
        self.buffer.add(lesson.example, rng)
        self.learned += 1
        if self.every is not None and self.learned % self.every == 0:
            self._copy(model)

    def state(self) -> dict[str, Tensor]:
        """The memory, the copy and the count of episodes."""
        import torch

        copy = {PREVIOUS + name: value for name, value in self.previous.items()}
        return {**self.buffer.state(), **copy, "learned": torch.tensor(self.learned)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put them back."""
        del model
        self.buffer.restore(state)
        self.previous = {n.removeprefix(PREVIOUS): value for n, value in state.items() if n.startswith(PREVIOUS)}
        self.learned = int(state["learned"])

    def _copy(self, model: LanguageModel) -> None:
        if self.teacher == "previous":
            self.previous = model.adapter_state()

    def _step(self, model: LanguageModel, lesson: Lesson, remembered: Sequence[Example]) -> None:
        import torch

        # The lesson's gradient comes first: the teacher's turn overwrites parameters that its graph holds.
        own = model.gradients(lesson.loss)
        taught = [self._taught(model, example) for example in remembered]
        read = [
            model.read(example.question, answer).logits for example, (answer, _) in zip(remembered, taught, strict=True)
        ]
        apart = [divergence(t, s, self.temperature) for (_, t), s in zip(taught, read, strict=True)]
        towards = self.weight * torch.stack(apart).mean()
        model.step_along(added(own, model.gradients(towards)), (lesson.loss + towards).detach())

    def _taught(self, model: LanguageModel, example: Example) -> tuple[str, Tensor]:
        """The answer that is read after a remembered question, and the teacher's logits (tokens, vocabulary) there."""
        question, answer = example.question, example.shown
        with self._teaching(model):
            if self.prompts == "generated":
                [reply] = model.replies(
                    [question.prompt], self.max_new_tokens or model.max_new_tokens, 1, families=[question.family]
                )
                answer = reply.text
            return answer, model.read(question, answer).logits

    @contextmanager
    def _teaching(self, model: LanguageModel) -> Iterator[None]:
        """Inside the block the model is the teacher, without dropout and without gradients."""
        learning = model.network.training
        model.network.eval()
        try:
            with model.bare() if self.teacher == "base" else model.lent(self.previous):
                yield
        finally:
            model.network.train(learning)


def divergence(teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """KL(teacher || student) of logits (tokens, vocabulary) at a temperature T, times T², mean nats a token."""
    import torch

    expected, found = (torch.log_softmax(logits / temperature, dim=-1) for logits in (teacher, student))
    return (expected.exp() * (expected - found)).sum(dim=-1).mean() * temperature**2


def added(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The sum of two gradients, where a parameter that is missing in one has the gradient 0 there."""
    shared = {name: one[name] + other[name] for name in one if name in other}
    return {**one, **other, **shared}


STRATEGY = Distil
