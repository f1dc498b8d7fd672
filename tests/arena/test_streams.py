import random
from collections import Counter

import pytest

from clpipe import named
from clpipe.records import Task
from tests.drawn import drawn

FIVE = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return drawn(1, dict.fromkeys(FIVE, 30))


@pytest.mark.parametrize("name", named.names("clpipe.streams"))
def test_a_stream_shows_no_task_twice_and_depends_on_its_generator_alone(name: str, tasks: list[Task]) -> None:
    stream = named.load("clpipe.streams", name)()
    before = list(tasks)
    turns = stream.order(tasks, 100, random.Random(1))
    assert len(turns) == len({task.id for _, task in turns}) == 100
    assert all(phase and task in tasks for phase, task in turns)
    assert turns == stream.order(tasks, 100, random.Random(1)) != stream.order(tasks, 100, random.Random(2))
    assert tasks == before
    with pytest.raises(ValueError, match="151 episodes, but there are 150 training tasks"):
        stream.order(tasks, 151, random.Random(1))


def test_mixed_is_one_phase_of_all_families(tasks: list[Task]) -> None:
    turns = named.load("clpipe.streams", "mixed")().order(tasks, 150, random.Random(1))
    assert {phase for phase, _ in turns} == {"mixed"}
    assert {task.id for _, task in turns} == {task.id for task in tasks}
    assert max(Counter(task.family for _, task in turns[:50]).values()) < 20
