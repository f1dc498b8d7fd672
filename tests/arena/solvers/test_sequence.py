"""The second solver of sequences, on prompts and answers worked by hand."""

import pytest

from clpipe.arena.solvers.sequence import solve


@pytest.mark.parametrize(
    ("terms", "answers"),
    [
        # one and two free numbers
        ("9, 9, 9, 9", {"9"}),
        ("17, 19, 23, 29, 31", {"37"}),  # consecutive primes
        ("2, 4, 16, 256", {"65536"}),  # squared
        ("12, 19, 26, 33", {"40"}),
        ("9, 6, 3, 0", {"-3"}),
        ("3, 12, 48, 192", {"768"}),
        ("81, 27, 9, 3, 1", {"1/3"}),
        ("4, 7, 11, 18, 29", {"47"}),
        ("47, 29, 18, 11, 7", {"4"}),  # backwards: each the difference of the two before
        ("5, 8, 5, 8, 5", {"8"}),
        ("2, 3, 6, 18, 108", {"1944"}),  # product of the last two
        # three
        ("20, 23, 28, 35, 44", {"55"}),  # + 3, 5, 7, 9
        ("20, 23, 28, 36, 47", set()),  # one number changed: nothing simple
        ("5, 11, 23, 47, 95", {"191"}),  # x -> 2x + 1
        ("5, 11, 23, 47, 94", set()),
        ("6, 10, 9, 13, 12, 16", {"15"}),  # + 4, - 1
        ("4, 12, 7, 21, 16, 48", {"43"}),  # * 3, - 5
        ("7, 14, 17, 34, 37, 74", {"77"}),  # * 2, + 3
        ("3, 5, 10, 17, 29, 48", {"79"}),  # the last two and 2
        ("1, 2, 4, 7, 13, 24", {"44"}),  # the last three
        ("1, 3, 7, 17, 41", {"99"}),  # twice the last and the one before
        ("1, 1, 2, 6, 24, 120", {"720"}),  # * 1, 2, 3, 4, 5
        ("8, 4, 6, 8, 4, 6, 8", {"4"}),
        # four
        ("10, 13, 12, 14, 17, 16, 18, 21", {"20"}),  # + 3, - 1, + 2
        ("5, 40, 8, 33, 11, 26, 14, 19", {"17"}),  # + 3 and - 7 in turn
        ("5, 40, 8, 20, 11, 10, 14, 5", {"17"}),  # + 3 and half
        ("1, 8, 27, 64, 125, 216", {"343"}),
        # fewer free numbers win
        ("7, 11, 13, 17, 19, 23", {"29"}),  # primes (one), not + 4, + 2 (three)
        ("11, 15, 17, 21, 23, 27", {"29"}),
        ("4, 8, 4, 8, 4, 8", {"4"}),  # a period (two), not * 2, - 4 (three)
        ("3, 9, 5, 11, 7, 13", {"9"}),  # + 6, - 4 (three); that 3, 5, 7 are primes does not count between other terms
        # as simple as each other: + 1, 2, 3, 4; the last two and 1; the last three
        ("1, 2, 4, 7", {"11", "12", "13"}),
        ("1, 2, 4, 8", {"16"}),
    ],
)
def test_hand_worked(terms: str, answers: set[str]) -> None:
    assert solve(f"What comes next: {terms}, ?") == answers
    assert solve(f"A guild ships anvils by a rule: {terms}. How many anvils go into the next ship?") == answers


@pytest.mark.parametrize(
    "prompt",
    [
        "Fill in the blank: 3, 6, 9, 12, __",
        "Continue the sequence with one number: 3, 6, 9, 12, ...",
        "Which number follows in the sequence 3, 6, 9, 12?",
        "Pim mends oboes in boxes: 3, 6, 9, 12. The pattern goes on. How many oboes are in the next box?",
        "Pim starts a row for Mo to continue: 3, 6, 9, 12. Which number should Mo say next?",
        "Year by year Pim counts yaks: 3, 6, 9, 12. How many will Pim count the next year?",
    ],
)
def test_read(prompt: str) -> None:
    assert solve(prompt) == {"15"}


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "What comes next: 3, 6, ?",
        "What comes next: 3, __, 9, 12?",
        "What comes before: 3, 6, 9, 12?",
        "What comes second next: 3, 6, 9, 12, ?",
        "Which number does not follow in the sequence 3, 6, 9, 12?",
        "Which 2 numbers come next: 3, 6, 9, 12?",
        "What comes next: 3, 6, 9, 12 or 1, 2, 3, 4?",
        "Pim mends oboes in boxes: 3, 6, 9, 12. How many flutes are in the next box?",
        "Pim mends oboes in boxes: 3, 6, 9, 12. How many oboes are in the next barrel?",
        "Pim mends oboes in boxes: 3, 6, 9, 12. How many oboes does Mo put in the next box?",
        "Pim mends oboes in boxes: 3, 6, 9, 12. How many oboes are in the next two boxes?",
    ],
)
def test_unreadable(prompt: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(prompt)
