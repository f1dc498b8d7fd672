"""Reads a passage about things: who did what to which, where each is, when something is done to it, what it counts.

A sentence is taken apart by its grammar alone: names by the capital, things, places and jobs by the place they have in
the sentence. `doings` and `events` say which verb of the passage a question means, by the forms of English verbs and a
list of phrases that mean the same. A sentence that says none of this must name no one and nothing that the passage is
about, no day and no figure; all others are a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
IRREGULAR = """
bear bore borne; begin began begun; bite bit bitten; break broke broken; bring brought; build built; burn burnt; buy
bought; catch caught; choose chose chosen; come came come; cut cut; dig dug; do did done; draw drew drawn; drive drove
driven; eat ate eaten; feed fed; find found; fly flew flown; forget forgot forgotten; get got; give gave given; hang
hung; have had; hide hid hidden; hold held; keep kept; know knew known; lay laid; lead led; leave left; lend lent; let
let; lose lost; make made; mean meant; meet met; pay paid; pick picked; put put; read read; ride rode ridden; see saw
seen; sell sold; send sent; set set; sew sewed sewn; show showed shown; steal stole stolen; sweep swept; take took
taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown; wear wore worn; weave wove woven;
win won; wind wound; write wrote written
"""
SAME_DOING = """
photograph/take a picture of/take a photo of; deliver/hand over/hand in; design/draw up the plans for/plan;
describe/write about; make/produce/create; measure/take the measurements of/take the measure of/take the size of;
clean/get the dirt off; bring/carry in; pack/stow; repair/mend/fix; rescue/save; dry/get the water out of;
order/send for; label/write the label for; buy/pay for/purchase; wrap/put paper around; find/come upon/come across;
lose/leave behind; lend/let the club borrow; inspect/look over/examine; donate/give away/give/make a gift of;
restore/renovate; sell/part with; weigh/find the weight of; choose/pick out/select; test/try out; paint/put paint on;
borrow/take on loan; draw/make a drawing of/sketch
"""
SAME_EVENT = """
auctioned/sold to the highest bidder; shipped/sent off; painted/covered with paint; collected/picked up/fetched;
dug out/freed from the snow; given back/handed to its owner/returned/taken back; sold/handed to a buyer;
unpacked/taken out of its paper; claimed/asked for by its owner; put on show/shown to the public;
filmed/in front of the cameras; needed/called for; sent home/put on the ship home; raffled/given away in the raffle
"""
COUNTED = {"costs": "price", "is worth": "value", "weighs": "weight", "got": "score", "is": "age", "has": "number"}

NAME = r"[A-Z][a-z]+"
NOUN = r"[a-z][a-z' -]*?"
DAY = "|".join(DAYS)
WHO = rf"{NAME}|the {NOUN}"
ATTRIBUTE = "(?:was|will be|is|has|got|costs|weighs)"
FACTS = [
    re.compile(pattern)
    for pattern in (
        rf"The (?P<thing>{NOUN}), (?P<verb>[a-z]+) by (?P<who>{WHO}), (?P<rest>.+)",
        rf"The (?P<thing>{NOUN}) was (?P<verb>[a-z]+) by (?P<who>{WHO})(?: and (?P<rest>.+))?",
        rf"The (?P<thing>{NOUN}) that (?P<who>{WHO}) (?P<verb>[a-z]+) (?P<rest>{ATTRIBUTE} .+)",
        rf"The (?P<thing>{NOUN}) (?P<rest>{ATTRIBUTE} [^;]+)"
        rf"(?:; (?P<who>{WHO}) (?P<verb>[a-z]+) it)?",
        rf"(?P<who>{NAME}|The {NOUN}) (?P<verb>[a-z]+) the (?P<thing>{NOUN})(?:(?:, and|;) it (?P<rest>.+))?",
    )
]
PLACE = re.compile(rf"was (?P<verb>{NOUN}) in the (?P<place>{NOUN})")
WHEN = re.compile(
    rf"will be (?P<verb>{NOUN}) (?:on (?P<day>{DAY})|"
    rf"(?P<gap>the day|[a-z]+ days) (?P<side>before|after) the (?P<other>{NOUN}))"
)
COUNT = re.compile(r"(?P<verb>costs|is worth|weighs|got|is|has) (?:number )?(?P<count>\d+)(?P<unit> [a-z]+)?(?: old)?")
CHANGES = [
    re.compile(pattern)
    for pattern in (
        rf"Later (?P<thing>the .+) was [a-z]+ to the (?P<place>{NOUN})",
        rf"Later the day for (?P<thing>the .+) was changed to (?P<day>{DAY})",
        r"Later the (?P<what>[a-z]+) of (?P<thing>the .+) was (?:changed|corrected) to (?P<count>\d+)(?P<unit> [a-z]+)",
        r"Later (?P<thing>the .+) was given (?P<what>number) (?P<count>\d+) instead",
    )
]
IS_A = re.compile(
    rf"(?P<who>{NAME}) is (?:the|our) (?P<job>{NOUN})|[Tt]he (?P<post>{NOUN}) is (?:called )?(?P<name>{NAME})"
)


@dataclass
class Passage:
    """What is said: doers by (verb, thing), histories of place, day and count, names of those with a job."""

    things: list[str] = field(default_factory=list)
    doers: list[tuple[str, str, str]] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # by what is counted and the thing
    units: dict[str, str] = field(default_factory=dict)
    placed: dict[str, str] = field(default_factory=dict)  # the verb with which a thing got to its first place
    planned: dict[str, str] = field(default_factory=dict)  # the verb of what is done on its day
    relative: dict[str, tuple[int, str]] = field(default_factory=dict)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    changes: list[re.Match[str]] = field(default_factory=list)
    one_week: bool = False
    consistent: bool = True

    def person(self, words: str) -> str:
        """The name, or the job where no name is given for it."""
        job = re.sub("^[Tt]he ", "", words)
        return next((name for post, name in self.jobs if post == job), job)


def _forms() -> dict[str, set[str]]:
    verbs = (entry.split() for entry in IRREGULAR.split(";"))
    return {base: {past, *rest} for base, past, *rest in verbs}


def _groups(text: str) -> list[set[str]]:
    return [set(" ".join(group.split()).split("/")) for group in text.split(";")]


FORMS, DOINGS, EVENTS = _forms(), _groups(SAME_DOING), _groups(SAME_EVENT)
STRONG = {form for forms in FORMS.values() for form in forms}
PREFIX = re.compile("^(?:mis|over|out|re|un|under)(?=[a-z]{3})")


def pasts(phrase: str) -> set[str]:
    """The past forms that a verb, with what follows it, may have."""
    verb, blank, rest = phrase.partition(" ")
    regular = {verb + "ed", verb + verb[-1] + "ed"} | ({verb + "d"} if verb[-1] == "e" else set())
    regular |= {verb[:-1] + "ied"} if verb[-1] == "y" else set()
    stem = PREFIX.sub("", verb)
    strong = {verb.removesuffix(stem) + form for form in FORMS.get(stem, set())}
    return {form + blank + rest for form in strong or regular}


def _is_past(verb: str) -> bool:
    return verb.endswith("ed") or bool({verb, PREFIX.sub("", verb)} & STRONG)


def doings(phrase: str, said: Iterable[str], base: bool) -> set[str]:
    """Which of the verbs said in a passage the words of a question mean: its base form, or the past."""
    mine = pasts(phrase) if base else {phrase} | {p for forms in FORMS.values() if phrase in forms for p in forms}
    same = set(mine)
    for group in DOINGS:
        forms = {past for member in group for past in pasts(member)}
        same |= forms if forms & mine else set()
    found = mine & set(said) or same & set(said)
    if not found:
        raise ValueError(f"cannot read: which verb of the passage means {phrase!r}?")
    return found


def events(phrase: str, said: Iterable[str]) -> set[str]:
    """Which of the events said in a passage the words of a question mean."""
    same = {member for group in EVENTS if phrase in group for member in group}
    if not (found := {phrase} & set(said) or same & set(said)):
        raise ValueError(f"cannot read: which event of the passage means {phrase!r}?")
    return found


def _note(history: dict[str, list[str]], thing: str, value: str, passage: Passage) -> None:
    passage.consistent &= history.setdefault(thing, [value]) == [value]


def _attribute(passage: Passage, thing: str, words: str) -> bool:
    """Notes where a thing is, when something is done to it, or what it counts; False if the words say none of this."""
    if match := PLACE.fullmatch(words):
        _note(passage.places, thing, match["place"], passage)
        passage.placed[thing] = match["verb"]
    elif match := WHEN.fullmatch(words):
        passage.planned[thing] = match["verb"]
        if match["day"]:
            _note(passage.days, thing, match["day"], passage)
        else:
            gap = 1 if match["gap"] == "the day" else NUMBERS.index(match["gap"].split()[0])
            passage.relative[thing] = (gap if match["side"] == "after" else -gap, match["other"])
    elif match := COUNT.fullmatch(words):
        what = COUNTED[match["verb"]]
        passage.units[what] = (match["unit"] or "").strip()
        history = passage.counts.setdefault((what, thing), [match["count"]])
        passage.consistent &= history == [match["count"]]
    else:
        return False
    return True


def _fact(passage: Passage, sentence: str) -> bool:
    for pattern in FACTS:
        match = pattern.fullmatch(sentence)
        if not match or (match["verb"] and not _is_past(match["verb"])):
            continue
        if match["rest"] and not _attribute(passage, match["thing"], match["rest"]):
            continue
        if match["thing"] not in passage.things:
            passage.things.append(match["thing"])
        if match["who"]:
            passage.doers.append((match["verb"], match["thing"], match["who"]))
        return True
    return False


def _identity(passage: Passage, sentence: str) -> bool:
    matches = [IS_A.fullmatch(part) for part in re.split(r", | and ", sentence)]
    found = [(match["job"] or match["post"], match["who"] or match["name"]) for match in matches if match]
    if len(found) < len(matches):
        return False
    passage.jobs += found
    passage.consistent &= len(dict(passage.jobs)) == len(set(passage.jobs))
    return True


def _later(passage: Passage, sentence: str) -> bool:
    matches = [match for pattern in CHANGES if (match := pattern.fullmatch(sentence))]
    passage.changes += matches[:1]
    return bool(matches)


def _resolve_days(passage: Passage) -> None:
    """Turns "two days after the harp" into a day."""
    waiting = dict(passage.relative)
    for _ in range(len(waiting)):
        for thing, (gap, other) in waiting.items():
            if other in passage.days:
                day = DAYS[(DAYS.index(passage.days[other][0]) + gap) % len(DAYS)]
                _note(passage.days, thing, day, passage)
    if not set(waiting) <= set(passage.days):
        raise ValueError("cannot tell: a day that hangs on no day")


def _aside(passage: Passage, sentence: str) -> None:
    """A sentence beside the point: it names nothing that the passage is about."""
    people = {passage.person(who) for _, _, who in passage.doers} | {who for pair in passage.jobs for who in pair}
    places = {place for history in passage.places.values() for place in history}
    named = {*passage.things, *people, *places} & set(re.findall(r"[\w'-]+", sentence))
    if named or re.search(rf"\d|\b(?:{DAY})\b|[^\W\d_] +[A-Z]", sentence) or sentence.startswith(("Later", "Then")):
        raise ValueError(f"cannot read: {sentence}")


def read(sentences: list[str]) -> Passage:
    """The passage that the sentences (without a full stop) make up; its changes are only listed."""
    passage, asides = Passage(), list[str]()
    for sentence in sentences:
        if sentence == "Everything is planned for one week, from Monday to Sunday":
            passage.one_week = True
        elif not any(reader(passage, sentence) for reader in (_later, _identity, _fact)):
            asides.append(sentence)
    for sentence in asides:
        _aside(passage, sentence)
    _resolve_days(passage)
    return passage
