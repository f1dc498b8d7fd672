"""Causal reasoning: what follows from "if", and what does not.

Example: `If the rain starts, the street floods. The street does not flood. Does the rain start? Answer yes, no or
unknown.` — No.

Difficulty: modus ponens, or a fact beside the point (1); modus tollens and affirming the consequent (2); both and
denying the antecedent, with negations anywhere (3); chains of two (4); chains of three and nested conditionals (5).
The answers Yes, No and Unknown are equally likely at each difficulty. Causes and effects are paired at random, so
that knowing the world does not help.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, check_option, sentence
from clpipe.arena.scoring import exact_match
from clpipe.arena.vocabulary import NAMES
from clpipe.records import Json, Task

_EVENTS = """
the rain|start|starts; the street|flood|floods; the alarm|ring|rings; the dog|bark|barks; the cat|hide|hides
the baby|wake up|wakes up; the train|stop|stops; the light|go out|goes out; the door|open|opens
the window|break|breaks; the kettle|boil|boils; the soup|burn|burns; the wind|blow|blows; the snow|melt|melts
the river|rise|rises; the bridge|close|closes; the school|close|closes; the market|open|opens
the bus|run late|runs late; the clock|stop|stops; the phone|ring|rings; the engine|overheat|overheats
the fan|turn on|turns on; the pump|fail|fails; the plant|die|dies; the milk|turn sour|turns sour
the ice|crack|cracks; the roof|leak|leaks; the lamp|flicker|flickers; the gate|shut|shuts; the fire|spread|spreads
the crowd|cheer|cheers; the match|end early|ends early; the price|fall|falls; the ship|sail|sails
the bell|sound|sounds"""
_ACTIONS = """
sing|sings; laugh|laughs; stay home|stays home; run|runs; take the bus|takes the bus; bake bread|bakes bread
call a doctor|calls a doctor; leave early|leaves early; fall asleep|falls asleep; win the race|wins the race
miss lunch|misses lunch; read aloud|reads aloud; wear a coat|wears a coat; feed the birds|feeds the birds
lock the car|locks the car; smile|smiles"""


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.strip().split("|")) for row in text.strip().replace("\n", ";").split(";"))


EVENTS = _rows(_EVENTS)
"""Subject, verb, verb in the third person."""
ACTIONS = _rows(_ACTIONS)
"""The same for people, without the subject."""


class Wording(NamedTuple):
    """How a conditional, a nested one and the whole are put; `{P}` is `{p}` with a capital."""

    rule: str
    nested: str
    layout: str


ASK = "{question} Answer yes, no or unknown."
WORDINGS = {
    "if": Wording("If {p}, {q}.", "If {p}, then if {q}, {r}.", f"{{rules}} {{facts}} {ASK}"),
    "then": Wording("If {p}, then {q}.", "If {p} and {q}, then {r}.", f"{{rules}} {{facts}} {ASK}"),
    "whenever": Wording("Whenever {p}, {q}.", "Whenever {p}, it holds that if {q}, {r}.", f"{{rules}} {{facts}} {ASK}"),
    "effect-first": Wording("{Q} if {p}.", "If {p}, {r} if {q}.", f"{{rules}} {{facts}} {ASK}"),
    "facts-first": Wording("If {p}, {q}.", "If {p}, then if {q}, {r}.", f"{{facts}} {{rules}} {ASK}"),
    "every-time": Wording("Every time {p}, {q}.", "Every time {p} and {q}, {r}.", f"{{rules}} {{facts}} {ASK}"),
    "brackets": Wording(
        "When {p}, {q}.", "When {p}, then if {q}, {r}.", "{rules} {facts} {question} (yes, no or unknown)"
    ),
    "question-first": Wording(
        "If {p}, {q}.", "If {p}, then if {q}, {r}.", "Yes, no or unknown: {question} {rules} {facts}"
    ),
}
FORMS = {
    1: (("ponens",), ("beside",)),
    2: (("tollens",), ("consequent",)),
    3: (("ponens", "tollens"), ("consequent", "antecedent")),
    4: (("ponens", "tollens"), ("consequent", "antecedent")),
    5: (("ponens", "tollens"), ("consequent", "antecedent")),
}
"""Forms that give yes or no; forms that leave it unknown (fallacies, or a fact beside the point)."""


class Literal(NamedTuple):
    """An event, happening or not."""

    event: tuple[str, ...]
    happens: bool

    def __str__(self) -> str:
        subject, verb, verbs = self.event
        return f"{subject} {verbs}" if self.happens else f"{subject} does not {verb}"

    def denied(self) -> Literal:
        """The opposite."""
        return Literal(self.event, not self.happens)

    def fact(self) -> Json:
        """As JSON: the event in words, and whether it happens."""
        return [f"{self.event[0]} {self.event[2]}", self.happens]


@dataclass(frozen=True, kw_only=True)
class CausalReasoning:
    """Conditionals, facts, and a question with the answers yes, no and unknown."""

    VERSION: ClassVar[int] = 1

    people: int = len(NAMES)
    """Names in use; with 0 only things happen."""
    events: int = len(EVENTS)
    """Events without people in use."""
    rules: int = 3
    """Most conditionals in a chain; with 1 there are no nested ones either."""
    templates: int = len(WORDINGS)
    """Wordings in use."""

    def __post_init__(self) -> None:
        check_option("causal_reasoning.people", self.people, 0, len(NAMES))
        if self.people and self.people < 4:
            raise ValueError(f"arena.families.causal_reasoning.people must be 0 or at least 4, not {self.people}")
        check_option("causal_reasoning.events", self.events, 4, len(EVENTS))
        check_option("causal_reasoning.rules", self.rules, 1, 3)
        check_option("causal_reasoning.templates", self.templates, 1, len(WORDINGS))

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A chain of conditionals, with a fact at one end and the question at the other."""
        answer = rng.choice(("Yes", "No", "Unknown"))
        form = rng.choice(FORMS[difficulty][answer == "Unknown"])
        length = min({4: 2, 5: 3}.get(difficulty, 1), self.rules)
        nested = difficulty == 5 and self.rules > 1 and rng.random() < 0.5
        people, events = self._events(rng)
        chain = [Literal(e, difficulty < 3 or rng.random() < 0.6) for e in events[: 2 if nested else length + 1]]
        if answer != "Unknown":
            end = -1 if form == "ponens" else 0
            chain[end] = Literal(chain[end].event, (answer == "Yes") == (form == "ponens"))
        outer = Literal(events[3], True) if nested else None
        fact, asked = _question(form, chain, events[2])
        template = rng.choice(list(WORDINGS)[: self.templates])
        rules, facts = ([outer, *chain], [outer, fact]) if outer else (chain, [fact])
        links = [rules] if outer else [chain[i : i + 2] for i in range(len(chain) - 1)]
        rng.shuffle(facts)
        return Draft(
            family="causal_reasoning",
            prompt=_told(WORDINGS[template], links, facts, asked),
            answer=answer,
            difficulty=difficulty,
            template=template,
            people=people,
            facts={
                "form": form,
                "rules": [[[p.fact() for p in premises], end.fact()] for *premises, end in links],
                "facts": [f.fact() for f in facts],
                "asked": asked.fact(),
            },
        ).task()

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is the one word."""
        return exact_match(task.answer, reply)

    def _events(self, rng: random.Random) -> tuple[list[str], list[tuple[str, ...]]]:
        """Four different events, about half of them done by people, each by another one."""
        people = rng.sample(NAMES[: self.people], 4) if self.people else []
        things, actions = rng.sample(EVENTS[: self.events], 4), rng.sample(ACTIONS, 4)
        events = [(people[i], *actions[i]) if people and rng.random() < 0.5 else tuple(things[i]) for i in range(4)]
        return people, events


def _question(form: str, chain: list[Literal], other: tuple[str, ...]) -> tuple[Literal, Literal]:
    """The fact that is given and the event that is asked for."""
    first, last = chain[0], chain[-1]
    return {
        "ponens": (first, last),
        "tollens": (last.denied(), first),
        "consequent": (last, first),
        "antecedent": (first.denied(), last),
        "beside": (Literal(other, True), last),
    }[form]


def _told(wording: Wording, links: list[list[Literal]], facts: list[Literal], asked: Literal) -> str:
    told = []
    for link in links:
        words = dict(zip("pqr", map(str, link), strict=False))
        form = wording.rule if len(link) == 2 else wording.nested
        told.append(form.format(**words, Q=words["q"][0].upper() + words["q"][1:]))
    subject, verb, _ = asked.event
    return wording.layout.format(
        rules=" ".join(told),
        facts=" ".join(sentence(str(fact)) for fact in facts),
        question=f"Does {subject} {verb}?",
    )


FAMILY = CausalReasoning
