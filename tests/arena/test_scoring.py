import time

import pytest

from clpipe.arena.scoring import exact_match, normalise

RIGHT = """
4 | 4
4 | 4.
4 |  4 !
4 | 4.0
4.0 | 4
4 | 4.00
4 | +4
4 | 04
4 | $4
4 | 4$
4 | €4
4 | **4**
4 | `4`
4 | "4"
4 | “4”
4 | (4)
4 | [4]
4 | $$4$$
4 | \\(4\\)
4 | # 4
4 | - 4
4 | = 4
4 | ４
4 | ٤
14 | १४
1234 | 1,234
1,234 | 1234
1234567 | 1,234,567.
1234.5 | 1,234.50
-5 | -5
-5 | −5
-5 | –5
-5 | **-5**
-5 | (-5)
-5 | $-5
-5 | -$5
-5 | -5.0
0 | -0
0 | 0.0
0.5 | .5
-0.5 | -.5
Yes | yes
Yes | YES!
Yes | "Yes."
Yes | **Yes**
Yes | _yes_
Yes | - Yes
Yes | -yes
Yes | Yes
No | no.
Unknown | *unknown*
Charlie | charlie
Charlie | 'Charlie'.
Charlie | ‘Charlie’
cat | the cat
cat | A cat.
cat | "the cat"
the cat | Cat
apple | an apple
New York | new  york
Straße | STRASSE
Zoë | Zoë
"""
WRONG = """
4 | 14
4 | 44
4 | 40
4 | 4 5
4 | 4, 5
4 | 4/5
4 | 4%
4 | 4th
4 | -4
4 | .4
4 | ,4
4 | 4.5
4 | 4.01
4 | <4
4 | >4
4 | ~4
4 | ±4
4 | 4°
4 | ⁴
4 | ₄
4 | ④
4 | Ⅳ
4 | IV
4 | four
4 | 4 apples
4 | The answer is 4
4 | Answer: 4
4 | x = 4
4 | 4 = 4
42 | 4²
12 | 1,2
12 | 1.2
12 | 1 2
1234 | 12,34
1234 | 1,23,4
1234 | 1,2345
1234 | 1 234
1234 | 1.234
-5 | 5
5 | -5
5 | −5
5 | -$5
5 | -+5
5 | --5
-5 | - 5
-5 | --5
0.5 | ½
Yes | Yes, it did
Yes | Yes and no
Yes | yesyes
Yes | ye
Yes | Y
Yes | Not yes
No | None
No | Unknown
Unknown | I know
Charlie | Charlie or Frank
Charlie | Charlie's
Charlie | Charli
cat | cats
cat | the the cat
cat | thecat
cat | concatenate
Zoë | Zoe
"""


def _rows(table: str) -> list[tuple[str, str]]:
    return [(a.strip(), b) for a, _, b in (row.partition(" | ") for row in table.strip("\n").splitlines())]


@pytest.mark.parametrize(("answer", "reply"), _rows(RIGHT))
def test_right(answer: str, reply: str) -> None:
    assert exact_match(answer, reply), (normalise(answer), normalise(reply))
    assert exact_match(answer, f" \n\n\t{reply} \r\nBecause I say so.")
    assert exact_match(answer, f"\ufeff{reply}\u200b")


@pytest.mark.parametrize(("answer", "reply"), _rows(WRONG))
def test_wrong(answer: str, reply: str) -> None:
    assert not exact_match(answer, reply), (normalise(answer), normalise(reply))


@pytest.mark.parametrize(
    "reply", ["", " ", "\n", "\x00", ".", "...", "-", "?", "*", "**", "$", "a", "\ud800", "\u0301"]
)
@pytest.mark.parametrize("answer", ["4", "Yes", "-5", "", "  "])
def test_next_to_nothing_is_never_right(answer: str, reply: str) -> None:
    assert not exact_match(answer, reply)


def test_an_answer_of_punctuation_is_compared_as_it_stands() -> None:
    assert exact_match("+", " +\n")
    assert not exact_match("+", "*")
    assert not exact_match("+", "")


def test_a_control_character_parts_words() -> None:
    assert exact_match("4", "\x004")
    assert not exact_match("12", "1\x002")
    assert exact_match("12", "1\u200b2")


def test_only_the_first_line_counts() -> None:
    assert not exact_match("4", "5\n4")
    assert not exact_match("4", "Let me think.\n4")
    for end in ("\n", "\r\n", "\r", "\u2028"):
        assert exact_match("4", f"4{end}5")


@pytest.mark.parametrize(
    "reply",
    [
        "9" * 10**6,
        "*" * 10**6,
        " " * 10**6 + "5",
        "1,111" * 10**5,
        "\u0301\u0316" * 10**5,
        "-" * 10**6,
        "\ufdfa" * 10**5,
        "the " * 10**5,
        "\n" * 10**6,
        "0" * 499 + "4.",
        "4" + "\u0301\u0316" * 240,
    ],
)
def test_a_hostile_reply_costs_nothing(reply: str) -> None:
    began = time.perf_counter()
    exact_match("4", reply)
    exact_match("1234", reply)
    assert time.perf_counter() - began < 0.5


def test_a_long_answer_can_be_right() -> None:
    assert exact_match("word " * 300, ("word " * 300).upper() + ".")
