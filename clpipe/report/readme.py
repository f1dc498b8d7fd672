"""The results table of the README, generated from the ledgers of the committed reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from clpipe import store
from clpipe.records import Interval, Json
from clpipe.report import wording

BEGIN, END = "<!-- results: made by `make readme` -->", "<!-- end of results -->"
REPORTS = ("reports", "reports/qwen25-coder")
"""Folders of the reports whose claims stand in it."""
COLUMNS = ("Claim, declared beforehand", "Found, points", "p (Holm)", "n", "Verdict")


def table(ledgers: Mapping[str, Sequence[Mapping[str, Json]]]) -> str:
    """A Markdown table with the declared claims of each study, by the study's name."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---|---|---|---|"]
    for study, entries in ledgers.items():
        lines += [f"| {' | '.join(_cells(study, entry))} |" for entry in entries if entry["family"] == "declared"]
    return "\n".join(lines)


def renewed(text: str, ledgers: Mapping[str, Sequence[Mapping[str, Json]]]) -> str:
    """The README's text with the table between its two marks made anew.

    Raises:
        ValueError: If the marks are not there, each once and in order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"README.md: the table's place is between one {BEGIN!r} and one {END!r}; put them back")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table(ledgers)}\n{END}{rest.split(END)[1]}"


def read(root: Path, reports: Sequence[str]) -> dict[str, list[dict[str, Json]]]:
    """The ledgers of committed reports, by the name of their study; FileNotFoundError where one is missing."""
    found = {}
    for folder in reports:
        path = root / folder / "claims.json"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: run that study, its report writes it")
        found[store.read_json(path.with_name("metrics.json"))["study"]] = store.read_json(path)
    return found


def _cells(study: str, entry: Mapping[str, Json]) -> tuple[str, ...]:
    estimate, low, high, p = (float(str(entry[key])) for key in ("estimate", "low", "high", "p_corrected"))
    return (
        f"{entry['statement']} (`{study}`)",
        f"{wording.signed(estimate)} {wording.signed_bounds(Interval(point=estimate, low=low, high=high))}",
        wording.p_value(p).removeprefix("p = ").removeprefix("p "),
        f"{entry['tasks']} tasks, {entry['templates']} wordings, {wording.seeds(int(str(entry['seeds'])))}",
        f"**{entry['verdict']}**" if entry["verdict"] == "holds" else str(entry["verdict"]),
    )


def main() -> None:
    """Renew the README of the present folder. Example: python -m clpipe.report.readme."""
    path = Path("README.md")
    store.write_text(path, renewed(path.read_text(encoding="utf-8"), read(Path(), REPORTS)))


if __name__ == "__main__":
    main()
