"""Method, strategy and stream that do not go together: one clear line each, before anything is trained."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe.params import ParamsError
from clpipe.validate import check

ROOT = Path(__file__).parents[1]
DEFAULT: dict[str, Any] = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text(encoding="utf-8"))
ARM = {"model": "smollm2-135m-instruct", "method": "lora", "strategy": "naive", "stream": "mixed"}


def problems(arm: dict[str, Any], **sections: Any) -> list[str]:
    values = copy.deepcopy(DEFAULT) | {"arms": {"one": ARM | arm}, "claims": {}}
    for name, changes in sections.items():
        values[name] |= changes
    try:
        check(values, Path("params.yaml"))
    except ParamsError as error:
        return error.problems
    return []


def untold(strategy: str, stream: str) -> str:
    return (
        f"arms.one.strategy: '{strategy}' must be told where a phase ends, and stream '{stream}' (as it is set) has no "
        "such moments; take one of several blocks"
    )


UNSUITABLE = [
    (
        {"strategy": "olora"},
        untold("olora", "mixed"),
    ),
    (
        {"strategy": "ewc", "strategy_options": {"every": None}, "stream": "gradual"},
        untold("ewc", "gradual"),
    ),
    (
        {"strategy": "olora", "stream": "drift", "stream_options": {"width": 4}},
        untold("olora", "drift"),
    ),
    ({"strategy": "olora", "stream": "blocked", "families": ["sequence"], "episodes": 9}, untold("olora", "blocked")),
    (
        {
            "strategy": "ewc",
            "strategy_options": {"every": None},
            "stream": "drift",
            "stream_options": {"concepts": ["given"]},
        },
        untold("ewc", "drift"),
    ),
    (
        {
            "strategy": "k_shot",
            "method": "frozen",
            "stream": "drift",
            "stream_options": {"concepts": ["turned", "given"]},
        },
        "arms.one.strategy: 'k_shot' is shown tasks beforehand as they were drawn, and the stream begins with another "
        "rule; let 'drift' begin with the concept 'given'",
    ),
    (
        {"strategy": "replay", "strategy_options": {"capacity": 200}},
        "arms.one.strategy_options.capacity: 200 lessons remembered, but the stream has only 80 episodes",
    ),
    (
        {"strategy": "replay", "strategy_options": {"mix": 3, "capacity": 2}},
        "arms.one.strategy_options.mix: 3 lessons in a step, but only 2 are remembered (capacity)",
    ),
    (
        {"strategy": "olora", "method": "soft_prompt", "stream": "blocked"},
        "arms.one.strategy: 'olora' cannot be used with method 'soft_prompt': it works on LoRA's pairs of matrices, "
        "and the method has none (lora does)",
    ),
    (
        {"strategy": "memory"},
        "arms.one.strategy: 'memory' cannot be used with method 'lora': it changes no weights, so that the method must "
        "be frozen",
    ),
    (
        {"strategy": "replay", "method": "frozen"},
        "arms.one.strategy: 'replay' cannot be used with method 'frozen': it learns by gradient steps, and the method "
        "has nothing that learns",
    ),
    (
        {"strategy": "joint", "stream": "endless"},
        "arms.one.strategy: 'joint' needs the whole stream beforehand, and nobody knows 'endless' beforehand",
    ),
    (
        {"stream": "endless", "labels": "shuffled"},
        "arms.one.labels: 'shuffled' needs a known set of tasks, and 'endless' draws without end",
    ),
    (
        {"labels": "unrelated", "families": ["sequence"]},
        "arms.one.labels: 'unrelated' takes answers of other families, and the stream shows a single one",
    ),
    (
        {"method": "multi_lora", "families": ["sequence"]},
        "arms.one.method_options.adapters: a router needs at least two families, the stream has only sequence; "
        "use lora",
    ),
    (
        {"stream": "blocked", "stream_options": {"order": ["sequence", "sequence"]}, "families": ["sequence"]},
        "arms.one.stream_options.order: ",
    ),
    ({"strategy": "reptile"}, "arms.one.strategy_options.families"),
]


@pytest.mark.parametrize(("arm", "line"), UNSUITABLE, ids=[line[:60] for _, line in UNSUITABLE])
def test_what_does_not_go_together_is_told_in_one_line(arm: dict[str, Any], line: str) -> None:
    found = problems(arm)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_what_goes_together_is_not_refused() -> None:
    for arm in (
        {"strategy": "olora", "stream": "recurring"},
        {"strategy": "ewc", "strategy_options": {"every": None}, "stream": "drift"},
        {"strategy": "memory", "method": "frozen", "stream": "endless"},
        {"strategy": "joint", "stream": "gradual"},
        {"strategy": "reptile", "families": ["sequence", "comparison"]},
        {"stream": "curriculum", "stream_options": {"by": "success"}},
        {"stream": "endless", "episodes": 5000},
    ):
        assert problems(arm) == []


def test_a_mistake_in_the_catalogue_is_told_once_and_not_for_each_arm() -> None:
    found = problems({"strategy": "replay"}, strategies={"replay": {"mix": -1}})
    assert found == ["strategies.replay.mix: must be 0 or more, not -1"]
