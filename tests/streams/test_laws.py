"""What holds for every stream there is, at its defaults and at some options."""

import random
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest

from clpipe import concepts, named
from clpipe.records import Task
from clpipe.streams import Stream
from clpipe.streams.blocked import Blocked
from clpipe.streams.curriculum import Curriculum
from clpipe.streams.drift import Drift
from clpipe.streams.endless import Endless
from clpipe.streams.gradual import Gradual
from clpipe.streams.mixed import Mixed
from clpipe.streams.recurring import Recurring
from tests.streams import FIVE, alternately, always, never, taken

PACKAGE = "clpipe.streams"
SOME: list[Stream] = [
    Mixed(),
    Blocked(),
    Blocked(order=FIVE[::-1]),
    Recurring(),
    Recurring(order=FIVE, rounds=4),
    Gradual(),
    Gradual(width=1),
    Drift(),
    Drift(concepts=("given", "turned"), rounds=2),
    Drift(concepts=("given", "reversed", "turned"), width=10),
    Curriculum(),
    Curriculum(by="success", window=3, threshold=0.5),
    Endless(),
]
DEFAULTS: list[Stream] = [named.load(PACKAGE, name)() for name in named.names(PACKAGE)]
EPISODES = 45
every = pytest.mark.parametrize("stream", SOME, ids=repr)


def test_every_stream_of_the_folder_is_among_these() -> None:
    assert {type(stream) for stream in SOME} == {type(stream) for stream in DEFAULTS}


@every
def test_there_are_as_many_encounters_as_episodes_and_no_task_twice(stream: Stream, tasks: list[Task]) -> None:
    met = taken(stream, tasks, EPISODES)
    assert len(met) >= EPISODES
    assert len({encounter.task.id for encounter in met}) == len(met)
    assert all(encounter.phase and encounter.task in tasks for encounter in met)
    assert {encounter.concept for encounter in met} <= set(concepts.names())


@every
@pytest.mark.parametrize("right", [always, never, alternately])
def test_sent_the_same_it_gives_the_same(stream: Stream, right: Any, tasks: list[Task]) -> None:
    assert taken(stream, tasks, EPISODES, 7, right) == taken(stream, iter(tasks), EPISODES, 7, right)


@every
def test_another_seed_gives_other_tasks_unless_it_draws(stream: Stream, tasks: list[Task]) -> None:
    assert (taken(stream, tasks, EPISODES, 7) == taken(stream, tasks, EPISODES, 8)) == stream.draws


@every
def test_what_is_foreseeable_ignores_what_it_is_sent(stream: Stream, tasks: list[Task]) -> None:
    if stream.foreseeable or stream.draws:
        assert taken(stream, tasks, EPISODES, 7, always) == taken(stream, tasks, EPISODES, 7, never)
    else:
        assert taken(stream, tasks, EPISODES, 7, always) != taken(stream, tasks, EPISODES, 7, never)


@every
def test_the_tasks_and_the_global_generator_stay_as_they_are(stream: Stream, tasks: list[Task]) -> None:
    before, state = repr(tasks), random.getstate()
    taken(stream, tasks, EPISODES)
    assert repr(tasks) == before
    assert random.getstate() == state


@every
def test_it_takes_at_most_all_the_tasks_and_says_so(stream: Stream, tasks: list[Task]) -> None:
    with pytest.raises(ValueError, match=r"learn.episodes: .*151 episodes|learn.episodes: 31 episodes of family"):
        taken(stream, tasks, 151)


@pytest.mark.parametrize("stream", [s for s in SOME if not isinstance(s, Drift)], ids=repr)
def test_all_the_tasks_can_be_met(stream: Stream, tasks: list[Task]) -> None:
    assert {encounter.task.id for encounter in taken(stream, tasks, 150)} == {task.id for task in tasks}


@every
def test_its_options_suit_five_families_and_so_many_episodes(stream: Stream) -> None:
    assert list(stream.problems(FIVE, 160)) == []


@every
def test_only_an_abrupt_stream_has_phases_of_consecutive_episodes_alone(stream: Stream, tasks: list[Task]) -> None:
    phases = [encounter.phase for encounter in taken(stream, tasks, EPISODES)]
    changes = sum(a != b for a, b in pairwise(phases))
    if stream.boundaries(FIVE):
        assert 1 <= changes <= 19  # the most blocks here are 4 rounds of 5 families
    if not stream.foreseeable or len(set(phases)) == 1:
        assert not stream.boundaries(FIVE)


