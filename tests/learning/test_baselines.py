from __future__ import annotations

from dataclasses import replace

import pytest

from clpipe.arena.family import Draft
from clpipe.evaluator import label_priors, prompt_copies, stream_copies
from clpipe.evaluator.stream_copies import Met
from clpipe.records import Episode, Task
from clpipe.shots import shots


def task(prompt: str, answer: str, family: str = "f", entities: tuple[str, ...] = ()) -> Task:
    return replace(
        Draft(prompt=prompt, answer=answer, template="t").task(family, 1, "same_template"), entities=entities
    )


TRAIN = [task("a?", "yes"), task("b?", "no"), task("c?", "no"), task("1?", "7", "g"), task("2?", "5", "g")]


def test_the_majority_answer_is_the_most_frequent_of_its_family_and_at_a_tie_the_first_by_alphabet() -> None:
    heldout = [task("x?", "yes"), task("3?", "7", "g"), task("?", "1", "never met")]
    assert [reply for _, reply in label_priors.majority(TRAIN, heldout)] == ["no", "5", ""]


def test_a_guess_is_any_answer_of_the_family_as_likely() -> None:
    heldout = [task(f"{i}?", "yes") for i in range(400)]
    replies = [reply for _, reply in label_priors.guess(TRAIN, heldout)]
    assert set(replies) == {"yes", "no"}
    assert 160 <= replies.count("no") <= 240  # 200 expected, standard deviation 10; by frequency it would be 267


def test_the_oracle_gives_the_answer_and_refuses_a_task_that_nobody_could_solve() -> None:
    assert label_priors.oracle([TRAIN[0]]) == [(TRAIN[0], "yes")]
    with pytest.raises(ValueError, match=r"its own answer 'one\\nline' is judged wrong"):
        label_priors.oracle([task("d?", "one\nline")])


@pytest.mark.parametrize(
    ("rule", "prompt", "reply"),
    [
        ("first-number", "Ann has 3 hens, Bo 12 and -4.5 debts.", "3"),
        ("last-number", "Ann has 3 hens, Bo 12 and -4.5 debts.", "-4.5"),
        ("largest-number", "Ann has 3 hens, Bo 12 and -4.5 debts.", "12"),
        ("first-number", "Who is it?", ""),
        ("last-entity", "Ann sees Bo. Who is seen, Bo or Ann?", "Ann"),
        ("first-option", "Ann sees Bo. Who is seen, Bo or Ann?", "Bo"),
        ("first-option", "Does it rain? Say yes, no or unknown.", "yes"),
        ("first-option", "Is it red or blue? And is it small or big?", "small"),
        ("first-option", "What comes next?", ""),
    ],
)
def test_a_rule_copies_from_the_question(rule: str, prompt: str, reply: str) -> None:
    assert prompt_copies.RULES[rule](task(prompt, "x", entities=("Ann", "Bo"))) == reply


def episode(t: int, met: Task) -> Episode:
    return Episode(
        arm="a", seed=0, t=t, phase="p", task_id=met.id, family=met.family, shown=met.answer, reply="", correct=False,
        loss=1.0, tokens=1,
    )  # fmt: skip


def met(*tasks: Task) -> Met:
    found = Met({one.id: one.prompt for one in tasks})
    for t, one in enumerate(tasks, 1):
        found.add(episode(t, one))
    return found


def test_copying_from_the_stream_by_hand() -> None:
    stream = met(task("is the lamp red?", "no"), task("is the door red?", "yes"), task("how many?", "7", "g"),
                 task("is the sky blue?", "yes"), task("is it late?", "no"))  # fmt: skip
    asked = task("is the lamp blue?", "yes")
    assert stream_copies.nearest(stream, task("is the lamp red at all?", "no")) == "no"
    assert stream_copies.last_answer(stream, asked) == "no"
    assert stream_copies.majority_so_far(stream, asked) == "no"  # two each: the latest
    assert stream_copies.majority_so_far(stream, task("?", "1", "g")) == "7"


@pytest.mark.parametrize("rule", stream_copies.RULES)
def test_before_anything_is_met_there_is_nothing_to_copy(rule: str) -> None:
    assert stream_copies.RULES[rule](met(), TRAIN[0]) == ""


def test_shots_are_the_same_tasks_whatever_their_labels() -> None:
    many = [task(f"{family} {i}?", f"{family}{i}", family) for family in ("f", "g") for i in range(20)]
    true, random = shots(many, 4, "given"), shots(many, 4, "random")
    assert [one.question for one in true] == [one.question for one in random]
    assert [one.shown for one in true] != [one.shown for one in random]
    assert {one.question.family for one in true} == {"f", "g"}
    answers = {one.id: one.answer for one in many}
    assert all(one.shown == answers[one.question.id] for one in true)


def test_more_shots_than_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"baseline\.shots: 9 solved tasks wanted, but there are 5 training tasks"):
        shots(TRAIN, 9, "given")
