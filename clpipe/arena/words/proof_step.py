"""Wordings of `clpipe.arena.families.proof_step`."""

from __future__ import annotations

from typing import NamedTuple

from clpipe.arena.logic.inference import RULES
from clpipe.arena.reserve import templates

Ask = dict[str, str]
OPTIONS = f"Options: {', '.join(RULES)}."

ASKED: Ask = {
    "step": "Apply {rule} to {where}. What is the next line, without outer brackets?",
    "two steps": "Apply {rule} to {where}, then {second} to {then}. What is the last line, without outer brackets?",
    "rule": f"By which rule does line {{n}} follow from {{where}}? {OPTIONS}",
    "second rule": f"Line {{n}} follows by {{rule}} and then one more rule. Which rule? {OPTIONS}",
    "source": "Line {n} follows by {rule} from one other line. Which?",
    "partner": "Line {n} follows by {rule} from line {i} and one other line. Which?",
    "second source": "Line {n} follows by {rule} and then {second}. "
    "Which of lines 1 to {m} is used in the second step?",
    "flaw": "One of lines {a} to {n} cannot be derived from lines 1 to {m}. Which?",
}
TAUGHT: Ask = {
    "step": "What does {rule} give from {where}? Write the formula without outer brackets.",
    "two steps": "Use {rule} on {where}, and then {second} on {then}. Write the formula that this ends with, "
    "without outer brackets.",
    "rule": f"Name the rule that gives line {{n}} from {{where}}. {OPTIONS}",
    "second rule": f"Line {{n}} takes two steps: {{rule}} and then another rule. Name that other rule. {OPTIONS}",
    "source": "Line {n} was obtained by {rule}. Give the number of the line that it came from.",
    "partner": "Line {n} was obtained by {rule} from line {i} and another line. Give the number of that other line.",
    "second source": "Line {n} was obtained by {rule} and then {second}. Give the number of the line among 1 to {m} "
    "that the second step uses.",
    "flaw": "Lines 1 to {m} are given. Which of lines {a} to {n} does not follow from them?",
}
WANTED: Ask = {
    "step": "Continue by {rule} from {where}. Give the new formula, without outer brackets.",
    "two steps": "Continue by {rule} from {where}, and then by {second} from {then}. Give the last formula, "
    "without outer brackets.",
    "rule": f"Which rule leads from {{where}} to line {{n}}? {OPTIONS}",
    "second rule": f"Two rules lead to line {{n}}: {{rule}} and then a second one. Which is the second? {OPTIONS}",
    "source": "Which other line leads to line {n} by {rule}?",
    "partner": "Line {i} and which other line lead to line {n} by {rule}?",
    "second source": "By {rule} and then {second} we reach line {n}. Which of lines 1 to {m} does the second step use?",
    "flaw": "Which of lines {a} to {n} is not a consequence of lines 1 to {m}?",
}


class Wording(NamedTuple):
    """One way to put a proof and a question."""

    layout: str
    line: str
    between: str
    ask: Ask


DOT, ROUND, SQUARE, LINE = (
    ("{n}. {text}", "; "),
    ("({n}) {text}", ", "),
    ("[{n}] {text}", "; "),
    ("Line {n}: {text}", ". "),
)
TEMPLATES = templates(
    {
        "bare": Wording("{lines}. {ask}", *DOT, ASKED),
        "proof": Wording("Proof: {lines}. {ask}", *ROUND, ASKED),
        "asked-first": Wording("{ask} {lines}.", *DOT, ASKED),
        "lines": Wording("{lines}. {ask}", *LINE, ASKED),
        "lesson": Wording("Logic lesson. {lines}. {ask}", *DOT, TAUGHT),
        "notes": Wording("Notes of a proof: {lines}. {ask}", *SQUARE, TAUGHT),
        "taught-first": Wording("{ask} The proof: {lines}.", *ROUND, TAUGHT),
        "sheet": Wording("A proof on a work sheet reads: {lines}. {ask}", *ROUND, TAUGHT),
        "exam": Wording("Exam question on a proof: {lines}. {ask}", *SQUARE, WANTED),
        "wanted-first": Wording("Here is a question on the proof below. {ask} {lines}.", *LINE, WANTED),
        "part": Wording("This is a part of a proof. {lines}. {ask}", *DOT, WANTED),
        "formal": Wording("A formal proof in propositional logic: {lines}. {ask}", *ROUND, WANTED),
    }
)
