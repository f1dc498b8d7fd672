"""Everyday questions: every option, or person, that the hand-written tables of data/commonsense make right.

What this confirms is the way from the tables to the answer, not the tables: a false entry is false here as well.

Reading: a frame (FRAMES, YES_NO) gives the options and what is said of them; that is looked up as a sentence of
relations.csv, a word of scales.csv, a comparison with something in ranks.csv, a place in a routine, or two of these
joined by "and". A scene (who is what, is where, has or mimes what; who then swaps) ends in a question of who.

Solving: each option is tested by itself against the tables. An option whose value the tables leave open, or that stands
less than two levels of a scale from what it is compared with, is a ValueError ("cannot tell"). Where all but one are
said to fit, the answer is whatever does not fit while all others do.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "data" / "commonsense"
LISTS = ("relations", "ranks", "scales", "routines")
APART = 2
COLUMNS = {"more": (0, True), "most": (0, True), "second": (1, True)}  # a column of scales.csv: place, from the top
COLUMNS |= {"less": (0, False), "least": (0, False), "last but one": (1, False)}
ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}

FITS = [
    r"A child wants to know: which of these P, O\?",
    r"A question about everyday life: which of these P, O\?",
    r"Choose the one that P: O\.",
    r"Compare O\. Which of them P\?",
    r"Decide which one P: is it O\?",
    r"(?:Given are|Think of) O\. Which one P\?",
    r"Here are the options: O\. Which of them P\?",
    r"Name the one that P\. The choices are O\.",
    r"Of O, only one P\. Which\?",
    r"One of these P: O\. Which one\?",
    r"Only one of the following P: O\. Name it\.",
    r"Quiz question: out of O, which one P\?",
    r"Riddle: who or what P\? Is it O\?",
    r"Which of these P: O\?",
    r"Your options are O\. Pick the one that P\.",
]
ALL_BUT_ONE = [
    r"A child says that each of these P: O\. For which one is the child wrong\?",
    r"A question about everyday life: each of S, except which one\?",
    r"All but one of O fit this: it P\. Which one does not fit\?",
    r"Choose the odd one out, because each of the others P: O\.",
    r"Compare O\. Each of them P, one excepted\. Which one is that\?",
    r"Decide which one stands apart when each of the others P: is it O\?",
    r"Here are the options: O\. Each of them P, with one exception\. Which one\?",
    r"Name the one that is different\. The choices are O, and each of the others P\.",
    r"Of O, only one is out of place: each of the others P\. Which\?",
    r"Only one of the following does not fit, since each of the others P: O\. Name it\.",
    r"Quiz question: out of O, each one but one P\. Which one is left over\?",
    r"Riddle: who or what is different, if each of the others P\? Is it O\?",
    r"Each of these except one P: O\. Which one is the exception\?",
    r"Given are O\. Each of them P, except one\. Which one\?",
    r"Think of O\. Each one P, apart from one\. Which one\?",
    r"Your options are O\. Each of them P, but for one\. Pick that one\.",
]
YES_NO = [
    r"A child wants to know whether S\. Yes or no\?",
    r"A yes or no question about everyday life: is it right that S\?",
    r"Choose yes or no: S\.",
    r"Compare this with what you know and say yes or no: S\.",
    r"Decide, yes or no, whether this is true: S\.",
    r"Does it hold that S\? Yes or no\?",
    r"Given is the sentence: S\. Is the sentence true, yes or no\?",
    r"Is it true that S\? Answer yes or no\.",
    r"Only one answer is right, yes or no: S\.",
    r"Quiz question, yes or no: is it true that S\?",
    r"Riddle or not, answer yes or no: is it so that S\?",
    r"S\. Is that true\? Answer yes or no\.",
    r"Say yes or no\. The claim is that S\.",
    r"Think before you say yes or no: S\.",
    r"Yes or no: S\.",
    r"Your options are yes and no\. The sentence is: S\. Pick one\.",
]
SCENE = [
    r"A child listens to this\. F Then the child wants to know who Q\.",
    r"Read this and name the person who Q\. F",
    r"F Only one of them Q\. Give the name\.",
    r"(?:Quiz question\. |Riddle: |Think of this\. |A scene from everyday life: |Given is this scene\. "
    r"|Compare these people\. )?F (?:Who|Which (?:person|of them)|Of these people, who) Q\?",
    r"F (?:Choose the person who|Pick the one who|Decide who) Q\.",
]
NAME = r"([A-Z][\w'’-]*)"
PARTS = {"P": r"(?P<says>[^,:.?]+)", "O": r"(?P<options>[^:.?]+)", "S": r"(?P<claim>[^:.?]+)"}
PARTS |= {"F": r"(?P<facts>[A-Z].*\.)", "Q": r"(?P<question>[^.?]+)"}
FACT = re.compile(rf"{NAME} (mimes|has (?:an?|one)(?: [\w -]+?)? about|is(?= (?:in|at|on) )|is) (.+)")


def _frames(patterns: list[str]) -> list[re.Pattern[str]]:
    return [re.compile(re.sub(r"\b[POSFQ]\b", lambda part: PARTS[part[0]], pattern)) for pattern in patterns]


FRAMES = [(frame, False) for frame in _frames(ALL_BUT_ONE)] + [(frame, True) for frame in _frames(FITS)]
CLAIMS, SCENES = _frames(YES_NO), _frames(SCENE)


@dataclass
class Tables:
    """What the tables say: sentences, values by subject and relation, levels by scale and subject, routines."""

    sentences: dict[str, dict[str, set[str]]]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    levels: dict[str, dict[str, int]] = field(default_factory=dict)
    ends: dict[str, tuple[str, int, bool]] = field(default_factory=dict)  # scale, place, counted from the top
    steps: list[list[str]] = field(default_factory=list)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sentences() -> dict[str, dict[str, set[str]]]:
    """What each sentence says of a relation: the values of which it is true."""
    rows, found = _rows("relations"), dict[str, dict[str, set[str]]]()
    for row in rows:
        others = {other["value"] for other in rows if other["relation"] == row["relation"]} - {row["value"]}
        for words, right in ((row["says"], {row["value"]}), (row["denies"], others)):
            if found.setdefault(words, {}).setdefault(row["relation"], right) != right:
                raise ValueError(f"the tables give two meanings to {words!r}")
    return found


@cache
def tables() -> Tables:
    """All tables, read once."""
    found = Tables(_sentences(), steps=[list(row.values())[1:] for row in _rows("routines")])
    for name in sorted(path.stem for path in FOLDER.glob("*.csv") if path.stem not in LISTS):
        for row in _rows(name):
            cells = {column: value for column, value in row.items() if value and column != "subject"}
            found.values.setdefault(row["subject"], {}).update(cells)
    for row in _rows("ranks"):
        found.levels.setdefault(row["scale"], {})[row["subject"]] = int(row["level"])
    for row in _rows("scales"):
        for column, (place, downwards) in COLUMNS.items():
            found.ends[row[column]] = (row["scale"], place, downwards)
    return found


def _valued(says: str, options: list[str]) -> set[str]:
    """The options of which a sentence of relations.csv is true."""
    fits = set()
    for option in options:
        for relation, right in tables().sentences[says].items():
            value = tables().values.get(option, {}).get(relation)
            if value is None:
                raise ValueError(f"cannot tell: {option!r} has no {relation!r}")
            fits |= {option} if value in right else set()
    return fits


def _level(scale: str, subject: str) -> int:
    if subject not in tables().levels[scale]:
        raise ValueError(f"cannot tell: {subject!r} is not on the scale {scale!r}")
    return tables().levels[scale][subject]


def _ranked(says: str, options: list[str]) -> set[str]:
    """The option at a place from one end of a scale; no two may be too close."""
    scale, place, downwards = tables().ends[says]
    ordered = sorted(options, key=lambda option: _level(scale, option), reverse=downwards)
    for one, two in pairwise(ordered):
        if abs(_level(scale, one) - _level(scale, two)) < APART:
            raise ValueError(f"cannot tell: {one!r} and {two!r} are too close in {scale!r}")
    return {ordered[place]}


def _compared(says: str, options: list[str]) -> set[str] | None:
    """The options that are (not) more or less than something else; None if the words are no comparison."""
    if not (match := re.fullmatch(r"(is not|is|does not last|lasts) (.+?) than (.+)", says)):
        return None
    verb, more, other = match.groups()
    words = f"{'lasts' if 'last' in verb else 'is'} {more}"
    if words not in tables().ends:
        raise ValueError(f"cannot read: {says}")
    scale, _, upwards = tables().ends[words]
    gaps = {option: _level(scale, option) - _level(scale, other) for option in options}
    if close := [option for option, gap in gaps.items() if abs(gap) < APART]:
        raise ValueError(f"cannot tell: {close} and {other!r} are too close in {scale!r}")
    return {option for option, gap in gaps.items() if ((gap > 0) is upwards) is ("not" not in verb)}


def _step(says: str, options: list[str]) -> set[str] | None:
    """The options at a place, or before or after an action, of their routine; None if the words say no such thing."""
    if not (match := re.fullmatch(r"(comes|does not come) (?:(\w+)|(before|after) (.+))", says)):
        return None
    verb, ordinal, side, other = match.groups()
    routine = _routine([*options, other] if other else options)
    ordered = sorted(options, key=routine.index)
    if ordinal:
        if ordinal not in ORDER or verb != "comes" or ORDER[ordinal] >= len(ordered):
            raise ValueError(f"cannot read: {says}")
        return {ordered[ORDER[ordinal]]}
    before = {option for option in options if routine.index(option) < routine.index(other)}
    return before if (side == "before") is (verb == "comes") else set(options) - before


def _routine(actions: list[str]) -> list[str]:
    routines = [routine for routine in tables().steps if set(actions) <= set(routine)]
    if len(routines) != 1:
        raise ValueError(f"cannot tell: no one routine has {actions}")
    return routines[0]


def fitting(says: str, options: list[str]) -> set[str]:
    """The options of which `says` is true. ValueError if the words cannot be read or the tables leave it open."""
    if len(set(options)) < len(options):
        raise ValueError(f"cannot read: an option twice in {options}")
    if says in tables().sentences:
        return _valued(says, options)
    if says in tables().ends:
        return _ranked(says, options)
    for cut in re.finditer(" and ", says):
        one, two = says[: cut.start()], says[cut.end() :]
        if one in tables().sentences and two in tables().sentences:
            return _valued(one, options) & _valued(two, options)
    for found in (_compared(says, options), _step(says, options)):
        if found is not None:
            return found
    raise ValueError(f"cannot read: {says}")


def _cut(claim: str) -> tuple[list[str], str]:
    """The subject, or the subjects, of a sentence and what it says of them."""
    for cut in re.finditer(" ", claim):
        subjects, says = _listed(claim[: cut.start()]), claim[cut.end() :]
        if says in tables().sentences and all(subject in tables().values for subject in subjects):
            return subjects, says
    raise ValueError(f"cannot read: {claim}")


def _listed(options: str) -> list[str]:
    return re.split(r", | (?:and|or) ", options)


def _claim(claim: str) -> set[str]:
    """Yes or no to a sentence about one subject."""
    subjects, says = _cut(claim[0].lower() + claim[1:])
    if len(subjects) > 1:
        raise ValueError(f"cannot read: {claim}")
    return {"Yes"} if fitting(says, subjects) else {"No"}


def _moved(sentence: str, belongs: dict[str, str]) -> dict[str, str] | None:
    """Who has, or is, what after a swap or a passing on; None if the sentence is neither."""
    if match := re.fullmatch(rf"(?:Then|After that) {NAME} and {NAME} (?:swap|change places)\.", sentence):
        givers, takers = [match[1], match[2]], [match[2], match[1]]
    elif match := re.fullmatch(
        r"(?:Then|After that), all at the same time, each of them passes on their own [a-z ]+: "
        r"(\w+ to \w+(?:(?:,| and) \w+ to \w+)+)\.",
        sentence,
    ):
        pairs = re.findall(rf"{NAME} to {NAME}", match[1])
        givers, takers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if set(givers) != set(belongs):
            raise ValueError(f"cannot read: {sentence}")
    else:
        return None
    if sorted(givers) != sorted(set(takers)) or not set(givers) <= set(belongs):
        raise ValueError(f"cannot read: {sentence}")
    return belongs | {taker: belongs[giver] for giver, taker in zip(givers, takers, strict=True)}


def _scene(facts: str, question: str) -> set[str]:
    """The people of whom the question is true after all that happens."""
    first, *rest = re.findall(r"[^.]+\.", facts)
    parts = [FACT.fullmatch(part) for part in re.split(rf", (?={NAME[1:-1]})| and (?={NAME[1:-1]})", first[:-1])]
    matches = [match for match in parts if match]
    belongs = {match[1]: match[3] for match in matches}
    if len(belongs) < len(parts) or len({match[2].split()[0] for match in matches}) > 1:
        raise ValueError(f"cannot read: {first}")
    trouble, in_a_row = "", False
    for sentence in (sentence.strip() for sentence in rest):
        if match := re.fullmatch(rf"{NAME} needs help: (.+)\.", sentence):
            trouble = match[2]
        elif sentence == "They stand in a row in the order in which these things happen.":
            in_a_row = True
        elif (moved := _moved(sentence, belongs)) is not None:
            belongs = moved
        else:
            raise ValueError(f"cannot read: {sentence}")
    wanted = _wanted(question, list(belongs.values()), trouble, in_a_row, matches[0][2])
    return {name for name, thing in belongs.items() if thing in wanted}


def _wanted(question: str, things: list[str], trouble: str, in_a_row: bool, verb: str) -> set[str]:
    """Which of the jobs, places, actions or things are asked for."""
    if question == "is the right one to call" and trouble and verb == "is":
        return fitting(f"can help when {trouble}", things)
    if (match := re.fullmatch(r"stands (first|last|in the middle)", question)) and in_a_row and len(things) == 3:
        return fitting(f"comes {match[1].replace('in the middle', 'second')}", things)
    if match := re.fullmatch(r"is now most likely to see (.+)", question):
        return {thing for thing in things if fitting(f"is usually found {thing}", [match[1]])}
    match = re.fullmatch(r"now has the [\w -]+? about some(?:thing that|body who) (.+)", question)
    if match and "about" in verb:
        return fitting(match[1], things)
    raise ValueError(f"cannot read: {question}")


def _choice(match: re.Match[str], fits: bool) -> set[str]:
    """The options that fit; or else the one that does not, if all others do."""
    parts = match.groupdict()
    options, says = (_listed(parts["options"]), parts["says"]) if "says" in parts else _cut(parts["claim"])
    found = fitting(says, options)
    return found if fits else {option for option in options if found == set(options) - {option}}


def solve(prompt: str) -> set[str]:
    """Every option, person, or of Yes and No the one, that the tables make right."""
    for frame, fits in FRAMES:
        if match := frame.fullmatch(prompt):
            return _choice(match, fits)
    for frame in SCENES:
        if match := frame.fullmatch(prompt):
            return _scene(match["facts"], match["question"])
    for frame in CLAIMS:
        if match := frame.fullmatch(prompt):
            return _claim(match["claim"])
    raise ValueError(f"cannot read: {prompt}")


SOLVER = solve
