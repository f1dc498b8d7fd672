"""The scenes of word problems: one way each to tell any story of numbers.

`{a}` owns what is counted, `{b}` and `{c}` are others, `{x}` the things; `{k}` is a number, `{p}` how many times.
`{grows}` is "doubles" or "becomes 5 times as large"; `{part}` is "half" or "a fifth". Every sentence can follow every
other: no pronoun points back to another sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from clpipe.arena.reserve import templates

GROWS = ("", "", "doubles", "triples", *(f"becomes {p} times as large" for p in range(4, 10)))
PART = ("", "", "half", "a third", "a quarter", "a fifth", "a sixth", "a seventh", "an eighth", "a ninth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One setting: how it begins, what can happen, and what is asked."""

    start: str
    """There are `k`."""
    some: str
    """There are some; how many is asked."""
    lots: str
    """There are `p` times `k`."""
    more: str
    fewer: str
    packs: str
    """`p` times `k` are added."""
    spend: str
    """`p` times `k` are taken away."""
    dozen: str
    """`p` times twelve are added."""
    times: str
    """There are `p` times as many."""
    share: str
    """One of `p` equal parts is left."""
    split: str
    """All is put into `p` equal parts."""
    rival: str
    """`c` has `k`; with "more" after the number, and `than`, `c` has so many more than `a`."""
    than: str
    aside: str
    """A number `k` that changes nothing."""
    end: str
    """Now there are `k`."""
    ask_now: str
    ask_first: str
    ask_each: str
    """How many are in one of the equal parts."""
    ask_together: str
    """How many `a` and `c` have."""
    ask_apart: str
    """How many more `a` has than `c`."""
    question_first: bool = False

    def sentences(self) -> dict[str, str]:
        """The sentence for each operation, beginning, end and question; `question_first` is empty where it is not."""
        told = {field.name: str(getattr(self, field.name) or "") for field in fields(self)}
        for name, amount in (("richer", "{k} more"), ("poorer", "{k} fewer")):
            told[name] = f"{self.rival.replace('{k}', amount)} than {self.than}."
        return told | {"apart": f"{self.rival}."}