@every
def test_drift_alone_brings_another_concept_than_the_given(stream: Stream, tasks: list[Task]) -> None:
    held = {encounter.concept for encounter in taken(stream, tasks, EPISODES)}
    assert held == (set(stream.concepts) if isinstance(stream, Drift) else {"given"})


@pytest.mark.parametrize("stream", [s for s in SOME if isinstance(s, Drift)], ids=repr)
def test_under_a_concept_nothing_of_a_task_differs_but_what_is_right(stream: Stream, tasks: list[Task]) -> None:
    for encounter in taken(stream, tasks, EPISODES):
        turned = concepts.applied(encounter.concept, encounter.task)
        assert (turned.answer == encounter.task.answer) == (encounter.concept == "given")
        task = encounter.task
        assert replace(turned, answer=task.answer, judge=task.judge, marking=task.marking) == task


@pytest.mark.parametrize("stream", [s for s in DEFAULTS if any(f.name == "order" for f in fields(s))], ids=repr)  # type: ignore[arg-type]
def test_an_order_names_every_family_once(stream: Stream) -> None:
    cls: Any = type(stream)
    families = ("comparison", "sequence")
    assert list(cls(order=("sequence", "comparison")).problems(families, 160)) == []
    assert list(cls(order=("sequence", "comparisn")).problems(families, 160)) == [
        "order: no family 'comparisn' (did you mean 'comparison'?); there is comparison, sequence",
        "order: leaves out comparison; name each family once, or none for an order from the seed",
    ]
    assert list(cls(order=("sequence", "comparison", "sequence")).problems(families, 160)) == [
        "order: family 'sequence' stands 2 times; name each family once"
    ]


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("recurring", {"rounds": 1}, "rounds: must be 2 or more, not 1"),
        ("gradual", {"width": 0}, "width: must be 1 or more, not 0"),
        ("drift", {"width": -1}, "width: must be 0 or more, not -1"),
        ("drift", {"rounds": 0}, "rounds: must be 1 or more, not 0"),
        ("drift", {"concepts": []}, "concepts: must name at least one of given, opposite"),
        ("curriculum", {"window": 0}, "window: must be 1 or more, not 0"),
        ("curriculum", {"threshold": 0.0}, "threshold: must be above 0 and at most 1, not 0.0"),
        ("curriculum", {"threshold": 1.5}, "threshold: must be above 0 and at most 1, not 1.5"),
        ("curriculum", {"by": "luck"}, "by"),
    ],
)
def test_an_option_out_of_range_is_named_with_its_key(name: str, options: dict[str, Any], line: str) -> None:
    with pytest.raises(ValueError, match=f"^streams.{name}.{line}"):
        named.build(named.load(PACKAGE, name), options, f"streams.{name}")


def test_options_are_read_from_lists_as_yaml_has_them() -> None:
    assert named.build(Blocked, {"order": ["b", "a"]}, "streams.blocked") == Blocked(order=("b", "a"))
    assert named.build(Drift, {"concepts": ["given", "turned"]}, "k") == Drift(concepts=("given", "turned"))


def test_problems_of_length_name_the_option_and_what_to_do() -> None:
    wide = "episodes of hand-over, but 2 blocks in 20 episodes are 10 long; width must be at most 10"
    few = "but there are 3 episodes; raise learn.episodes or have fewer blocks"
    assert list(Gradual(width=11).problems(("a", "b"), 20)) == [f"width: 11 {wide}"]
    assert list(Drift(width=11).problems(("a",), 20)) == [f"width: 11 {wide}"]
    assert list(Blocked().problems(FIVE, 3)) == [f"order: 5 blocks, {few}"]
    assert list(Recurring().problems(("a", "b"), 3)) == [f"rounds: 4 blocks, {few}"]
    assert list(Drift(rounds=2).problems(FIVE, 3)) == [f"rounds: 4 blocks, {few}"]
    assert list(Curriculum(by="success").problems(FIVE, 7)) == [
        "window: 8 attempts, but there are only 7 episodes; lower it"
    ]
    assert list(Curriculum().problems(FIVE, 7)) == []


def test_drift_refuses_concepts_that_there_are_not_or_that_change_nothing() -> None:
    assert list(Drift(concepts=("given", "opposit")).problems(FIVE, 160)) == [
        "concepts: no concept 'opposit' (did you mean 'opposite'?); "
        "there is given, negative, opposite, reversed, successor, turned"
    ]
    (line,) = Drift(concepts=("given", "turned", "given"), rounds=2).problems(FIVE, 160)
    assert line.startswith("concepts: 'given' follows itself")
    assert list(Drift(concepts=("given", "turned", "given")).problems(FIVE, 160)) == []
