"""Formulas, what follows from them, and the rules of inference, against worked examples."""

import itertools

import pytest

from clpipe.arena.logic.inference import PAIRED, RULES, steps
from clpipe.arena.logic.propositional import (
    ASSIGNMENTS,
    GREEK,
    LETTERS,
    PAIRS,
    Formula,
    entails,
    mentions,
    models,
    negated,
    operators,
    parse,
    parse_all,
    plain,
    substituted,
    symbols,
    truth,
    unordered,
)
from clpipe.arena.scoring import exact_match

TEXTS = ["A", "~A", "~~A", "A & ~B", "(A | B) -> C", "A -> (B -> C)", "~(A & B) <-> ~C", "(A -> B) & (C | ~(D & E))"]


def written(formula: Formula) -> str:
    return symbols(formula).format(*"ABCDE")


@pytest.mark.parametrize("text", TEXTS)
def test_a_formula_is_read_as_it_is_written(text: str) -> None:
    assert written(parse(text)) == text


def test_what_is_left_over_is_refused() -> None:
    with pytest.raises(ValueError, match="does not end"):
        parse("A & B & C")


@pytest.mark.parametrize(
    ("text", "table"),  # for A, B = 00, 10, 01, 11
    [("A", "0101"), ("~A", "1010"), ("A & B", "0001"), ("A | B", "0111"), ("A -> B", "1011"), ("A <-> B", "1001")],
)
def test_truth_tables(text: str, table: str) -> None:
    assert "".join(str(truth(parse(text)) >> i & 1) for i in range(4)) == table


def test_truth_over_five_atoms() -> None:
    formula = parse("(A -> B) & (C | ~(D & E))")
    for i, bits in enumerate(itertools.product((False, True), repeat=5)):
        e, d, c, b, a = bits
        assert bool(truth(formula) >> i & 1) == ((not a or b) and (c or not (d and e)))


@pytest.mark.parametrize(
    ("premises", "conclusion", "valid"),
    [
        ("A -> B, A", "B", True),
        ("A -> B, B", "A", False),
        ("A -> B, ~B", "~A", True),
        ("A -> B, ~A", "~B", False),
        ("A | B, ~A", "B", True),
        ("A | B, A", "~B", False),
        ("A -> B, B -> C", "A -> C", True),
        ("A -> B, C -> B", "A -> C", False),
        ("~(A & B)", "~A | ~B", True),
        ("~(A & B)", "~A & ~B", False),
        ("A <-> B, B <-> C, ~C", "~A", True),
        ("A, ~A", "E", True),
    ],
)
def test_what_follows(premises: str, conclusion: str, valid: bool) -> None:
    assert entails(parse_all(premises), parse(conclusion)) is valid


def test_small_parts() -> None:
    assert models(parse_all("A, ~A")) == 0
    assert models([]) == ASSIGNMENTS
    assert mentions(parse("~(B -> A) & B")) == (1, 0, 1)
    assert operators(parse("~(B -> A) & B")) == ("&", "~", "->")
    assert written(negated(parse("A"))) == "~A"
    assert written(negated(parse("~A"))) == "A"
    assert written(plain(parse("~~(A & ~~~B)"))) == "A & ~B"
    assert written(substituted(parse("A -> ~B"), {0: parse("C | D"), 1: parse("C & D")})) == "(C | D) -> ~(C & D)"
    assert unordered(parse("A & (B | C)")) == unordered(parse("(C | B) & A"))
    assert unordered(parse("A -> B")) != unordered(parse("B -> A"))


@pytest.mark.parametrize(
    ("rule", "lines", "results"),
    [
        ("modus ponens", "A -> B, B, A", "B"),
        ("modus ponens", "(A & B) -> C, B, A & B", "C"),
        ("modus tollens", "A -> B, ~A, ~B", "~A"),
        ("hypothetical syllogism", "A -> B, B -> C, D -> C", "A -> C"),
        ("disjunctive syllogism", "A | B, ~A, B | C", "B"),
        ("disjunctive syllogism", "A | B, ~B, B | C", "A, C"),
        ("conjunction introduction", "A, ~B", "A & ~B, ~B & A"),
        ("conjunction elimination", "(A | B) & C, A | C", "A | B, C"),
        ("contraposition", "A -> (B & C), B", "~(B & C) -> ~A"),
        ("double negation", "~~(A -> B), ~C", "A -> B"),
        ("De Morgan", "~(A & B)", "~A | ~B"),
        ("De Morgan", "~A & ~B", "~(A | B)"),
        ("De Morgan", "A & ~B", ""),
    ],
)
def test_what_a_rule_gives(rule: str, lines: str, results: str) -> None:
    found = sorted(written(step.result) for step in steps(rule, parse_all(lines)))
    assert found == sorted(filter(None, results.split(", ")))


def test_a_generous_reading_takes_an_atom_for_the_negation_of_its_negation() -> None:
    lines = parse_all("A -> ~B, B")
    assert not list(steps("modus tollens", lines))
    assert [(written(s.result), s.lines) for s in steps("modus tollens", lines, loose=True)] == [("~A", (0, 1))]


def test_every_rule_is_sound() -> None:
    assert len(RULES) == 9
    for rule, schemas in RULES.items():
        for schema in schemas:
            assert entails(schema.premises, schema.result), rule
            assert (rule in PAIRED) == (len(schema.premises) == 2)


def test_formulas_as_answers_are_told_apart() -> None:
    """Strict matching forgives outer brackets alone: no two formulas are taken for each other."""
    literals = [part for atom in range(3) for part in (atom, ("~", atom))]
    pairs = [(sign, a, b) for sign in ("&", "|", "->") for a, b in itertools.permutations(literals[:5], 2)]
    wide = [f for pair in pairs[::4] for f in (("~", pair), ("->", pair, 2), ("->", 2, pair), ("~", ("->", pair, 2)))]
    texts = [symbols(formula).format("P", "Q", "R") for formula in (*literals, *pairs, *wide)]
    assert len(set(texts)) == len(texts) > 100
    for text in texts:
        assert exact_match(text, f"({text}).")
        assert [other for other in texts if exact_match(text, other)] == [text]
    for wrong in ("~P", "~~P", "not P", "P & P", "P'", "1. P"):
        assert exact_match("P", wrong) == (wrong == "P'")


def test_names_of_atoms_are_no_words_and_no_parts_of_each_other() -> None:
    for names in (LETTERS, GREEK, PAIRS):
        every = (*names.common, *names.reserved)
        assert not [(a, b) for a, b in itertools.permutations(every, 2) if a.lower() in b.lower()]
        assert len(names.reserved) >= 5
    assert not {"A", "I", "O", "T", "F", "V"} & {*LETTERS.common, *LETTERS.reserved}
