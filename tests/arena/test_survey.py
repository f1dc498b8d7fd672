import pytest

from clpipe.arena.survey import capacity, survey, table
from tests.arena.few import Few


@pytest.mark.parametrize(
    ("draws", "different", "expected"),
    [(1000, 990, 49_600), (1000, 1000, 166_000), (400, 25, 25), (100, 5, 5), (100, 99, 4_920), (2, 1, 1), (20, 1, 1)],
)
def test_capacity_by_hand(draws: int, different: int, expected: int) -> None:
    """With few repeats n²/2R, the birthday problem; where everything was met, what was met."""
    assert capacity(draws, different) == pytest.approx(expected, rel=0.02)


def test_a_family_is_counted() -> None:
    found = {s.difficulty: s for s in survey("few", Few(), 400)}
    assert {d: s.different for d, s in found.items()} == {1: 1, 2: 4, 3: 9, 4: 16, 5: 25}
    assert found[5].answers == 1
    assert found[5].share == 1.0
    assert found[5].words == found[5].most_words == 3
    assert found[5].templates == 2
    heading, *rows = table(list(found.values())).splitlines()
    assert heading.split() == ["family", "level", "capacity", "templates", "answers", "commonest", "words", "most"]
    assert [row.split()[:4] for row in rows] == [["few", str(d), "~", str(d * d)] for d in range(1, 6)]


@pytest.mark.parametrize("size", [200, 5_000])
def test_the_estimate_is_near_where_all_are_as_likely(size: int) -> None:
    from clpipe.seeds import rng

    drawn = [rng(1, size, i).randrange(size) for i in range(4 * int(size**0.5))]
    assert capacity(len(drawn), len(set(drawn))) == pytest.approx(size, rel=0.6)
