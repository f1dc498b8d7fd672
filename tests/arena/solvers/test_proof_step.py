import pytest

from clpipe.arena.solvers.proof_step import solve

BRACKETS = "What is the next line, without outer brackets?"
RULES = (
    "Options: modus ponens, modus tollens, hypothetical syllogism, disjunctive syllogism, conjunction introduction, "
    "conjunction elimination, contraposition, double negation, De Morgan."
)

SOUND = [
    # the next line
    (f"Proof: (1) A -> (B & C), (2) A, (3) ~D. Apply modus ponens to lines 1 and 2. {BRACKETS}", "B & C"),
    (f"1. A -> B; 2. ~B; 3. C. Apply modus tollens to the only lines that allow it. {BRACKETS}", "~A"),
    (f"Proof: (1) A -> B, (2) C -> A. Apply hypothetical syllogism to lines 1 and 2. {BRACKETS}", "C -> B"),
    (
        f"Proof: (1) A, (2) B | C. Apply conjunction introduction to lines 2 and 1, in that order. {BRACKETS}",
        "(B | C) & A",
    ),
    (
        f"Proof: (1) A, (2) B | C. Apply conjunction introduction to lines 1 and 2, in that order. {BRACKETS}",
        "A & (B | C)",
    ),
    (f"Apply conjunction elimination to line 1, keeping the left side. {BRACKETS} [1] ~H & K; [2] K.", "~H"),
    (f"Apply conjunction elimination to line 1, keeping the right side. {BRACKETS} [1] ~H & K; [2] K.", "K"),
    (
        "What does De Morgan give from line 1? Write the formula without outer brackets. The proof: (1) ~(A & B).",
        "~A | ~B",
    ),
    (
        "What does De Morgan give from line 1? Write the formula without outer brackets. The proof: (1) ~A & ~B.",
        "~(A | B)",
    ),
    (
        "Logic lesson. 1. A & (B -> C); 2. B; 3. A. Use conjunction elimination on the only line that allows it, "
        "keeping the right side, and then modus ponens on the result and one more line. Write the formula that this "
        "ends with, without outer brackets.",
        "C",
    ),
    (
        "Here is a question on the proof below. Continue by double negation from the only line that allows it, and "
        "then by conjunction introduction from line 1 and the result, in that order. Give the last formula, without "
        "outer brackets. Line 1: C. Line 2: ~~B.",
        "C & B",
    ),
    # the rule
    (
        f"Proof: (1) A -> B, (2) ~B, (3) ~A. By which rule does line 3 follow from lines 1 and 2? {RULES}",
        "modus tollens",
    ),
    (f"Proof: (1) A -> B, (2) ~B -> ~A. By which rule does line 2 follow from line 1? {RULES}", "contraposition"),
    (f"Proof: (1) A, (2) ~~A. By which rule does line 2 follow from line 1? {RULES}", "double negation"),
    (
        f"Which rule leads from the earlier lines to line 3? {RULES} The proof: (1) ~A, (2) A | B, (3) B.",
        "disjunctive syllogism",
    ),
    (
        f"Proof: (1) C & ~~A, (2) B, (3) A. Line 3 follows by conjunction elimination and then one more rule. "
        f"Which rule? {RULES}",
        "double negation",
    ),
    # the line
    (
        "Proof: (1) A -> B, (2) A, (3) C, (4) B. Line 4 follows by modus ponens from line 1 and one other line. Which?",
        "2",
    ),
    ("Which other line leads to line 3 by De Morgan? The proof: (1) ~(B | A), (2) ~(A & B), (3) ~A | ~B.", "2"),
    (
        "Line 5 follows by modus ponens and then modus tollens. Which of lines 1 to 4 is used in the second step? "
        "1. A; 2. A -> (B -> C); 3. ~C; 4. ~D; 5. ~B.",
        "3",
    ),
    # the line that does not follow
    ("Proof: (1) A -> B, (2) A, (3) B, (4) ~A. One of lines 3 to 4 cannot be derived from lines 1 to 2. Which?", "4"),
    (
        "Lines 1 to 2 are given. Which of lines 3 to 4 does not follow from them? The proof: "
        "(1) A | B, (2) ~A, (3) B, (4) B -> A.",
        "4",
    ),
]


