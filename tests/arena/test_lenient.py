from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe import arena
from clpipe.arena import judge
from clpipe.arena.lenient import LONGEST, found
from clpipe.arena.scoring import normalise
from clpipe.records import Json, Task
from tests.drawn import drawn

FORMS = (
    "{}",
    "**{}**",
    "The answer is {}.",
    "I think it is {}.",
    "{} because the text says so.",
    "Let me think first.\n\n**Answer:** {}\n",
)
PEOPLE = ("Ann", "Bob", "drum", "harp")
DRINKS: dict[str, Json] = {"values": [["milk", "tea", "espresso"], ["pink", "red"]]}
ANIMALS: dict[str, Json] = {"options": ["a bus", "a bus driver", "a cat"]}
PLACES: dict[str, Json] = {"told": [["row give place", 0, 1, "attic"], ["row", 2, 3, "mill"], ["job", [1, "baker"]]]}
RULES = "Which rule? Options: modus ponens, De Morgan, double negation."


def task(
    answer: str,
    entities: tuple[str, ...] = (),
    facts: dict[str, Json] | None = None,
    prompt: str = "?",
    **marking: Json,
) -> Task:
    return Task(
        id="0", family="f", prompt=prompt, answer=answer, difficulty=1, template="t",
        entities=entities, facts=facts or {}, marking=marking,
    )  # fmt: skip


NUMBERS = r"""
64 | The next number is 64.
64 | 2 * 32 = 64
64 | 2 × 32 = **64**
64 | $\boxed{64}$
64 | It is 64 because each one is twice the one before.
64 | 64\nEach of the 5 numbers is 2 times the one before.
64 | The 6th number is 64
64 | x=64
64 | ...64
64 | 答案是64。
64 | The answer is 64.0 apples
64 | The number that does not fit is 64.
1234 | In total 1,234 apples.
1234 | It costs $1,234.00 now
-5 | It is −5.
-5 | So x = -5
-5 | That makes -$5.
0.5 | about .5 of them
"""
OTHER_NUMBERS = r"""
3 | 13
3 | It is 3%.
3 | It is 3².
3 | It is 1/3.
3 | It is -3.
3 | It is 7-3.
3 | It is 10 - 3.
3 | It is (4+2)-3.
3 | 2 times 3 is 6
3 | 6\nbecause it is 2 times 3
3 | It is not 3
3 | the 3rd
3 | 1,2,3
3 | three
3 |
5 | It is -5.
-5 | It is 10-5.
1234 | 12,34
234 | It is 1,234.
"""
VERDICTS = r"""
Yes | Yes, it does.
Yes | The dog barks, so yes.
Yes | **Yes**, because no rule forbids it
Yes | Yes or no? Yes.
No | No, the dog does not bark.
No | Answer with yes, no or unknown: no
No | Yes or no? The answer is no.
Unknown | It is unknown whether the dog barks.
Unknown | Not yes, but unknown
invalid | The argument is invalid.
invalid | Yes, the argument is invalid
invalid | valid or invalid: invalid
valid | The argument is valid because no case speaks against it
"""
OTHER_VERDICTS = r"""
Yes | No, it does not. Yes, I am sure.
Yes | Nobody knows.
Yes | yes or no
Yes | yes/no
Yes | not yes
Yes | No\nYes
No | I know nothing.
valid | It is invalid.
valid | It is not valid.
invalid | The argument isn't invalid
invalid | valid, not invalid
"""


def rows(table: str) -> list[tuple[str, str]]:
    parts = (row.partition(" |") for row in table.splitlines() if row)
    return [(answer, reply.strip().replace("\\n", "\n")) for answer, _, reply in parts]


@pytest.mark.parametrize(("answer", "reply"), rows(NUMBERS + VERDICTS))
def test_a_number_or_a_verdict_in_a_sentence_is_found(answer: str, reply: str) -> None:
    assert found(task(answer), reply)


