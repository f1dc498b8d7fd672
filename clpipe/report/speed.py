"""Which families are learned fast, late or never: episodes to two declared levels, as a table and as a figure."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.evaluation.levels import RIGHT, Reached
from clpipe.report import canvas, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Cell, Picture, Section, Table, row
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures

FEW = 6
"""More arms stand closer."""
LEVELS = (("half-way of its gain", canvas.ARM, "o"), (f"{wording.level(RIGHT)} right", "#D55E00", "D"))


def sections(measures: Measures) -> list[Section]:
    """Both levels are explained before they are used; nothing where the rule of every stream changes."""
    return [_section(measures)] if _arms(measures) else []


def _section(measures: Measures) -> Section:
    left_out = " Left out: arms on streams whose rule changes." if len(_arms(measures)) < len(measures.arms) else ""
    return Section(
        title="Fast, late or never",
        text=(
            "Episodes until the mean learning curve of a family reaches a level, linear between checkpoints. Two "
            "levels were declared: half-way from the arm's own first to its own last checkpoint, which tells when what "
            f"was gained was gained; and {wording.level(RIGHT)} right answers, the same for all, which tells whether "
            "the answers become reliable. An interval runs from where the upper end of the curve's band reaches the "
            "level to where the lower end does; what is not there at the last checkpoint is shown as later than "
            f"that.{left_out}",
        ),
        picture=Picture(
            name="speed",
            alt="Episodes until each arm is half-way of its gain and until half of its answers are right, by family",
            caption=(
                "Points: the mean curve; lines: intervals over tasks and seeds; an arrow at the right edge is not "
                "within the stream. No mark: the mean curve ends no higher than it began, so there is no half-way."
            ),
        ),
        table=table(measures),
    )


def table(measures: Measures) -> Table:
    """Episodes to half-way of the gain, and beneath them those to the absolute level; a column a family."""
    arms = _arms(measures)
    names = list(dict.fromkeys(name for arm in arms for name in arm.curves))
    return Table(
        caption=(
            "Episodes with interval; how many seeds get there on their own. First line: half-way of the gain. Then: "
            f"{wording.level(RIGHT)} right. “> N” is not within N episodes, n tasks asked at every checkpoint."
        ),
        columns=("Arm", *("all" if name == ALL else wording.spaced(name) for name in names)),
        rows=tuple(
            row(
                Cell(arm.name, wording.seeds(len(arm.seeds))),
                *(_cell(arm, name) for name in names),
                beside=arm.is_control,
            )
            for arm in arms
        ),
    )


def figure(measures: Measures) -> Figure:
    """A panel a family, a line an arm and level."""
    arms = _arms(measures)
    names = list(dict.fromkeys(name for arm in arms for name in arm.curves))
    drawn, panels = canvas.grid(len(names), columns=3, height=0.7 + (0.42 if len(arms) <= FEW else 0.28) * len(arms))
    longest = max(arm.episodes for arm in arms)
    canvas.names(panels, [arm.name for arm in arms])
    for panel, name in zip(panels, names, strict=True):
        panel.set_title("all tasks" if name == ALL else wording.spaced(name))
        for y, arm in enumerate(arms):
            if name in arm.curves:
                curve = arm.curves[name]
                for reached, shift, style in zip((curve.half, curve.right), (-0.16, 0.16), LEVELS, strict=True):
                    _line(panel, reached, y + shift, style, longest)
    panels[0].set_xlim(-0.02 * longest, 1.1 * longest)
    panels[0].set_xticks([tick for tick in panels[0].get_xticks() if 0 <= tick <= longest])
    drawn.supxlabel("episodes to the level", fontsize=10)
    canvas.legend(drawn, panels, columns=2)
    return drawn


def _line(panel: Axes, reached: Reached | None, y: float, style: tuple[str, str, str], longest: int) -> None:
    label, colour, marker = style
    if reached is None:
        return
    low = longest * 1.06 if reached.low is None else reached.low
    high = longest * 1.06 if reached.high is None else reached.high
    panel.plot([low, high], [y, y], color=colour, linewidth=1.3)
    if reached.high is None:
        panel.plot(high, y, marker=">", color=colour, markersize=6, markerfacecolor=canvas.PAPER)
    if reached.episodes is not None:
        panel.plot(reached.episodes, y, marker=marker, color=colour, markersize=6, linestyle="", label=label)
    else:
        panel.plot([], [], marker=marker, color=colour, markersize=6, linestyle="", label=label)


def _arms(measures: Measures) -> list[ArmMeasures]:
    """Arms with their controls beneath them; where the rule of a stream changes, no level is one and the same."""
    turned = {course.name for stream in measures.streams if stream.drifts for course in stream.courses}
    return [arm for group in measures.groups() for arm in group if arm.name not in turned]


def _cell(arm: ArmMeasures, name: str) -> Cell:
    if name not in arm.curves:
        return Cell("not asked")
    curve = arm.curves[name]
    right = f"{wording.level(RIGHT)}: {_episodes(curve.right)}"
    if curve.right.low is not None:
        right += f" {_bounds(curve.right)}"
    if curve.half is None:
        return Cell("—", f"ends no higher\n{right}\nn = {curve.tasks}")
    there = f"{curve.half.seeds_there} of {curve.half.seeds} seeds"
    return Cell(_episodes(curve.half), f"{_bounds(curve.half)}\n{there}\n{right}\nn = {curve.tasks}")


def _episodes(reached: Reached) -> str:
    return _or_later(reached.episodes, reached.last)


def _bounds(reached: Reached) -> str:
    return f"[{_or_later(reached.low, reached.last)}, {_or_later(reached.high, reached.last)}]"


def _or_later(episodes: float | None, last: int) -> str:
    return f"> {last}" if episodes is None else f"{episodes:.0f}"
