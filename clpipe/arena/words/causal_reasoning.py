"""Events for conditionals, and the ways to put conditionals, facts and a question into words.

Every event is three words at most ("the dog barks", "Alice bakes bread"), so that a prompt's length is known from its
structure. No subject and no verb stands in two events: none contradicts or implies another.
"""

from __future__ import annotations

from typing import NamedTuple

from clpipe.arena.reserve import parted, templates

_THINGS = """
rain start starts, street flood floods, alarm ring rings, dog bark barks, cat hide hides, baby wake wakes
train stop stops, light flicker flickers, door open opens, window break breaks, kettle boil boils, soup burn burns
wind blow blows, snow melt melts, river rise rises, bridge collapse collapses, market close closes, bus depart departs
clock strike strikes, phone buzz buzzes, engine overheat overheats, fan spin spins, pump stall stalls
plant wilt wilts, milk curdle curdles, ice crack cracks, roof leak leaks, lamp dim dims, gate shut shuts
fire spread spreads, crowd cheer cheers, match end ends, price drop drops, ship sail sails, bell toll tolls
horse gallop gallops, owl hoot hoots, rooster crow crows, frog croak croaks, bee sting stings, rope snap snaps
tower sway sways, flag flap flaps, candle drip drips, tap squeak squeaks, balloon burst bursts, dough swell swells
glass shatter shatters, paint peel peels, anchor rust rusts, battery drain drains, printer jam jams
screen freeze freezes, computer crash crashes, radio crackle crackles, drum boom booms, choir hum hums
ball bounce bounces, boat sink sinks, tide turn turns, fog clear clears, moon shine shines, volcano erupt erupts
tree topple topples, apple ripen ripens, wheel wobble wobbles, truck skid skids, plane land lands, valve hiss hisses
pipe rattle rattles, robot beep beeps, drill whine whines, parrot talk talks, swan dive dives, wolf howl howls
cow moo moos, team score scores, mayor resign resigns, kite soar soars, oven smoke smokes, tent sag sags
wall crumble crumbles, rocket explode explodes, fountain splash splashes, signal change changes, lock click clicks
siren wail wails, goat sneeze sneezes, mouse squeal squeals, cart roll rolls, hinge creak creaks
sugar dissolve dissolves, butter soften softens, guest arrive arrives, pendulum swing swings, mill grind grinds
star twinkle twinkles, leaf flutter flutters"""
_ACTIONS = """
sing sings, laugh laughs, smile smiles, dance dances, swim swims, wave waves, clap claps, kneel kneels, yawn yawns
whistle whistles, jog jogs, shout shouts, nap naps, ski skis, sketch sketches, cough coughs, giggle giggles
snore snores, limp limps, leave leaves early, stay stays home, fall falls asleep, skip skips lunch, read reads aloud
drink drinks tea, cook cooks rice, bake bakes bread, play plays chess, phone phones home, work works late
get gets lost, stand stands up, sit sits down, tell tells jokes, write writes letters, chop chops wood
sell sells honey, study studies law, mow mows lawns, catch catches fish, sweep sweeps floors, feed feeds ducks
eat eats cake, wear wears black, pay pays rent, win wins gold, take takes notes"""


class Event(NamedTuple):
    """Something that happens or not: `the dog`, `bark`, `barks`; without a subject it is what a person does."""

    subject: str
    verb: str
    verbs: str

    def __str__(self) -> str:
        return f"{self.subject} {self.verbs}".strip()

    def clause(self, happens: bool) -> str:
        """`the dog barks`, `the dog does not bark`."""
        return f"{self.subject} {self.verbs}" if happens else f"{self.subject} does not {self.verb}"


def _rows(table: str) -> list[list[str]]:
    return [row.split() for row in table.strip().replace("\n", ",").split(",")]


EVENTS = parted(
    [
        *(Event(f"the {noun}", verb, verbs) for noun, verb, verbs in _rows(_THINGS)),
        *(Event("", " ".join([verb, *rest]), " ".join([verbs, *rest])) for verb, verbs, *rest in _rows(_ACTIONS)),
    ]
)


