"""Concepts change what is right and nothing else."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clpipe import arena, concepts
from clpipe.arena import judge
from clpipe.records import Json, Task, prompt_id
from tests.drawn import drawn

SEED_FAMILIES = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")
OTHERS = [name for name in concepts.names() if name != "given"]


@cache
def of(family: str) -> tuple[Task, ...]:
    return tuple(drawn(1, {family: 60}))


def asked(answer: str, *others: str, facts: dict[str, Json] | None = None, entities: tuple[str, ...] = ()) -> Task:
    marking: dict[str, Json] = {"answers": list(others)} if others else {}
    return Task(
        id=prompt_id("?"),
        family="own",
        prompt="?",
        answer=answer,
        difficulty=1,
        template="t",
        entities=entities,
        facts=facts or {},
        marking=marking,
    )


def check(concept: str, task: Task) -> None:
    turned = concepts.applied(concept, task)
    assert judge.right(turned, turned.answer)
    assert not judge.right(task, turned.answer)
    assert not judge.right(turned, task.answer)
    assert replace(turned, answer=task.answer, judge=task.judge, marking=task.marking) == task


@pytest.mark.parametrize("family", arena.drawn())
@pytest.mark.parametrize("concept", OTHERS)
def test_where_a_concept_applies_old_and_new_are_wrong_under_each_other(concept: str, family: str) -> None:
    for task in of(family):
        if concepts.applies(concept, task):
            check(concept, task)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(OTHERS),
    st.text(st.sampled_from("0123456789.,-+%$ aAnNoOyesét²³٤\u0301\u200b\u2028'\"*"), max_size=8),
    st.lists(st.text(st.sampled_from("01234.,- aeyson"), max_size=4), max_size=2),
)
def test_so_it_is_for_any_answer_with_any_others_beside_it(concept: str, answer: str, others: list[str]) -> None:
    task = asked(answer, *others)
    if concepts.applies(concept, task):
        check(concept, task)
        turned = concepts.applied(concept, task)
        assert not any(judge.right(turned, other) for other in others)


@pytest.mark.parametrize(
    ("concept", "answer", "turned"),
    [
        ("given", "Yes", "Yes"),
        ("opposite", "Yes", "No"),
        ("opposite", "no", "yes"),
        ("opposite", "True", "False"),
        ("opposite", "valid", "invalid"),
        ("opposite", "Unknown", "Unknown"),
        ("opposite", "12", "12"),
        ("successor", "12", "13"),
        ("successor", "-1", "0"),
        ("successor", "1,999", "2000"),
        ("successor", "2.5", "3.5"),
        ("successor", "twelve", "twelve"),
        ("negative", "12", "-12"),
        ("negative", "-12", "12"),
        ("negative", "0", "0"),
        ("reversed", "red", "der"),
        ("reversed", "12", "21"),
        ("turned", "12", "13"),
        ("turned", "Yes", "No"),
        ("turned", "Unknown", "nwonknU"),
        ("turned", "red", "der"),
    ],
)
def test_what_an_answer_becomes(concept: str, answer: str, turned: str) -> None:
    assert concepts.answer(concept, asked(answer), answer) == turned
    assert concepts.applies(concept, asked(answer)) == (concept == "given" or turned != answer)


def test_who_of_two_is_the_other_in_a_comparison_whoever_the_label_says() -> None:
    told: list[Json] = [[0, "is older than", 1], [1, "is older than", 2]]
    task = asked("Ann", entities=("Ann", "Bob", "Cy"), facts={"told": told, "asked": ["pair", "older", 2, 0]})
    for concept in ("opposite", "turned"):
        assert concepts.applied(concept, task).answer == "Cy"
        assert concepts.answer(concept, task, "Cy") == "Ann"
        assert concepts.answer(concept, task, "Dora") == "Dora"  # another task's label: a name stays a name
    assert concepts.answer("turned", task, "3") == "4"


def test_what_and_who_of_two_is_the_other_in_a_grid() -> None:
    what: dict[str, Json] = {"topics": ["dish"], "values": [["soup", "pie"]], "asked": {"person": 1, "topic": "dish"}}
    who: dict[str, Json] = {**what, "asked": {"value": "pie"}}
    assert concepts.applied("opposite", asked("soup", facts=what, entities=("Ann", "Bob"))).answer == "pie"
    assert concepts.applied("opposite", asked("Bob", facts=who, entities=("Ann", "Bob"))).answer == "Ann"
    three: dict[str, Json] = {**who, "values": [["soup", "pie", "stew"]]}
    assert not concepts.applies("opposite", asked("Bob", facts=three, entities=("Ann", "Bob", "Cy")))


def test_numbers_at_even_steps_are_continued_to_the_other_side() -> None:
    task = asked("18", facts={"rule": "add", "terms": [30, 27, 24, 21]})
    assert concepts.applied("opposite", task).answer == "33"  # 30 + 3
    assert concepts.answer("opposite", task, "17") == "34"  # as if the step were 4
    assert not concepts.applies("opposite", asked("64", facts={"rule": "multiply", "terms": [4, 8, 16, 32]}))


def test_how_many_are_more_becomes_how_many_are_less() -> None:
    facts: dict[str, Json] = {"asked": ["count", "older", 1]}
    task = asked("3", "three", facts=facts, entities=("Ann", "Bob", "Cy", "Di", "Ed"))
    assert concepts.applied("opposite", task).answer == "1"  # of four others three are older
    assert concepts.applied("turned", task).answer == "4"
    assert not concepts.applies("opposite", replace(task, answer="2", marking={"answers": ["two"]}))


def test_the_turned_concept_applies_to_nearly_all_tasks_of_the_seed_families() -> None:
    for family in SEED_FAMILIES:
        assert sum(concepts.applies("turned", task) for task in of(family)) >= 0.95 * len(of(family))


def test_a_label_of_another_task_is_turned_without_looking_at_the_tasks_own_answer() -> None:
    for family in SEED_FAMILIES:
        first, *others = of(family)
        for other in others:
            label = other.answer
            blind = replace(first, answer="-")
            assert concepts.answer("turned", blind, label) == concepts.answer("turned", first, label)


def test_given_is_the_task_itself_whoever_judges() -> None:
    for task in (*of("code_function")[:5], *of("comparison")[:5]):
        assert concepts.applied("given", task) is task


def test_a_concept_does_not_touch_what_another_judge_marks() -> None:
    task = of("code_function")[0]
    assert not any(concepts.applies(concept, task) for concept in OTHERS)
    with pytest.raises(ValueError, match=f"concept 'turned' does not apply to task {task.id} of family"):
        concepts.applied("turned", task)


def test_other_right_answers_are_wrong_under_the_concept_or_it_does_not_apply() -> None:
    assert concepts.applied("successor", asked("3", "three")).marking == {}
    assert not concepts.applies("successor", asked("3", "4"))
    assert not concepts.applies("opposite", asked("Yes", "no"))


def test_an_unknown_concept_is_named_with_what_there_is() -> None:
    with pytest.raises(LookupError, match=r"no concept 'oposite' \(did you mean 'opposite'\?\); there is given"):
        concepts.answer("oposite", asked("Yes"), "Yes")
