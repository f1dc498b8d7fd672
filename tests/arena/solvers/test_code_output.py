"""The second solver of programs' output, on prompts and answers worked by hand."""

import pytest

from clpipe.arena.solvers.code_output import solve

TWO_LINES = 'print("begin")\nhats = 4\nprint(hats * hats)'
SWAP = "def kiln(yarn, moth):\n    yarn, moth = moth, yarn - 2\n    return yarn * 10 + moth"


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Give the output of this Python code.\n\nhats = 7\nhats -= 9\nprint(hats * 3)", "-6"),
        ("Give the output of this Python code.\n\nhats = 7\nhats -= 9\nprint(hats // 3)", "-1"),  # rounded down
        ("Give the output of this Python code.\n\nhats = 7\nhats -= 9\nprint(hats % 3)", "1"),
        ("What does this Python program print?\n\n```python\nif 2 < 3:\n\n    print('yes')\n```", "yes"),
        (f"```python\n{TWO_LINES}\n```\n\nWhat is the output of this program?", "begin\n16"),
        (f"{TWO_LINES}\n\nWhat does the code above print?", "begin\n16"),
        (f"Give the last line that this program prints.\n\n{TWO_LINES}", "16"),
        (f"What does the last line print?\n\n{TWO_LINES}", "16"),
        (f"What does the last line print?\n\n{SWAP}\n\nprint(kiln(1, 3))", "29"),
        (f"Ottilie runs this program. What does it print?\n\n{SWAP}\nprint(kiln(3, 1))", "11"),
        (f"What should replace ??? in the last line?\n\n{TWO_LINES}  # prints ???", "16"),
        (f"The assertion holds. What should replace ???\n\n{SWAP}\n\nassert kiln(4, 5) == ???", "52"),
        (f"The assertion holds. What should replace ???, quotes left out?\n\n{SWAP}\n\nassert kiln(4, 5) == ???", "52"),
        (f"{SWAP}\n\nAnne-Marie calls `kiln(5, 4)`. What is returned?", "43"),
        (f"Here is a function.\n\n{SWAP}\n\nWhat is the value of `kiln(0, 0)`?", "-2"),
        ("What does `moth('ab')` return?\n\ndef moth(kiln):\n    return kiln[::-1] + 'c'", "bac"),
        ("hats = 3\n\nWhat is the value of `hats + 1` after this code?", "4"),
        ("What is `hats` after this code has run?\n\n```python\nhats = [2, 1]\nhats.sort()\n```", "[1, 2]"),
        ("This Python program is run. What appears on the screen?\n\nfor i in range(3):\n    print(i)", "0\n1\n2"),
        ("Give the last line that this program prints.\n\nfor i in range(3):\n    print(i)", "2"),
    ],
)
def test_hand_worked(prompt: str, answer: str) -> None:
    assert solve(prompt) == {answer}


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("What does this program not print?\n\nprint(3)", "cannot read"),
        ("What does this program print?", "no program"),
        ("print(3)", "one question"),
        ("What does this program print?\n\nprint(3\n", "not Python"),
        ("What does this program print?\n\nprint(hats)", "cannot run: error"),
        ("What does this program print?\n\nwhile True: pass", "cannot run: timeout"),
        ("What does this program print?\n\nhats = 3", "prints nothing"),
        ("What does the last line print?\n\nprint(3)\nhats = 3", "prints nothing"),
        ("What does the last line print?\n\nfor i in range(3):\n    print(i)", "longer statement"),
        ("What should replace ??? in the last line?\n\nprint(3)", "prints [?][?][?]"),
        ("What does this program print?\n\nprint(1)\n\nWhat does this program print?\n\nprint(2)", "in pieces"),
        ("What does this program print?\n\n```python\nprint(1)\n```\n\n```python\nprint(2)\n```", "more than one"),
        ("What does this program print?\n\n```python\nprint(1)\n```\n\nMind the gap.", "one question"),
        ("What does `1 +` return?\n\nhats = 3", "no expression"),
    ],
)
def test_unreadable(prompt: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        solve(prompt)
