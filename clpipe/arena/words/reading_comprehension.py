"""The words of `reading_comprehension`, and how some are taken.

The days of the week are a closed list, as the numbers are: none is reserved.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from clpipe.arena.reserve import parted
from clpipe.arena.vocabulary import NAMES

_THINGS = """
lantern drum map kite compass telescope violin trumpet basket bucket teapot kettle carpet mirror clock candlestick
ladder hammer spade rake wheelbarrow bicycle sledge rope anchor barrel bench chair stool cradle chest cupboard curtain
cushion blanket quilt pillow towel apron hat coat scarf belt necklace bracelet brooch medal vase bowl jug spoon fork
ladle tray flask bottle jar globe lamp torch candle bell whistle flute harp banjo guitar piano accordion puppet doll
puzzle chessboard cart canoe paddle net umbrella parasol suitcase backpack purse wallet handbag statue portrait poster
banner flag typewriter radio projector microscope thermometer barometer keyboard robot helmet shield saddle bridle
horseshoe plough scythe sickle axe chisel drill screwdriver wrench anvil loom spindle thimble needle ribbon tapestry
rug hammock birdcage aquarium scarecrow sundial hourglass magnet abacus easel inkwell quill atlas dictionary album
scrapbook cookbook songbook"""
THINGS = parted(_THINGS.split())
_PLACES = """
cellar barn kitchen attic garden library garage hall tower shed stable workshop office chapel school shop pantry
laundry studio greenhouse courtyard storeroom nursery theatre bakery mill castle cottage orchard vault hotel inn cabin
boathouse dairy forge archive canteen classroom lobby gallery corridor bathroom bedroom lounge larder hangar
warehouse lighthouse hut pavilion"""
PLACES = parted(_PLACES.split())
_JOBS = """
baker plumber teacher nurse farmer tailor carpenter gardener doctor dentist lawyer butcher grocer sailor pilot mayor
clerk waiter barber cobbler blacksmith mason potter weaver shepherd librarian journalist musician singer dancer
engineer mechanic electrician porter hunter florist chemist banker architect surveyor"""
JOBS = parted(_JOBS.split())
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = tuple(map(str, range(2, 100)))


class Cast(NamedTuple):
    """The words a passage may use."""

    people: tuple[str, ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    jobs: tuple[str, ...]


CASTS = {
    True: Cast(NAMES.reserved, THINGS.reserved, PLACES.reserved, JOBS.reserved),
    False: Cast(NAMES.common, THINGS.common, PLACES.common, JOBS.common),
}
"""By whether the entities are to be new."""


def some(rng: random.Random, words: Sequence[str], count: int) -> list[str]:
    """So many different words; much quicker than `rng.sample` for a few, as words seldom come twice."""
    found: list[str] = []
    among = len(words)
    while len(found) < count:
        word = words[int(rng.random() * among)]
        if word not in found:
            found.append(word)
    return found


def values(rng: random.Random, cast: Cast, column: str, count: int) -> list[str]:
    """So many different places, days or numbers."""
    if column == "place":
        return some(rng, cast.places, count)
    return some(rng, DAYS if column == "day" else NUMBERS, count)