_SCENES = {
    "giving": Scene(
        start="{a} has {k} {x}.",
        some="{a} has some {x}.",
        lots="{a} has {p} bags with {k} {x} in each.",
        more="{b} gives {a} {k} more {x}.",
        fewer="{a} gives {b} {k} {x}.",
        packs="{b} gives {a} {p} bags with {k} {x} in each.",
        spend="{a} gives {p} children {k} {x} each.",
        dozen="{b} gives {a} {p} dozen {x}.",
        times="{a} buys {x} until the number {grows}.",
        share="{a} keeps only {part} of the {x}.",
        aside="{b} lives at house number {k}.",
        ask_now="How many {x} does {a} have now?",
        end="Now {a} has {k} {x}.",
        ask_first="How many {x} did {a} have at first?",
        rival="{c} has {k} {x}",
        than="{a}",
        ask_together="How many {x} do {a} and {c} have together?",
        ask_apart="How many more {x} does {a} have than {c}?",
        split="{a} shares the {x} equally among {p} friends.",
        ask_each="How many {x} does each friend get?",
    ),
    "shop": Scene(
        start="{a}'s shop has {k} {x} in stock.",
        some="{a}'s shop has some {x} in stock.",
        lots="{a}'s shop has {p} shelves with {k} {x} on each.",
        more="A van delivers {k} more {x}.",
        fewer="{b} buys {k} {x}.",
        packs="A van delivers {p} crates with {k} {x} in each.",
        spend="Then {p} customers buy {k} {x} each.",
        dozen="A truck delivers {p} dozen {x}.",
        times="Before a holiday the stock of {x} {grows}.",
        share="After a sale only {part} of the {x} are left.",
        aside="The shop is {k} years old.",
        ask_now="How many {x} does the shop have now?",
        end="Now the shop has {k} {x}.",
        ask_first="How many {x} did the shop have at first?",
        rival="{c}'s shop has {k} {x}",
        than="{a}'s shop",
        ask_together="How many {x} do the two shops have together?",
        ask_apart="How many more {x} does {a}'s shop have than {c}'s shop?",
        split="{a} puts the {x} on {p} shelves, the same number on each.",
        ask_each="How many {x} are on each shelf?",
    ),
    "bus": Scene(
        start="{a} drives a bus with {k} passengers.",
        some="{a} drives a bus with some passengers.",
        lots="{a} drives a bus with {p} groups of {k} passengers.",
        more="At a stop {k} more passengers get on.",
        fewer="At a stop {k} passengers get off.",
        packs="At the station {p} groups of {k} passengers get on.",
        spend="At the park {p} groups of {k} passengers get off.",
        dozen="At the stadium {p} dozen passengers get on.",
        times="At the airport the number of passengers {grows}.",
        share="After the market only {part} of the passengers are still on the bus.",
        aside="It is bus number {k}.",
        ask_now="How many passengers are on {a}'s bus now?",
        end="Now {a}'s bus has {k} passengers.",
        ask_first="How many passengers were on {a}'s bus at first?",
        rival="{c}'s bus has {k} passengers",
        than="{a}'s bus",
        ask_together="How many passengers are on the two buses together?",
        ask_apart="How many more passengers are on {a}'s bus than on {c}'s bus?",
        split="At the harbor the passengers change into {p} vans, the same number into each.",
        ask_each="How many passengers are in each van?",
    ),
    "money": Scene(
        start="{a} has {k} dollars.",
        some="{a} has some money.",
        lots="{a} begins with nothing and earns {k} dollars a day for {p} days.",
        more="{b} pays {a} {k} dollars.",
        fewer="{a} pays {b} {k} dollars.",
        packs="{a} earns {k} dollars a day for {p} days.",
        spend="{a} buys {p} {x} for {k} dollars each.",
        dozen="{a} sells a dozen {x} for {p} dollars each.",
        times="{a} invests all the money, and the amount {grows}.",
        share="{a} keeps {part} of the money and gives the rest away.",
        aside="{a} is {k} years old.",
        ask_now="How many dollars does {a} have now?",
        end="Now {a} has {k} dollars.",
        ask_first="How many dollars did {a} have at first?",
        rival="{c} has {k} dollars",
        than="{a}",
        ask_together="How many dollars do {a} and {c} have together?",
        ask_apart="How many more dollars does {a} have than {c}?",
        split="{a} shares all the money equally among {p} nieces.",
        ask_each="How many dollars does each niece get?",
    ),
    "game": Scene(
        start="{a} starts a game with {k} points.",
        some="{a} starts a game with some points.",
        lots="{a} wins the first {p} rounds of a game, with {k} points for each.",
        more="{a} gains {k} points.",
        fewer="{a} loses {k} points to {b}.",
        packs="{a} wins {p} rounds of {k} points each.",
        spend="{a} makes {p} mistakes and loses {k} points for each.",
        dozen="{a} wins a dozen rounds of {p} points each.",
        times="With a bonus {a}'s score {grows}.",
        share="After a penalty {a} keeps only {part} of the points.",
        aside="{a} wears shirt number {k}.",
        ask_now="What is {a}'s score now?",
        end="Now {a} has {k} points.",
        ask_first="How many points did {a} have at the start?",
        rival="{c} has {k} points",
        than="{a}",
        ask_together="How many points do {a} and {c} have together?",
        ask_apart="By how many points is {a} ahead of {c}?",
        split="{a}'s points are shared equally among {p} teammates.",
        ask_each="How many points does each teammate get?",
    ),
    "box": Scene(
        start="{a} puts {k} {x} in an empty box.",
        some="{a} puts some {x} in an empty box.",
        lots="{a} puts {p} packs of {k} {x} in an empty box.",
        more="{b} adds {k} {x}.",
        fewer="{b} takes out {k} {x}.",
        packs="{b} adds {p} packs of {k} {x}.",
        spend="Then {p} children take out {k} {x} each.",
        dozen="{b} adds {p} dozen {x}.",
        times="{a} adds {x} until the number in the box {grows}.",
        share="{b} takes out {x} until only {part} of them are left.",
        aside="The box is {k} inches wide.",
        ask_now="How many {x} are in the box now?",
        end="Now the box holds {k} {x}.",
        ask_first="How many {x} did {a} put in the box at first?",
        rival="{c}'s box holds {k} {x}",
        than="{a}'s box",
        ask_together="How many {x} do {a}'s box and {c}'s box hold together?",
        ask_apart="How many more {x} does {a}'s box hold than {c}'s box?",
        split="{a} moves the {x} into {p} bags, the same number into each.",
        ask_each="How many {x} are in each bag?",
    ),
    "farm": Scene(
        start="{a} keeps {k} hens on a farm.",
        some="{a} keeps some hens on a farm.",
        lots="{a} keeps hens in {p} barns, with {k} in each.",
        more="{a} buys {k} more hens.",
        fewer="{a} sells {b} {k} hens.",
        packs="Then {p} cousins bring {a} {k} hens each.",
        spend="{a} sells {k} hens a week for {p} weeks.",
        dozen="{b} brings {a} {p} dozen hens.",
        times="In spring the number of hens {grows}.",
        share="In winter {a} sells hens until only {part} of them are left.",
        aside="The farm is {k} miles from town.",
        ask_now="How many hens does {a} have now?",
        end="Now {a} has {k} hens.",
        ask_first="How many hens did {a} have at first?",
        rival="{c} keeps {k} hens",
        than="{a}",
        ask_together="How many hens do {a} and {c} keep together?",
        ask_apart="How many more hens does {a} keep than {c}?",
        split="{a} sends the hens to {p} farmers, the same number to each.",
        ask_each="How many hens does each farmer get?",
    ),
    "party": Scene(
        start="{a} invites {k} guests to a party.",
        some="{a} invites some guests to a party.",
        lots="{a} invites {p} groups of {k} guests to a party.",
        more="{a} invites {k} more guests.",
        fewer="Then {k} guests cancel.",
        packs="{a} also invites {p} groups of {k} guests.",
        spend="Then {p} groups of {k} guests cancel.",
        dozen="{a} also invites {p} dozen guests.",
        times="{a} rents a hall, and the number of guests {grows}.",
        share="Because of a storm only {part} of the remaining guests still want to come.",
        aside="The party is {k} days away.",
        ask_now="How many guests does {a} expect now?",
        end="Now {a} expects {k} guests.",
        ask_first="How many guests did {a} invite at first?",
        rival="{c} expects {k} guests",
        than="{a}",
        ask_together="How many guests do {a} and {c} expect together?",
        ask_apart="How many more guests does {a} expect than {c}?",
        split="{a} seats the guests at {p} tables, the same number at each.",
        ask_each="How many guests sit at each table?",
    ),
    "film": Scene(
        start="{a}'s film runs for {k} minutes.",
        some="{a} makes a film.",
        lots="{a}'s film has {p} scenes of {k} minutes each.",
        more="{a} adds a scene of {k} minutes.",
        fewer="{b} cuts a scene of {k} minutes.",
        packs="{a} adds {p} scenes of {k} minutes each.",
        spend="{b} cuts {p} scenes of {k} minutes each.",
        dozen="{a} adds a dozen scenes of {p} minutes each.",
        times="For television the length of the film {grows}.",
        share="For a contest {b} cuts the film to {part} of its length.",
        aside="The film has {k} actors.",
        ask_now="For how many minutes does the film run now?",
        end="Now the film runs for {k} minutes.",
        ask_first="For how many minutes did the film run at first?",
        rival="{c}'s film runs for {k} minutes",
        than="{a}'s film",
        ask_together="For how many minutes do the two films run together?",
        ask_apart="By how many minutes is {a}'s film longer than {c}'s film?",
        split="The film is shown in {p} equally long parts.",
        ask_each="For how many minutes does each part run?",
    ),
    "museum": Scene(
        start="{a}'s museum shows {k} {x}.",
        some="{a}'s museum shows some {x}.",
        lots="{a}'s museum has {p} rooms and shows {k} {x} in each.",
        more="{b} lends the museum {k} more {x}.",
        fewer="The museum returns {k} {x} to {b}.",
        packs="Then {p} artists lend the museum {k} {x} each.",
        spend="Then {p} artists each take {k} {x} back.",
        dozen="{b} lends the museum {p} dozen {x}.",
        times="A new wing opens, and the number of {x} on show {grows}.",
        share="During repairs only {part} of the {x} stay on show.",
        aside="The museum is {k} years old.",
        ask_now="How many {x} does the museum show now?",
        end="Now the museum shows {k} {x}.",
        ask_first="How many {x} did the museum show at first?",
        rival="{c}'s museum shows {k} {x}",
        than="{a}'s museum",
        ask_together="How many {x} do the two museums show together?",
        ask_apart="How many more {x} does {a}'s museum show than {c}'s museum?",
        split="{a} spreads the {x} over {p} rooms, the same number in each.",
        ask_each="How many {x} are in each room?",
    ),
    "trip": Scene(
        start="{a} plans a trip of {k} miles.",
        some="{a} plans a trip.",
        lots="{a} plans a trip of {p} stages of {k} miles each.",
        more="{b} adds a detour of {k} miles.",
        fewer="A tunnel makes the trip {k} miles shorter.",
        packs="{b} adds {p} detours of {k} miles each.",
        spend="{a} skips {p} detours of {k} miles each.",
        dozen="{b} adds a dozen detours of {p} miles each.",
        times="{a} changes the plan, and the length of the trip {grows}.",
        share="Because of rain {a} cuts the trip to {part} of its length.",
        aside="{a}'s bag weighs {k} pounds.",
        ask_now="How many miles long is the trip now?",
        end="Now the trip is {k} miles long.",
        ask_first="How many miles long was the trip at first?",
        rival="{c}'s trip covers {k} miles",
        than="{a}'s trip",
        ask_together="How many miles do the two trips cover together?",
        ask_apart="How many more miles does {a}'s trip cover than {c}'s trip?",
        split="{a} takes {p} days for the trip, with the same distance on each.",
        ask_each="How many miles does {a} travel on each day?",
    ),
    "tank": Scene(
        start="{a}'s tank contains {k} liters of water.",
        some="{a}'s tank contains some water.",
        lots="{a} pours {k} liters of water an hour into an empty tank for {p} hours.",
        more="{b} pours in {k} liters.",
        fewer="{b} takes out {k} liters.",
        packs="A pump adds {k} liters an hour for {p} hours.",
        spend="A leak drains {k} liters an hour for {p} hours.",
        dozen="{b} pours in a dozen cans of {p} liters each.",
        times="After a storm the amount of water {grows}.",
        share="After a hot month only {part} of the water is left.",
        aside="The tank is {k} feet tall.",
        ask_now="How many liters are in the tank now?",
        end="Now the tank contains {k} liters.",
        ask_first="How many liters were in the tank at first?",
        rival="{c}'s tank contains {k} liters",
        than="{a}'s tank",
        ask_together="How many liters do the two tanks contain together?",
        ask_apart="How many more liters does {a}'s tank contain than {c}'s tank?",
        split="{a} drains the tank into {p} barrels, the same amount into each.",
        ask_each="How many liters are in each barrel?",
    ),
    "bakery": Scene(
        start="{a}'s bakery has {k} loaves.",
        some="{a}'s bakery has some loaves.",
        lots="{a}'s bakery has {p} trays of {k} loaves.",
        more="{a} bakes {k} more loaves.",
        fewer="{b} buys {k} loaves.",
        packs="{a} bakes {p} trays of {k} loaves.",
        spend="{a} sends {k} loaves to each of {p} schools.",
        dozen="{a} bakes {p} dozen loaves.",
        times="{b} helps to bake until the number of loaves {grows}.",
        share="After the rush only {part} of the loaves are left.",
        aside="The oven is {k} years old.",
        ask_now="How many loaves does the bakery have now?",
        end="Now the bakery has {k} loaves.",
        ask_first="How many loaves did the bakery have at first?",
        rival="{c}'s bakery has {k} loaves",
        than="{a}'s bakery",
        ask_together="How many loaves do the two bakeries have together?",
        ask_apart="How many more loaves does {a}'s bakery have than {c}'s bakery?",
        split="{a} loads the loaves into {p} vans, the same number into each.",
        ask_each="How many loaves are in each van?",
    ),
    "collection": Scene(
        start="{a}'s collection has {k} {x}.",
        some="{a}'s collection has some {x}.",
        lots="{a}'s collection has {p} sets of {k} {x}.",
        more="{a} finds {k} more {x}.",
        fewer="{a} loses {k} {x}.",
        packs="{a} finds {k} {x} a week for {p} weeks.",
        spend="{a} sells {p} sets of {k} {x}.",
        dozen="{b} adds {p} dozen {x}.",
        times="{a} trades well, and the number of {x} {grows}.",
        share="{a} sorts the {x} into {p} equal piles and keeps just one pile.",
        aside="{b} is {k} years old.",
        ask_now="How many {x} are in {a}'s collection in the end?",
        end="In the end {a} has {k} {x}.",
        ask_first="How many {x} were in {a}'s collection at first?",
        rival="{c}'s collection has {k} {x}",
        than="{a}'s collection",
        ask_together="How many {x} do {a} and {c} have together in the end?",
        ask_apart="How many more {x} than {c} does {a} have in the end?",
        split="{a} gives the {x} to {p} heirs, the same number to each.",
        ask_each="How many of {a}'s {x} does each heir get?",
        question_first=True,
    ),
    "parking": Scene(
        start="{a} guards a parking lot with {k} cars in it.",
        some="{a} guards a parking lot with some cars in it.",
        lots="{a} guards a parking lot with {p} rows of {k} cars.",
        more="Then {k} more cars arrive.",
        fewer="Then {k} cars leave.",
        packs="Then {k} cars an hour arrive for {p} hours.",
        spend="Then {k} cars an hour leave for {p} hours.",
        dozen="Then {p} dozen cars arrive.",
        times="Because of a concert the number of cars {grows}.",
        share="Then cars leave until only {part} of them are left.",
        aside="Parking costs {k} dollars.",
        ask_now="How many cars are in {a}'s lot now?",
        end="Now {a}'s lot has {k} cars in it.",
        ask_first="How many cars were in {a}'s lot at first?",
        rival="{c}'s lot has {k} cars in it",
        than="{a}'s lot",
        ask_together="How many cars are in the two lots together?",
        ask_apart="How many more cars are in {a}'s lot than in {c}'s lot?",
        split="The cars in {a}'s lot stand in {p} rows, the same number in each.",
        ask_each="How many cars stand in each row?",
    ),
    "letters": Scene(
        start="{a} has {k} letters to answer.",
        some="{a} has some letters to answer.",
        lots="{a} has {p} piles of {k} letters to answer.",
        more="{b} sends {k} more letters.",
        fewer="{a} answers {k} letters.",
        packs="Then {k} letters a day arrive for {p} days.",
        spend="{a} answers {k} letters a day for {p} days.",
        dozen="The mail brings {p} dozen letters.",
        times="After a news report the number of unanswered letters {grows}.",
        share="{b} helps until only {part} of the unanswered letters are left.",
        aside="{a}'s office is on floor {k}.",
        ask_now="How many letters does {a} still have to answer?",
        end="Now {a} has {k} letters to answer.",
        ask_first="How many letters did {a} have to answer at first?",
        rival="{c} has {k} letters to answer",
        than="{a}",
        ask_together="How many letters do {a} and {c} have to answer together?",
        ask_apart="How many more letters does {a} have to answer than {c}?",
        split="{a} hands the letters to {p} helpers, the same number to each.",
        ask_each="How many letters does each helper get?",
    ),
}
SCENES = templates({name: scene.sentences() for name, scene in _SCENES.items()})
"""The sentences of each scene by their name in `Scene`, and `richer`, `poorer`, `apart`: what another one has."""
