"""Stories about an amount: reads what happens, sentence by sentence, and follows the amount in exact fractions.

Reading: the question names the thing counted (a score is in points). In the story each sentence is one of
- a holding: a verb of having with a quantity of the thing, for a named owner; the first sentence gives the main owner;
- a comparison with another owner, or an equation ("Now ...", "In the end ...", a holding told again);
- a multiplication ("doubles", "becomes 3 times as large"), or a part kept ("only a third of them are left") or lost;
- a sharing into equal parts;
- a change: a verb of gaining or losing with a quantity. Who acts decides its sign: what an owner sells is lost to him,
  what another one sells him is gained, what another one buys comes from his stock;
- the background: a statement of being, having, costing and the like in which no number counts the thing.
A quantity is one number before the thing, or two with words that make them a product ("each", "a day for 3 days", "5
bags of 4"). Any other sentence is an error. Verbs, fractions, and units are closed lists; names, things, places and
containers are not.

Solving: amounts are a * x + b with x the unknown start, which the equations fix. Where a sentence has two readings
both are followed. A reading in which any amount is negative or not whole contradicts itself and gives no answer.
"""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

_CLASSES = {
    "have": "have keep hold contain show run cover expect own drive guard start begin plan possess stock",
    "take": "buy purchase order borrow take",  # from the owner, where another one does it
    "gain": "find earn gain win receive get collect gather pick catch harvest inherit score",
    "give": "give sell pay send lend return hand donate deliver bring mail ship lose spend",
    "add": "add put pour bake invite cook plant insert load place build write",
    "remove": "cut drain skip answer eat drink use break discard throw burn remove spill erase delete",
    "come": "arrive come join enter board appear",
    "go": "leave go cancel exit depart die escape vanish",
}
_VERBS = {verb: kind for kind, verbs in _CLASSES.items() for verb in verbs.split()}
_NUMBERS = {
    word: n
    for n, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
}
_PARTS = {
    word: n
    for n, word in enumerate(["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 2)
}
_TIMES = {"halves": Fraction(1, 2), "doubles": Fraction(2), "triples": Fraction(3), "quadruples": Fraction(4)}
_MONEY = {"dollars", "euros", "pounds", "pesos", "rupees", "coins"}

_NAME = r"(?!(?:An?|The|Then|Now|It|After|At|In|During|Because|For|On|All|Only)\b)[A-Z][\w-]*"
_OWNER = rf"(?P<owner>{_NAME})(?:['’]s? (?P<place>[a-z]+))?"
_END = r"(?:Now|In the end|At the end),? "
_TIME = r"(?:Then|(?:After|At|In|During|Because of|For|On) (?:(?:an?|the) )?[a-z]+(?: [a-z]+)??),? "
_WHOLE = r"them|its length|(?:all )?(?:the )?(?:(?:un[a-z]+|remaining) )?(?:[a-z]+|#)"
_PART = rf"(?P<part>half|(?:an?|\d+) (?:{'|'.join(_PARTS)})s?) of (?P<whole>{_WHOLE})"
_LEFT = r"(?:left|still here|unanswered|still un[a-z]+|un[a-z]+|still on .+|still in .+|still there)"
_KEPT = (
    re.compile(rf"(?:.* )?only {_PART} (?:(?:is|are) {_LEFT}|(?:stays?|remains?|still wants?)\b.*)"),
    re.compile(rf"(?:{_TIME})?{_NAME} keeps (?:only )?{_PART}(?: and .+ the rest(?: away)?)?"),
    re.compile(rf".+ cuts the [a-z]+ to {_PART}"),
)
_LOST = re.compile(rf"(?:{_TIME})?{_NAME} (?P<verb>[a-z]+)(?: away)? (?:only )?{_PART}(?: away)?")
_GROWN = re.compile(
    rf"(?:.* )?(?:the (?:number|amount|length|stock)|{_NAME}['’]s [a-z]+)"
    r"(?: of (?:the )?(?:un[a-z]+ )?(?P<whole>[a-z]+|#))?"
    rf"(?: (?:in|on)(?: the)? [a-z]+)? (?:(?P<word>{'|'.join(_TIMES)})|becomes (?P<times>\d+) times as [a-z]+)"
)
_SHARED = re.compile(
    r"\D*(?P<n>\d+) (?:equal |equally [a-z]+ )?(?P<noun>[a-z]+)"
    r"(?:,? .*\bthe same (?:number|amount|distance|length) [a-z]+ each"
    r"| and keeps (?:just|only) (?P<keeps>one|\d+) [a-z]+)?"
)
_MORE = re.compile(rf"{_OWNER} [a-z ]+ (?P<n>\d+) (?P<how>more|fewer|less) #(?: [a-z ]+)? than (?P<other>{_NAME})\b.*")
_ABOUT = re.compile(
    rf"(?!.*\b(?:times|more|fewer|less|than|same|equal|equally)\b)(?:It|The [a-z]+|{_OWNER}|[A-Z][a-z]+) "
    r"(?:is|has|costs|weighs|wears|lives|measures|stands)\b[^#]*\d[^#]*"
)
_COUNT = r"(?P<n>\d+)(?: (?:more|extra|new))? #"
_PRODUCTS = (
    re.compile(rf"\d+ [a-z]+ (?:of|with) {_COUNT}"),
    re.compile(rf"{_COUNT}(?: of [a-z]+)? an? (?P<unit>[a-z]+)\b.* for \d+ (?P=unit)s\b"),
    re.compile(rf"{_COUNT} (?:.* )?each\b"),
    re.compile(rf"\d+ [a-z]+ each [a-z]+ {_COUNT}"),
    re.compile(r"# in \d+ [a-z]+, with \d+ in each"),
)
_PRICE = re.compile(rf" for \d+ (?:{'|'.join(sorted(_MONEY))})(?: each)?$")


class Amount(NamedTuple):
    """a * x + b, with x the unknown start."""

    a: Fraction
    b: Fraction

    def at(self, x: Fraction) -> Fraction:
        """Its value for a start."""
        return self.a * x + self.b

    def moved(self, n: Fraction | int) -> "Amount":
        """So much more."""
        return Amount(self.a, self.b + n)

    def scaled(self, n: Fraction) -> "Amount":
        """So many times as much."""
        return Amount(self.a * n, self.b * n)


NOTHING = Amount(Fraction(0), Fraction(0))


@dataclass(frozen=True)
class World:
    """A reading of the story so far."""

    main: str = ""
    start: Amount = NOTHING
    held: dict[str, Amount] = field(default_factory=dict)
    ever: dict[str, Amount] = field(default_factory=dict)  # with what has been dealt with since
    seen: tuple[Amount, ...] = ()  # every amount there was; each must be a count
    equal: tuple[tuple[Amount, Fraction], ...] = ()
    shares: tuple[tuple[str, Amount], ...] = ()

    def put(self, owner: str, amount: Amount, grew: bool = False) -> "World":
        """With a new amount of an owner."""
        ever = amount
        if owner in self.held:
            old, ever = self.held[owner], self.ever[owner]
            ever = Amount(ever.a + amount.a - old.a, ever.b + amount.b - old.b) if grew else ever
        held = self.held | {owner: amount}
        return replace(self, held=held, ever=self.ever | {owner: ever}, seen=(*self.seen, amount))

    def change(self, owner: str, n: int) -> "World":
        """With so much more for an owner."""
        return self.put(owner, self.held[owner].moved(n), n > 0)


def solve(prompt: str) -> set[str]:
    """Every answer the words of the prompt allow. ValueError where the prompt cannot be read."""
    sentences = re.split(r"(?<=[.?])\s+", prompt.strip())
    asked = [sentence for sentence in sentences if sentence.endswith("?")]
    if len(asked) != 1:
        raise ValueError(f"cannot read: {len(asked)} questions: {prompt}")
    story = Story(asked[0])
    worlds = [World()]
    for sentence in sentences:
        if sentence != asked[0]:
            worlds = [after for world in worlds for after in story.tell(sentence, world)]
    return {answer for world in worlds for answer in story.answer(world)}


class Story:
    """Reads the sentences of a story about what its question counts."""

    def __init__(self, question: str) -> None:
        """Take the thing counted from the question."""
        self.question = question.rstrip("?")
        match = re.search(rf"\b[Hh]ow many (?:more |fewer )?(?:of {_NAME}['’]s? )?([a-z]+)", question)
        match = match or re.search(r"\b[Bb]y how many ([a-z]+)", question)
        if not match and not re.fullmatch(rf"What is {_NAME}['’]s? score(?: now| in the end)?", self.question):
            raise ValueError(f"cannot read: {question}")
        self.thing = match[1] if match else "points"
        self.wholes = {"them", "its length", "#"} | ({"money"} if self.thing in _MONEY else set())
        self.place = ""

    def tell(self, sentence: str, world: World) -> list[World]:
        """The readings of the story after one more sentence."""
        text = self._plain(sentence)
        for read in (
            self._about,
            self._first,
            self._compared,
            self._grown,
            self._part,
            self._shared,
            self._made,
            self._told,
        ):
            after = read(text, world)
            if after is not None:
                return after
        return list(self._changed(text, world))

    def _plain(self, sentence: str) -> str:
        """The sentence with digits for numbers and # for the thing counted."""
        text = re.sub(r"(\d+|\ba) dozen\b", lambda m: str(12 * int(m[1]) if m[1] != "a" else 12), sentence.rstrip("."))
        text = re.sub(r"\b[a-z]+\b", lambda m: str(_NUMBERS.get(m[0], m[0])), text)
        singular = re.sub(r"(?<=[sxzh])es$|s$", "", re.sub(r"ies$", "y", self.thing))
        return re.sub(rf"\b(?:{self.thing}|(?<=\b1 ){singular})\b", "#", text)

    def _amount(self, text: str) -> int:
        """The quantity of the thing in a sentence. ValueError where it has none, or it is not clear."""
        if (price := re.search(rf" for {_COUNT}$", text)) and _verb(text)[0] in ("buy", "sell"):
            return int(price["n"])
        text = _PRICE.sub("", text)
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        if len(numbers) == 1 and re.search(_COUNT, text):
            return numbers[0]
        if len(numbers) == 2 and any(product.search(text) for product in _PRODUCTS):
            return numbers[0] * numbers[1]
        raise ValueError(f"cannot read: {text}")

    def _about(self, text: str, world: World) -> list[World] | None:
        """Background: it says something of something else."""
        return [world] if _ABOUT.fullmatch(text) else None

    def _first(self, text: str, world: World) -> list[World] | None:
        """The start: of the main owner, known or not."""
        if world.main:
            return None
        owner = re.match(_OWNER, text)
        if not owner:
            raise ValueError(f"cannot read: {text}")
        self.place = owner["place"] or ""
        self.wholes |= {self.place, *re.findall(r"(?:# of|\bsome|\ban?)(?: empty)? ([a-z]+)", text)}
        if re.search(r"\d", text):
            if _verb(text)[1] != "have" and not re.search(r"\b(?:first|nothing|empty)\b| to a party$", text):
                raise ValueError(f"cannot read: how much was there before: {text}")
            start = Amount(Fraction(0), Fraction(self._amount(text)))
        elif re.search(r"\bsome\b", text) or re.fullmatch(rf"{_NAME} (?:makes|plans) an? [a-z]+", text):
            start = Amount(Fraction(1), Fraction(0))
        else:
            raise ValueError(f"cannot read: {text}")
        return [replace(world, main=owner["owner"], start=start).put(owner["owner"], start)]

    def _compared(self, text: str, world: World) -> list[World] | None:
        """Another owner has more or fewer than one known."""
        match = _MORE.fullmatch(text)
        if not match:
            return None
        if match["other"] not in world.held or match["owner"] in world.held:
            raise ValueError(f"cannot read: {text}")
        n = int(match["n"]) if match["how"] == "more" else -int(match["n"])
        return [world.put(match["owner"], world.held[match["other"]].moved(n))]

    def _whole(self, whole: str | None, text: str) -> None:
        """ValueError where the words speak of all of something else."""
        if whole and re.sub(r"^(?:all )?(?:the )?(?:(?:un[a-z]+|remaining) )?", "", whole) not in self.wholes:
            raise ValueError(f"cannot read: {whole} in: {text}")

    def _grown(self, text: str, world: World) -> list[World] | None:
        """The amount is multiplied."""
        match = _GROWN.fullmatch(text)
        if not match:
            return None
        self._whole(match["whole"], text)
        times = _TIMES[match["word"]] if match["word"] else Fraction(int(match["times"]))
        return self._multiplied(text, world, times)

    def _part(self, text: str, world: World) -> list[World] | None:
        """A part of the amount is kept or lost."""
        kept = next((match for pattern in _KEPT if (match := pattern.fullmatch(text))), None)
        match = kept or _LOST.fullmatch(text)
        if not match:
            return None
        self._whole(match["whole"], text)
        words = match["part"].split()
        top = int(words[0]) if words[0].isdigit() else 1
        part = Fraction(top, _PARTS[words[-1] if words[-1] in _PARTS else words[-1][:-1]])
        if not kept and _VERBS.get(_base(match["verb"]) or "") not in ("give", "remove"):
            raise ValueError(f"cannot read: {text}")
        after = self._multiplied(text, world, part if kept else 1 - part)
        if kept and re.search(r" (?:is|are) (?:still )?un[a-z]+$", text):  # of those left, or of all there have been
            owner = _owner(text, world)
            old, new = world.held[owner], world.ever[owner].scaled(part)
            dealt = Amount(old.a - new.a, old.b - new.b)
            after.append(replace(world, seen=(*world.seen, dealt)).put(owner, new))
        return after

    def _multiplied(self, text: str, world: World, times: Fraction) -> list[World]:
        owner = _owner(text, world)
        return [world.put(owner, world.held[owner].scaled(times), times > 1)]

    def _shared(self, text: str, world: World) -> list[World] | None:
        """The amount is split into equal parts: the question may ask for one, or the owner keeps some."""
        match = _SHARED.fullmatch(text)
        if not match or not re.search(r"\b(?:equal|equally|the same)\b", text):
            return None
        if not any(re.search(rf"(?<!\w){re.escape(whole)}(?!\w)", text) for whole in self.wholes if whole):
            raise ValueError(f"cannot read: {text}")
        owner = _owner(text, world)
        part = world.held[owner].scaled(Fraction(1, int(match["n"])))
        if match["keeps"]:
            kept = 1 if match["keeps"] == "one" else int(match["keeps"])
            return [replace(world, seen=(*world.seen, part)).put(owner, part.scaled(Fraction(kept)))]
        return [replace(world, seen=(*world.seen, part), shares=(*world.shares, (match["noun"], part)))]

    def _made(self, text: str, world: World) -> list[World] | None:
        """Something makes it longer or shorter."""
        match = re.fullmatch(rf"(?:{_TIME})?.+ makes the (?P<whole>[a-z]+) (?P<n>\d+) # (?P<how>shorter|longer)", text)
        if not match:
            return None
        self._whole(match["whole"], text)
        return [world.change(world.main, int(match["n"]) * (1 if match["how"] == "longer" else -1))]

    def _told(self, text: str, world: World) -> list[World] | None:
        """An owner has an amount: a new owner, or one known, then it is an equation."""
        now = re.match(_END, text)
        text = text[now.end() :] if now else text
        long = bool(now and re.fullmatch(r"the [a-z]+ is \d+ # long", text))
        if not long and _verb(text)[1] != "have":
            if now:
                raise ValueError(f"cannot read: {text}")
            return None
        amount = Fraction(self._amount(text))
        named = re.match(_OWNER, text)
        owner = named["owner"] if named else world.main
        if owner in world.held:
            return [replace(world, equal=(*world.equal, (world.held[owner], amount)))]
        return [world.put(owner, Amount(Fraction(0), amount))]

    def _changed(self, text: str, world: World) -> list[World]:
        """The readings of a gain or a loss."""
        text = re.sub(rf"^{_TIME}(?=[A-Z#\d])", "", text)
        amount = self._amount(text)
        actor = re.match(_OWNER, text)
        by = actor["owner"] if actor else world.main if re.match(rf"The {self.place or '#'}\b", text) else ""
        others = [name for name in re.findall(rf"\b{_NAME}", text) if name != by]
        if len(others) > 1 or "than" in text.split():
            raise ValueError(f"cannot read: {text}")
        verb, kind = _verb(text)
        if re.search(r" for \d+ #(?: each)?$", text) and verb in ("buy", "sell"):
            kind = "remove" if verb == "buy" else "add"
        if kind == "give":
            return self._given(text, world, by, (others or [""])[0], amount)
        if others and kind != "take":
            raise ValueError(f"cannot read: {text}")
        return self._acted(text, world, by, (verb, kind), amount)

    def _given(self, text: str, world: World, by: str, to: str, amount: int) -> list[World]:
        """Something goes from one to another; each may be an owner."""
        if by not in world.held and re.search(r"\b(?:loses?|spends?)\b", text):
            raise ValueError(f"cannot read: {text}")
        if by in world.held:
            world = world.change(by, -amount)
        elif not to:
            to = world.main
        return [world.change(to, amount) if to in world.held else world]

    def _acted(self, text: str, world: World, by: str, how: tuple[str, str], amount: int) -> list[World]:
        """Someone, or the thing itself, makes it more or less."""
        verb, kind = how
        owner = by if by in world.held else world.main
        stranger = owner != by
        if kind in ("come", "add", "gain"):
            if kind == "gain" and stranger:
                raise ValueError(f"cannot read: whose are they: {text}")
            own = stranger and by and verb in ("bake", "invite", "cook", "plant", "build", "write")
            both = own and not re.search(r"\d more #", text)  # it may be a matter of his own
            return [world.change(owner, amount), *([world] if both else [])]
        if kind == "take" and not stranger:
            return [world.change(owner, amount)]
        both = kind == "take" and by and not self.place  # he may have bought them elsewhere
        return [world.change(owner, -amount), *([world] if both else [])]

    def answer(self, world: World) -> set[str]:
        """What the question asks for in one reading: nothing where that contradicts itself."""
        found = {(n - amount.b) / amount.a for amount, n in world.equal if amount.a}
        if any(amount.b != n for amount, n in world.equal if not amount.a) or len(found) > 1:
            return set()
        if world.start.a and not found:
            raise ValueError(f"cannot read: nothing tells the start: {self.question}")
        x = next(iter(found), Fraction(0))
        asked = self._asked(world)
        if any(amount.at(x) < 0 or amount.at(x).denominator > 1 for amount in (*world.seen, asked)):
            return set()
        return {str(asked.at(x))}

    def _asked(self, world: World) -> Amount:
        """The amount asked for."""
        names = [name for name in re.findall(rf"\b{_NAME}", self.question) if name not in ("How", "By", "What")]
        ways = (
            (r"\beach [a-z]+", self._each),
            (r"\bat (?:first|the start)$", self._start),
            (r"\btogether\b", self._sum),
            (r"\b[Hh]ow many (?:more|fewer)\b|\bBy how many\b", self._difference),
            (r"", self._left),
        )
        way = next(way for pattern, way in ways if re.search(pattern, self.question))
        asked = way(names, world)
        if asked is None:
            raise ValueError(f"cannot read: {self.question}")
        return asked

    def _each(self, names: list[str], world: World) -> Amount | None:
        """One of the equal parts."""
        noun = self.question.partition("each ")[2].split()[0]
        parts = [part for nouns, part in world.shares if _plural(noun, nouns)]
        return parts[0] if len(parts) == 1 and set(names) <= {world.main} else None

    def _start(self, names: list[str], world: World) -> Amount | None:
        """What was there at first."""
        past = re.search(r"\b(?:did|was|were)\b", self.question)
        return world.start if past and set(names) <= {world.main} else None

    def _sum(self, names: list[str], world: World) -> Amount | None:
        """What the two owners have."""
        if len(world.held) != 2 or set(names) not in (set(), set(world.held)) or not self._present():
            return None
        one, other = world.held.values()
        return Amount(one.a + other.a, one.b + other.b)

    def _left(self, names: list[str], world: World) -> Amount | None:
        """What an owner has in the end."""
        if len(names) > 1 or not set(names) <= set(world.held) or world.shares or not self._present():
            return None
        return world.held[(names or [world.main])[0]]

    def _present(self) -> bool:
        return not re.search(r"\b(?:did|was|were|had|will|not|never|would)\b", self.question)

    def _difference(self, names: list[str], world: World) -> Amount | None:
        """How far one owner is ahead of another."""
        than = re.search(rf"\b(?:than|of)(?: on| in)? ({_NAME})", self.question)
        if len(set(names)) != 2 or not set(names) <= set(world.held) or not than or not self._present():
            return None
        less = world.held[than[1]]
        more = world.held[next(name for name in names if name != than[1])]
        if re.search(r"\b(?:fewer|less|shorter|behind)\b", self.question):
            less, more = more, less
        return Amount(more.a - less.a, more.b - less.b)


def _owner(text: str, world: World) -> str:
    """The owner whose amount a sentence speaks of: named in it, or the main one."""
    return next((name for name in re.findall(rf"\b{_NAME}", text) if name in world.held), world.main)


def _base(word: str) -> str | None:
    """The base of a verb, if it is a known one."""
    forms = [word, re.sub("s$", "", word), re.sub("es$", "", word), re.sub("ies$", "y", word)]
    return next((form for form in [*forms, {"has": "have"}.get(word, "")] if form in _VERBS), None)


def _verb(text: str) -> tuple[str, str]:
    """The verb whose object or subject is the thing, and what it does. ValueError where none is known."""
    words = re.findall(r"[\w#'’-]+", text)
    if "#" not in words:
        raise ValueError(f"cannot read: {text}")
    at = words.index("#")
    skipped = {"a", "an", "the", "of", "with", "no"}
    found = [
        (place, verb)
        for place, word in enumerate(words)
        if (verb := _base(word)) and place and not (words[place - 1].lower() in skipped or words[place - 1].isdigit())
    ]
    before = [pair for pair in found if pair[0] < at]
    particle = re.search(r"\b(get|take)s?(?: .*)? (on|off|out|back|away)\b", text)
    if particle:
        return particle[1], {"get on": "come", "get off": "go"}.get(f"{particle[1]} {particle[2]}", "remove")
    if not found:
        raise ValueError(f"cannot read: no known verb: {text}")
    verb = before[-1][1] if before else found[0][1]
    return verb, _VERBS[verb]


def _plural(noun: str, nouns: str) -> bool:
    """Whether one word may be the plural of the other."""
    return nouns in {noun + "s", noun + "es", noun[:-1] + "ies", noun[:-1] + "ves", noun[:-2] + "ves", noun + "ren"}


SOLVER = solve
