"""`reports/bench.json`: sections measured on one machine, and the table a person reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clpipe.store import read_json, write_json

BENCH = Path("reports/bench.json")
EMPTY: dict[str, Any] = {
    "evaluation": dict.fromkeys(
        ("tasks_per_s", "generate_one_ratio", "generate_batched_ratio", "lm_eval_ratio", "same_replies_share")
    ),
    "learning": dict.fromkeys(
        ("step_s", "trl_tuned_ratio", "trl_shipped_ratio", "hf_trainer_ratio", "plain_loop_ratio", "floor_ratio")
    ),
    "replicates": {"speedup": None},
    "study": {"tuned_peers_ratio": None},
    "growth": [],
    "arena": {},
}
DIGITS = 5


def record(section: str, found: Any, machine: dict[str, Any], path: Path = BENCH) -> None:
    """Put a section into the file. Sections of another machine go: numbers of two machines make no ratio."""
    kept = read_json(path) if path.exists() else {}
    if kept.get("machine") != machine:
        kept = {}
    write_json(path, {**EMPTY, **kept, "machine": machine, section: rounded(found)})


def rounded(value: Any) -> Any:
    """The value with every float inside it cut to 5 significant digits; `None` for those that are not finite.

    >>> rounded({"a": [1.23456789, float("nan")], "b": 12})
    {'a': [1.2346, None], 'b': 12}
    """
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if value - value == 0.0 else None
    return value


def table(rows: list[list[str]]) -> str:
    """The rows with their columns lined up; numbers to the right, the first column to the left.

    >>> print(table([["who", "s"], ["ours", "0.5"]]))
    who     s
    ours  0.5
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def show(bench: dict[str, Any]) -> str:
    """The file as text for a terminal."""
    parts = [f"{bench['machine']['cpu']}, {bench['machine']['cores']} cores"]
    for section, measure in (("learning", "step_s"), ("evaluation", "s_a_task")):
        found = bench[section]
        head = [section, measure, "whole s", "useful GF/s", "MB", "ratio"]
        rows = [_row(name, row, measure, found) for name, row in found.get("contenders", {}).items()]
        parts.append(table([head, *rows]))
        parts += [
            f"  {name}: no ratio, {row['void']}" for name, row in found.get("contenders", {}).items() if row.get("void")
        ]
    parts.append(
        table(
            [
                ["", "value"],
                ["step / floor", _text(bench["learning"]["floor_ratio"])],
                ["held-out tasks a second", _text(bench["evaluation"]["tasks_per_s"])],
                ["same replies, share", _text(bench["evaluation"]["same_replies_share"])],
                ["seeds side by side, speed-up", _text(bench["replicates"]["speedup"])],
                ["default study, tuned peers / ours", _text(bench["study"]["tuned_peers_ratio"])],
            ]
        )
    )
    growth = [[r["what"], str(r["count"]), _text(r["ms_each"]), str(r["peak_memory_mb"])] for r in bench["growth"]]
    parts.append(table([["growth", "count", "ms each", "MB"], *growth]))
    return "\n\n".join(parts)


def _row(name: str, row: dict[str, Any], measure: str, section: dict[str, Any]) -> list[str]:
    ratio = section.get(f"{name}_ratio")
    return [name, *(_text(row[key]) for key in (measure, "whole_s", "useful_gf_s", "peak_memory_mb")), _text(ratio)]


def _text(value: float | int | None) -> str:
    return "-" if value is None else f"{value:.4g}"
