from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from clpipe import store
from clpipe.records import NOVELTIES, Outcome
from clpipe.report import making, metrics, render, results
from clpipe.report.measures import measure
from tests.report import tree

FIGURES = (
    "decomposition", "families", "families-curves", "learning", "losses", "overview", "overview-narrow", "pareto",
    "retention", "sides", "speed", "stream",
)  # fmt: skip
ARM_KEYS = {
    "model", "method", "strategy", "stream", "labels", "control_of", "seeds", "episodes", "trainable_parameters",
    "total_parameters", "heldout_tasks", "close_calls", "initial_accuracy", "final_accuracy", "initial_low",
    "initial_high", "final_low", "final_high", "gain", "gain_low", "gain_high", "loss_first", "loss_last", "families",
    "sides", "lost", "retention",
}  # fmt: skip
PARTS = {f"{part}_gain{end}" for part in ("format", "task") for end in ("", "_low", "_high")}


class Tags(HTMLParser):
    """Opened and closed tags that do not match, and every address the page would fetch."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.ids += [value or ""] if name == "id" else []
            self.fetched += [value or ""] if name in ("src", "href", "xlink:href") else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_metrics_hold_exactly_what_was_agreed(made: Path) -> None:
    found = store.read_json(made / "reports/metrics.json")
    assert set(found) == {"arms", "baselines", "study"}
    assert found["arms"].keys() == tree.ARMS.keys()
    assert set(found["arms"]["tiny-lora"]) == ARM_KEYS | PARTS
    assert set(found["arms"]["tiny-soft-prompt"]) == ARM_KEYS
    assert set(found["baselines"]["tiny"]) == {name.replace("-", "_") for name in tree.BASELINES}


def test_metrics_agree_with_a_count_by_hand(made: Path) -> None:
    arms = store.read_json(made / "reports/metrics.json")["arms"]
    share = {}
    for name in tree.ARMS:
        outcomes = store.read_records(made / f"runs/evaluate/{name}/outcomes.jsonl", Outcome)
        for at in (0, 160):
            right = [o.correct for o in outcomes if o.episode == at]
            share[name, at] = sum(right) / len(right)
            assert len(right) == 3 * 5 * 20
    lora = arms["tiny-lora"]
    assert lora["final_accuracy"] == pytest.approx(share["tiny-lora", 160], abs=1e-6)
    assert lora["gain"] == pytest.approx(share["tiny-lora", 160] - share["tiny-lora", 0], abs=1e-6)
    assert lora["task_gain"] == pytest.approx(share["tiny-lora", 160] - share["tiny-lora-shuffled", 160], abs=1e-6)
    assert lora["format_gain"] == pytest.approx(share["tiny-lora-shuffled", 160] - share["tiny-lora", 0], abs=1e-6)
    assert lora["format_gain"] + lora["task_gain"] == pytest.approx(lora["gain"], abs=2e-6)
    assert (lora["seeds"], lora["heldout_tasks"], lora["episodes"]) == (3, 100, 160)
    outcomes = store.read_records(made / "runs/evaluate/tiny-lora/outcomes.jsonl", Outcome)
    assert lora["close_calls"] == sum(o.margin == 5e-5 for o in outcomes) > 0
    assert lora["final_low"] < lora["final_accuracy"] < lora["final_high"]


def test_the_sides_agree_with_a_count_by_hand(made: Path) -> None:
    sides = store.read_json(made / "reports/metrics.json")["arms"]["tiny-lora"]["sides"]
    assert list(sides) == sorted(NOVELTIES)
    for side, found in sides.items():
        right = {}
        for name in ("tiny-lora", "tiny-lora-shuffled"):
            outcomes = store.read_records(made / f"runs/evaluate/{name}/outcomes.jsonl", Outcome)
            asked = [o for o in outcomes if o.episode == 160 and o.novelty == side]
            right[name] = sum(o.correct for o in asked) / len(asked)
            assert found["tasks"] * 3 == len(asked) == 75
        assert found["final_accuracy"] == pytest.approx(right["tiny-lora"], abs=1e-6)
        assert found["task_gain"] == pytest.approx(right["tiny-lora"] - right["tiny-lora-shuffled"], abs=1e-6)
        assert found["final_low"] <= found["final_accuracy"] <= found["final_high"]
    assert "sides" in store.read_json(made / "reports/metrics.json")["arms"]["tiny-soft-prompt"]


def test_what_is_left_without_near_tasks_stands_beside_all(made: Path) -> None:
    text = (made / "reports/report.md").read_text(encoding="utf-8")
    part = text.split("look like a training task\n")[1].split("\n### ")[0]
    assert "without L3 same but for names and numbers" in part
    assert "n = 91" in part
    assert part.count("n = 100") == 2 * 3


def test_two_renders_are_the_same_bytes(made: Path, tmp_path: Path) -> None:
    render(tree.params(tasks=20), made, tmp_path)
    names = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    written = [f"figures/{n}.{kind}" for n in FIGURES for kind in ("png", "svg")]
    assert [str(n) for n in names] == sorted(
        [*written, "claims.json", "curves.csv", "metrics.json", "report.html", "report.md"]
    )
    for name in names:
        assert (tmp_path / name).read_bytes() == (made / "reports" / name).read_bytes(), name


def test_page_is_one_well_formed_file_that_fetches_nothing(made: Path) -> None:
    text = (made / "reports/report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert tags.wrong == tags.open == []
    assert len(tags.ids) == len(set(tags.ids))
    assert {a for a in tags.fetched if not a.startswith("#")} == {making.MLFLOW}
    assert {a for a in tags.fetched if a.startswith("#")} <= {f"#{i}" for i in tags.ids}
    assert not re.search(r"url\((?!#)|@import|<\?xml", text)
    assert text.count("<script") == 2, "replies that hold one are not among them"


def test_headings_are_in_order(made: Path) -> None:
    levels = [int(n) for n in re.findall(r"<h(\d)", (made / "reports/report.html").read_text(encoding="utf-8"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_a_control_stands_right_beneath_its_arm(made: Path) -> None:
    lines = (made / "reports/report.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("### All arms and controls")
    table = [line for line in lines[start:] if line.startswith("| ")][2:5]
    assert ["tiny-lora<" in table[0], "tiny-lora-shuffled<" in table[1], "tiny-soft-prompt<" in table[2]] == [True] * 3
    assert "control: shuffled labels" in table[1]


def test_markdown_links_figures_that_exist(made: Path) -> None:
    text = (made / "reports/report.md").read_text(encoding="utf-8")
    links = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert len(links) == len(FIGURES) - 1, "the narrow overview is for phones"
    assert all((made / "reports" / link).is_file() for link in links)


def test_tables_of_markdown_have_as_many_cells_as_columns(made: Path) -> None:
    text = (made / "reports/report.md").read_text(encoding="utf-8")
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_curves_have_a_line_for_each_seed_and_checkpoint(made: Path) -> None:
    lines = (made / "reports/curves.csv").read_text().splitlines()
    assert lines[0] == "arm,seed,episode,accuracy,mean,low,high"
    assert len(lines) == 1 + 3 * 3 * 5
    assert lines[5].startswith("tiny-lora,0,160,")
    last = [
        [float(n) for n in line.split(",")[3:]] for line in lines if line.startswith("tiny-lora,") and ",160," in line
    ]
    assert len({tuple(numbers[1:]) for numbers in last}) == 1, "the band is the same for all seeds"
    assert last[0][1] == pytest.approx(sum(numbers[0] for numbers in last) / 3, abs=1e-6)
    assert last[0][2] < last[0][1] < last[0][3]


def test_one_seed_is_said_and_has_no_interval_over_seeds(fresh: Path) -> None:
    study = tree.params(seeds=(0,), tasks=4)
    text = tree.text(fresh, study)
    assert "With one seed an interval covers the tasks alone." in text
    assert "no interval" in text
    arms = metrics.metrics(measure(results.read(study, fresh)))["arms"]
    assert isinstance(arms, dict)
    assert {name: arm["seeds"] for name, arm in arms.items() if isinstance(arm, dict)} == dict.fromkeys(tree.ARMS, 1)


def test_timing_changes_no_metric(fresh: Path) -> None:
    study = tree.params(seeds=(0,), tasks=4)
    before = metrics.metrics(measure(results.read(study, fresh)))
    path = fresh / "runs/learn/tiny-lora/timing.json"
    timing = store.read_json(path)
    timing["seeds"]["0"]["seconds"] = 9999.0
    store.write_json(path, timing)
    assert metrics.metrics(measure(results.read(study, fresh))) == before
