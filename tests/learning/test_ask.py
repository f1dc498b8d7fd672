from collections import Counter

from clpipe.arena.family import Draft
from clpipe.evaluator.ask import curve_subset
from clpipe.records import NOVELTIES


def test_the_curve_asks_every_side_of_every_family() -> None:
    tasks = [
        Draft(prompt=f"{family} {novelty} {i}", answer="1", template="t").task(family, 1, novelty)
        for family in ("a", "b")
        for novelty in NOVELTIES
        for i in range(2 if (family, novelty) == ("b", "harder") else 6)
    ]
    chosen = curve_subset(tasks, 10)
    assert Counter((t.family, t.novelty) for t in chosen) == {
        **{("a", n): 3 if n in NOVELTIES[:2] else 2 for n in NOVELTIES},
        **{("b", n): 3 if n in NOVELTIES[:2] else 2 for n in NOVELTIES},
    }
    assert chosen == [t for t in tasks if t in chosen]
    assert curve_subset(tasks, 100) == tasks