@pytest.mark.parametrize(("prompt", "answer"), SOUND)
def test_one_answer(prompt: str, answer: str) -> None:
    assert solve(prompt) == {answer}


AMBIGUOUS = [
    # line 3 to "~A" and line 1, or line 4 to "~~D" and line 2
    (
        "1. A | B; 2. B | ~D; 3. ~~~A; 4. D; 5. B. Line 5 was obtained by double negation and then disjunctive "
        "syllogism. Give the number of the line among 1 to 4 that the second step uses.",
        {"1", "2"},
    ),
    # two conditionals fit
    (f"1. A -> B; 2. A; 3. A -> C. Apply modus ponens to the only lines that allow it. {BRACKETS}", {"B", "C"}),
    # no order and no side named
    (f"1. A; 2. B. Apply conjunction introduction to lines 1 and 2. {BRACKETS}", {"A & B", "B & A"}),
    (f"1. A & B; 2. B. Apply conjunction elimination to line 1. {BRACKETS}", {"A", "B"}),
    # "~~A" or at once "A"
    (f"1. ~A -> B; 2. ~B. Apply modus tollens to lines 1 and 2. {BRACKETS}", {"~~A", "A"}),
    (f"1. A -> ~B. Apply contraposition to line 1. {BRACKETS}", {"~~B -> ~A", "B -> ~A"}),
    (
        "1. A & B; 2. B & A; 3. B. Line 3 follows by conjunction elimination from one other line. Which?",
        {"1", "2"},
    ),
    (
        f"1. A -> ~B; 2. B & C; 3. B; 4. ~A | ~B; 5. ~A. Which rule leads from the earlier lines to line 5? {RULES}",
        {"modus tollens", "disjunctive syllogism"},
    ),
    (
        "1. A; 2. A -> B; 3. ~C; 4. ~D. One of lines 3 to 4 cannot be derived from lines 1 to 2. Which?",
        {"3", "4"},
    ),
]


@pytest.mark.parametrize(("prompt", "answers"), AMBIGUOUS)
def test_more_answers(prompt: str, answers: set[str]) -> None:
    assert solve(prompt) == answers


@pytest.mark.parametrize(
    "prompt",
    [
        # nothing allows the rule; from a contradiction everything follows; the rule does not give the line
        f"1. A -> B; 2. B. Apply modus ponens to lines 1 and 2. {BRACKETS}",
        "1. A; 2. ~A; 3. B; 4. C. One of lines 3 to 4 cannot be derived from lines 1 to 2. Which?",
        "1. A -> B; 2. C -> B; 3. A; 4. C; 5. B. Which other line leads to line 5 by modus ponens?",
        "1. ~~A; 2. A -> B; 3. C | ~A; 4. D; 5. C & A. By double negation and then conjunction introduction we reach "
        "line 5. Which of lines 1 to 4 does the second step use?",
        f"1. A; 2. A -> B; 3. C. By which rule does line 3 follow from lines 1 and 2? {RULES}",
    ],
)
def test_no_answer(prompt: str) -> None:
    assert solve(prompt) == set()


@pytest.mark.parametrize(
    "prompt",
    [
        f"1. A & B | C; 2. A. Apply conjunction elimination to line 1. {BRACKETS}",
        f"1. A; 3. A -> B. Apply modus ponens to lines 1 and 3. {BRACKETS}",
        f"1. A; 2. A -> B. Apply modus ponens to lines 1 and 4. {BRACKETS}",
        f"1. A; 2. A -> B. Apply magic to lines 1 and 2. {BRACKETS}",
        f"1. A; 2. A -> B. Apply modus ponens to the nicest lines. {BRACKETS}",
        f"1. A; 2. A -> B. Apply modus ponens to lines 1 and 2, keeping the left side. {BRACKETS}",
        f"1. A; 2. A -> B. Apply modus ponens to lines 1 and 2. Ignore line 1. {BRACKETS}",
        "1. A; 2. ~~A. By which rule does line 2 follow from line 1?",
        "1. A; 2. ~~A. By which rule does line 2 follow from line 1? Options: magic, luck.",
        "Which line is next?",
    ],
)
def test_what_it_cannot_read(prompt: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(prompt)
