"""The second solver of comparisons, on prompts and answers worked by hand and against plain enumeration."""

from itertools import permutations, product

import pytest

from clpipe.arena.solvers.comparison import solve

THREE = "Ann is taller than Bo. Bo is taller than Cy. "
FOUR = "Moss is not less frugal than Fern. Fern is more frugal than Reed. Reed is not as frugal as Ivy. "
APART = "No two are equally frugal. "


@pytest.mark.parametrize(
    ("prompt", "answers"),
    [
        # the two ends of a scale, by opposite, by "less", by prefix
        (THREE + "Who is taller, Ann or Cy?", {"Ann"}),
        (THREE + "Who is shorter, Ann or Cy?", {"Cy"}),
        (THREE + "Who is less tall, Ann or Cy?", {"Cy"}),
        ("Suppose Ann is unkinder than Bo and Cy is kinder than Bo. Then who is kinder, Ann or Cy?", {"Cy"}),
        ("Suppose Ann is more careless than Bo. Then who is more careful, Ann or Bo?", {"Bo"}),
        ("Notes: Ann is better than Bo; Cy is worse than Bo. Which of them is the worst?", {"Cy"}),
        # one word changes the answer, or leaves it open
        ("Ann is taller than Bo. Cy is taller than Bo. Who is taller, Ann or Cy?", {"Ann", "Cy"}),
        ("Ann is taller than Bo. Bo is shorter than Cy. So which of them is the shortest?", {"Bo"}),
        ("Ann is taller than Bo. Bo is shorter than Cy. So which of them is the tallest?", {"Ann", "Cy"}),
        # ranks and counts
        ("Which of these people is the second tallest? " + THREE[:-1], {"Bo"}),
        (THREE + "Which child is the third tallest?", {"Cy"}),
        (THREE + "Name the shortest sailor.", {"Cy"}),
        (THREE + "How many of them are shorter than Ann?", {"2"}),
        (THREE + "Give the number of people who are taller than Ann.", {"0"}),
        ("Work out how many people are taller than Bo: Ann is taller than Bo; Cy is taller than Dee.", {"1", "2", "3"}),
        # no two are equal: said, and not said
        (FOUR + APART + "Of them all, who is the most frugal?", {"Moss", "Ivy"}),
        (FOUR + APART + "Of Moss and Reed, who is more frugal?", {"Moss"}),
        (FOUR + "Ivy is less frugal than Fern. " + APART + "Who is the second most frugal?", {"Fern"}),
        (FOUR + "Ivy is less frugal than Fern. Who is the second most frugal?", {"Fern", "Moss"}),
        ("Ann is not older than Bo. Is Ann or Bo older?", {"Ann", "Bo"}),
        ("Ann is not as old as Bo. Is Ann or Bo older?", {"Bo"}),
        ("Ann is not as young as Bo. Is Ann or Bo older?", {"Ann"}),
        ("Ann is not older than Bo. No two are equally old. Is Ann or Bo older?", {"Bo"}),
        ("Ann is not older than Bo. No two are equally tall. Is Ann or Bo older?", {"Ann", "Bo"}),
        ("Ann is as old as Bo. Bo is older than Cy. How many are older than Cy?", {"2"}),
        # another property says nothing about this one, but holds people and can contradict itself
        ("Ann is louder than Bo. Bo is richer than Ann. Now say who is quieter, Ann or Bo.", {"Bo"}),
        ("Ann is louder than Bo. Bo is richer than Cy. Now say who is the quietest.", {"Bo", "Cy"}),
        ("Ann is louder than Bo. Bo is richer than Ann. Bo is poorer than Ann. Now say who is the quietest.", set()),
        # contradictions
        (THREE + "Ann is shorter than Cy. Who is the tallest?", set()),
        (THREE + "Ann is not taller than Cy. Who is the tallest?", set()),
        ("Ann is as tall as Bo. No two are equally tall. Who is the tallest?", set()),
        ("Ann is not taller than Bo. Bo is not taller than Ann. Who is taller, Ann or Bo?", {"Ann", "Bo"}),
    ],
)
def test_hand_worked(prompt: str, answers: set[str]) -> None:
    assert solve(prompt) == answers


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        THREE,
        THREE + "Who is not taller, Ann or Cy?",
        THREE + "Who is taller, Ann, Bo or Cy?",
        THREE + "Who is taller, Ann or Ann?",
        THREE + "How tall is Ann?",
        THREE + "How many are the tallest?",
        THREE + "Who is more blorpish, Ann or Cy?",  # perhaps an opposite of "tall", perhaps not
        THREE + "Ann is tall. Who is the tallest?",
        THREE + "Ann is much taller than Cy. Who is the tallest?",
        THREE + "Dee sleeps. Who is the tallest?",
        "If " + THREE + "Who is the tallest?",
        "Ann is shorter than Bo. Bo is longer than Cy. Cy is taller than Ann. Who is the longest? Who is the tallest?",
    ],
)
def test_unreadable(prompt: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(prompt)


STATEMENTS = {
    "{} is older than {}": lambda one, two: one > two,
    "{} is younger than {}": lambda one, two: one < two,
    "{} is not older than {}": lambda one, two: one <= two,
    "{} is not less old than {}": lambda one, two: one >= two,
    "{} is not as old as {}": lambda one, two: one < two,
    "{} is as old as {}": lambda one, two: one == two,
}


@pytest.mark.parametrize("first", STATEMENTS)
@pytest.mark.parametrize("distinct", [False, True])
def test_as_enumeration(first: str, distinct: bool) -> None:
    """Three people, two statements, the number of people older than one: as by trying all ages."""
    people = ("Ann", "Bo", "Cy")
    ages = [dict(zip(people, age, strict=True)) for age in product(range(3), repeat=3)]
    if distinct:
        ages = [age for age in ages if len(set(age.values())) == 3]
    for second, (one, two), asked in product(STATEMENTS, permutations(people, 2), people):
        models = [
            age for age in ages if STATEMENTS[first](age["Ann"], age["Bo"]) and STATEMENTS[second](age[one], age[two])
        ]
        listed = [first.format("Ann", "Bo"), second.format(one, two), *["no two are equally old"] * distinct]
        prompt = f"Notes: {'; '.join(listed)}. How many of them are older than {asked}?"
        named = {"Ann", "Bo", one, two, asked}
        expected = {str(sum(age[other] > age[asked] for other in named)) for age in models}
        assert solve(prompt) == expected, prompt
