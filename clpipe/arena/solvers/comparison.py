"""Who is older, the second oldest, older than how many: every answer that some order of the people allows.

Reading: the statements "A is (not) more x than B", "A is (not) as x as B" and "no two are equally x" form one list;
around it stand a known frame and one question, whose words must be function words, names, the adjective, or a noun
where one belongs (which friend, how many people). The forms of an adjective are brought together by their stem,
opposites by prefix (un-, dis-, ...), by -less and -ful, and by a list of pairs; adjectives so joined are one scale. An
adjective of the question that joins no statement is an error: it may be an opposite that the list lacks. (Elsewhere an
opposite that the list lacks can only leave too many answers, never too few.)

Solving: "not older than" allows the same age; "not as old as" says younger. Where the prompt does not say that no two
are equal, people may share a place, and then answer together. All ways to fill the places from the lowest upwards are
followed (each set of people already placed once) and every answer met is returned; every person named has a place on
every scale. Where any scale contradicts itself there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

OPPOSITES = """
active passive/inactive; alert drowsy; ancient modern; anxious calm; arrogant humble/modest; attractive ugly; bad good;
beautiful ugly; big small/little; bitter sweet; bold shy/timid; boring interesting; brave cowardly/timid/fearful;
bright dark/dim; broad narrow; busy idle; calm nervous/agitated/excited; careful careless/reckless; cautious reckless;
cheap dear/expensive; cheerful gloomy; clean dirty; clever stupid; clumsy graceful/nimble/skilful; cold hot/warm;
complex simple; confident insecure; cool warm/hot; courageous cowardly; creative unimaginative; cruel kind;
curious indifferent; dangerous safe; dark light; deep shallow; diligent lazy; dry wet/moist; dull sharp; dumb smart;
early late; easy difficult/hard; eager reluctant; empty full; energetic tired/lethargic; famous obscure; far near/close;
fast slow; fat thin/slim/lean; fierce gentle; firm soft; flexible rigid; foolish wise; formal casual; fresh stale;
friendly hostile; funny serious; generous stingy/mean; gentle rough; happy sad; hard soft; hardworking lazy;
hard-working lazy; healthy sick/ill; heavy light; high low; honest deceitful; humble proud; kind mean/nasty;
large small/little; lenient strict; long short; loose tight; loud quiet/soft; mature childish; messy tidy/neat;
mild severe; nasty nice; new old; noisy quiet/silent; old young; optimistic pessimistic; outgoing shy; polite rude;
poor rich/wealthy; pretty ugly; punctual late/tardy; quick slow; rare common; rough smooth; sensible silly;
short tall; sleepy awake/alert; slow swift; sober drunk; sour sweet; steep flat; strong weak/feeble; talkative taciturn;
tame wild; tense relaxed; thick thin; tender tough; well unwell; wide narrow; witty dull
"""
IRREGULAR = {"better": "good", "best": "good", "worse": "bad", "worst": "bad", "further": "far", "furthest": "far"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a all among and are be between both give how is it many me must name now number of one or out say so tell "
        "than that the them then these they this to two us we whether which who whom work you",
    )
)

NAME = r"[A-Z][\w'’-]*"
WORD = r"[a-z]+(?:-[a-z]+)*"
MORE = rf"(?:(?:more|less) {WORD}|{WORD}er|worse)"
MOST = rf"(?:(?:most|least) {WORD}|{WORD}est|worst)"
CLAIM = re.compile(rf"\b({NAME}) is ((?:not )?{MORE}|(?:not )?(?:as|so) {WORD}) (?:than|as) ({NAME})\b")
NO_TWO = re.compile(rf"\b[Nn]o two (?:(?:of them|people) )?are equally ({WORD})\b")
LIST = re.compile(r"#(?:(?:[.;,]|,? and|; and) #)+")
FRAME = re.compile(
    r"(?:[A-Z][a-z]+: |Someone says: |[A-Z][a-z]+ compare themselves\. |Given that |Suppose |We know that )?"
    r"#[.;,] (?:Question: )?(?P<last>[^#]+)[.?]|(?P<first>[^#]+)[.?:] #\."
)
NOUN = re.compile(rf"\b(which|how many|number of|these) (?!(?:of|is|are|must|these)\b){WORD}", re.IGNORECASE)
RANK = re.compile(rf"\bthe (?:({'|'.join(ORDINALS)}) )?({MOST})(?: {WORD}(?=$))?")
COMPARED = re.compile(rf"\b({MORE})\b(?: than ({NAME}))?")

Pairs = set[tuple[str, str]]
Places = set[tuple[frozenset[str], frozenset[str]]]  # who is placed already, and who shares the next place


@dataclass
class Scale:
    """What is said about one property: who is below whom, who is not above whom, and whether no two are equal."""

    below: Pairs = field(default_factory=set)
    upto: Pairs = field(default_factory=set)
    distinct: bool = False


@dataclass(frozen=True)
class Question:
    """Which end of the scale is asked for, and of whom: a pair, everybody (a rank), or those beyond one person."""

    degree: str
    names: tuple[str, ...]
    rank: int = 0


def solve(prompt: str) -> set[str]:
    """Every answer the words of the prompt allow. ValueError where the prompt cannot be read."""
    asked = _question(_frame(prompt))
    claims = CLAIM.findall(prompt)
    same = NO_TWO.findall(prompt)
    people = frozenset({name for one, _, two in claims for name in (one, two)} | set(asked.names))
    signs = _signs([*(_stem(said)[0] for _, said, _ in claims), *map(_root, same), _stem(asked.degree)[0]])
    scales = {head: Scale() for head, _ in signs.values()}
    for one, said, two in claims:
        _add(scales, signs, one, said, two)
    head, sign = signs[_stem(asked.degree)[0]]
    if not scales[head].below | scales[head].upto:
        raise ValueError(f"cannot read: nothing is said about {asked.degree!r}: {prompt}")
    for word in same:
        scales[signs[_root(word)][0]].distinct = True
    places = {key: _places(scale, people) for key, scale in scales.items()}
    if not all(any(placed | level == people for placed, level in found) for found in places.values()):
        return set()
    return set(_answers(asked, places[head], len(people), upwards=sign * _stem(asked.degree)[1] > 0))


def _frame(prompt: str) -> str:
    """The question of the prompt. ValueError where anything but one list of statements and a question is there."""
    marked = LIST.sub("#", NO_TWO.sub("#", CLAIM.sub("#", prompt)))
    found = FRAME.fullmatch(marked)
    if not found:
        raise ValueError(f"cannot read: {marked}")
    text = found["last"] or found["first"]
    start = text.split()[0]
    return text.replace(start, start.lower(), 1) if start.lower() in FUNCTION_WORDS else text


def _question(text: str) -> Question:
    """What is asked. ValueError where a word is left over or the parts do not fit."""
    plain = NOUN.sub(r"\1", text)
    if found := RANK.search(plain):
        asked = Question(found[2], (), ORDINALS.index(found[1]) + 1 if found[1] else 1)
    else:
        found = next((hit for hit in COMPARED.finditer(plain) if hit[1] not in FUNCTION_WORDS), None)
        if not found:
            raise ValueError(f"cannot read: {text}")
        asked = Question(found[1], (found[2],) if found[2] else ())
    rest = plain.replace(found[0], "", 1)
    counts = bool(re.search(r"\bhow many\b|\bnumber of\b", rest))
    names = tuple(re.findall(NAME, rest))
    left = set(re.findall(r"[\w'’-]+", re.sub(NAME, "", rest))) - FUNCTION_WORDS
    parts = (counts, bool(asked.rank), len(asked.names), len(set(names)), len(names))
    if left or parts not in {(True, False, 1, 0, 0), (False, True, 0, 0, 0), (False, False, 0, 2, 2)}:
        raise ValueError(f"cannot read: {text}")
    return Question(asked.degree, asked.names + names, asked.rank)


def _stem(degree: str) -> tuple[str, int]:
    """The stem of the adjective in "(not) more x", "xer", "the least x", "as x"; and 1 for more or -1 for less."""
    *marks, word = degree.split()
    word = IRREGULAR.get(word, word)
    if not set(marks) - {"not"} and degree.split()[-1] not in IRREGULAR:
        word = re.sub(r"e(?:r|st)$", "", word)
    return _root(word), -1 if {"less", "least"} & set(marks) else 1


def _root(word: str) -> str:
    """What all forms of an adjective share: happy, happi(er); wise, wis(er); sad, sadd(er)."""
    word = re.sub(r"y$", "i", word)
    return re.sub(r"([^aeiou])\1$", r"\1", re.sub(r"e$", "", word))


def _signs(stems: list[str]) -> dict[str, tuple[str, int]]:
    """For each stem the one that names its scale, and 1 or -1 for its end of it. ValueError where opposites clash."""
    signs: dict[str, tuple[str, int]] = {}
    for head in stems:
        waiting = [] if head in signs else [(head, 1)]
        while waiting:
            stem, sign = waiting.pop()
            if signs.setdefault(stem, (head, sign)) != (head, sign):
                raise ValueError(f"cannot read: {stem!r} is the opposite of both ends of a scale")
            opposed = {other for other in stems if _opposed(stem, other)}
            waiting += [(other, -sign) for other in opposed if signs.get(other) != (head, -sign)]
    return signs


def _opposed(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    prefixed = any(long == prefix + short for prefix in ("un", "dis", "im", "in", "ir", "il"))
    lacking = one[:-3] == two[:-3] and {one[-3:], two[-3:]} == {"ful", "les"}  # careful, careles(s)
    return prefixed or lacking or frozenset((one, two)) in LISTED


def _listed() -> Iterator[frozenset[str]]:
    for pair in OPPOSITES.split(";"):
        word, others = pair.split()
        for other in others.split("/"):
            yield frozenset((_root(word), _root(other)))


LISTED = frozenset(_listed())


def _add(scales: dict[str, Scale], signs: dict[str, tuple[str, int]], one: str, said: str, two: str) -> None:
    """Note one statement on its scale."""
    stem, degree = _stem(said)
    head, sign = signs[stem]
    negated, alike = said.startswith("not "), bool(re.match(r"(?:not )?(?:as|so) ", said))
    lower, higher = (two, one) if (sign * degree > 0) != negated else (one, two)
    if negated == alike:
        scales[head].below.add((lower, higher))
    else:
        scales[head].upto |= {(lower, higher)} if negated else {(lower, higher), (higher, lower)}


def _places(scale: Scale, people: frozenset[str]) -> Places:
    """Every set of people that can fill the lowest places, each with every set that can then share the next place."""
    found: Places = set()
    waiting = {frozenset[str]()}
    while waiting:
        placed = min(waiting, key=len)  # so that none comes twice
        waiting.remove(placed)
        steps = {(placed, level) for level in _levels(scale, people, placed)}
        found |= steps
        waiting |= {placed | level for _, level in steps}
    return found


def _levels(scale: Scale, people: frozenset[str], placed: frozenset[str]) -> Iterator[frozenset[str]]:
    free = sorted(people - placed - {high for low, high in scale.below if low not in placed})
    for size in range(1, 2 if scale.distinct else len(free) + 1):
        for level in map(frozenset, combinations(free, size)):
            if all(low in placed | level for low, high in scale.upto if high in level):
                yield level


def _answers(asked: Question, places: Places, number: int, *, upwards: bool) -> Iterator[str]:
    """What each way to fill a place says about the question; `upwards` where the high end is asked for."""
    for placed, level in places:
        beyond = number - len(placed) - len(level) if upwards else len(placed)
        if asked.rank and beyond < asked.rank <= beyond + len(level):
            yield from level
        elif len(asked.names) == 1 and asked.names[0] in level:
            yield str(beyond)
        elif len(asked.names) == 2 and not placed.intersection(asked.names):
            yield from _of_pair(set(asked.names), level, upwards=upwards)


def _of_pair(pair: set[str], level: frozenset[str], *, upwards: bool) -> set[str]:
    """Who of two people, neither placed yet, is the one asked for once `level` is filled; both where they share it."""
    met = pair & level
    return pair - met if upwards and len(met) == 1 else met


SOLVER = solve
