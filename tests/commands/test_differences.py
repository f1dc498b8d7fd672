"""`clpipe study show`: what a study says that the default does not."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clpipe.commands.differences import Difference, between, line
from tests.commands.conftest import call

TREE = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
MAPPING = st.dictionaries(st.sampled_from("abc"), TREE, max_size=3)


def test_the_default_differs_in_nothing(project: Path) -> None:
    assert call("study", "show", "default").stdout == "default says what the default says\n"
    assert json.loads(call("study", "show", "--json").stdout) == []
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(text.replace("  clip: 1.0", "  clip: 0.5"))
    assert call("study", "show").stdout == "learn.clip: 0.5  (default: 1)\n"


def test_a_study_shows_its_own_keys(project: Path) -> None:
    assert project.exists()
    lines = call("study", "show", "demo").stdout.splitlines()
    assert "seeds: [0, 1]  (default: [0, 1, 2, 3, 4])" in lines
    assert "arms.smollm2-lora: left out" in lines
    assert any(text.startswith("arms.lora: {model: ") and text.endswith("(new)") for text in lines)
    keys = {row["key"]: row["change"] for row in json.loads(call("study", "show", "demo", "--json").stdout)}
    assert keys["seeds"] == "changed"
    assert (keys["arms.lora"], keys["arms.smollm2-lora"]) == ("added", "left out")
    assert "learn.lr" not in keys


def test_an_unknown_study_is_named(project: Path) -> None:
    assert project.exists()
    done = call("study", "show", "demmo")
    assert done.exit_code == 1
    assert "no study 'demmo' (did you mean 'demo'?)" in done.stderr


@given(MAPPING)
def test_nothing_differs_from_itself(values: dict[str, object]) -> None:
    assert list(between(values, values)) == []


@given(MAPPING, MAPPING)
def test_two_mappings_are_equal_where_nothing_differs(base: dict[str, object], own: dict[str, object]) -> None:
    assert (list(between(base, own)) == []) == (base == own)


def test_values_are_written_as_in_the_file() -> None:
    one = Difference(key="learn.clip", default={"a": [1]}, own=None, change="changed")
    assert line(one) == "learn.clip: null  (default: {a: [1]})"
