"""What a study can tell, before it is run: the smallest gain that its tasks, templates and seeds show.

Gains are net of losses, as fractions: with gain g and loss l, a share g + l of the tasks turns right and l turns wrong.
All tests are two-sided, and only a rejection in the right direction counts.

*One seed, tasks independent*: exact McNemar, its power summed over the number of flips (Connor 1987, Biometrics 43:207,
has the approximation). *Seeds alone*: paired t, by the noncentral t. *Together* (`detectable`):

    V(g) = [1 + (n / G - 1) rho] (g + 2 l - g^2) / n + sd^2 / S

that is, the variance of a paired difference (Miller 2024, arXiv 2411.00640) times Kish's (1965) design effect, plus
that of the mean over seeds, as in `two_way`; t with Satterthwaite's degrees of freedom of G - 1 and S - 1. All seeds
are taken to flip the same tasks, so the answer is careful. With one seed sd drops out: nothing is told of other seeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, special, stats

LEAST = 1e-9
"""Smallest gain looked at, for at 0 there is none."""
MIDDLES = (np.arange(2000) + 0.5) / 2000
"""Of equal slices of a probability."""
MOST_TIMES = 1000.0
"""`needed` looks no further than so many times the study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A plan; raises ValueError where it cannot be carried out."""

    tasks: int
    templates: int
    seeds: int
    loss: float
    """Share of the tasks that turn from right to wrong, at least 0 and below 0.5."""
    rho: float
    """Correlation of the changes of two tasks of one template, 0 to 1."""
    seed_sd: float
    """Standard deviation over seeds of the true gain, as a fraction."""

    def __post_init__(self) -> None:
        _within("tasks", self.tasks, 2, math.inf)
        _within("templates", self.templates, 2, self.tasks)
        _within("seeds", self.seeds, 1, math.inf)
        _within("loss", self.loss, 0, 0.5, open_end=True)
        _within("rho", self.rho, 0, 1)
        _within("seed_sd", self.seed_sd, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a study can tell; gains as fractions, `None` for no gain at all."""

    study: Study
    power: float
    level: float
    tasks_in_effect: float
    """Independent tasks that would say as much as those there are."""
    one_seed: float | None
    """Smallest gain of one seed, over other templates alone: exact McNemar at the tasks in effect."""
    seeds_alone: float | None
    """Smallest gain over other seeds alone; `None` with one seed."""
    together: float | None
    """Smallest gain over other templates and, from two seeds on, other seeds."""
    needed: Mapping[float, Study | None]
    """For some gains the least study that tells them, as `needed`."""


def answer(study: Study, gains: Sequence[float], power: float = 0.8, level: float = 0.05) -> Answer:
    """All at once, for a person; `gains` are those for which the needed study is told, as far as they can be.

    Raises:
        ValueError: At a power or level outside its range.
    """
    effective = study.tasks / design_effect(study.tasks, study.templates, study.rho)
    over_seeds = seeds_detectable(study.seeds, study.seed_sd, power, level) if study.seeds > 1 else math.inf
    possible = [gain for gain in gains if gain <= 1 - 2 * study.loss]
    return Answer(
        study=study,
        power=power,
        level=level,
        tasks_in_effect=effective,
        one_seed=minimum_detectable(max(1, int(effective)), study.loss, power, level),
        seeds_alone=over_seeds if over_seeds <= 1 - 2 * study.loss else None,
        together=detectable(study, power, level),
        needed={gain: needed(study, gain, power, level) for gain in possible},
    )


def exact_power(tasks: int, gain: float, loss: float, level: float = 0.05) -> float:
    """Chance that exact McNemar finds the gain in `tasks` independent tasks of one seed."""
    flips = np.arange(tasks + 1)
    needed = stats.binom.isf(level / 2, flips, 0.5) + 1
    found = stats.binom.sf(needed - 1, flips, (gain + loss) / (gain + 2 * loss))
    return float(stats.binom.pmf(flips, tasks, gain + 2 * loss) @ found)


def minimum_detectable(tasks: int, loss: float, power: float = 0.8, level: float = 0.05) -> float | None:
    """Smallest gain that exact McNemar finds with this power; `None` where the tasks are too few for any.

    Raises:
        ValueError: At fewer than one task, or a loss, power or level outside its range.
    """
    _within("tasks", tasks, 1, math.inf)
    _within("loss", loss, 0, 0.5, open_end=True)
    _check(power, level)
    most = 1 - 2 * loss
    if exact_power(tasks, most, loss, level) < power:
        return None
    return float(optimize.brentq(lambda g: exact_power(tasks, g, loss, level) - power, LEAST, most, xtol=1e-6))


