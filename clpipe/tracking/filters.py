"""Filters for MLflow's search box, as they stand in docs/teams.md and in the note of the experiment."""

from __future__ import annotations

FILTERS = {
    "the arms that dvc.lock holds now, a row each, to compare": (
        "tags.`clpipe.current` = 'true' and metrics.final_accuracy >= 0"
    ),
    "their seeds": "tags.`clpipe.current` = 'true' and tags.`clpipe.seed` != ''",
    "what was true before": "tags.`clpipe.current` = 'false'",
    "arms of one method": "params.method = 'lora' and metrics.final_accuracy >= 0",
    "controls": "params.labels = 'shuffled' and metrics.final_accuracy >= 0",
    "arms that gained": "metrics.gain_low > 0",
    "what a publication left half-written": "tags.`clpipe.complete` = 'false'",
}
"""What a filter finds, and the filter."""


def note() -> str:
    """The experiment's description in MLflow's pages, in Markdown."""
    lines = "\n".join(f"- {what}: ``{text}``" for what, text in FILTERS.items())
    return f"A mirror of what DVC holds: deleting it loses nothing. Filters for the search box:\n\n{lines}\n"
