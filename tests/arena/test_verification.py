"""The second solvers against the whole arena, and against faults planted on purpose."""

import dataclasses
import random
from itertools import islice

import pytest

from clpipe import arena, named, verification
from clpipe.arena.drawing import draws
from clpipe.arena.family import DIFFICULTIES, Draft
from clpipe.records import NOVELTIES, Task

SLOW = {"code_output": 8, "code_function": 4}
"""Families whose solver starts a process a task: so many tasks of each difficulty and side."""
EACH = 40
FAMILIES = arena.drawn()


@pytest.fixture(scope="module")
def pools() -> dict[str, list[Task]]:
    return {
        name: [
            task
            for difficulty in DIFFICULTIES
            for novelty in NOVELTIES[:3]
            for task in islice(draws(77, name, arena.load(name)(), difficulty, novelty), SLOW.get(name, EACH))
        ]
        for name in FAMILIES
    }


def test_every_family_has_a_second_solver() -> None:
    assert named.names(verification.FOLDER) == FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_the_second_solver_confirms_every_task(name: str, pools: dict[str, list[Task]]) -> None:
    wrong = list(verification.disagreements(pools[name], {name: name}))
    verification.refuse(wrong, len(pools[name]))
    assert verification.counts(pools[name], {name: name}, wrong) == {
        name: {"tasks": len(pools[name]), "second solver": True, "not confirmed": 0}
    }


@pytest.mark.parametrize("name", FAMILIES)
def test_all_of_five_per_cent_wrong_labels_are_found(name: str, pools: dict[str, list[Task]]) -> None:
    rng = random.Random(5)
    pool = pools[name]
    chosen = set(rng.sample(range(len(pool)), max(3, len(pool) // 20)))
    spoiled = [_spoiled(rng, task, pool) if i in chosen else task for i, task in enumerate(pool)]
    found = {problem.task.id for problem in verification.disagreements(spoiled, {name: name})}
    assert found == {pool[i].id for i in chosen}
    with pytest.raises(ValueError, match=f"{len(chosen)} of {len(pool)} tasks are not confirmed") as told:
        verification.refuse(list(verification.disagreements(spoiled, {name: name})), len(pool))
    assert spoiled[min(chosen)].prompt in str(told.value)


def _spoiled(rng: random.Random, task: Task, pool: list[Task]) -> Task:
    """The task with the answer of another one."""
    other = rng.choice([t for t in pool if t.answer != task.answer])
    return dataclasses.replace(task, answer=other.answer)


def test_an_ambiguous_grid_is_refused() -> None:
    task = next(
        t for t in islice(draws(3, "logic_grid", arena.load("logic_grid")(), 3), 200) if len(t.prompt.split(". ")) >= 4
    )
    sentences = task.prompt.split(". ")
    ambiguous = [
        dataclasses.replace(task, prompt=". ".join(sentences[:i] + sentences[i + 1 :])) for i in range(len(sentences))
    ]
    reasons = [str(p) for p in verification.disagreements(ambiguous, {"logic_grid": "logic_grid"})]
    assert len(reasons) == len(ambiguous)
    assert any("it allows 2 answers" in r or "it allows 3 answers" in r or "it allows 4" in r for r in reasons)


def test_a_prompt_that_cannot_be_read_is_told() -> None:
    task = Draft(prompt="Colourless green ideas sleep furiously.", answer="1", template="t").task("sequence")
    (problem,) = verification.disagreements([task], {"sequence": "sequence"})
    assert "cannot read it" in str(problem)


def test_a_family_of_another_name_is_solved_by_its_kind() -> None:
    named_otherwise = dataclasses.replace(next(draws(1, "sequence", arena.load("sequence")(), 1)), family="mine")
    wrong = dataclasses.replace(named_otherwise, answer="x")
    kinds = verification.kinds({"mine": {"kind": "sequence", "tasks": 1}})
    assert kinds == {"mine": "sequence"}
    assert list(verification.disagreements([named_otherwise], kinds)) == []
    assert len(list(verification.disagreements([wrong], kinds))) == 1


def test_without_a_solver_a_task_must_pass_its_own_judge() -> None:
    fine = Draft(prompt="To which team?", answer="billing", template="t").task("mine")
    refused = Draft(prompt="To which team, then?", answer=" ", template="t").task("mine")
    (problem,) = verification.disagreements([fine, refused], {"mine": "file"})
    assert problem.task is refused
    assert "not taken for right by its judge" in str(problem)
    assert verification.counts([fine], {"mine": "file"}, []) == {
        "mine": {"tasks": 1, "second solver": False, "not confirmed": 0}
    }


def test_a_family_in_a_file_is_not_solved_by_a_name_it_shares() -> None:
    task = Draft(prompt="Which is larger, a whale or a mouse?", answer="a whale", template="own").task("sequence")
    assert list(verification.disagreements([task], {"mine": "file"})) == []


def test_a_solver_that_stumbles_names_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(prompt: str) -> set[str]:
        raise KeyError(prompt[:4])

    monkeypatch.setattr(verification, "solver", lambda _: stumble)
    task = Draft(prompt="What now?", answer="1", template="t").task("x")
    (problem,) = verification.disagreements([task], {})
    assert "the solver fails: KeyError" in str(problem)
    assert "What now?" in str(problem)
