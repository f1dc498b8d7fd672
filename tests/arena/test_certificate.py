import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from clpipe import arena, store
from clpipe.arena.canonical import renamed
from clpipe.arena.family import Draft
from clpipe.arena.pool import draw_pool
from clpipe.certificate import L3, L4, REFUSED, certify, refuse_leaks
from clpipe.params import Heldout, Split
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Json, Task
from clpipe.split import Sides, divide

L0, L1, L2, L5 = REFUSED
SEED_DOCUMENT = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")


def own(prompt: str, *people: str, answer: str = "1", facts: dict[str, Json] | None = None) -> Task:
    return Draft(prompt=prompt, answer=answer, template="t", entities=people, facts=facts or {}).task("own")


def planted(taught: Task, asked: Task) -> Any:
    return certify(Sides(train=(own("One?"), taught), validation=(own("Two?"),), heldout=(own("Three?"), asked)))


@pytest.fixture(scope="module")
def sides() -> Sides:
    heldout = Heldout(same_template=12, new_entities=8, new_template=8, harder=8)
    pool = draw_pool(1, {name: {"tasks": 200} for name in SEED_DOCUMENT}, 4)
    return divide(pool, Split(train=60, validation=5, heldout=heldout))


def test_a_split_of_the_arena_is_clean(sides: Sides, tmp_path: Path) -> None:
    certificate: Any = certify(sides)
    refuse_leaks(certificate)
    assert certificate["tasks"]["heldout"]["total"] == 180
    assert certificate["tasks"]["heldout"]["sequence"] == {
        f"difficulty {d}": n for d, n in zip(range(1, 6), [7, 7, 7, 7, 8], strict=True)
    }
    assert certificate["heldout_sides"] == {
        novelty: dict.fromkeys(SEED_DOCUMENT, 12 if novelty == SAME_TEMPLATE else 8) for novelty in NOVELTIES
    }
    assert certificate["answers"]["heldout"]["causal_reasoning"]["different"] == 3
    means = certificate["novelty"]["mean difficulty"]
    assert means["same_template"] == dict.fromkeys(SEED_DOCUMENT, 2.5)
    for family in SEED_DOCUMENT:
        assert abs(means["new_entities"][family] - 2.5) <= 0.5
        assert abs(means["new_template"][family] - 2.5) <= 0.5
    assert {n for level in certificate["shared"].values() for n in level.values()} == {0}
    assert certificate["novelty"]["new_entities tasks with words not in training"] == 40
    assert certificate["novelty"]["largest difficulty in training"] == dict.fromkeys(SEED_DOCUMENT, 4)
    store.write_records(tmp_path / "heldout.jsonl", sides.heldout)
    assert certificate["heldout_sha256"] == store.sha256(tmp_path / "heldout.jsonl")
    assert json.loads(json.dumps(certificate)) == certificate == certify(sides)


def test_numbers_are_as_large_on_the_matched_sides(sides: Sides) -> None:
    certificate: Any = certify(sides)
    found = [p for side in certificate["numbers"].values() for p in side.values()]
    assert len(found) >= 6
    assert min(found) > 0.001
    larger = [
        dataclasses.replace(t, id=str(i), prompt="".join(c + "000" if c.isdigit() else c for c in t.prompt))
        for i, t in enumerate(sides.heldout)
    ]
    other: Any = certify(Sides(train=sides.train, validation=(), heldout=tuple(larger)))
    assert other["numbers"][SAME_TEMPLATE]["math_word_problem"] < 0.001


@pytest.mark.parametrize(
    ("taught", "asked", "levels"),
    [
        (own("What is 2 + 2?"), own("What is 2 + 2?"), (1, 1, 1, 0)),
        (own("What is 2 + 2?", answer="5"), own("What is 2 + 2?"), (0, 1, 0, 0)),
        (own("What is 2 + 2?"), own("what is  2 + 2?"), (0, 1, 1, 0)),
        (own("Is Ann older than Bob?", "Ann", "Bob"), own("Is Zoe older than Ann?", "Zoe", "Ann"), (0, 0, 1, 0)),
        (own("Is Ann older than Bob?", "Ann", "Bob"), own("Is Zoe taller than Ann?", "Zoe", "Ann"), (0, 0, 0, 0)),
        (own("2 and 2?", facts={"a": [2, 2]}), own("Add two to two.", facts={"a": [2, 2]}), (0, 0, 0, 1)),
        (own("2 and 2?", facts={"a": [2, 2]}), own("Add two to 3.", facts={"a": [2, 3]}), (0, 0, 0, 0)),
    ],
)
def test_a_planted_leak_is_found(taught: Task, asked: Task, levels: tuple[int, ...]) -> None:
    certificate = planted(taught, asked)
    assert tuple(certificate["shared"][level]["train and heldout"] for level in (L0, L1, L2, L5)) == levels
    assert certificate["shared"][L2]["train and validation"] == 0
    if any(levels):
        with pytest.raises(
            ValueError, match=rf"(?s)share what they must not:.*train {taught.id} and heldout {asked.id}"
        ):
            refuse_leaks(certificate)
    else:
        refuse_leaks(certificate)


