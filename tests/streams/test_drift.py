"""Drift and endless."""

import random
from collections import Counter
from itertools import groupby

import pytest

from clpipe import concepts
from clpipe.records import Task
from clpipe.streams.drift import Drift
from clpipe.streams.endless import Endless
from tests.drawn import drawn
from tests.streams import taken


def test_the_concepts_hold_one_after_the_other_and_come_back(tasks: list[Task]) -> None:
    met = taken(Drift(concepts=("given", "turned"), rounds=2), tasks, 42)  # 42 = 4 · 10 + 2
    runs = [(concept, len(list(group))) for concept, group in groupby(met, key=lambda e: e.concept)]
    assert runs == [("given", 11), ("turned", 11), ("given", 10), ("turned", 10)]
    assert all(encounter.phase == encounter.concept for encounter in met)


def test_the_tasks_do_not_drift(tasks: list[Task]) -> None:
    """Family and task at each episode are the same whatever the concepts are, if the same tasks will do."""
    turned = taken(Drift(concepts=("given", "turned")), tasks, 60)
    sooner = taken(Drift(concepts=("turned", "given", "turned")), tasks, 60)
    assert [e.task for e in turned] == [e.task for e in sooner]
    assert max(Counter(e.task.family for e in turned).values()) < 30


def test_every_task_met_is_one_to_which_all_the_concepts_apply(tasks: list[Task]) -> None:
    stream = Drift(concepts=("given", "successor", "negative"))
    fit = [task for task in tasks if concepts.applies("successor", task) and concepts.applies("negative", task)]
    assert {e.task.id for e in taken(stream, tasks, len(fit))} == {task.id for task in fit}
    with pytest.raises(ValueError, match=rf"all apply to only {len(fit)} of the 150 training tasks"):
        taken(stream, tasks, len(fit) + 1)


def test_a_wide_drift_mixes_the_concepts_around_the_boundary(tasks: list[Task]) -> None:
    stream = Drift(concepts=("given", "turned"), width=40)
    held = [e.concept for e in taken(stream, tasks, 120)]
    assert not stream.boundaries(["comparison", "sequence"])
    assert not Drift(concepts=("given",)).boundaries(["comparison", "sequence"])
    assert {"given", "turned"} == set(held[45:75])
    # The chance of the other concept in the first and last 10 is 1 / (1 + e^5) = 0.7 % at the most.
    assert held[:10].count("given") >= 8 <= held[-10:].count("turned")


def test_endless_asks_for_no_task_before_its_turn() -> None:
    source = iter(drawn(1, {"sequence": 10}))
    course = Endless().encounters(source, 5, random.Random(1))
    first = next(course)
    assert next(source).id != first.task.id
    assert len(list(source)) == 8  # ten but for the two


def test_endless_says_when_its_source_ends() -> None:
    with pytest.raises(ValueError, match="11 episodes, but after 10 the families can draw no other"):
        taken(Endless(), drawn(1, {"sequence": 10}), 11)
