"""Statements and arguments of `clpipe.arena.families.entailment`."""

from __future__ import annotations

from clpipe.arena.reserve import parted

PROPERTIES = parted(
    (row.split()[0], tuple(row.split()[1:]))
    for row in """
    on lamp heater oven radio fan
    open door gate window shop museum
    empty kettle jar wallet barn basket
    wet garden glove towel umbrella tent
    late train ferry plane tram nurse
    locked safe drawer cellar office desk
    narrow bridge tunnel valley path ladder
    hot soup iron stove engine motor
    old piano castle clock statue wizard
    full hotel freezer bucket wagon library
    broken mirror pump elevator printer robot
    asleep dog cat guard king tiger
    hungry goat lion puppy monkey horse
    frozen lake river pond fountain canal
    red balloon jacket kite scarf carpet
    busy market lawyer dentist baker mayor
    tired farmer pilot teacher singer judge
    lost hammer parcel letter map passport
    cheap guitar camera laptop sofa violin
    clean pool kitchen plate shirt floor
    sharp knife needle sword razor arrow
    quiet street island harbour forest camp
    ready cake rocket costume stage bread
    heavy anchor chest trunk sack barrel
    green meadow fence bottle bench frog
    rusty bell pipe tractor bicycle shovel
    """.strip().splitlines()
)
"""Each with the things that can have it, one statement for each: the lamp is on. A thing stands once."""


def statements(novelty: str) -> list[tuple[str, str]]:
    """Thing and property of every statement there is for a novelty."""
    return [(thing, adjective) for adjective, things in PROPERTIES.of(novelty) for thing in things]


FORMS = {
    1: """
    A -> B, A |- B
    A | B, ~A |- B
    A & B; C | D |- A
    A & B; C -> D |- A
    A, B; C | D |- A & B
    A; B -> C |- A | D
    """,
    2: """
    A -> B, ~B |- ~A
    A -> B |- ~B -> ~A
    A -> B, B -> C |- A -> C
    A -> B; C -> D |- ~B -> ~A
    """,
    3: """
    A -> B, B -> C, A |- C
    A -> B, B -> C, ~C |- ~A
    A -> B, B -> C |- ~C -> ~A
    A -> B, B -> C, C -> D |- A -> D
    A -> B, C -> ~B |- A -> ~C
    A -> B, C -> B, A | C |- B
    A | B, ~A, B -> C |- C
    A | B, B -> C, ~C |- A
    A -> B, A, C |- B & C
    A | B, A -> C |- B | C
    A & B, A -> C |- C
    A & B, C -> ~A |- ~C
    A & B, ~A | C |- C
    """,
    4: """
    A <-> B, B -> C, A |- C
    A <-> B, C -> A, ~B |- ~C
    A <-> B, A | C, ~B |- C
    A <-> B, ~(B & C), A |- ~C
    ~(A & B), C -> A, C |- ~B
    ~(A & B), C -> A |- B -> ~C
    ~(A & B), A | C |- B -> C
    ~(A & B), C -> B |- ~A | ~C
    ~(A | B), C -> A |- ~C
    ~(A | B), A | C |- C
    ~(A | B), C -> A |- ~B & ~C
    (A & B) -> C, A, B |- C
    (A & B) -> C, A, ~C |- ~B
    (A & B) -> C, A, D -> B |- D -> C
    (A | B) -> C, C -> D, A |- D
    (A | B) -> C, D -> ~C |- A -> ~D
    A -> (B & C), C -> D, A |- D
    A -> (B & C), D -> A, ~B |- ~D
    A -> (B | C), A, ~B |- C
    A -> (B | C), D -> ~B, A |- D -> C
    """,
    5: """
    A -> B, B -> C, C -> D, A |- D
    A -> B, B -> C, C -> D, ~D |- ~A
    A -> B, B -> C, C -> D, D -> E |- A -> E
    A -> B, B -> C, ~C, A | D |- D
    A -> B, C -> D, A | C, ~B |- D
    A | B, B -> C, C -> D, ~A |- D
    A | B, A -> C, B -> D, ~C |- D
    A & B, A -> C, C -> D |- D
    A & B, A -> C, B -> D |- C & D
    A <-> B, B -> C, C -> D, A |- D
    A <-> B, B <-> C, C <-> D, A |- D
    A <-> B, ~(B & C), D -> C, A |- ~D
    ~(A & B), C -> A, D -> B, C |- ~D
    ~(A & B), C -> A, D -> B |- C -> ~D
    ~(A | B), C -> A, C | D |- D
    ~(A | B), C -> A, D -> C |- ~D
    (A & B) -> C, D -> A, D, B |- C
    (A & B) -> C, D -> B, A, ~C |- ~D
    (A | B) -> C, D -> A, C -> E, D |- E
    A -> (B & C), C -> D, ~D |- ~A
    A -> (B & C), B -> D, E -> ~D, A |- ~E
    A -> (B | C), C -> D, A, ~B |- D
    A -> (B | C), B -> D, C -> D, A |- D
    """,
}
"""Valid arguments by difficulty; a row stands for all that it becomes when some of its atoms are negated.

Premises after a semicolon are not needed.
"""
