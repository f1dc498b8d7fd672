"""A step size that is raised when the losses say that the stream has changed, and falls back after it.

A detector of river watches the loss of each episode: ADWIN (Bifet & Gavalda 2007) or Page-Hinkley (Page 1954). After
an alarm at episode a the step size of episode t is lr (1 + (boost - 1) 2^(-(t - a) / half_life)); another alarm starts
that anew. The learner is told of no boundary. Before the first alarm it is `naive` to the last bit.

Detectors are made for changes in either direction; here a loss that falls is learning and no reason to learn faster, so
only a rise counts: Page-Hinkley is one-sided, and an alarm of ADWIN counts where the mean of its window has gone up.
ADWIN's guarantee is for values from 0 to 1; losses go beyond, so its `delta` is no longer the chance of a false alarm.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

DIGITS = 6
"""The detector is given losses as they stand in the episodes file, so that alarms can be found again from there."""


@dataclass(kw_only=True)
class AdaptiveLr(Strategy):
    """One step on the lesson's loss, larger after an alarm."""

    detector: Literal["adwin", "page_hinkley"] = "adwin"
    """What watches the losses."""
    delta: float = 0.002
    """ADWIN: how sure it must be; the lower, the fewer alarms."""
    threshold: float = 20.0
    """Page-Hinkley: nats above their mean to which the losses must add up."""
    boost: float = 4.0
    """The step size right after an alarm, as a multiple of the usual one."""
    half_life: float = 10.0
    """Episodes in which half of what was added is gone."""

    def __post_init__(self) -> None:
        if not 0 < self.delta < 1:
            raise ValueError(f"delta: must be between 0 and 1, not {self.delta}")
        for name in ("threshold", "half_life"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be more than 0, not {getattr(self, name)}")
        if self.boost < 1:
            raise ValueError(f"boost: must be 1 or more, not {self.boost}")
        self.losses: list[float] = []
        self.alarms: list[int] = []
        """Episodes, counted from 1, whose loss raised an alarm."""
        self.lr: float | None = None
        """The usual step size."""
        self._watch: Watch | None = None

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Show the loss to the detector, set the step size, take the step."""
        del rng
        if model.optimizer is None:
            raise RuntimeError("learn before start_learning")
        if self.lr is None:
            self.lr = model.optimizer.lr
        self._see(round(float(lesson.loss.detach()), DIGITS))
        model.optimizer.lr = self.lr * self.factor()
        model.step(lesson.loss)

    def factor(self) -> float:
        """The step size of the episode just seen, as a multiple of the usual one."""
        if not self.alarms:
            return 1.0
        since = len(self.losses) - self.alarms[-1]
        return float(1 + (self.boost - 1) * 0.5 ** (since / self.half_life))

    def state(self) -> dict[str, Tensor]:
        """The losses so far and the usual step size; the rest follows from them."""
        import torch

        told = [] if self.lr is None else [self.lr]
        return {
            "losses": torch.tensor(self.losses, dtype=torch.float64),
            "lr": torch.tensor(told, dtype=torch.float64),
        }

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Show the losses to a new detector."""
        del model
        self.lr = next(iter(state["lr"].tolist()), None)
        for loss in state["losses"].tolist():
            self._see(loss)

    def _see(self, loss: float) -> None:
        if self._watch is None:
            self._watch = Watch(self.detector, self.delta, self.threshold)
        self.losses.append(loss)
        if self._watch.rises(loss):
            self.alarms.append(len(self.losses))


class Watch:
    """A detector that knows up from down."""

    def __init__(self, detector: str, delta: float, threshold: float) -> None:
        from river import drift  # takes a second, and few runs need it

        self._adwin = detector == "adwin"
        # river looks at every 32nd value alone, for streams of many thousands
        self._detector: Any = (
            drift.ADWIN(delta=delta, clock=1) if self._adwin else drift.PageHinkley(threshold=threshold, mode="up")
        )

    def rises(self, loss: float) -> bool:
        """Whether the losses have risen, as this one tells."""
        before = self._detector.estimation if self._adwin else 0.0
        self._detector.update(loss)
        if not self._detector.drift_detected:
            return False
        return not self._adwin or self._detector.estimation > before


def alarms(losses: Sequence[float], detector: str, delta: float, threshold: float) -> list[int]:
    """The episodes, counted from 1, that raise an alarm in a run with these losses (`Episode.loss`) and options."""
    watch = Watch(detector, delta, threshold)
    return [t for t, loss in enumerate(losses, start=1) if watch.rises(loss)]


STRATEGY = AdaptiveLr
