"""Causal reasoning: what follows from "if", what does not, and what is left when somebody steps in.

Example: `If the rain starts, the street floods. If Bob sings, the dog barks. The street does not flood. Does the rain
start? Answer yes, no or unknown.` — No.

What is told of events is of two kinds.

- Observed ("the street floods"): every conditional is a classical one. The answer is Yes where the rules and all that
  is told entail that the event happens, No where they entail that it does not, and Unknown otherwise.
- Forced ("someone from outside makes the street flood, whatever the rules say"): the rules whose consequent is that
  event, happening or not, are taken away, then it counts as told. So what follows from a forced event still does, but
  nothing about its causes: with the street forced not to flood, the rain of the example is Unknown.

Difficulty; rules and facts may deny any event ("the dog does not bark"), and stand in any order:

1. one rule and two facts: modus ponens beside an idle fact, or two idle facts.
2. two rules, one of them idle, and a fact: modus ponens, modus tollens, affirming the consequent, denying the
   antecedent.
3. two rules and two facts: the same with a fact on the idle rule; two causes of one effect; two effects of one cause.
4. two rules in a row, each in either direction (a chain, a common cause, a common effect), with an idle rule, an "or"
   in the condition or two consequents; the same with a forced event.
5. three in a row, with an idle rule, an "or", two consequents or a nested conditional; the same with a forced event.

The answers are equally likely whatever the template, which of the facts are denials and, from difficulty 2 on, the
number of negations in the prompt: every shape is drawn with others that are the same in this and have the other
answers. At difficulty 1 that cannot be: with one rule, a prompt without any "not" is never answered No. Causes and
effects are paired at random, so that knowing the world does not help.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family, sentence
from clpipe.arena.logic.conditionals import Literal, Shape, shapes, verdict
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.causal_reasoning import EVENTS, TEMPLATES, Event, Wording
from clpipe.records import Json

ANSWERS = ("Yes", "No", "Unknown")
FRAMES = {
    1: ("a>b : a c ? b / a>b : c d ? b",),
    2: ("a>b c>d : a ? b", "a>b c>d : b ? a"),
    3: (
        "a>b c>d : a c ? b / a>b c>d : a d ? b",
        "a>b c>d : b c ? a / a>b c>d : b d ? a",
        "a>b c>b : a c ? b",
        "a>b c>b : b c ? a",
        "a>b a>c : b c ? a",
    ),
    4: (
        "a-b b-c d>e : a ? c",
        "a|d>b b-c : a ? c",
        "a|d>b b-c : c ? a",
        "d|e>b b>a&c : d a ? c",
        "d-b b>a&c : a c ? d",
        "a-b b-c : !b a ? c",
        "a-b b-c : !c a ? b",
        "a-b b-c d>e : !a ? c",
        "d-b b>a&c : !a d ? b",
        "d-b b>a&c : !a d ? c",
    ),
    5: (
        "a-b b-c c-d e>f : a ? d",
        "a|e>b b-c c-d : a ? d",
        "a|e>b b-c c-d : d ? a",
        "a|e>b c>b>d d-f : a c ? f",
        "a|e>b c>b>d d-f : a f ? c",
        "e-a a-b b-c : !a e ? c",
        "d-a a-b b-c : !c d ? b",
        "d-b b>a&c a-e : !a d ? c",
        "d-b b>a&c a-e : !a d ? e",
        "d-b b>a&c c-e : !a d ? e",
    ),
}
"""Groups of frames (`clpipe.arena.logic.conditionals`) with ` / ` between those that are drawn from as one."""
LONGEST = 60
"""Most words of a prompt."""
RARER = 0.7
"""How much rarer a prompt with one more negation is, as it is longer."""

Pools = tuple[tuple[Shape, ...], ...]
"""Shapes; each pool is as likely as the others, whatever its size."""


class Group(NamedTuple):
    """The shapes of a group of frames, in strata in which every answer occurs."""

    strata: list[dict[str, Pools]]
    """By answer."""
    weights: list[float]
    """Of the strata, cumulative."""


@dataclass(frozen=True, kw_only=True)
class CausalReasoning(Family):
    """Conditionals, facts and interventions, and a question with the answers Yes, No and Unknown."""

    VERSION: ClassVar[int] = 2

    interventions: bool = True
    """Whether events are forced at difficulty 4 and 5."""

    def __post_init__(self) -> None:
        if not isinstance(self.interventions, bool):
            raise ValueError(f"interventions must be true or false, not {self.interventions!r}")

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A shape with the answer that was chosen first, and events at random."""
        answer = rng.choice(ANSWERS)
        group = rng.choice(groups(difficulty, self.interventions))
        pools = rng.choices(group.strata, cum_weights=group.weights)[0][answer]
        shape = _shuffled(rng, rng.choice(rng.choice(pools)))
        cast, numbers = _cast(rng, shape, novelty)
        template, wording = rng.choice(TEMPLATES.of(novelty))

        def fact(literal: Literal) -> list[Json]:
            subject, _, verbs = cast[literal[0]]
            return [numbers.get(subject, subject), verbs, literal[1]]

        return Draft(
            prompt=_prompt(shape, cast, wording),
            answer=answer,
            template=template,
            entities=tuple(numbers),
            facts={
                "rules": [[rule.kind, *map(fact, rule.literals)] for rule in shape.rules],
                "told": [*map(fact, shape.told)],
                "forced": shape.forced,
                "asked": fact((shape.asked, True))[:2],
            },
        )


