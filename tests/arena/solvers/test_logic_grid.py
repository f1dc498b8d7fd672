"""The second solver of logic grids, on hand-made prompts with hand-worked answers."""

import pytest

from clpipe.arena.solvers.logic_grid import solve

THREE = "Mo, Ida and Lars each keep a different bird (owls, crows, swans). "
TWICE = (
    "Mo, Ida and Lars each keep a different bird (owls, crows, swans) and have a different job (cook, actor, clerk). "
)

SOUND = [
    (THREE + "Mo keeps crows. Ida does not keep owls. Who keeps owls?", "Lars"),
    (THREE + "Mo does not keep crows. Ida does not keep crows. What bird does Lars keep?", "crows"),
    (THREE + "Mo or Ida keeps swans. Mo or Ida keeps owls. Which person keeps crows?", "Lars"),
    (THREE + "Neither Mo nor Ida keeps swans. Name the bird that Lars keeps.", "swans"),
    (THREE + "It is not Mo who keeps owls; it is Ida who keeps swans. Which bird does Mo keep?", "crows"),
    (
        THREE + "Either Mo or Ida keeps crows, Mo keeps owls or swans, and Lars does not keep owls. Who keeps crows?",
        "Ida",
    ),
    (
        "Each of Mo and Ida studies a different craft (pots, rope making). Mo studies pots. Who studies rope making?",
        "Ida",
    ),
    (
        "Here are Mo and Ida. Everyone carries a different bag: sacks, purses. Mo carries sacks. Who carries purses?",
        "Ida",
    ),
    ("People: Mo and Ida. Each has a different job (cook, actor). Clues: Mo works as an actor. Question: ", "Ida"),
    ("Mo and Ida each join one club (chess, go), all different. Given that Mo joins go, who joins chess?", "Ida"),
    (
        "Mo and Ida each look after a different hut (A1, B2). What hut does Mo look after? Ida looks after the A1.",
        "B2",
    ),
    (
        TWICE + "Whoever keeps owls works as a cook. Whoever keeps crows does not work as a clerk. Mo keeps swans. ",
        "clerk",
    ),
    (
        TWICE
        + "Nobody both keeps owls and works as a cook. Nobody both keeps owls and works as a clerk. Mo keeps owls. ",
        "actor",
    ),
    (TWICE + "The same person keeps owls and works as a clerk. Mo does not work as a cook. Mo keeps crows. ", "actor"),
    (TWICE + "Whoever keeps owls works as a cook. Mo both keeps swans and works as an actor. ", "actor"),
]


def ended(prompt: str) -> str:
    """Add the question where the prompt lacks one."""
    if prompt.endswith("Question: "):
        return prompt + "Who works as a cook?"
    return prompt + "What job does Mo have?" if prompt.startswith(TWICE) else prompt


@pytest.mark.parametrize(("prompt", "answer"), SOUND)
def test_sound(prompt: str, answer: str) -> None:
    assert solve(ended(prompt)) == {answer}


@pytest.mark.parametrize(
    ("prompt", "answers"),
    [
        (THREE + "Mo keeps crows. Who keeps owls?", {"Ida", "Lars"}),  # one clue too few
        (THREE + "Mo does not keep crows. Ida keeps owls. Who keeps owls?", {"Ida"}),
        (THREE + "Mo does not keep crows. Ida does not keep owls. Who keeps owls?", {"Mo", "Lars"}),  # not in between
        (THREE + "What bird does Ida keep?", {"owls", "crows", "swans"}),
        ("Mo and Ida each join one club (chess, go), all different. Mo joins go. What club does Ida join?", {"chess"}),
        ("Mo and Ida each join one club (chess, go). Mo joins go. What club does Ida join?", {"chess", "go"}),  # shared
        ("Mo and Ida each join a different club (chess, go, bridge). Mo joins go. Who joins chess?", {"Ida", "nobody"}),
        (TWICE + "Whoever keeps owls works as a cook. Mo keeps owls. What job does Mo have?", {"cook"}),
        (
            TWICE + "Whoever keeps owls does not work as a cook. Mo keeps owls. What job does Mo have?",
            {"actor", "clerk"},
        ),
    ],
)
def test_ambiguous(prompt: str, answers: set[str]) -> None:
    assert solve(prompt) == answers


@pytest.mark.parametrize(
    "clues",
    [
        "Mo keeps crows. Ida keeps crows.",
        "Mo keeps crows. Mo does not keep crows.",
        "Mo or Ida keeps owls. Lars keeps owls.",
        "Neither Mo nor Ida keeps owls. Lars keeps swans.",
    ],
)
def test_contradictory(clues: str) -> None:
    assert solve(THREE + clues + " Who keeps swans?") == set()


@pytest.mark.parametrize(
    "rest",
    [
        "Mo keeps crows.",  # no question
        "Mo keeps crows. Zoe keeps owls. Who keeps swans?",  # nobody knows Zoe
        "Mo keeps crows. Ida keeps ducks. Who keeps swans?",  # nor ducks
        "Mo feeds crows. Who keeps swans?",  # another verb
        "If Mo keeps crows, Ida keeps owls. Who keeps swans?",
        "Mo never keeps crows. Who keeps swans?",
        "Mo keeps crows. What fish does Ida keep?",  # another noun
        "Who keeps swans? Who keeps owls?",
        "Mo do not keep crows. Who keeps swans?",
    ],
)
def test_unreadable(rest: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(THREE + rest)
