"""The turns of one seed: what the stream brings, with the answer that is shown and who says what is right."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from clpipe.records import Encounter, Example, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the stream, before it is taken."""

    phase: str
    begins: bool
    """Whether a phase ended with the turn before."""
    question: Question
    shown: str
    """The answer the learner will be shown."""
    right: Callable[[str], bool]
    """Whether a reply matches the true answer."""
    rewarded: Callable[[str], bool]
    """Whether a reply matches the shown answer: the reward of a learner that is not shown it."""

    @property
    def example(self) -> Example:
        """What may be learned from it."""
        return Example(question=self.question, shown=self.shown)


class Turns:
    """A stream as it is met, one turn at a time: `take` the next, then `tell` how the attempt went."""

    def __init__(self, encounters: Generator[Encounter, bool, None], turn: Callable[[Encounter, bool], Turn]) -> None:
        """`turn` makes a turn of an encounter, told whether a new phase begins with it."""
        self._encounters = encounters
        self._turn = turn
        self._first: Encounter | None = None
        self._right: bool | None = None
        self._phase: str | None = None

    def open(self) -> None:
        """Let the stream say what is wrong with its tasks, before anything else is done; ValueError where it does."""
        self._first = self._next()

    def take(self) -> Turn:
        """The next turn; ValueError from the stream where it has no more tasks."""
        found, self._first = self._first or self._next(), None
        begins = self._phase not in (None, found.phase)
        self._phase = found.phase
        return self._turn(found, begins)

    def tell(self, right: bool) -> None:
        """How the attempt at the last turn went."""
        self._right = right

    def _next(self) -> Encounter:
        try:
            return next(self._encounters) if self._right is None else self._encounters.send(self._right)
        except StopIteration:
            raise ValueError("the stream ended before the last episode") from None

    def skip(self, attempts: Iterable[bool]) -> None:
        """Go past the turns of an earlier try, given how their attempts went."""
        for right in attempts:
            self.take()
            self.tell(right)
