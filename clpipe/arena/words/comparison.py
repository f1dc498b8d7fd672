"""How people are compared: the adjectives, and the wordings of clues and question.

A row of adjectives is `plain more less most least`, or `plain more most` whose opposite is "less plain" and "least
plain", or a plain form alone ("more patient", "less patient"). No word stands in two rows, and the two sides of a row
are strict opposites: whoever is not the more and not equal is the less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from clpipe.arena.family import listing, sentence
from clpipe.arena.reserve import parted, templates

_ROWS = """
old older younger oldest youngest
tall taller shorter tallest shortest
fast faster slower fastest slowest
heavy heavier lighter heaviest lightest
strong stronger weaker strongest weakest
rich richer poorer richest poorest
loud louder quieter loudest quietest
happy happier sadder happiest saddest
tidy tidier untidier tidiest untidiest
warm warmer colder warmest coldest
clean cleaner dirtier cleanest dirtiest
wet wetter drier wettest driest
lucky luckier unluckier luckiest unluckiest
friendly friendlier unfriendlier friendliest unfriendliest
polite politer ruder politest rudest
gentle gentler rougher gentlest roughest
brave braver bravest
kind kinder kindest
wise wiser wisest
clever cleverer cleverest
funny funnier funniest
hungry hungrier hungriest
thirsty thirstier thirstiest
sleepy sleepier sleepiest
busy busier busiest
lazy lazier laziest
shy shyer shyest
healthy healthier healthiest
calm calmer calmest
proud prouder proudest
strict stricter strictest
nimble nimbler nimblest
greedy greedier greediest
patient
careful
famous
curious
honest
generous
creative
musical
popular
talkative
confident
graceful
punctual
experienced
"""


class Scale(NamedTuple):
    """A property that people have to different degrees: the forms of its adjective and of the opposite."""

    plain: str
    more: str
    less: str
    most: str
    least: str


def _scale(row: str) -> Scale:
    plain, *forms = row.split()
    if len(forms) == 4:
        return Scale(plain, *forms)
    more, most = forms or (f"more {plain}", f"most {plain}")
    return Scale(plain, more, f"less {plain}", most, f"least {plain}")


SCALES = {scale.plain: scale for scale in map(_scale, _ROWS.strip().splitlines())}
"""By plain form."""
ADJECTIVES = parted(SCALES)
"""The plain forms."""
ALIKE = (
    {"loud", "shy", "calm", "talkative", "brave", "confident"},
    {"greedy", "generous", "kind"},
    {"busy", "lazy", "sleepy"},
    {"gentle", "strict", "kind", "friendly", "polite", "warm"},
    {"famous", "popular"},
    {"tidy", "careful", "clean"},
    {"wise", "clever", "experienced"},
)
"""Adjectives so near to each other, or so opposed, that a remark about one could pass for a clue about the other."""


def unlike(first: str, second: str) -> bool:
    """Whether two different adjectives have nothing to do with each other."""
    return not any({first, second} <= group for group in ALIKE)


def sentences(clauses: Iterable[str]) -> str:
    """A sentence each."""
    return " ".join(map(sentence, clauses))


class Wording(NamedTuple):
    """One way to put the clues and the question. `{word}` is "older", or "oldest" or "second oldest" in `rank`."""

    join: Callable[[Iterable[str]], str]
    layout: str
    pair: str
    rank: str
    number: str


TEMPLATES = templates(
    {
        "plain": Wording(
            sentences,
            "{clues} {question}",
            "Who is {word}, {0} or {1}?",
            "Who is the {word}?",
            "How many of them are {word} than {0}?",
        ),
        "question-first": Wording(
            sentences,
            "{question} {clues}",
            "Who is {word}, {0} or {1}?",
            "Which of these people is the {word}?",
            "How many of these people are {word} than {0}?",
        ),
        "facts": Wording(
            sentences,
            "Facts: {clues} Question: {question}",
            "Is {0} or {1} {word}?",
            "Which person is the {word}?",
            "How many of them are {word} than {0}?",
        ),
        "semicolons": Wording(
            "; ".join,
            "{clues}. {question}",
            "Of {0} and {1}, who is {word}?",
            "Of them all, who is the {word}?",
            "Of them all, how many are {word} than {0}?",
        ),
        "known": Wording(
            listing,
            "We know that {clues}. {question}",
            "Which of the two is {word}, {0} or {1}?",
            "Who is the {word}?",
            "How many are {word} than {0}?",
        ),
        "given": Wording(
            listing,
            "Given that {clues}, {question}",
            "who is {word}, {0} or {1}?",
            "who is the {word}?",
            "how many are {word} than {0}?",
        ),
        "suppose": Wording(
            listing,
            "Suppose {clues}. {question}",
            "Then who is {word}, {0} or {1}?",
            "Then who is the {word}?",
            "Then how many are {word} than {0}?",
        ),
        "friends": Wording(
            sentences,
            "Friends compare themselves. {clues} {question}",
            "Between {0} and {1}, who is {word}?",
            "Which friend is the {word}?",
            "How many friends are {word} than {0}?",
        ),
        "puzzle": Wording(
            sentences,
            "Puzzle: {clues} {question}",
            "Who must be {word}, {0} or {1}?",
            "Who must be the {word}?",
            "How many of them must be {word} than {0}?",
        ),
        "says": Wording(
            "; ".join,
            "Someone says: {clues}. {question}",
            "Which of the two is {word}: {0} or {1}?",
            "Which of them is the {word}?",
            "How many of them are {word} than {0}?",
        ),
        "name": Wording(
            sentences,
            "{clues} {question}",
            "Name the {word} one of {0} and {1}.",
            "Name the {word} person.",
            "Give the number of people who are {word} than {0}.",
        ),
        "work-out": Wording(
            "; ".join,
            "{question}: {clues}.",
            "Work out who is {word}, {0} or {1}",
            "Work out who is the {word}",
            "Work out how many people are {word} than {0}",
        ),
        "tell": Wording(
            sentences,
            "{question} {clues}",
            "Tell me whether {0} or {1} is {word}.",
            "Tell me which of these people is the {word}.",
            "Tell me how many people are {word} than {0}.",
        ),
        "clues": Wording(
            sentences,
            "Clues: {clues} {question}",
            "Now say who is {word}, {0} or {1}.",
            "Now say who is the {word}.",
            "Now say how many are {word} than {0}.",
        ),
        "notes": Wording(
            "; ".join,
            "Notes: {clues}. {question}",
            "Which of them is {word}: {0} or {1}?",
            "Which of them is the {word}?",
            "How many of them are {word} than {0}?",
        ),
        "so": Wording(
            sentences,
            "{clues} {question}",
            "So which of {0} and {1} is {word}?",
            "So which of them is the {word}?",
            "So how many of them are {word} than {0}?",
        ),
    }
)
