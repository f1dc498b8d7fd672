"""Reading comprehension: the facts of the passage, the changes in their order, and all that answers the question.

Reading: clpipe.arena.passage_reading turns the passage into facts; whoever is known by a job and by a name is one
person. "the present that Ann bought", "the lot that is now in the barn" or "the prop that will be filmed last" are all
things of which it is true. A question asks for things, people, jobs, a place, a day, a figure or how many.

Solving: every change applies to the one thing it names (ValueError if several could be meant), after which the first
and the last state of each thing are known. "At first" and "before any change" mean the first, all else the last; before
and after, first and last need the statement that all is planned for one week. Counting needs to know the place or day
of every thing. All answers are returned: several where several fit, none where the passage contradicts itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from clpipe.arena.passage_reading import COUNTED, DAY, DAYS, NAME, NOUN, WHO, Passage, doings, events, read

REF = r"(?P<ref>the .+?)"
EVER = "(?:After all changes|At first)"
KIND = r"(?P<kind>[a-z]+)"
WHAT = {"cost": "price", "worth": "value", "weigh": "weight", "get": "score", "have": "score", "": "age", "be": "age"}

Answer = Callable[[Passage, re.Match[str]], set[str]]


def _done(passage: Passage, verb: str, base: bool) -> set[tuple[str, str]]:
    """Things and people of which a verb is true."""
    verbs = doings(verb, {said for said, _, _ in passage.doers}, base)
    return {(thing, passage.person(who)) for said, thing, who in passage.doers if said in verbs}


def _by(passage: Passage, verb: str, who: str, base: bool) -> set[str]:
    person = passage.person(who)
    if person not in {passage.person(other) for _, _, other in passage.doers}:
        raise ValueError(f"cannot tell: who is {who}?")
    return {thing for thing, doer in _done(passage, verb, base) if doer == person}


def _state(history: list[str], first: bool) -> str:
    return history[0 if first else -1]


def _place(passage: Passage, match: re.Match[str]) -> str:
    if match["place"] not in {place for places in passage.places.values() for place in places}:
        raise ValueError(f"cannot tell: nothing is said of the {match['place']}")
    return match["place"]


def _in_place(passage: Passage, match: re.Match[str]) -> set[str]:
    place, first = _place(passage, match), bool(match["first"])
    return {thing for thing, places in passage.places.items() if _state(places, first) == place}


def _put_in_place(passage: Passage, match: re.Match[str]) -> set[str]:
    if match["verb"] not in passage.placed.values():
        raise ValueError(f"cannot read: nothing was {match['verb']}")
    things = {thing for thing, verb in passage.placed.items() if verb == match["verb"]}
    return {thing for thing in things if passage.places[thing][0] == _place(passage, match)}


def _planned(passage: Passage, phrase: str) -> dict[str, int]:
    """The day of each thing to which it will be done."""
    verbs = events(phrase, passage.planned.values())
    mine = [thing for thing, verb in passage.planned.items() if verb in verbs]
    return {thing: DAYS.index(passage.days[thing][-1]) for thing in mine}


def _on_day(passage: Passage, match: re.Match[str]) -> set[str]:
    return {thing for thing, day in _planned(passage, match["verb"]).items() if DAYS[day] == match["day"]}


def _in_order(passage: Passage, match: re.Match[str]) -> set[str]:
    days = _planned(passage, match["verb"])
    if not passage.one_week:
        raise ValueError("cannot tell: the week of the days")
    if match["other"]:
        if match["other"] not in days:
            raise ValueError(f"cannot tell: the day of the {match['other']}")
        here, after = days[match["other"]], match["side"] == "next one after"
        days = {thing: day for thing, day in days.items() if (day > here if after else day < here)}
        wanted = min if after else max
    else:
        wanted = min if match["side"] == "first" else max
    return {thing for thing, day in days.items() if day == wanted(days.values())}


def _counting(passage: Passage, match: re.Match[str]) -> set[str]:
    parts = match.groupdict()
    verb = parts.get("verb") or parts["noun"]
    what = (COUNTED | {"has number": "number"}).get(verb, verb)
    if (parts.get("unit") or passage.units.get(what)) != passage.units.get(what):
        raise ValueError(f"cannot read: {match[0]}")
    return {thing for (of, thing), values in passage.counts.items() if of == what and values[-1] == match["count"]}


def _done_by(passage: Passage, match: re.Match[str]) -> set[str]:
    return _by(passage, match["verb"], match["who"], base=match.re.pattern.startswith("did"))


CLAUSES: list[tuple[re.Pattern[str], Answer]] = [
    (re.compile(pattern), answer)
    for pattern, answer in (
        (rf"did (?P<who>{WHO}) (?P<verb>[a-z][a-z ]*)", _done_by),
        (rf"(?:is|are)(?: now)? in the (?P<place>{NOUN})(?: now)?(?P<first>)", _in_place),
        (rf"(?:can you (?:get|see)|will you find) in the (?P<place>{NOUN})(?P<first>)", _in_place),
        (rf"(?:was|were) in the (?P<place>{NOUN})(?P<first> at first)", _in_place),
        (rf"was (?P<verb>{NOUN}) in the (?P<place>{NOUN})", _put_in_place),
        (rf"will be (?P<verb>{NOUN}) on (?P<day>{DAY})", _on_day),
        (rf"will be (?P<verb>{NOUN}) (?P<side>first|last)(?P<other>)", _in_order),
        (rf"will be (?P<verb>{NOUN}) as the (?P<side>next one after|last one before) the (?P<other>{NOUN})", _in_order),
        (r"(?P<verb>costs|is worth|weighs|got|is|has number) (?P<count>\d+)(?: (?P<unit>[a-z]+))?(?: old)?", _counting),
        (r"(?:has|had) an? (?P<noun>[a-z]+) of (?P<count>\d+)(?: (?P<unit>[a-z]+))?", _counting),
        (r"is listed under (?P<noun>number) (?P<count>\d+)", _counting),
        (rf"(?P<who>{WHO}) (?P<verb>[a-z]+(?: [a-z]+)*)", _done_by),
    )
]


def _fitting(passage: Passage, clause: str) -> set[str]:
    """The things of which a clause is true."""
    for pattern, answer in CLAUSES:
        if match := pattern.fullmatch(clause):
            return answer(passage, match)
    raise ValueError(f"cannot read: {clause}")


def _meant(passage: Passage, ref: str) -> set[str]:
    """The things that "the harp" or "the prop that ..." may mean."""
    noun, that, clause = ref.removeprefix("the ").partition(" that ")
    if not that and noun not in passage.things:
        raise ValueError(f"cannot tell: what is {ref}?")
    return _fitting(passage, clause) if that else {noun}


def _change(passage: Passage, match: re.Match[str]) -> None:
    """Adds a change to the history of the one thing it names."""
    parts, things = match.groupdict(), _meant(passage, match["thing"])
    if len(things) != 1:
        raise ValueError(f"cannot tell: what is {match['thing']}?")
    thing = things.pop()
    if "place" in parts:
        history, value = passage.places.get(thing), match["place"]
    elif "day" in parts:
        history, value = passage.days.get(thing), match["day"]
        if any(thing == other for _, other in passage.relative.values()):
            raise ValueError(f"cannot tell: does what hangs on the day of the {thing} move with it?")
    else:
        history, value = passage.counts.get((match["what"], thing)), match["count"]
    if history is None or (parts.get("unit") or "").strip() not in ("", passage.units.get(parts.get("what") or "")):
        raise ValueError(f"cannot read: {match[0]}")
    history.append(value)


def _first(match: re.Match[str]) -> bool:
    return bool(re.search("^(At first|Before any change), | at first$", match[0]))


def _which_place(passage: Passage, match: re.Match[str]) -> set[str]:
    things = _meant(passage, match["ref"])
    if not things <= set(passage.places):
        raise ValueError(f"cannot tell: {match[0]}")
    return {_state(passage.places[thing], _first(match)) for thing in things}


def _which_day(passage: Passage, match: re.Match[str]) -> set[str]:
    verbs, things = events(match["verb"], passage.planned.values()), _meant(passage, match["ref"])
    if {passage.planned.get(thing) for thing in things} - verbs:
        raise ValueError(f"cannot tell: {match[0]}")
    return {_state(passage.days[thing], _first(match)) for thing in things}


def _figure(passage: Passage, match: re.Match[str]) -> set[str]:
    parts = match.groupdict()
    what, things = parts.get("noun") or WHAT[parts.get("verb") or ""], _meant(passage, match["ref"])
    if (parts.get("unit") or passage.units.get(what)) != passage.units.get(what):
        raise ValueError(f"cannot read: {match[0]}")
    if not {(what, thing) for thing in things} <= set(passage.counts):
        raise ValueError(f"cannot tell: {match[0]}")
    return {_state(passage.counts[what, thing], _first(match)) for thing in things}


def _which_thing(passage: Passage, match: re.Match[str]) -> set[str]:
    return _fitting(passage, match["clause"])


def _doers(passage: Passage, match: re.Match[str]) -> set[str]:
    """The people who did something to what is meant; what is meant begins with the last article.

    The verb may go on after it: "took the quilt on loan".
    """
    head, that, clause = match["done"].partition(" that ")
    verb, _, noun = head.rpartition(" the ")
    if not that and noun not in passage.things:
        noun, _, rest = noun.partition(" ")
        verb = f"{verb} {rest}"
    things = _meant(passage, f"the {noun}{that}{clause}")
    return {who for thing, who in _done(passage, verb, base=False) if thing in things}


def _named(passage: Passage, match: re.Match[str]) -> set[str]:
    people = _doers(passage, match)
    if people - set(re.findall(NAME, " ".join(people))):
        raise ValueError(f"cannot tell: the names of {people}")
    return people


def _employed(passage: Passage, match: re.Match[str]) -> set[str]:
    people = _doers(passage, match)
    found = {job for job, name in passage.jobs if name in people or job in people}
    if len(found) < len(people):
        raise ValueError(f"cannot tell: the jobs of {people}")
    return found


def _many(passage: Passage, match: re.Match[str]) -> set[str]:
    """How many things a clause is true of, if the place, day or doer of all is known."""
    clause = match["clause"]
    known = (
        passage.places if " in the " in clause else passage.planned if clause.startswith("will ") else passage.things
    )
    if set(passage.things) - set(known) or not re.search("(?:[^sy]|[aeiou]y)s$", match["kinds"]):
        raise ValueError(f"cannot read, or tell: {match[0]}")
    things = _fitting(passage, clause)
    if match.groupdict().get("mine"):
        things &= _fitting(passage, match["mine"])
    return {str(len(things))}


QUESTIONS: list[tuple[re.Pattern[str], Answer]] = [
    (re.compile(pattern), answer)
    for pattern, answer in (
        (rf"(?:{EVER}, i|I)n which place (?:is|was) {REF}(?: now| at first)?", _which_place),
        (rf"To which place must you go to (?:get|see) {REF}", _which_place),
        (rf"(?:After all changes, o|O)n which day will {REF} be (?P<verb>{NOUN})", _which_day),
        (rf"Before any change, on which day was {REF} to be (?P<verb>{NOUN})", _which_day),
        (rf"How many (?P<unit>[a-z]+) (?:does|did) {REF} (?P<verb>cost|weigh|get|have)(?: now| at first)?", _figure),
        (rf"How many (?P<unit>[a-z]+) (?:is|was) {REF} (?P<verb>worth)(?: now| at first)?", _figure),
        (rf"How many (?P<unit>years) old is {REF}(?: now)?", _figure),
        (rf"{EVER}, how many (?P<unit>[a-z]+)(?: old)? (?:is|was) {REF} said to (?P<verb>be|weigh)", _figure),
        (rf"What (?:is|was) the (?P<noun>price|value|weight|score|age) of {REF}(?: in (?P<unit>[a-z]+))?", _figure),
        (rf"Which (?P<noun>number) (?:does|did) {REF} have(?: now| at first)?", _figure),
        (rf"Under which (?P<noun>number) is {REF} listed", _figure),
        (rf"Which {KIND} (?P<clause>.+)", _which_thing),
        (r"(?:Who|What is the name of the person who) (?P<done>.+)", _named),
        (r"What is the job of the person who (?P<done>.+)", _employed),
        (r"How many of the (?P<kinds>[a-z]+) that (?P<mine>.+) (?P<clause>are in the .+)", _many),
        (r"How many (?P<kinds>[a-z]+) (?P<clause>(?:are in the|did|will be) .+)", _many),
    )
]


def solve(prompt: str) -> set[str]:
    """Every thing, person, job, place, day or figure that answers the question."""
    sentences = [part.strip('" ') for part in re.split(r'(?<=[.?!:])"? ', prompt)]
    questions = [sentence[:-1] for sentence in sentences if sentence.endswith("?")]
    passage = read([sentence.rstrip(".!:") for sentence in sentences if not sentence.endswith("?")])
    if len(questions) != 1:
        raise ValueError(f"cannot read: {len(questions)} questions")
    for change in passage.changes:
        _change(passage, change)
    for pattern, answer in QUESTIONS:
        if match := pattern.fullmatch(questions[0]):
            found = answer(passage, match)
            return found if passage.consistent else set()
    raise ValueError(f"cannot read: {questions[0]}")


SOLVER = solve