def test_five_renamed_copies_are_five_leaks(sides: Sides) -> None:
    originals = [t for t in sides.train if len(t.entities) == 2][:5]
    copies = []
    for task in originals:
        prompt = task.prompt
        for old, new in zip(task.entities, ("Quilla", "Rondo"), strict=True):
            prompt = prompt.replace(old, new)
        copies.append(dataclasses.replace(task, id=f"copy of {task.id}", prompt=prompt, entities=("Quilla", "Rondo")))
    certificate: Any = certify(Sides(train=sides.train, validation=(), heldout=(*sides.heldout, *copies)))
    assert certificate["shared"][L1]["train and heldout"] == 0
    assert certificate["shared"][L2]["train and heldout"] == certificate["shared"][L5]["train and heldout"] == 5
    with pytest.raises(ValueError, match="copy of"):
        refuse_leaks(certificate)


def test_a_shared_template_and_nearly_the_same_words_are_counted() -> None:
    taught = own("Ann has 12 red apples in a basket. How many apples are that?", "Ann")
    other_number = own("Bob has 7 red apples in a basket. How many apples are that?", "Bob")
    other_word = own("Bob has 12 red apples in a casket. How many apples are that?", "Bob")
    unlike = own("Which of these is a fruit?")
    asked = (other_number, other_word, unlike)
    certificate: Any = certify(Sides(train=(taught,), validation=(), heldout=asked))
    refuse_leaks(certificate)
    assert certificate["near"][L3] == [other_number.id]
    assert certificate["near"][L4] == sorted([other_number.id, other_word.id])
    assert renamed(taught) != renamed(other_word)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("template", None, "new_template: .* is among the training tasks"),
        ("difficulty", 2, "harder: .* difficulty 2 is among the training tasks"),
        ("prompt", None, "new_entities: .* among the training tasks"),
    ],
)
def test_what_is_called_new_must_be_new(sides: Sides, field: str, value: Any, told: str) -> None:
    novelty = {"template": "new_template", "difficulty": "harder", "prompt": "new_entities"}[field]
    task = next(t for t in sides.heldout if t.novelty == novelty and t.family == "comparison")
    known = next(t for t in sides.train if t.family == "comparison")
    wrong = dataclasses.replace(task, id="wrong", **{field: value or getattr(known, field)})
    certificate = certify(Sides(train=sides.train, validation=(), heldout=(wrong,)))
    with pytest.raises(ValueError, match=told):
        refuse_leaks(certificate)


def test_a_new_task_among_the_training_tasks_is_refused(sides: Sides) -> None:
    stray = next(t for t in sides.heldout if t.novelty == "harder")
    certificate = certify(Sides(train=(*sides.train, stray), validation=(), heldout=()))
    with pytest.raises(ValueError, match=f"a harder task among the training tasks: {stray.id}"):
        refuse_leaks(certificate)


def test_an_empty_side_is_certified() -> None:
    certificate: Any = certify(Sides(train=(own("One?"),), validation=(), heldout=(own("Two?"),)))
    assert certificate["tasks"]["validation"] == {"total": 0}


def test_a_word_reserved_in_one_family_may_be_met_in_another() -> None:
    """Each family has vocabularies of its own; what is new in it is new to it."""
    new = Draft(prompt="Is Robert here?", answer="1", template="t", entities=("Robert",)).task("one", 1, "new_entities")
    other = Draft(prompt="Robert: one?", answer="1", template="t", entities=("Robert",)).task("two")
    taught = Draft(prompt="Is Ann there?", answer="1", template="t", entities=("Ann",)).task("one")
    refuse_leaks(certify(Sides(train=(taught, other), validation=(), heldout=(new,))))
    mine = dataclasses.replace(other, id="mine", family="one")
    with pytest.raises(ValueError, match="'Robert' is among the training tasks"):
        refuse_leaks(certify(Sides(train=(taught, mine), validation=(), heldout=(new,))))


def test_all_families_side_by_side_are_clean() -> None:
    heldout = Heldout(same_template=6, new_entities=4, new_template=4, harder=4)
    pool = draw_pool(3, {name: {"tasks": 160} for name in arena.drawn()}, 4)
    refuse_leaks(certify(divide(pool, Split(train=60, validation=4, heldout=heldout))))
