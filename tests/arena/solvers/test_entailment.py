import pytest

from clpipe.arena.formula_reading import parsed, readings, shown
from clpipe.arena.solvers.entailment import solve

IF_WET = "If the roof is wet, then the cellar is cold."

SOUND = [
    # modus ponens and tollens, and the fallacy one word away from each
    (f"{IF_WET} The roof is wet. Therefore, the cellar is cold. Valid or invalid?", "valid"),
    (f"{IF_WET} The cellar is cold. Therefore, the roof is wet. Valid or invalid?", "invalid"),
    (f"{IF_WET} The cellar is not cold. Therefore, the roof is not wet. Valid or invalid?", "valid"),
    (f"{IF_WET} The roof is not wet. Therefore, the cellar is not cold. Valid or invalid?", "invalid"),
    # two of three words the same: another atom
    (f"{IF_WET} The roof is wet. Therefore, the cellar is damp. Valid or invalid?", "invalid"),
    ("Premises: A -> B; B -> C. Conclusion: ~C -> ~A. Valid or invalid?", "valid"),
    ("Premises: A -> B; B -> C. Conclusion: ~A -> ~C. Valid or invalid?", "invalid"),
    ("Claim: C. Derived from: A <-> ~B; (A | B) -> C. Is the derivation valid or invalid?", "valid"),
    ("Claim: C. Derived from: A <-> ~B; (A & B) -> C. Is the derivation valid or invalid?", "invalid"),
    ("Logic exam. Assumptions: ~(A & B); A. Inferred: ~B. Mark the inference as valid or invalid.", "valid"),
    ("From these formulas: ~(A & B); ~A. Derived: B. Is the step invalid or valid?", "invalid"),
    (
        "Let all of these be true: rho; rho -> eta. Must this be true as well: eta? Answer valid if it must, "
        "else invalid.",
        "valid",
    ),
    ("A student writes: If Mu is true, then H is false. H is true. So Mu is false. Is it valid or invalid?", "valid"),
    (
        "Suppose the following. It is not true that either F holds or G does not hold. Is it valid or invalid to "
        "conclude that G holds?",
        "valid",
    ),
    (
        "Suppose the following. It is not true that both F holds and G does not hold. Is it valid or invalid to "
        "conclude that G holds?",
        "invalid",
    ),
    (
        "Somebody says that if X holds, then Y holds, and gives these reasons. X holds if and only if Y holds. "
        "Is the argument valid or invalid?",
        "valid",
    ),
    (
        "Somebody infers that the bus is empty. These are the premises. The bus is empty or Mia is ill, or both. "
        "Mia is ill. Is the inference valid or invalid?",
        "invalid",
    ),
    (
        "We know this. The bus is empty or Mia is ill, but not both. Mia is ill. Somebody concludes that the bus is "
        "not empty. Is that inference invalid or valid?",
        "valid",
    ),
    (
        "A report gives some facts. If the bus is empty or Mia is ill, or both, then the trip is off. Mia is ill. "
        "From them it infers that the trip is off. Valid or invalid?",
        "valid",
    ),
    (
        "Look at the logic alone. Neither the bus is empty nor Mia is ill. Hence Mia is not ill. Is that valid or "
        "invalid?",
        "valid",
    ),
]


@pytest.mark.parametrize(("prompt", "answer"), SOUND)
def test_one_answer(prompt: str, answer: str) -> None:
    assert solve(prompt) == {answer}


@pytest.mark.parametrize(
    "prompt",
    [
        # without "or both" or "but not both" the second may be excluded or not
        "The bus is empty or Mia is ill. Mia is ill. Therefore, the bus is not empty. Valid or invalid?",
        # (bus and Mia) or trip; bus and (Mia or trip)
        "The bus is empty and Mia is ill or the trip is off, or both. Therefore, the bus is empty. Valid or invalid?",
        # is the first part alone denied?
        "It is not true that the bus is empty and Mia is ill. Therefore, Mia is ill. Valid or invalid?",
    ],
)
def test_more_readings(prompt: str) -> None:
    assert solve(prompt) == {"valid", "invalid"}


@pytest.mark.parametrize(
    "prompt",
    [
        "Premises: A; A -> B; ~B. Conclusion: C. Valid or invalid?",
        f"{IF_WET} The roof is wet. The cellar is not cold. Therefore, the roof is wet. Valid or invalid?",
    ],
)
def test_premises_that_contradict_each_other_give_no_answer(prompt: str) -> None:
    assert solve(prompt) == set()


@pytest.mark.parametrize(
    "prompt",
    [
        "Premises: A & B | C. Conclusion: C. Valid or invalid?",
        "Premises: (A & B. Conclusion: B. Valid or invalid?",
        "Premises: A; + B. Conclusion: B. Valid or invalid?",
        "Premises: A & B. Conclusion: B.",
        "The bus sings. Therefore, the bus is red. Valid or invalid?",
        "Nobody knows. The bus is red. Therefore, the bus is red. Valid or invalid?",
        "The bus is red unless Mia is ill. Therefore, Mia is ill. Valid or invalid?",
        "The bus is red.",
    ],
)
def test_what_it_cannot_read(prompt: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(prompt)


@pytest.mark.parametrize("text", ["~~A", "~(A | ~B) -> (C & (D <-> E))", "alpha -> ~(beta -> gamma)"])
def test_symbols_are_written_as_they_are_read(text: str) -> None:
    assert shown(parsed(text)) == text
    assert parsed(f"({text})") == parsed(text) if " " in text else True


@pytest.mark.parametrize(
    ("sentence", "formulas"),
    [
        ("A is true only if B is false", {"A -> ~B"}),
        ("if both A holds and B holds, then C holds", {"(A & B) -> C"}),
        ("If A holds, B holds or C holds, or both", {"A -> (B | C)"}),
        ("It is false that if A holds, then B holds", {"~(A -> B)"}),
        ("either A holds or B holds", {"A | B", "(A | B) & ~(A & B)"}),
        ("It is not true that either A holds or B holds", {"~(A | B)"}),
        ("it is not true that either A holds or B holds, but not both", {"~((A | B) & ~(A & B))"}),
    ],
)
def test_english(sentence: str, formulas: set[str]) -> None:
    assert {shown(each) for each in readings(sentence)} == formulas
