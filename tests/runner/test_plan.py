"""Names of arms and stages, and what they need first."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.params import Params
from clpipe.runner.plan import chosen, upstream
from clpipe.validate import load

ROOT = Path(__file__).parents[2]
ARMS = ["smollm2-lora", "smollm2-lora-shuffled", "smollm2-soft-prompt", "smollm2-soft-prompt-shuffled"]
MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def params() -> Params:
    return load(ROOT / "studies/default.yaml")


def test_all_arms_where_none_is_named(params: Params) -> None:
    assert [work.arm for work in chosen(params)] == ARMS
    assert chosen(params)[0].stages == ("learn@smollm2-lora", "evaluate@smollm2-lora")
    assert upstream(params, chosen(params)) == ["arena", "verify", "split", f"model@{MODEL}", f"baseline@{MODEL}"]


def test_learning_alone_needs_no_baseline(params: Params) -> None:
    works = chosen(params, ["learn@smollm2-lora"])
    assert [work.stages for work in works] == [("learn@smollm2-lora",)]
    assert upstream(params, works) == ["arena", "verify", "split", f"model@{MODEL}"]


@pytest.mark.parametrize("name", ["smollm2-lora", "evaluate@smollm2-lora"])
def test_an_arm_and_its_evaluation_are_both_stages(params: Params, name: str) -> None:
    assert [w.stages for w in chosen(params, [name, "learn@smollm2-lora"])] == [
        ("learn@smollm2-lora", "evaluate@smollm2-lora")
    ]


def test_an_unknown_name_is_told_with_the_nearest(params: Params) -> None:
    with pytest.raises(LookupError, match=r"no arm 'smollm2-lor' \(did you mean 'smollm2-lora'\?\)"):
        chosen(params, ["smollm2-lor"])
    with pytest.raises(LookupError, match="no arm 'x'"):
        chosen(params, ["learn@x"])
    with pytest.raises(LookupError, match=f"for 'baseline@{MODEL}': `dvc repro baseline@{MODEL}`"):
        chosen(params, [f"baseline@{MODEL}"])
