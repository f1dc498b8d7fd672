"""Who has what when nobody shares: reads people, listed values and clues, and has a constraint solver find all answers.

Reading: one roster of names (in the sentence that lists the values, or before it) and one or more properties "verb a
different noun (values)". "One noun ..., all different" means the same; "one noun" without it lets people share. Clauses
stand in sentences of their own, or joined by commas, semicolons and "and". A clause belongs to the property whose verb
it conjugates and whose list has its value; a noun that is an occupation also goes with "works as a". Names, verbs,
nouns and values are known from the lists alone.

Solving: a variable for each person and property. A value (or person) is an answer where the clues still have a model
once it is put into the asked cell; so all models are covered. "Nobody" is an answer where a value may stay free.
Without any model there is no answer.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from constraint import AllDifferentConstraint, FunctionConstraint, InSetConstraint, Problem

_NAME = r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*"
_NAMES = rf"{_NAME}(?:, {_NAME})*(?:,? and {_NAME})?"
_GROUP = (
    r"(?P<verb>[a-z]+(?: [a-z]+)*?) (?P<how>a different|one) (?P<noun>[a-z]+)(?: \((?P<list>[^()]+)\)|: (?P<open>.+))"
)
_PLURAL = r"(?:(?:The )?(?:[A-Z]?[a-z]+ )?(?:[A-Z]?[a-z]+s|[Pp]eople|[Cc]hildren|[Mm]en|[Ww]omen) )?"
_HEADS = (
    re.compile(rf"(?:We know that )?{_PLURAL}(?P<names>{_NAMES}) (?P<each>each) (?P<rest>.+)"),
    re.compile(rf"Each of (?P<names>{_NAMES}) (?P<rest>.+)"),
    re.compile(r"(?:Everyone|Everybody|Each) (?P<rest>.+)"),
)
_ROSTER = re.compile(rf"(?:Here are )?({_NAMES})")
_LABEL = re.compile(r"(?:(?<=^)|(?<=[.?:;] ))[A-Z][a-z]+: ")
_WHO = re.compile(
    r"(?:[Ww]ho|[Ww]hich (?P<kind>[a-z]+)|[Nn]ame the (?:person|one) who) (?P<claim>(?!do(?:es)? )[a-z].+)"
)
_WHAT = re.compile(rf"(?:[Ww]hat|[Ww]hich) (?P<noun>[a-z]+) does (?P<name>{_NAME}) (?P<verb>[a-z ]+)")
_NAME_IT = re.compile(rf"[Nn]ame the (?P<noun>[a-z]+) that (?P<name>{_NAME}) (?P<verb>[a-z ]+)")
_IT_IS = re.compile(rf"[Ii]t is (?P<no>not )?(?P<name>{_NAME}) who (?P<claim>.+)")
_BOTH = re.compile(rf"(?P<name>{_NAME}) both (?P<one>.+) and (?P<other>.+)")
_PAIR = re.compile(
    r"(?:(?P<none>[Nn]obody|[Nn]o one|[Nn]o person)|[Tt]he same person)(?: both)? (?P<one>.+) and (?P<other>.+)"
)
_WHOEVER = re.compile(r"(?:[Ww]hoever|[Tt]he (?:person|one) who) (?P<rest>.+)")
_TWO = re.compile(
    rf"(?:(?P<nor>[Nn]either )|(?:[Ee]ither )?)(?P<a>{_NAME}) (?(nor)nor|or) (?P<b>{_NAME}) (?P<claim>(?!does ).+)"
)
_PLAIN = re.compile(rf"(?P<name>{_NAME}) (?P<claim>[a-z].+)")
_WORK = {"job", "occupation", "profession", "trade", "career", "position"}

Cell = tuple[int, str]  # the property of a person


class Group(NamedTuple):
    """A property: its verb in the third person, what its values are called, the values, and whether all differ."""

    verb: str
    noun: str
    values: tuple[str, ...]
    different: bool


class Claim(NamedTuple):
    """Someone has one of these values of a property, or none of them."""

    group: int
    values: frozenset[str]
    holds: bool

    def of(self, value: str) -> bool:
        """Whether a person with this value is as claimed."""
        return (value in self.values) == self.holds


class Clue(NamedTuple):
    """A test of some cells."""

    test: Callable[..., bool]
    cells: list[Cell]


def solve(prompt: str) -> set[str]:
    """Every answer the words of the prompt allow. ValueError where the prompt cannot be read."""
    return Grid(prompt).answers()


class Grid:
    """A prompt as read: people, properties, clues and the question."""

    def __init__(self, prompt: str) -> None:
        """Read the prompt. ValueError where that fails."""
        self.people: tuple[str, ...] = ()
        self.groups: list[Group] = []
        self.clues: list[Clue] = []
        asked: list[dict[str, Clue]] = []
        text = _LABEL.sub("", _LABEL.sub("", prompt.strip()))
        clauses = [part for part in re.split(r"(?<=[.?;])\s+", text) if not self._introduces(part.rstrip(".;"))]
        for clause in [bit for part in clauses for bit in re.split(r", and |, (?!or )", part)]:
            clause = re.sub(r"^Given that ", "", clause.strip().rstrip(".?;"))
            question = self._question(clause)
            if question is None:
                self._clue(clause)
            else:
                asked.append(question)
        if len(asked) != 1:
            raise ValueError(f"cannot read: {len(asked)} questions: {prompt}")
        self.asked = asked[0]

    def answers(self) -> set[str]:
        """All that the clues allow in the asked cell."""
        return {answer for answer, clue in self.asked.items() if self._possible(clue)}

    def _introduces(self, part: str) -> bool:
        """Take people and properties from a sentence that lists them; False where it is another one."""
        if roster := _ROSTER.fullmatch(part):
            self._take_people(roster[1])
            return True
        for head in _HEADS:
            if (match := head.fullmatch(part)) and re.search(r" (?:a different|one) [a-z]+(?: \(|: )", part):
                words = match.groupdict()
                if words.get("names"):
                    self._take_people(words["names"])
                self._take_groups(words["rest"], base=bool(words.get("each")))
                return True
        return False

    def _take_people(self, names: str) -> None:
        found = tuple(re.split(r",? and |, ", names))
        if self.people or len(set(found)) != len(found):
            raise ValueError(f"cannot read: the people are not one list of different names: {names}")
        self.people = found

    def _take_groups(self, text: str, base: bool) -> None:
        rest, _, tail = text.partition("), all different")
        everywhere = text.endswith("), all different")
        if tail or (everywhere and not rest):
            raise ValueError(f"cannot read: {text}")
        rest += ")" if everywhere else ""
        while rest:
            match = re.match(rf"(?:, and |, | and )?{_GROUP}", rest)
            if not match:
                raise ValueError(f"cannot read: {rest}")
            values = tuple(re.split(r",? or |,? and |, ", match["list"] or match["open"]))
            verb = _third(match["verb"]) if base else match["verb"]
            if len(set(values)) != len(values):
                raise ValueError(f"cannot read: a value twice: {rest}")
            self.groups.append(Group(verb, match["noun"], values, everywhere or match["how"] == "a different"))
            rest = rest[match.end() :]

    def _claim(self, text: str) -> Claim:
        """Read "verbs value", "verbs one or other", "does not verb value"."""
        negated = text.startswith(("does not ", "doesn't "))
        words = re.sub(r"^(?:does not|doesn't) (?:also )?|^also ", "", text)
        found = [
            Claim(number, frozenset(values), not negated)
            for number, group in enumerate(self.groups)
            for values in [_values(words, group, negated)]
            if values
        ]
        if len(found) != 1:
            raise ValueError(f"cannot read: {text}")
        return found[0]

    def _person(self, name: str) -> str:
        if name not in self.people:
            raise ValueError(f"cannot read: {name} is not among the people")
        return name

    def _clue(self, clause: str) -> None:
        """Add the clues of one clause."""
        if match := _WHOEVER.fullmatch(clause):
            self._linked(match["rest"])
        elif match := _PAIR.fullmatch(clause):
            self._pair(self._claim(match["one"]), self._claim(match["other"]), nobody=bool(match["none"]))
        elif match := _IT_IS.fullmatch(clause):
            claim = self._claim(match["claim"])
            self._says(match["name"], claim._replace(holds=claim.holds != bool(match["no"])))
        elif match := _BOTH.fullmatch(clause):
            self._says(match["name"], self._claim(match["one"]))
            self._says(match["name"], self._claim(match["other"]))
        elif match := _TWO.fullmatch(clause):
            self._two([match["a"], match["b"]], self._claim(match["claim"]), neither=bool(match["nor"]))
        elif match := _PLAIN.fullmatch(clause):
            self._says(match["name"], self._claim(match["claim"]))
        else:
            raise ValueError(f"cannot read: {clause}")

    def _two(self, names: list[str], claim: Claim, *, neither: bool) -> None:
        """One of two people, or neither, is as the claim says."""
        if neither:
            for name in names:
                self._says(name, claim._replace(holds=False))
        else:
            cells = [(claim.group, self._person(name)) for name in names]
            self.clues.append(Clue(lambda *values: any(map(claim.of, values)), cells))

    def _says(self, name: str, claim: Claim) -> None:
        self.clues.append(Clue(claim.of, [(claim.group, self._person(name))]))

    def _linked(self, text: str) -> None:
        """Whoever is as one claim says is as the other says: the only split of the words that reads on both sides."""
        found = []
        for gap in re.finditer(" ", text):
            try:
                found.append((self._claim(text[: gap.start()]), self._claim(text[gap.end() :])))
            except ValueError:
                continue
        if len(found) != 1:
            raise ValueError(f"cannot read: whoever {text}")
        (one, other), *_ = found
        self._pair(one, other._replace(holds=not other.holds), nobody=True)

    def _pair(self, one: Claim, other: Claim, *, nobody: bool) -> None:
        """Nobody is as both claims say; or someone is."""
        if one.group == other.group:
            raise ValueError("cannot read: two claims about one property")
        pairs = [[(one.group, name), (other.group, name)] for name in self.people]
        if nobody:
            self.clues += [Clue(lambda first, second: not (one.of(first) and other.of(second)), pair) for pair in pairs]
        else:
            self.clues.append(Clue(_someone(one, other), [cell for pair in pairs for cell in pair]))

    def _question(self, clause: str) -> dict[str, Clue] | None:
        """What each possible answer would mean; None where the clause asks nothing."""
        if (match := _WHAT.fullmatch(clause)) or (match := _NAME_IT.fullmatch(clause)):
            verb = _third(match["verb"]) if _WHAT.fullmatch(clause) else match["verb"]
            groups = [n for n, group in enumerate(self.groups) if (group.verb, group.noun) == (verb, match["noun"])]
            if len(groups) != 1:
                raise ValueError(f"cannot read: {clause}")
            cell = (groups[0], self._person(match["name"]))
            return {value: Clue(_is(value), [cell]) for value in self.groups[groups[0]].values}
        if match := _WHO.fullmatch(clause):
            if match["kind"] in {group.noun for group in self.groups}:
                raise ValueError(f"cannot read: {clause}")
            claim = self._claim(match["claim"])
            found = {name: Clue(claim.of, [(claim.group, name)]) for name in self.people}
            free = Clue(lambda *values: not any(map(claim.of, values)), [(claim.group, name) for name in self.people])
            return found | {"nobody": free}
        return None

    def _possible(self, asked: Clue) -> bool:
        """Whether the clues have a model in which this holds too."""
        allowed = {
            (number, name): set(group.values) for number, group in enumerate(self.groups) for name in self.people
        }
        problem = Problem()
        for clue in [*self.clues, asked]:
            if len(clue.cells) == 1:
                allowed[clue.cells[0]] = {value for value in allowed[clue.cells[0]] if clue.test(value)}
            else:
                problem.addConstraint(FunctionConstraint(clue.test), clue.cells)
        if not self.people or not all(allowed.values()):
            return False
        problem.addVariables(list(allowed), [value for group in self.groups for value in group.values])
        for cell, values in allowed.items():
            problem.addConstraint(InSetConstraint(values), [cell])
        for number, group in enumerate(self.groups):
            if group.different:
                problem.addConstraint(AllDifferentConstraint(), [(number, name) for name in self.people])
        return problem.getSolution() is not None


def _values(words: str, group: Group, base: bool) -> set[str] | None:
    """The values that the words claim of a property; None where they are not about it."""
    verbs = [group.verb] + (["works as", "is"] if group.noun in _WORK else [])
    for verb in verbs:
        shown = _base(verb, words) if base else verb
        if shown and words.startswith(shown + " "):
            listed = re.sub(r"^either ", "", words[len(shown) + 1 :])
            found = {re.sub(r"^(?:an?|the) ", "", value) for value in re.split(r",? or |, ", listed)}
            if found <= set(group.values):
                return found
    return None


def _base(verb: str, words: str) -> str | None:
    """The first words of a text whose third person is this verb."""
    shown = " ".join(words.split()[: len(verb.split())])
    return shown if _third(shown) == verb else None


def _third(verb: str) -> str:
    """The third person of a verb: play plays, study studies, have has, look after looks after."""
    first, gap, rest = verb.partition(" ")
    if first == "have":
        first = "has"
    elif re.search(r"[^aeiou]y$", first):
        first = first[:-1] + "ies"
    elif re.search(r"(?:[sxzo]|[cs]h)$", first):
        first += "es"
    else:
        first += "s"
    return first + gap + rest


def _someone(one: Claim, other: Claim) -> Callable[..., bool]:
    """Whether anyone is as both claims say; the values come in pairs."""
    return lambda *values: any(one.of(a) and other.of(b) for a, b in zip(values[::2], values[1::2], strict=True))


def _is(value: str) -> Callable[[str], bool]:
    return lambda other: other == value


SOLVER = solve