@pytest.mark.parametrize(("answer", "reply"), rows(OTHER_NUMBERS + OTHER_VERDICTS))
def test_another_number_or_verdict_is_not(answer: str, reply: str) -> None:
    assert not found(task(answer), reply)


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (task("Ann", PEOPLE), "It was ann who ordered the drum."),
        (task("Ann", PEOPLE), "Not Bob but Ann"),
        (task("Ann", PEOPLE), "Ann is taller than Bob. The answer is Ann."),
        (task("Ann", PEOPLE), "Ann\nBob is out of the question."),
        (task("drum", PEOPLE), "Bob ordered the drum."),
        (task("tea", PEOPLE, DRINKS), "Ann likes pink, so Ann drinks tea"),
        (task("a cat", (), ANIMALS), "The cat has no engine."),
        (task("a bus driver", (), ANIMALS), "It must be the bus driver!"),
        (task("a cat", (), ANIMALS), "The one that does not have wheels is a cat."),
        (task("baker", PEOPLE, PLACES), "Ann (the baker) has it in the attic"),
        (task("Monday"), "It will be sold on Monday."),
        (task("De Morgan", prompt=RULES), "Line 5 follows by De Morgan's law"),
        (task("~B", ("A", "B")), "Line 5 is ~B, by modus tollens"),
        (task("B -> C", ("A", "B", "C")), "The next line is `B -> C`."),
        (task("~(A & B)", ("A", "B")), "We may write ~(A & B) here"),
        (task("3", answers=["three"]), "There are three of them."),
        (task("sales", answers=["sales team"]), "Send it to the sales team."),
    ],
)
def test_a_name_or_phrase_in_a_sentence_is_found(asked: Task, reply: str) -> None:
    assert found(asked, reply)


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (task("Ann", PEOPLE), "Ann is taller than Bob."),
        (task("Ann", PEOPLE), "The answer is Ann or Bob."),
        (task("Ann", PEOPLE), "Ann is out of the question. The answer is Bob."),
        (task("Ann", PEOPLE), "Bob\nAnn has nothing to do with it."),
        (task("Ann", PEOPLE), "It is not Ann."),
        (task("Ann", PEOPLE), "Annabel, of course"),
        (task("tea", PEOPLE, DRINKS), "Either tea or milk"),
        (task("tea", PEOPLE, DRINKS), "a teapot"),
        (task("tea", PEOPLE, DRINKS), "Ann does not drink tea."),
        (task("tea", PEOPLE, DRINKS), "Ann isn't fond of tea"),
        (task("a bus", (), ANIMALS), "It must be the bus driver!"),
        (task("attic", PEOPLE, PLACES), "In the attic, later in the mill"),
        (task("Monday"), "Monday or Tuesday"),
        (task("Monday"), "The day after Monday is Tuesday."),
        (task("De Morgan", prompt=RULES), "Modus ponens, De Morgan"),
        (task("B", ("A", "B")), "~B"),
        (task("B", ("A", "B")), "It is (B) & more"),
        (task("~B", ("A", "B")), "Line 5 is A -> ~B"),
        (task("B -> C", ("A", "B", "C")), "The next line is ~B -> C."),
        (task("B -> C", ("A", "B", "C")), "The next line is (B -> C) | A."),
        (task("3", answers=["three"]), "Of the three people 2 do."),
        (task("3", answers=["three"]), "two or three"),
    ],
)
def test_another_name_or_two_of_them_or_a_part_is_not(asked: Task, reply: str) -> None:
    assert not found(asked, reply)


@pytest.mark.parametrize("name", sorted(set(arena.drawn()) - {"code_function"}))
def test_answers_of_the_arena_are_found_in_sentences_and_others_are_not(name: str) -> None:
    tasks = drawn(11, {name: 40})
    for one in tasks:
        assert [form for form in FORMS if not found(one, form.format(one.answer))] == [], one
    for one, other in product(tasks[:20], tasks):
        apart = f" {normalise(one.answer)} " not in f" {normalise(other.answer)} "  # "a whale" is in "a blue whale"
        if apart and not judge.right(one, other.answer):
            assert [form for form in FORMS if found(one, form.format(other.answer))] == [], (one, other.answer)


def test_a_program_is_read_by_its_judge_alone() -> None:
    (program,) = drawn(11, {"code_function": 1})
    fenced = f"Here it is:\n```python\n{program.answer}\n```\n"
    assert found(program, fenced)
    assert judge.right(program, fenced)
    assert not found(program, f"The answer is {program.answer}")


CANDIDATES = {
    "people": [task(name, PEOPLE) for name in ("Ann", "Bob")],
    "options": [task(option, (), ANIMALS) for option in ("a bus", "a bus driver", "a cat")],
    "verdicts": [task(word) for word in ("Yes", "No", "Unknown")],
    "numbers": [task(number) for number in ("3", "-3", "13", "33")],
}
PIECES = [
    *("Ann", "Bob", "a bus", "bus driver", "cat", "yes", "no", "Unknown", "3", "-", "13", "x"),
    *(",", ".", "\n", "not", "or", "The answer is", "Answer:", "**", "because", "~", "->"),
]


@pytest.mark.parametrize("kind", CANDIDATES)
@given(reply=st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join))
def test_of_answers_side_by_side_a_reply_gives_at_most_one(kind: str, reply: str) -> None:
    assert sum(found(one, reply) for one in CANDIDATES[kind]) <= 1


@given(
    answer=st.text(max_size=12), reply=st.text(max_size=40), ornament=st.sampled_from(["{}", "**{}**.", "The {}\nso"])
)
def test_what_the_judge_calls_right_is_found(answer: str, reply: str, ornament: str) -> None:
    asked = task(answer, PEOPLE, ANIMALS)
    for said in (reply, ornament.format(answer)):
        assert found(asked, said) or not judge.right(asked, said)


HOSTILE = "9|1,|-|*|a|Ann |~|yes, |no or |answer is |not |(|1.|\u0301\u0316|\ufdfa|\n| "


@pytest.mark.parametrize("piece", HOSTILE.split("|"))
def test_a_hostile_reply_costs_little(piece: str) -> None:
    began = time.perf_counter()
    for count in (LONGEST // len(piece), 10**6):
        for asked in (task("4"), task("Yes"), task("Ann", PEOPLE, ANIMALS), task("~B", ("A", "B"))):
            found(asked, piece * count)
    assert time.perf_counter() - began < 3


def test_a_reply_too_long_to_read_is_the_judges() -> None:
    assert found(task("4"), "x " * (LONGEST // 2 - 1) + "4")
    assert not found(task("4"), "x " * LONGEST + "4")
    assert found(task("4"), "4\n" + "x " * LONGEST)
