"""The report in order: the answer first, then a part for each question somebody may ask about it."""

from __future__ import annotations

from clpipe.report import (
    along,
    background,
    baseline_tables,
    continual_sections,
    decomposition,
    family_curves,
    learning,
    ledger_sections,
    making,
    overview,
    pareto,
    partial_sections,
    seed_sections,
    side_tables,
    speed,
    tables,
    wording,
)
from clpipe.report.blocks import Picture, Section
from clpipe.report.measures import Measures


def title(measures: Measures) -> str:
    """The heading of the report."""
    return f"Learning from a stream of tasks: study {measures.results.params.study.name}"


def facts(measures: Measures) -> list[str]:
    """The size of the study, in few words each."""
    arms = list(measures.arms.values())
    families = {family for arm in arms for family in arm.families}
    controls = sum(arm.is_control for arm in arms)
    return [
        *partial_sections.facts(measures.results.lacks),
        ", ".join(measures.results.params.study.models),
        f"{len(arms)} arms" + (f", {controls} of them controls" if controls else ""),
        f"{wording.span([arm.episodes for arm in arms])} episodes",
        wording.seeds(len(measures.results.params.seeds)),
        f"{wording.span([arm.all.tasks for arm in arms])} held-out tasks of {len(families)} families",
        f"{wording.level(measures.confidence)} intervals",
    ]


def sections(measures: Measures) -> list[Section]:
    """Every section; the first is the answer, the others stand in parts."""
    return [
        overview.section(measures),
        Section(title="What was learned", part=True, text=(_what(measures),)),
        *partial_sections.sections(measures.results.lacks),
        learning.section(measures),
        family_curves.section(measures),
        *decomposition.section(measures),
        *speed.sections(measures),
        pareto.section(measures),
        *along.sections(measures),
        Section(title="What was kept and lost", part=True),
        *continual_sections.lost(measures),
        *continual_sections.continual(measures),
        Section(title="On which tasks", part=True),
        Section(title="By family", table=tables.families(measures), picture=_before_after("families", "family")),
        *_sides(measures),
        Section(
            title="Tasks and replies",
            text=("Every held-out task with the reply before the first and after the last episode, by arm and seed.",),
            browser=True,
        ),
        Section(title="What may be said", part=True),
        *ledger_sections.sections(measures),
        *seed_sections.sections(measures),
        Section(title="What to set it against", part=True),
        *baseline_tables.sections(measures),
        Section(title="All arms and controls", table=tables.results(measures)),
        Section(title="Seed by seed", table=tables.seeds(measures)),
        Section(title="How it was made", part=True),
        *background.sections(measures),
        *making.sections(measures),
    ]


def _what(measures: Measures) -> str:
    drifts = any(stream.drifts for stream in measures.streams)
    turned = " Where a stream's rule changes, this is by the tasks' own answers; see its section." if drifts else ""
    one = " With one seed an interval covers the tasks alone." if len(measures.results.params.seeds) == 1 else ""
    return (
        "A small model meets tasks one after another; it answers each first and learns from it then. Accuracy is that "
        "on held-out tasks it never learns from, asked before the first and after the last episode. A control does the "
        f"same with other answers than the right ones; it stands beside its arm.{turned}{one}"
    )


def _before_after(name: str, part: str) -> Picture:
    return Picture(
        name=name,
        alt=f"Accuracy before and after learning for each {part} of the held-out tasks and arm, with intervals",
        caption="Hollow: before the first episode. Filled: after the last.",
    )


def _sides(measures: Measures) -> list[Section]:
    near = Section(
        title="Without the held-out tasks that look like a training task",
        text=(
            "The certificate counts the held-out tasks that equal a training task but for names and numbers (L3) "
            "or share most of their words with one (L4). Here is what is left without them.",
        ),
        table=side_tables.clean(measures),
    )
    return [
        Section(
            title="New entities, new templates, harder tasks",
            text=(
                "The held-out tasks have four sides, each with tasks of every family that can give them. Same "
                "template: drawn as the training tasks were, another problem. New entities: names and things "
                "that no training task has. New template: a wording that no training task has. Harder: a difficulty "
                "above all training tasks. The mean difficulties are in the certificate below. Memory of templates and "
                "words would serve on the first side alone; a skill would serve on the others too.",
            ),
            table=side_tables.sides(measures),
            picture=_before_after("sides", "side"),
        ),
        *([near] if any(arm.clean for arm in measures.arms.values()) else []),
    ]
