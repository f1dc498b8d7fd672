"""Reads rules, facts and interventions about events, and asks a theorem prover what follows from them.

An event is a clause with a verb in the third person. "the dog does not bark", "does the dog bark" and "makes the dog
bark" all show its base words "the dog bark"; "the dog barks" is matched to them by conjugating each word of the base
words in turn, so neither the noun nor the verb need be known. A clause that only ever stands as "the dog barks" is its
own event. With "is" the base words are the clause without it.

Rules and observations are material conditionals and facts. An intervention (someone makes, forces or does not let an
event happen, whatever the rules say) first takes the event out of the consequent of every rule (a rule with nothing
left says nothing), then adds it as a fact. Yes: the asked event is entailed. No: its negation is. Unknown: neither.
Where the words cannot all be true, nothing is an answer.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import z3

_CHOICE = re.compile(
    r"\(?\b(?:is the answer |(?:(?:please )?(?:answer|reply|respond|say|choose|write)(?: with)?:? )?)"
    r"yes, no,? or unknown\b\)?\s*[.:?]?",
    re.IGNORECASE,
)
_LABELS = {"rules:", "facts:", "question:", "known:", "given:", "assume this.", "suppose this."}
_OPENER = r"(?:if|when|whenever|(?:every|each|any) time|anytime)"
_RULE_FIRST = re.compile(rf"{_OPENER} ([^,]+), (?:then )?(.+)", re.IGNORECASE)
_RULE_LAST = re.compile(rf"([^,]+?) {_OPENER} ([^,]+)", re.IGNORECASE)
_AGENT = r"(?:(?:someone|somebody|something)(?: from outside)?|an outsider)"
_REGARDLESS = re.compile(r"(whatever the rules say, )?(.+?)(, whatever the rules say)?", re.IGNORECASE)
_FORCES = re.compile(rf"{_AGENT} forces (.+?) (not )?to (.+)", re.IGNORECASE)
_MAKES = re.compile(rf"{_AGENT} (makes|does not let|doesn't let) (.+)", re.IGNORECASE)
_NEGATED = re.compile(r"(.+?) (?:does not|doesn't) (.+)")
_IS = re.compile(r"(.+?) (is not|isn't|is) (.+)")
_ASKED = re.compile(r"(?:so,? )?(does|is|is it true that|decide whether) (.+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_DETERMINERS = {"the", "this", "that", "my", "your", "our", "his", "her", "its", "their"}
_CLOSED = re.compile(  # words that no clause about one event may start with
    r"an?|some|any|every|each|all|no|none|both|most|many|few|several|(?:some|every|any|no)(?:one|body|thing)|n?either"
    r"|if|when|whenever|unless|until|because|although|though|while|only|not|never|rarely|sometimes|and|n?or|but|so|then"
    r"|whether|do|does|did|was|were|are"
)
_CLOSED_INSIDE = re.compile(  # nor hold further on, where a noun may have an article and a name may be Will
    r"no|none|(?:some|every|any|no)(?:one|body|thing)|n?either|if|when|whenever|unless|until|because|although|though"
    r"|while|only|not|never|rarely|sometimes|and|n?or|but|so|then|whether|did|was|were|are|is|can|cannot|could|may|"
    r"might|must|shall|should|will|would|had|been"
)


class Literal(NamedTuple):
    """An event that happens or does not; `base` says whether its words show the verb without its ending."""

    words: str
    base: bool
    happens: bool


class Group(NamedTuple):
    """Literals joined by one connective."""

    joined: str
    literals: tuple[Literal, ...]


class Rule(NamedTuple):
    """All conditions together bring about all consequents."""

    conditions: tuple[Group, ...]
    consequents: tuple[Literal, ...]


class Reading(NamedTuple):
    """What a prompt says."""

    rules: list[Rule]
    facts: list[Group]
    forced: list[Literal]
    asked: list[Literal]

    def literals(self) -> Iterable[Literal]:
        """All literals, in order of kind."""
        groups = [*self.facts, *(group for rule in self.rules for group in rule.conditions)]
        yield from (literal for group in groups for literal in group.literals)
        yield from (literal for rule in self.rules for literal in rule.consequents)
        yield from (*self.forced, *self.asked)


def _unreadable(text: str, why: str = "") -> ValueError:
    return ValueError(f"cannot read: {text!r}{why and f' ({why})'}")


def _verbs(words: list[str]) -> range:
    """Where the verb of a clause may stand: after the subject, which has a noun after its determiner."""
    return range(2 if words[0] in _DETERMINERS else 1, len(words))


def _checked(clause: str) -> str:
    words = clause.split()
    plain = all(_WORD.fullmatch(word) for word in words) and not any(map(_CLOSED_INSIDE.fullmatch, words[1:]))
    if not plain or not _verbs(clause.lower().split()) or _CLOSED.fullmatch(words[0].lower()):
        raise _unreadable(clause, "not a clause about one event")
    return clause.lower()


def _base(clause: str, happens: bool) -> Literal:
    """The clause "the dog bark" or "the light be on", as it stands after "does" or "makes"."""
    words = clause.split()
    if "be" in words[1:]:
        words.remove("be")
        return _state(" ".join(words), happens)
    return Literal(_checked(clause), True, happens)


def _state(clause: str, happens: bool) -> Literal:
    return Literal(f"be {_checked(clause)}", True, happens)


def _literal(clause: str) -> Literal:
    if match := _NEGATED.fullmatch(clause):
        return _base(f"{match[1]} {match[2]}", False)
    if match := _IS.fullmatch(clause):
        return _state(f"{match[1]} {match[3]}", match[2] == "is")
    return Literal(_checked(clause), False, True)


def _group(text: str) -> Group:
    found = set(re.findall(r" (and|or) ", text))
    if len(found) > 1:
        raise _unreadable(text, "and with or")
    return Group(found.pop() if found else "and", tuple(map(_literal, re.split(r" (?:and|or) ", text))))


def _rule(text: str) -> Rule | None:
    """The rule a sentence or the consequent of a rule states, its nested conditions laid side by side."""
    if match := _RULE_FIRST.fullmatch(text):
        inner = _rule(match[2]) or Rule((), _consequents(match[2]))
        return Rule((_group(match[1]), *inner.conditions), inner.consequents)
    if match := _RULE_LAST.fullmatch(text):
        if " and " in match[1]:
            raise _unreadable(text, "the condition may be that of either half")
        return Rule((_group(match[2]),), _consequents(match[1]))
    return None


def _consequents(text: str) -> tuple[Literal, ...]:
    both = re.fullmatch(r"(?i)both (.+ and .+)", text)
    if not both and " and " in text:
        raise _unreadable(text, "the second half may stand outside the rule; say both")
    group = _group(both[1] if both else text)
    if group.joined == "or":
        raise _unreadable(text, "either of two consequents")
    return group.literals


def _forced(text: str) -> Literal | None:
    match = _REGARDLESS.fullmatch(text)
    if match is None or not (match[1] or match[3]):
        return None
    if forces := _FORCES.fullmatch(match[2]):
        return _base(f"{forces[1]} {forces[3]}", not forces[2])
    if makes := _MAKES.fullmatch(match[2]):
        return _base(makes[2], makes[1].lower() == "makes")
    raise _unreadable(text, "who does what")


def _asked(text: str) -> Literal | None:
    match = _ASKED.fullmatch(text)
    if match is None:
        return None
    opening = match[1].lower()
    if opening == "does":
        return _base(match[2], True)
    if opening == "is" and not match[2].lower().startswith("it true that "):
        return _state(match[2], True)
    return _literal(re.sub(r"^it true that ", "", match[2], flags=re.IGNORECASE))


def _sentence(reading: Reading, text: str, end: str) -> None:
    if end in "?:" or text.lower().startswith("decide whether "):
        asked = _asked(text)
        if asked is None:
            raise _unreadable(text + end)
        reading.asked.append(asked)
    elif forced := _forced(text):
        reading.forced.append(forced)
    elif rule := _rule(text):
        reading.rules.append(rule)
    else:
        reading.facts.append(_group(text))


def _read(prompt: str) -> Reading:
    text, choices = _CHOICE.subn(" ", " ".join(prompt.replace("\u2019", "'").split()))
    reading = Reading([], [], [], [])
    for body, end in re.findall(r"([^.?:!;]+)([.?:!;]|$)", text):
        sentence = " ".join(body.split())
        if sentence and (sentence + end).lower() not in _LABELS:
            if end not in (".", "?", ":"):
                raise _unreadable(sentence + end)
            _sentence(reading, sentence, end)
    if len(reading.asked) != 1 or choices != 1:
        raise _unreadable(prompt, "one question with one choice of answers is wanted")
    return reading


def _third_person(verb: str) -> set[str]:
    irregular = {"have": "has", "do": "does", "go": "goes"}
    if verb in irregular:
        return {irregular[verb]}
    if re.search(r"[^aeiou]y$", verb):
        return {verb[:-1] + "ies"}
    if re.search(r"(?:[sxz]|[cs]h)$", verb):
        return {verb + "es", verb + verb[-1] + "es"} if verb[-1] in "sz" else {verb + "es"}
    return {verb + "s", verb + "es"} if re.search(r"[^aeiou]o$", verb) else {verb + "s"}


def _events(literals: Iterable[Literal]) -> dict[str, str]:
    """The event of each clause."""
    seen = set(literals)
    events = {literal.words: literal.words for literal in seen if literal.base}
    inflected: dict[str, set[str]] = {}
    for words in (base.split() for base in events):
        for place in _verbs(words):
            for form in (*_third_person(words[place]), f"does {words[place]}"):
                inflected.setdefault(" ".join((*words[:place], form, *words[place + 1 :])), set()).add(" ".join(words))
    for clause in (literal.words for literal in seen if not literal.base):
        bases = inflected.get(clause, {clause})
        words = clause.split()
        vague = " does " in clause and clause in bases  # "does yoga", or "does open" for "opens"
        if vague or len(bases) > 1 or not any(words[place].endswith("s") for place in _verbs(words)):
            raise _unreadable(clause, "not one verb in the third person")
        events[clause] = next(iter(bases))
    return events


def solve(prompt: str) -> set[str]:
    """Every answer the words of the prompt allow. ValueError where the prompt cannot be read."""
    reading = _read(prompt)
    events = _events(reading.literals())

    def holds(literal: Literal) -> z3.BoolRef:
        event = z3.Bool(events[literal.words])
        return event if literal.happens else z3.Not(event)

    def all_or_any(group: Group) -> z3.BoolRef:
        return (z3.And if group.joined == "and" else z3.Or)([holds(literal) for literal in group.literals])

    forced = {events[literal.words] for literal in reading.forced}
    solver = z3.Solver()
    solver.add([holds(literal) for literal in reading.forced] + [all_or_any(fact) for fact in reading.facts])
    for rule in reading.rules:
        kept = [holds(literal) for literal in rule.consequents if events[literal.words] not in forced]
        solver.add(z3.Implies(z3.And([all_or_any(group) for group in rule.conditions]), z3.And(kept)))
    asked = holds(reading.asked[0])
    may_be, may_not_be = solver.check(asked) == z3.sat, solver.check(z3.Not(asked)) == z3.sat
    return {(True, True): {"Unknown"}, (True, False): {"Yes"}, (False, True): {"No"}}.get((may_be, may_not_be), set())


SOLVER = solve
