"""Reads premises and a conclusion, in symbols or in English, and asks a theorem prover whether the one follows.

The frame of the prompt says where the conclusion stands: after a label or a word such as "Therefore", or before the
premises. Where a sentence has several readings each combination is judged; a reading whose premises cannot all be true
gives no answer (from them everything would follow).
"""

import itertools
import re

from clpipe.arena.formula_reading import Formula, Premises, parsed, readings

_VERDICT = r"(?:valid or invalid|invalid or valid)"
_ASKED = re.compile(
    rf"(?:Is (?:this|that|it|the \w+|this \w+|that \w+) )?{_VERDICT}\?|Mark the \w+ as {_VERDICT}\."
    r"|Answer valid if it must, else invalid\.",
    re.IGNORECASE,
)
_SYMBOLS = [
    re.compile(
        r"(?:[^.:]+\. )?[^.:]+: (?P<premises>[^.:?]+)\. (?:Conclusion|Inferred|Derived): (?P<conclusion>[^.:?]+)\."
    ),
    re.compile(
        r"Let all of these be true: (?P<premises>[^.:?]+)\. Must this be true as well: (?P<conclusion>[^.:?]+)\?"
    ),
    re.compile(r"Claim: (?P<conclusion>[^.:?]+)\. Derived from: (?P<premises>[^.:?]+)\."),
]
_BEFORE = r"(?:Look at the logic alone\. |A report gives some facts\. |We know this\. |A student writes: )?"
_WORDS = [
    re.compile(rf"{_BEFORE}(?P<premises>.+\.) (?:Hence|Therefore|Thus|So),? (?P<conclusion>[^.?]+)\."),
    re.compile(
        rf"{_BEFORE}(?P<premises>.+\.) (?:From them it infers|Somebody concludes) that (?P<conclusion>[^.?]+)\."
    ),
    re.compile(
        rf"Suppose the following\. (?P<premises>.+\.) Is it {_VERDICT} to conclude that (?P<conclusion>[^.?]+)\?"
    ),
    re.compile(r"Somebody infers that (?P<conclusion>[^.?]+)\. These are the premises\. (?P<premises>.+\.)"),
    re.compile(r"Somebody says that (?P<conclusion>[^.?]+), and gives these reasons\. (?P<premises>.+\.)"),
]


def solve(prompt: str) -> set[str]:
    """Every answer ("valid" or "invalid") that the words of the prompt allow."""
    premises, conclusions = _read(" ".join(prompt.split()))
    answers = set()
    for choice in itertools.product(*premises):
        held = Premises(list(choice))
        if held.consistent():
            answers |= {"valid" if held.entail(conclusion) else "invalid" for conclusion in conclusions}
    return answers


SOLVER = solve


def _read(prompt: str) -> tuple[list[set[Formula]], set[Formula]]:
    """The readings of each premise, and those of the conclusion."""
    body = prompt if "to conclude that" in prompt else _without_question(prompt)
    for frame in _SYMBOLS:
        found = frame.fullmatch(body)
        if found:
            formulas = [{parsed(formula)} for formula in found["premises"].split(";")]
            return formulas, {parsed(found["conclusion"])}
    for frame in _WORDS:
        found = frame.fullmatch(body)
        if found:
            sentences = found["premises"].removesuffix(".").split(". ")
            return [readings(sentence) for sentence in sentences], readings(found["conclusion"])
    raise ValueError(f"cannot read: {prompt!r}")


def _without_question(prompt: str) -> str:
    """What stands before the question; ValueError where the prompt does not end with one."""
    at = max(prompt.rfind(". "), prompt.rfind("? "))
    if at < 0 or not _ASKED.fullmatch(prompt[at + 2 :]):
        raise ValueError(f"cannot read: {prompt!r}")
    return prompt[: at + 1]
