"""How the report marks arms without results, so that nobody takes a part of a study for the whole."""

from __future__ import annotations

from clpipe.report.blocks import Cell, Mark, Row, Section, Table, row
from clpipe.report.partial import Missing


def facts(lacks: Missing) -> list[str]:
    """Said beneath the title."""
    return [f"PARTIAL: no results of {', '.join(lacks.arms)}"] if lacks.arms else []


def rows(lacks: Missing, columns: int) -> tuple[Row, ...]:
    """A row an arm that is no control, for a table of so many columns on the first screen."""
    return tuple(
        row(
            Cell(name, f"{arm.model}\n{', '.join((arm.method.replace('_', ' '), arm.strategy, arm.stream))}"),
            Cell("", marks=(Mark("✗\u00a0no results", "not"),)),
            *["—"] * (columns - 2),
        )
        for name, arm in lacks.arms.items()
        if arm.control_of is None
    )


def sections(lacks: Missing) -> list[Section]:
    """Which arms are missing, why, and which hypotheses wait for them."""
    if not lacks.arms:
        return []
    return [
        Section(
            title="Arms without results",
            text=(
                "This page shows the arms that are done; it is no result of the study. Nothing is said of the arms "
                "below, and the hypotheses that need one of them are not tested. They still count in the correction "
                "of the others, for all were declared together.",
            ),
            table=Table(
                caption="clpipe run brings them; what is done stays done.",
                columns=("Arm", "Why", "Hypotheses that wait for it"),
                rows=tuple(
                    row(name, lacks.why[name], ", ".join(c for c, arms in lacks.claims.items() if name in arms) or "—")
                    for name in lacks.arms
                ),
                text_columns=3,
                cards=True,
            ),
        )
    ]
