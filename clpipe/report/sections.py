"""The report in order: what is said, which table and figure stands where."""

from __future__ import annotations

from clpipe.report import background, continual_sections, seed_tables, side_tables, tables, wording
from clpipe.report.blocks import Picture, Section
from clpipe.report.measures import ArmMeasures, Measures


def title(measures: Measures) -> str:
    """The heading of the report."""
    return f"Learning from a stream of tasks: study {measures.results.params.study.name}"


def sections(measures: Measures) -> list[Section]:
    """Every section, the most asked for first."""
    return [
        Section(title="Results", text=_what(measures), table=tables.results(measures), readings=_readings(measures)),
        *_curves(measures),
        Section(
            title="May the word “learned” be written?",
            text=("Five conditions, fixed before the runs. Where one is not met, a gain is a gain on this data.",),
            table=tables.claimed(measures),
        ),
        Section(title="By family", table=tables.families(measures), picture=_families()),
        *continual_sections.continual(measures),
        *continual_sections.lost(measures),
        *_sides(measures),
        Section(title="Baselines", table=tables.baselines(measures)),
        Section(title="Seed by seed", table=tables.seeds(measures)),
        *_seed_document(measures),
        Section(
            title="The held-out tasks",
            text=("They were set apart before any learning; the learning stage cannot read them.",),
            table=background.certificate(measures.results.certificate),
        ),
        Section(title="Settings", table=background.settings(measures)),
        Section(title="Time", table=background.times(measures)),
        Section(title="Machine and versions", table=background.machines(measures)),
        Section(title="How the intervals are made", text=_intervals(measures)),
        Section(
            title="How to regenerate this page",
            readings=(
                (_command(measures), "runs what has changed and rewrites this folder; nothing was typed by hand."),
                ("make ui", "opens MLflow, where each run stands with its parameters, metrics and adapters."),
                ("metrics.json, curves.csv", "hold the numbers for programs, beside this page."),
            ),
        ),
    ]


def _command(measures: Measures) -> str:
    name = measures.results.params.study.name
    return "make repro" if name == "default" else f"make study NAME={name}"


def _what(measures: Measures) -> tuple[str, ...]:
    arms = list(measures.arms.values())
    episodes, tasks, seeds = (_range(n) for n in (
        [a.loss.shape[1] for a in arms], [a.all.tasks for a in arms], [len(a.seeds) for a in arms]
    ))  # fmt: skip
    level = f"{100 * measures.confidence:g}\u00a0%"
    drifts = any(stream.drifts for stream in measures.streams)
    turned = " Where a stream's rule changes, this is by the tasks' own answers; see its section." if drifts else ""
    one = " With one seed an interval covers the tasks alone." if seeds == "1" else ""
    return (
        f"A small model meets {episodes} tasks one after another; it answers each first and learns from it then. "
        f"Accuracy is that on {tasks} held-out tasks it never learns from, asked before the first and after the last "
        f"episode, over {seeds} seed{'' if seeds == '1' else 's'}. Brackets are {level} intervals. A control does "
        f"the same with the right answers shuffled within each family: what it gains is format, not task.{turned}{one}",
    )


