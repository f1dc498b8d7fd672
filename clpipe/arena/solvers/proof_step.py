"""Reads a numbered proof and a question about it, and answers by trying every application of the named rules.

A rule is a function from one or two formulas, in order, to all that it gives. What counts as an answer:
- the next (or last) line: all formulas that the rules give from the lines the prompt allows;
- the missing line or the missing rule: all lines or all listed rules with which the step works out, using every line
  it is said to use; in a proof of two steps the second step has to use the result of the first;
- the line that does not follow: all that the given lines do not entail, where those can be true together.
A formula counts as the negation of its own negation (from "A -> ~B" and "B", modus tollens; from "~A | B" and "A",
disjunctive syllogism), and where a rule denies "~A" both "~~A" and "A" are answers: textbooks differ. Where the line
that is reached is known, double negation may also have put "~~" before a formula, and De Morgan may have gone back from
any "A & B" or "A | B"; where it is asked, only from "~A & ~B" and "~A | ~B".
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from clpipe.arena.formula_reading import Formula, Premises, joined, negation, parsed, shown

_PIECE = r"[~(]*[^\W\d_]\w*\)*"
_LABEL = r"(?:\((?=\d+\))|\[(?=\d+\])|Line (?=\d+:)|\b(?=\d+\.))(\d+)[\])\.:]"
_LINE = re.compile(rf"{_LABEL} ({_PIECE}(?: (?:<->|->|&|\|) {_PIECE})*)(?:[;,.] |[;,.]?$)")
_INTRODUCTION = re.compile(r"[^.:?\d]*\b(?:proof|logic|lesson)\b[^.:?\d]*[.:]\s*", re.IGNORECASE)
_OPTIONS = re.compile(r"\s*Options: ([^.:?]+)\.")


def denials(of: Formula) -> set[Formula]:
    """Formulas that say the opposite."""
    return {negation(of)} | ({of.parts[0]} if of.sign == "~" else set())


def modus_ponens(conditional: Formula, held: Formula) -> set[Formula]:
    """A -> B, A: B."""
    fits = conditional.sign == "->" and conditional.parts[0] == held
    return {conditional.parts[1]} if fits else set()


def modus_tollens(conditional: Formula, denied: Formula) -> set[Formula]:
    """A -> B, ~B: ~A."""
    fits = conditional.sign == "->" and denied in denials(conditional.parts[1])
    return denials(conditional.parts[0]) if fits else set()


def hypothetical_syllogism(first: Formula, second: Formula) -> set[Formula]:
    """A -> B, B -> C: A -> C."""
    fits = first.sign == second.sign == "->" and first.parts[1] == second.parts[0]
    return {joined("->", first.parts[0], second.parts[1])} if fits else set()


def disjunctive_syllogism(either: Formula, denied: Formula) -> set[Formula]:
    """A | B, ~A: B; A | B, ~B: A."""
    if either.sign != "|":
        return set()
    left, right = either.parts
    return {kept for kept, gone in ((right, left), (left, right)) if denied in denials(gone)}


def conjunction_introduction(left: Formula, right: Formula) -> set[Formula]:
    """A, B: A & B."""
    return {joined("&", left, right)}


def conjunction_elimination(both: Formula) -> set[Formula]:
    """A & B: A; B."""
    return set(both.parts) if both.sign == "&" else set()


def contraposition(conditional: Formula) -> set[Formula]:
    """A -> B: ~B -> ~A."""
    if conditional.sign != "->":
        return set()
    left, right = conditional.parts
    return {joined("->", new_left, new_right) for new_left in denials(right) for new_right in denials(left)}


def double_negation(formula: Formula) -> set[Formula]:
    """~~A: A."""
    return set(formula.parts[0].parts) if formula.sign == "~" and formula.parts[0].sign == "~" else set()


def de_morgan(formula: Formula) -> set[Formula]:
    """~(A & B): ~A | ~B; ~(A | B): ~A & ~B; and back."""
    inner = formula.parts[0] if formula.sign == "~" else formula
    if inner.sign not in _SWAPPED:
        return set()
    left, right = inner.parts
    if inner is not formula:
        return {joined(_SWAPPED[inner.sign], one, other) for one in denials(left) for other in denials(right)}
    return de_morgan_back(formula) if left.sign == right.sign == "~" else set()


def de_morgan_back(formula: Formula) -> set[Formula]:
    """A & B: ~(~A | ~B), where the denial of "~A" is "A"."""
    if formula.sign not in _SWAPPED:
        return set()
    left, right = (part.parts[0] if part.sign == "~" else negation(part) for part in formula.parts)
    return {negation(joined(_SWAPPED[formula.sign], left, right))}


_SWAPPED = {"&": "|", "|": "&"}
Rule = tuple[int, Callable[..., set[Formula]]]
_RULES: dict[str, Rule] = {
    "modus ponens": (2, modus_ponens),
    "modus tollens": (2, modus_tollens),
    "hypothetical syllogism": (2, hypothetical_syllogism),
    "disjunctive syllogism": (2, disjunctive_syllogism),
    "conjunction introduction": (2, conjunction_introduction),
    "conjunction elimination": (1, conjunction_elimination),
    "contraposition": (1, contraposition),
    "double negation": (1, double_negation),
    "de morgan": (1, de_morgan),
}
_BACKWARDS: dict[Callable[..., set[Formula]], Callable[[Formula], set[Formula]]] = {
    double_negation: lambda formula: {negation(negation(formula))},
    de_morgan: de_morgan_back,
}
_NAMES = "|".join(_RULES)
_RULE, _SECOND = rf"(?P<rule>{_NAMES})", rf"(?P<second>{_NAMES})"
_TARGET, _USED = r"line (?P<target>\d+)", r"line (?P<used>\d+)"
_RANGE, _GIVEN = r"(?P<first>\d+) to (?P<last>\d+)", r"lines (?P<given_first>\d+) to (?P<given_last>\d+)"
_PLACE = r"(?:the|lines?) [^,.?]+(?:, in that order)?"
_KEEPING = r"(?:, keeping the (?P<{}>left|right) side)?"
_STEP = rf"{_RULE} (?:to|from|on|give from) (?P<place>{_PLACE}){_KEEPING.format('side')}"
_THEN = rf"{_SECOND} (?:to|from|on) (?P<place_then>{_PLACE}){_KEEPING.format('side_then')}"
_WRITE = (
    r"(?:What is the (?:next|last) line,|Give the (?:new|last) formula,|Write the formula(?: that this ends with,)?)"
    r" without outer brackets[.?]"
)
_CITED = r"(?P<cited>the earlier lines|line \d+|lines \d+ and \d+)"


class Question(NamedTuple):
    """The lines, the named parts of the question, and the rules that are listed to choose from."""

    lines: dict[int, Formula]
    parts: dict[str, str | None]
    options: list[str]

    def number(self, name: str) -> int:
        """Of a line."""
        return int(self.parts[name] or 0)

    def between(self, first: str, last: str) -> range:
        """Numbers of lines."""
        return range(self.number(first), self.number(last) + 1)

    def rule(self, name: str) -> Rule:
        """Of the calculus."""
        return _RULES[str(self.parts[name]).lower()]

    def earlier(self) -> list[int]:
        """The lines before the one that is reached."""
        return [number for number in self.lines if number < self.number("target")]

    def target(self) -> Formula:
        """The line that is reached."""
        return self.lines[self.number("target")]


def _explains(rule: Rule, used: Iterable[Formula], target: Formula) -> bool:
    """Does the rule, on all these formulas in any order, give the target?"""
    return any(target in _explained(rule, order) for order in permutations(used))


def _explained(rule: Rule, used: tuple[Formula, ...]) -> set[Formula]:
    """What the rule gives, and what it gives backwards where a line is there to be explained."""
    if len(used) != rule[0]:
        return set()
    backwards = _BACKWARDS.get(rule[1])
    return rule[1](*used) | (backwards(used[0]) if backwards else set())


def _next_line(question: Question) -> set[str]:
    found = _forward(question, ("rule", "place", "side"), None)
    if question.parts["second"] is None:
        return set(map(shown, found))
    return {
        shown(last) for result in found for last in _forward(question, ("second", "place_then", "side_then"), result)
    }


def _forward(question: Question, names: tuple[str, str, str], result: Formula | None) -> set[Formula]:
    """What the rule gives from the place that the question names, of the side that it keeps."""
    (arity, rule), side = question.rule(names[0]), question.parts[names[2]]
    if side is not None and rule is not conjunction_elimination:
        raise ValueError("cannot read: only a conjunction has a side to keep")
    found: set[Formula] = set()
    for used in _places(str(question.parts[names[1]]), question.lines, arity, result):
        if len(used) == arity:
            given = rule(*used)
            found |= given if side is None or not given else {used[0].parts[("left", "right").index(side)]}
    return found


def _places(place: str, lines: dict[int, Formula], arity: int, result: Formula | None) -> Iterator[tuple[Formula, ...]]:
    """The formulas that a place names, in each order that it allows."""
    body = place.removesuffix(", in that order")
    if re.fullmatch(r"the only (?:whole )?lines? that allows? it", body) and result is None:
        yield from permutations(lines.values(), arity)
    elif body == "the result and one more line" and result is not None:
        for line in lines.values():
            yield from permutations((result, line))
    else:
        named = [_named(name, lines, result) for name in body.removeprefix("lines ").split(" and ")]
        yield from [tuple(named)] if body != place else permutations(named)


def _named(name: str, lines: dict[int, Formula], result: Formula | None) -> Formula:
    if name == "the result" and result is not None:
        return result
    number = name.removeprefix("line ")
    if not number.isdigit():
        raise ValueError(f"cannot read: {name!r}")
    return lines[int(number)]


def _missing_line(question: Question) -> set[str]:
    rule, target = question.rule("rule"), question.target()
    others = set(question.earlier())
    known = [question.lines[question.number("used")]] if question.parts.get("used") else []
    others -= {question.number("used")} if known else set()
    return {str(number) for number in others if _explains(rule, (*known, question.lines[number]), target)}


def _missing_rule(question: Question) -> set[str]:
    cited = re.findall(r"\d+", str(question.parts["cited"]))
    target, earlier = question.target(), [question.lines[number] for number in question.earlier()]
    found = set()
    for option in question.options:
        rule = _RULES[option.lower()]
        tuples = [tuple(question.lines[int(number)] for number in cited)] if cited else combinations(earlier, rule[0])
        found |= {option} if any(_explains(rule, used, target) for used in tuples) else set()
    return found


def _results(question: Question) -> set[Formula]:
    """What the first of two steps can give from the lines before the one that is reached."""
    rule = question.rule("rule")
    tuples = permutations([question.lines[number] for number in question.earlier()], rule[0])
    return {result for used in tuples for result in _explained(rule, used)}


def _second_rule(question: Question) -> set[str]:
    """Listed rules that lead from the result of the first step, and at most one line with it, to the target."""
    others = [question.lines[number] for number in question.earlier()]
    used = [(result, *more) for result in _results(question) for more in ((), *((other,) for other in others))]
    names = {option: _RULES[option.lower()] for option in question.options}
    return {name for name, rule in names.items() if any(_explains(rule, each, question.target()) for each in used)}


def _second_line(question: Question) -> set[str]:
    second, target, lines = question.rule("second"), question.target(), question.lines
    found = set()
    for result in _results(question):
        used = {number for number in question.earlier() if _explains(second, (result, lines[number]), target)}
        found |= used | {number for number in question.earlier() if used and lines[number] == result}
    return {str(number) for number in found if number in question.between("first", "last")}


def _astray(question: Question) -> set[str]:
    given = Premises([question.lines[number] for number in question.between("given_first", "given_last")])
    asked = question.between("first", "last")
    if not given.consistent():
        return set()
    return {str(number) for number in asked if not given.entail(question.lines[number])}


_QUESTIONS: list[tuple[Callable[[Question], set[str]], list[str]]] = [
    (
        _next_line,
        [
            rf"(?:Apply|Use|Continue by|What does) {_STEP}(?:,(?: and)? then(?: by)? {_THEN})?[.?] {_WRITE}",
        ],
    ),
    (
        _missing_rule,
        [
            rf"By which rule does {_TARGET} follow from {_CITED}\?",
            rf"Which rule leads from {_CITED} to {_TARGET}\?",
            rf"Name the rule that gives {_TARGET} from {_CITED}\.",
        ],
    ),
    (
        _second_rule,
        [
            rf"{_TARGET} follows by {_RULE} and then one more rule\. Which rule\?",
            rf"Two rules lead to {_TARGET}: {_RULE} and then a second one\. Which is the second\?",
            rf"{_TARGET} takes two steps: {_RULE} and then another rule\. Name that other rule\.",
        ],
    ),
    (
        _missing_line,
        [
            rf"{_TARGET} follows by {_RULE} from (?:{_USED} and )?one other line\. Which\?",
            rf"{_USED} and which other line lead to {_TARGET} by {_RULE}\?",
            rf"Which other line leads to {_TARGET} by {_RULE}\?",
            rf"{_TARGET} was obtained by {_RULE} from {_USED} and another line\. Give the number of that other line\.",
            rf"{_TARGET} was obtained by {_RULE}\. Give the number of the line that it came from\.",
        ],
    ),
    (
        _second_line,
        [
            rf"{_TARGET} follows by {_RULE} and then {_SECOND}\. Which of lines {_RANGE} is used in the second step\?",
            rf"By {_RULE} and then {_SECOND} we reach {_TARGET}\. Which of lines {_RANGE} does the second step use\?",
            rf"{_TARGET} was obtained by {_RULE} and then {_SECOND}\."
            rf" Give the number of the line among {_RANGE} that the second step uses\.",
        ],
    ),
    (
        _astray,
        [
            rf"One of lines {_RANGE} cannot be derived from {_GIVEN}\. Which\?",
            rf"Which of lines {_RANGE} is not a consequence of {_GIVEN}\?",
            rf"{_GIVEN} are given\. Which of lines {_RANGE} does not follow from them\?",
        ],
    ),
]
_PATTERNS = [
    (answer, re.compile(question, re.IGNORECASE)) for answer, questions in _QUESTIONS for question in questions
]


def solve(prompt: str) -> set[str]:
    """Every answer (a formula, the number of a line or the name of a rule) that the words of the prompt allow."""
    text = " ".join(prompt.split())
    lines, around = _lines(text)
    listed = _OPTIONS.search(around)
    options = listed[1].split(", ") if listed else []
    asked = _INTRODUCTION.sub("", _OPTIONS.sub("", around)).strip()
    for answer, pattern in _PATTERNS:
        found = pattern.fullmatch(asked)
        if found and bool(options) == (answer in {_missing_rule, _second_rule}):
            try:
                return answer(Question(lines, found.groupdict(), options))
            except KeyError as missing:
                raise ValueError(f"cannot read: no line or rule {missing}") from missing
    raise ValueError(f"cannot read: {asked!r}")


SOLVER = solve


def _lines(text: str) -> tuple[dict[int, Formula], str]:
    """The numbered lines, and the words around them."""
    found = list(_LINE.finditer(text))
    lines = {int(each[1]): parsed(each[2]) for each in found}
    if not found or list(lines) != list(range(1, len(found) + 1)):
        raise ValueError(f"cannot read the lines of {text!r}")
    if any(one.end() != other.start() for one, other in pairwise(found)):
        raise ValueError(f"cannot read what stands between the lines of {text!r}")
    return lines, f"{text[: found[0].start()]}{text[found[-1].end() :]}"