class Wording(NamedTuple):
    """One way to put it, of the clauses p, q and r."""

    rule: str
    """If p, q."""
    both: str
    """If p, both q and r."""
    nested: str
    """If p, then if q, r."""
    forced: tuple[str, str]
    """That an event is made to happen, and not to happen: of its subject and verb."""
    layout: str
    """`rules`, `told` and the question: `question` ("Does the dog bark?"), `asked` or `claim` ("the dog barks")."""

    def conditional(self, kind: str, *clauses: str) -> str:
        """A rule of one of the kinds in `clpipe.arena.logic.conditionals`."""
        if kind == "if":
            # "X does not sing whenever Y" could also mean "not every time", so a denied effect comes last.
            rule = WHENEVER[0] if self.rule == LAST_WHENEVER[0] and " does not " in clauses[1] else self.rule
            return rule.format(p=clauses[0], q=clauses[1])
        p, q, r = clauses
        if kind == "or":
            return self.rule.format(p=f"{p} or {q}", q=r)
        return (self.both if kind == "both" else self.nested).format(p=p, q=q, r=r)


MAKES = (
    "someone from outside makes {0} {1}, whatever the rules say",
    "someone from outside does not let {0} {1}, whatever the rules say",
)
FORCES = (
    "whatever the rules say, someone forces {0} to {1}",
    "whatever the rules say, someone forces {0} not to {1}",
)
OUTSIDER = (
    "an outsider makes {0} {1}, whatever the rules say",
    "an outsider does not let {0} {1}, whatever the rules say",
)
IF = ("if {p}, {q}", "if {p}, both {q} and {r}", "if {p}, then if {q}, {r}")
THEN = ("if {p}, then {q}", "if {p}, then both {q} and {r}", "if {p}, then {r} if {q}")
WHEN = ("when {p}, {q}", "when {p}, both {q} and {r}", "when {p}, then if {q}, {r}")
WHENEVER = ("whenever {p}, {q}", "whenever {p}, both {q} and {r}", "whenever {p}, {r} if {q}")
# "q and r if p" could be read as "q, and r if p", so `both` has the condition first everywhere; and "if p, q and r" as
# "if p, q; and r", so it says "both".
LAST_IF = ("{q} if {p}", "if {p}, both {q} and {r}", "if {p}, then {r} if {q}")
LAST_WHENEVER = ("{q} whenever {p}", "whenever {p}, both {q} and {r}", "whenever {p}, {r} if {q}")
EVERY_TIME = ("every time {p}, {q}", "every time {p}, both {q} and {r}", "every time {p}, {r} if {q}")
EACH_TIME = ("each time {p}, {q}", "each time {p}, both {q} and {r}", "each time {p}, {r} if {q}")
ANY_TIME = ("any time {p}, {q}", "any time {p}, both {q} and {r}", "any time {p}, {r} if {q}")
TEMPLATES = templates(
    {
        "if": Wording(*IF, MAKES, "{rules} {told} {question} Answer yes, no or unknown."),
        "then": Wording(*THEN, FORCES, "{rules} {told} {question} Is the answer yes, no or unknown?"),
        "whenever": Wording(*WHENEVER, OUTSIDER, "{rules} {told} {question} Reply with yes, no or unknown."),
        "effect-first": Wording(*LAST_IF, MAKES, "{rules} {told} {question} Answer with yes, no or unknown."),
        "told-first": Wording(*IF, FORCES, "{told} {rules} {question} Answer yes, no or unknown."),
        "every-time": Wording(*EVERY_TIME, MAKES, "{rules} {told} So, {asked}? Yes, no or unknown?"),
        "brackets": Wording(*WHEN, OUTSIDER, "{rules} {told} {question} (yes, no or unknown)"),
        "question-first": Wording(*IF, MAKES, "Yes, no or unknown: {asked}? {rules} {told}"),
        "labels": Wording(*THEN, FORCES, "Rules: {rules} Facts: {told} Question: {question} Yes, no or unknown?"),
        "whenever-last": Wording(*LAST_WHENEVER, FORCES, "{told} {rules} {question} Say yes, no or unknown."),
        "each-time": Wording(*EACH_TIME, MAKES, "{rules} {told} {question} Reply yes, no or unknown."),
        "decide": Wording(*WHEN, FORCES, "Decide whether {claim}: yes, no or unknown. {rules} {told}"),
        "choose": Wording(*ANY_TIME, OUTSIDER, "{rules} {told} Choose yes, no or unknown: {asked}?"),
        "is-it-true": Wording(*LAST_IF, OUTSIDER, "{rules} {told} Is it true that {claim}? Yes, no or unknown?"),
        "assume": Wording(*WHENEVER, MAKES, "Assume this. {rules} {told} {question} Say yes, no or unknown."),
        "known": Wording(*THEN, OUTSIDER, "Known: {told} {rules} {question} Answer yes, no or unknown."),
    }
)
