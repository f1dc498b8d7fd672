"""What every learning strategy is: how a model is changed by one episode, and what it has to be told.

A strategy is one file in `clpipe/strategies`, ending in `STRATEGY = Class`: a dataclass on this base whose fields are
its options. It owns the whole of an episode's learning and calls the model; nobody calls back into it.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from clpipe.models.method import WEIGHTS
from clpipe.records import Example, Question

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

Beforehand = Literal["nothing", "stream", "spare", "others"]
Reward = Callable[[str], bool]
"""Whether a reply to the question at hand is right: all that a learner from reward is told."""


@dataclass(kw_only=True)
class Strategy(ABC):
    """A learning strategy at given options, and what it remembers."""

    needs: ClassVar[frozenset[str]] = frozenset({WEIGHTS})
    """Traits that the arm's method must have (`clpipe.models.method`)."""
    feedback: ClassVar[Literal["answer", "reward"]] = "answer"
    """`answer`: `learn` is called with the answer shown; `reward`: `practise`, with right or wrong and no answer."""
    beforehand: ClassVar[Beforehand] = "nothing"
    """What `begin` is given: the examples of the whole `stream`; `spare` ones of its families, which it will not show;
    those of the `others`, the families that it leaves out."""
    changes_start: ClassVar[bool] = False
    """Whether `begin` makes the checkpoint before the first episode another than the untrained adapter."""
    one_step: ClassVar[bool] = False
    """Whether `learn` is one gradient step on the lesson's loss and no more, so that seeds can be stacked."""

    @property
    def needs_boundaries(self) -> bool:
        """Whether it must be told where a phase of the stream ends, at these options; the report shows it."""
        return False

    @property
    def sees_family(self) -> bool:
        """Whether it goes by the family's name, which in a stream of blocks is the phase's; the report shows it."""
        return False

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A line `OPTION: what is wrong` for each option that does not suit the arm.

        Args:
            families: The families of its stream.
            others: The families of the arena that its stream leaves out.
            episodes: Length of the stream.
        """
        del families, others, episodes
        yield from ()

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Before the first episode of a new run; `examples` are what `beforehand` says, in no telling order.

        The optimizer starts anew after it, so `model.step` may be used. A run that goes on calls `restore` instead.
        """
        del model, examples, rng

    @abstractmethod
    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Change the model by one lesson; all that is random comes from `rng`, or from torch (it is fenced)."""

    def practise(self, model: LanguageModel, question: Question, reward: Reward, rng: random.Random) -> None:
        """Change the model by trying to answer; called in place of `learn` where `feedback` is `reward`."""
        raise NotImplementedError

    def boundary(self, model: LanguageModel, rng: random.Random) -> None:
        """A phase has ended and another begins with the next lesson; called where `needs_boundaries`."""
        del model, rng

    def state(self) -> dict[str, Tensor]:
        """All that it remembers, for a run that goes on after an interruption."""
        return {}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave, on a strategy that has not begun."""
        del model, state