@cache
def groups(difficulty: int, interventions: bool) -> tuple[Group, ...]:
    """What is drawn from at a difficulty."""
    frames = [frames for frames in FRAMES[difficulty] if interventions or "!" not in frames]
    return tuple(_group(each.split(" / "), asked_counts=difficulty > 1) for each in frames)


def _group(frames: list[str], *, asked_counts: bool) -> Group:
    """In a stratum are the shapes with the same negations; of the asked event too unless these make the answer."""
    found: dict[tuple[int, ...], dict[str, list[Shape]]] = defaultdict(lambda: defaultdict(list))
    for shape in (shape for frame in frames for shape in shapes(frame)):
        answer = verdict(shape) if _words(shape) <= LONGEST else None
        if answer:
            negations = _negations(shape, "" if asked_counts else shape.asked)
            found[negations, *(happens for _, happens in shape.told)][answer].append(shape)
    matched = {key: of for key, of in found.items() if len(of) == len(ANSWERS)}
    weights = [min(map(len, of.values())) * RARER ** (key[0] * asked_counts) for key, of in matched.items()]
    strata = [{answer: _pools(made) for answer, made in of.items()} for of in matched.values()]
    return Group(strata, list(accumulate(weights)))


def _pools(made: list[Shape]) -> Pools:
    """By what the answer would be if the forced event were observed, so that forcing it often makes a difference."""
    if not made[0].forced:
        return (tuple(made),)
    observed: dict[str | None, list[Shape]] = defaultdict(list)
    for shape in made:
        observed[verdict(shape._replace(forced=False))].append(shape)
    return tuple(map(tuple, observed.values()))


def _negations(shape: Shape, but: str = "") -> int:
    return sum([not happens for letter, happens in shape.literals() if letter != but])


def _words(shape: Shape) -> int:
    """Words of the prompt in the longest wording: three for an event and two more for a denial."""
    clauses = 1 + len(list(shape.literals()))
    joints = sum({"if": 2, "both": 4}.get(rule.kind, 3) for rule in shape.rules)
    return 3 * clauses + 2 * _negations(shape) + joints + 8 * shape.forced + 8


def _shuffled(rng: random.Random, shape: Shape) -> Shape:
    """With rules and facts in any order, but what is forced before what is observed."""
    rules = [rule if rng.random() < 0.5 else rule.reordered() for rule in shape.rules]
    rng.shuffle(rules)
    told = shape.told if shape.forced or rng.random() < 0.5 else shape.told[::-1]
    return shape._replace(rules=tuple(rules), told=told)


def _cast(rng: random.Random, shape: Shape, novelty: str) -> tuple[dict[str, Event], dict[str, int]]:
    """Different events by their letters, each person in one alone; and the people's numbers, in order of mention."""
    letters = dict.fromkeys(letter for letter, _ in shape.literals())
    events = rng.sample(EVENTS.of(novelty), len(letters))
    people = rng.sample(NAMES.of(novelty), sum([not event.subject for event in events]))
    names = iter(people)
    cast = [event if event.subject else event._replace(subject=next(names)) for event in events]
    return dict(zip(letters, cast, strict=True)), {name: number for number, name in enumerate(people)}


def _prompt(shape: Shape, cast: Mapping[str, Event], wording: Wording) -> str:
    def clause(literal: Literal) -> str:
        return cast[literal[0]].clause(literal[1])

    rules = [wording.conditional(rule.kind, *map(clause, rule.literals)) for rule in shape.rules]
    told = list(map(clause, shape.told))
    if shape.forced:
        letter, happens = shape.told[0]
        told[0] = wording.forced[not happens].format(*cast[letter])
    asked = cast[shape.asked]
    return wording.layout.format(
        rules=" ".join(map(sentence, rules)),
        told=" ".join(map(sentence, told)),
        question=f"Does {asked.subject} {asked.verb}?",
        asked=f"does {asked.subject} {asked.verb}",
        claim=asked.clause(True),
    )


FAMILY = CausalReasoning