def _range(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _readings(measures: Measures) -> tuple[tuple[str, str], ...]:
    return tuple((group[0].name, _reading(measures, group)) for group in measures.groups())


def _reading(measures: Measures, group: list[ArmMeasures]) -> str:
    arm, *controls = group
    said = [wording.gain(arm.all.gain)]
    if len(arm.seeds) == 1:
        said.append("One seed: nothing is known of other orders and starts.")
    for control in controls:
        gap = arm.over_controls[control.name]
        if control.shuffled:
            said += [wording.shuffled_part(arm.all.gain, control.all.gain), wording.task_part(gap)]
        else:
            said.append(wording.against(f"its control {control.name}", gap))
    if measures.shuffled_control(arm) is None:
        said.append("It has no control with shuffled labels: how much of this is the answer's format is not known.")
    said.append(wording.against("the majority answer", arm.over_majority))
    return " ".join(said)


def _curves(measures: Measures) -> list[Section]:
    shared = _range([a.curve_tasks for a in measures.arms.values()])
    every = _range([a.all.tasks for a in measures.arms.values()])
    window = measures.results.params.report.loss_window
    band = f"Bands are pointwise {100 * measures.confidence:g}\u00a0% intervals; thin lines are single seeds. "
    return [
        Section(
            title="Learning curves",
            picture=Picture(
                name="learning",
                alt="Accuracy on held-out tasks against episodes learned, a panel an arm, with control and baselines",
                caption=band
                + f"Lines: the {shared} tasks asked at every checkpoint. Diamonds, set a little aside: all "
                + f"{every} tasks, before and after. Grey: what needs no learning, on the tasks of the lines.",
            ),
        ),
        Section(
            title="Loss along the stream",
            picture=Picture(
                name="losses",
                alt="Loss of each learning step before the step, against episodes, a panel an arm, with control",
                caption=band + f"Mean over the last {window} episodes, each before its step, so on a task not yet "
                "learned; a control's loss is on its shuffled answers. The interval here is over seeds alone.",
            ),
        ),
        Section(
            title="First attempts on the stream",
            picture=Picture(
                name="stream",
                alt="Share of right first attempts so far, against episodes, a panel an arm, with control",
                caption=band + "Every task of the stream is answered before it is learned; the share of right answers "
                "so far, scored with the true answer also in a control. The interval here is over seeds alone.",
            ),
        ),
    ]


def _families() -> Picture:
    return Picture(
        name="families",
        alt="Accuracy before and after learning for each family of tasks and arm, with intervals",
        caption="Hollow: before the first episode. Filled: after the last.",
    )


def _sides(measures: Measures) -> list[Section]:
    near = [
        Section(
            title="Without the held-out tasks that look like a training task",
            text=(
                "The certificate counts the held-out tasks that equal a training task but for names and numbers (L3) "
                "or share most of their words with one (L4). Here is what is left without them.",
            ),
            table=side_tables.clean(measures),
        )
    ]
    return [
        Section(
            title="New entities, new templates, harder tasks",
            text=(
                "The held-out tasks have four sides, each with tasks of every family that can give them. Same "
                "template: drawn as the training tasks were, another problem. New entities: names and things "
                "that no training task has. New template: a wording that no training task has. Harder: a difficulty "
                "above all training tasks. The mean difficulties are in the certificate below. What rises on the first "
                "alone is memory of templates and words; a skill rises on the others too.",
            ),
            table=side_tables.sides(measures),
            picture=Picture(
                name="sides",
                alt="Accuracy before and after learning for each side of the held-out tasks and arm, with intervals",
                caption="Hollow: before the first episode. Filled: after the last.",
            ),
        ),
        *(near if any(arm.clean for arm in measures.arms.values()) else []),
    ]


def _seed_document(measures: Measures) -> list[Section]:
    document = measures.results.seed_document
    notes = [f"From “{document.source}”, run on {document.machine}."]
    for theirs in document.rows:
        totals = seed_tables.type_totals(theirs)
        if totals and totals != (theirs.correct_before, theirs.correct_after):
            notes.append(
                f"Its task types of {theirs.model} add up to {totals[0]} right answers before and {totals[1]} after, "
                f"its totals are {theirs.correct_before} and {theirs.correct_after} of {theirs.n}."
            )
    return [
        Section(title="Beside the seed document", text=(" ".join(notes),), table=seed_tables.beside(measures)),
        Section(title="What the seed document's counts can show", table=seed_tables.tests(measures)),
        Section(title="The seed document by task type", table=seed_tables.types(measures)),
        Section(title="The seed document's learning curve", table=seed_tables.timeline(measures)),
    ]


def _intervals(measures: Measures) -> tuple[str, ...]:
    return (
        "An accuracy has the wider, on each side, of Wilson's interval over the held-out tasks at the mean accuracy "
        "and Student's t interval over the seeds. A change, and the distance of an arm from its control, is paired by "
        "task and by seed and has the wider of Newcombe's paired interval over the tasks and the t interval over the "
        "seeds. One alone would be too narrow: other tasks and other orders would both give other numbers, and seeds "
        "times tasks are not independent answers.",
        f"Level {100 * measures.confidence:g}\u00a0%, each interval by itself: with many arms some will miss. The last "
        "checkpoint was declared the result before the runs; no best checkpoint is picked. Tasks of one wording are "
        "counted as independent, which makes intervals too narrow where wordings matter.",
    )