def tasks_needed(gain: float, loss: float, power: float = 0.8, level: float = 0.05) -> int:
    """Fewest independent tasks in which exact McNemar finds the gain with this power.

    Raises:
        ValueError: At a gain or loss that cannot be, or a power or level outside its range.
    """
    _within("loss", loss, 0, 0.5, open_end=True)
    _within("gain", gain, 0.001, 1 - 2 * loss)
    _check(power, level)
    few, many = 1, 2
    while exact_power(many, gain, loss, level) < power:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if exact_power(middle, gain, loss, level) >= power else (middle, many)
    return many


def seeds_detectable(seeds: int, sd: float, power: float = 0.8, level: float = 0.05) -> float:
    """Smallest mean gain that a paired t over seeds finds with this power, in the unit of `sd`.

    Raises:
        ValueError: With fewer than two seeds, or a power or level outside its range.
    """
    _within("seeds", seeds, 2, math.inf)
    _check(power, level)
    shift = optimize.brentq(lambda nc: _t_power(nc, seeds - 1, level) - power, 0, 200)
    return float(shift) * sd / math.sqrt(seeds)


def design_effect(tasks: int, templates: int, rho: float) -> float:
    """By how much templates of equal size raise the variance of a mean: 1 + (m - 1) rho, m tasks a template."""
    return 1 + (tasks / templates - 1) * rho


def detectable(study: Study, power: float = 0.8, level: float = 0.05) -> float | None:
    """Smallest gain that the study tells with this power over other seeds and templates; `None` for no gain at all.

    Raises:
        ValueError: At a power or level outside its range.
    """
    _check(power, level)
    most = 1 - 2 * study.loss
    if study_power(study, most, level) < power:
        return None
    return float(optimize.brentq(lambda g: study_power(study, g, level) - power, LEAST, most, xtol=1e-6))


def study_power(study: Study, gain: float, level: float = 0.05) -> float:
    """Chance that the study finds the gain."""
    flips = max(0.0, gain + 2 * study.loss - gain**2)
    of_tasks = design_effect(study.tasks, study.templates, study.rho) * flips / study.tasks
    of_seeds = study.seed_sd**2 / study.seeds if study.seeds > 1 else 0.0
    whole, spread = of_tasks + of_seeds, of_tasks**2 / (study.templates - 1)
    if study.seeds > 1:
        spread += of_seeds**2 / (study.seeds - 1)
    return _t_power(gain / math.sqrt(whole), whole**2 / spread, level) if whole > 0 else 1.0


def needed(study: Study, gain: float, power: float = 0.8, level: float = 0.05) -> Study | None:
    """The least study of the same proportions that tells the gain; `None` where a thousand times it would not do.

    Tasks, templates and seeds are multiplied alike, one seed stays one.

    Raises:
        ValueError: At a gain that cannot be, or a power or level outside its range.
    """
    _within("gain", gain, 0.001, 1 - 2 * study.loss)
    _check(power, level)
    few, many = 0.0, MOST_TIMES
    if study_power(_times(study, many), gain, level) < power:
        return None
    while many - few > 0.1 / study.tasks:
        middle = (few + many) / 2
        few, many = (few, middle) if study_power(_times(study, middle), gain, level) >= power else (middle, many)
    return _times(study, many)


def _times(study: Study, times: float) -> Study:
    tasks, templates, seeds = (math.ceil(times * size) for size in (study.tasks, study.templates, study.seeds))
    seeds = max(2, seeds) if study.seeds > 1 else 1
    templates = max(2, templates)
    return replace(study, tasks=max(templates, tasks), templates=templates, seeds=seeds)


def _t_power(shift: float, df: float, level: float) -> float:
    """P(T > t), T noncentral, as the mean over the variance's law; scipy's own is NaN at shifts from about 38 on."""
    scale = np.sqrt(2 * special.gammaincinv(df / 2, MIDDLES) / df)
    return float(special.ndtr(shift - float(special.stdtrit(df, 1 - level / 2)) * scale).mean())


def _check(power: float, level: float) -> None:
    _within("level", level, 1e-6, 0.5)
    _within("power", power, level, 0.9999)


def _within(name: str, value: float, least: float, most: float, *, open_end: bool = False) -> None:
    if not (least <= value < most if open_end else least <= value <= most):
        end = "below" if open_end else "at most"
        allowed = f"at least {least:g}" + (f" and {end} {most:g}" if most < math.inf else "")
        raise ValueError(f"{name}: {value:g} is not possible; {allowed} is needed")
