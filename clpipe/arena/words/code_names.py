"""Words that programs are made of: identifiers, and the strings that they work on.

No identifier is a word of the wordings, a built-in or a keyword, and none is a part of another.
"""

from __future__ import annotations

from clpipe.arena.reserve import parted

_IDENTIFIERS = """
amount beam bonus bound branch bridge bucket budget cargo cells chain charge chart cluster coast corner cost
crate credit cycle drift drops engine entry extra fence field flag flow focus frost fuel gain gap gate gauge
gear goal grain grid growth guess gust halo hedge height hours jump kilo layer ledge lever limit loops lumen margin
mesh metric minor minutes mixer model motor notch offset orbit panel patch phase pivot pixel plank pool
portion power probe pulse quota radius rank ratio region reserve reward river route scale score sector sensor
shade share shift signal slope slot socket spare spark speed stage stock stone streak stride supply surge tally target
tempo token torque tower track trend turbo valley vault vector volume wages wave weeks weight wheel width zone"""
_STRINGS = """
almond anchor badger bamboo banana barley basil beaver birch biscuit bottle butter cactus camel candle canyon carrot
castle cedar cherry cobalt coffee copper coral cotton crystal daisy desert donkey dragon eagle ember falcon feather
fennel ferret flame forest fossil galaxy garlic ginger glacier granite guitar hammer harbor hazel heron honey island
ivory jacket jaguar jasmine kernel kettle ladder lagoon lantern lemon lentil lizard lobster magnet mango maple
marble meadow melon mirror monkey mosaic nectar needle nickel nutmeg oasis olive orchid otter oyster paddle panda
papaya parrot pebble pepper pigeon planet pocket pollen poppy pumpkin quartz quiver rabbit radish raven ribbon
rocket saddle salmon sandal sapphire saturn scarlet shadow silver sparrow spider spruce summit sunset temple thistle
thunder tiger timber tomato trumpet tulip tunnel turtle velvet violet violin walnut walrus willow window winter
yogurt zebra zinnia"""

IDENTIFIERS = parted(_IDENTIFIERS.split())
"""Names of variables, parameters and functions; what they mean in English tells nothing."""
STRINGS = parted(_STRINGS.split())
"""Words of five letters or more, in lower case."""
