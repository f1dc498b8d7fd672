"""What people have in logic grids, and the wordings of world, clues and question.

A topic has twenty values or more, so that five are reserved and a grid of five people can be drawn of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from clpipe.arena.family import sentence
from clpipe.arena.reserve import Words, parted, templates

_TOPICS = """
color, like, likes: red green blue yellow purple white black pink orange brown gray silver gold violet
 turquoise crimson beige maroon indigo scarlet
pet, keep, keeps: cats dogs rabbits parrots hamsters turtles goldfish snakes mice ponies canaries lizards
 ferrets pigeons ducks geese goats frogs spiders rats
drink, drink, drinks: tea coffee milk juice water cocoa lemonade cider cola wine beer soda sherry buttermilk
 champagne espresso punch rum vodka whisky
sport, play, plays: tennis golf hockey rugby soccer cricket squash polo basketball baseball volleyball
 handball badminton softball netball lacrosse billiards darts croquet dodgeball
language, speak, speaks: Greek Polish Dutch Hindi Swedish Turkish Korean Arabic French German Spanish
 Italian Russian Danish Finnish Hebrew Japanese Persian Thai Welsh Czech Portuguese
city, visit, visits: Paris Rome Oslo Cairo Lima Tokyo Delhi Madrid Berlin Vienna Dublin Athens Lisbon
 Prague Warsaw Moscow Nairobi Havana Seoul Boston Chicago Toronto
subject, study, studies: law physics music history art biology chemistry geometry geography medicine
 economics philosophy botany algebra astronomy architecture geology theology statistics zoology
fruit, eat, eats: cherries mangoes apricots kiwis limes papayas raspberries blueberries strawberries
 blackberries cranberries gooseberries coconuts pineapples nectarines tangerines guavas quinces avocados dates
instrument, play, plays: piano violin cello flute guitar harp trumpet trombone clarinet oboe drums tuba
 banjo viola bassoon saxophone accordion mandolin ukulele xylophone
job, work as a, works as a, have, has: baker teacher doctor lawyer farmer painter pilot plumber tailor nurse
 chemist dentist driver gardener hunter judge librarian mechanic sailor waiter weaver writer butcher carpenter
country, tour, tours: France Spain Italy Greece Norway Sweden Poland Japan China India Egypt Kenya Peru
 Chile Brazil Mexico Canada Cuba Ireland Scotland Morocco Iceland
hobby, enjoy, enjoys: fishing painting sailing reading cycling hiking gardening cooking dancing singing
 swimming knitting running skiing skating climbing surfing juggling pottery sewing rowing camping
dish, order, orders: soup pasta rice pizza curry salad porridge stew sushi tacos noodles goulash lasagna
 paella risotto ravioli hummus chili couscous falafel
fabric, wear, wears: silk cotton wool linen velvet denim leather lace satin tweed nylon cashmere flannel
 fleece corduroy suede polyester chiffon felt fur
vegetable, grow, grows: spinach kale leeks peas beans cabbage celery garlic lettuce broccoli radishes
 beets cucumbers peppers corn asparagus cauliflower parsnips zucchini artichokes
"""


class Topic(NamedTuple):
    """Something of which everybody has one value."""

    noun: str
    like: str
    """Before a value: "like", "work as a"."""
    likes: str
    have: str
    """Before the noun: "like", "have"."""
    has: str
    values: Words[str]


def _topic(row: str) -> Topic:
    forms, values = row.split(": ")
    noun, like, likes, *other = forms.split(", ")
    have, has = other or (like, likes)
    return Topic(noun, like, likes, have, has, parted(values.split()))


TOPICS = tuple(map(_topic, _TOPICS.replace("\n ", " ").strip().splitlines()))


def sentences(clauses: Iterable[str]) -> str:
    """A sentence each."""
    return " ".join(map(sentence, clauses))


def semicolons(clauses: Iterable[str]) -> str:
    """One sentence: `Ann likes red; Bob does not like green.`."""
    return sentence("; ".join(clauses))


def chained(clauses: Iterable[str]) -> str:
    """Part of a sentence: `Ann likes red, and Bob does not like green`."""
    *first, last = clauses
    return f"{', '.join(first)}, and {last}" if first else last


def one_sentence(clauses: Iterable[str]) -> str:
    """The same as a sentence."""
    return sentence(chained(clauses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to tell a grid. `p` and `q` are people, `v` and `w` values; in a link `like2` is the verb of `w`."""

    layout: str = "{people} each {world}. {clues} {question}"
    world: str = "{have} a different {noun} ({listed})"
    """What is said of one topic; `choice` is the list with "or"."""
    also: str = " and "
    """Between what is said of two topics."""
    join: Callable[[Iterable[str]], str] = sentences
    """Makes one text of the clues."""
    has: str = "{p} {likes} {v}"
    lacks: str = "{p} does not {like} {v}"
    either: str = "{p} {likes} {v} or {w}"
    whom: str = "{p} or {q} {likes} {v}"
    same: str = "whoever {likes} {v} {likes2} {w}"
    apart: str = "whoever {likes} {v} does not {like2} {w}"
    who: str = "Who {likes} {v}?"
    what: str = "What {noun} does {p} {have}?"


TEMPLATES = templates(
    {
        "plain": Wording(),
        "question-between": Wording(layout="{people} each {world}. {question} {clues}"),
        "friends": Wording(
            layout="The friends {people} each {world}. {clues} {question}",
            who="Which friend {likes} {v}?",
        ),
        "puzzle": Wording(
            layout="Puzzle: {people} each {world}. {clues} {question}",
            whom="either {p} or {q} {likes} {v}",
        ),
        "clues": Wording(layout="{people} each {world}. Clues: {clues} Question: {question}", join=semicolons),
        "one-sentence": Wording(join=one_sentence, what="Which {noun} does {p} {have}?"),
        "known": Wording(layout="We know that {people} each {world}. {clues} {question}"),
        "club": Wording(
            layout="Club members {people} each {world}. {clues} {question}",
            same="the same person {likes} {v} and {likes2} {w}",
            apart="nobody both {likes} {v} and {likes2} {w}",
        ),
        "each-of": Wording(
            layout="Each of {people} {world}. {clues} {question}",
            world="{has} a different {noun} ({listed})",
        ),
        "all-different": Wording(
            layout="{people} each {world}, all different. {clues} {question}",
            world="{have} one {noun} ({choice})",
        ),
        "everyone": Wording(
            layout="Here are {people}. {world}. {clues} {question}",
            world="Everyone {has} a different {noun}: {listed}",
            also=". ",
        ),
        "name-it": Wording(who="Name the person who {likes} {v}.", what="Name the {noun} that {p} {has}."),
        "it-is": Wording(has="it is {p} who {likes} {v}", lacks="it is not {p} who {likes} {v}"),
        "given": Wording(
            layout="{people} each {world}. Given that {clues}, {question}",
            join=chained,
            who="who {likes} {v}?",
            what="what {noun} does {p} {have}?",
        ),
        "table": Wording(
            layout="People: {people}. {world}. {clues} {question}",
            world="Each {has} a different {noun} ({listed})",
            also=". ",
        ),
        "notes": Wording(
            layout="Notes: {people} each {world}. {clues} {question}",
            join=semicolons,
            who="Which person {likes} {v}?",
            what="Which {noun} does {p} {have}?",
        ),
    }
)
