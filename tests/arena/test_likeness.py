import random

from clpipe.arena.likeness import ALIKE, grams, jaccard, nearest


def test_jaccard_by_hand() -> None:
    assert grams("abcdefg") == {"abcde", "bcdef", "cdefg"}
    assert grams("abc") == {"abc"}
    assert jaccard(grams("abcdefg"), grams("abcdefh")) == 2 / 4
    assert jaccard(grams("abcdefg"), grams("abcdefg")) == 1


def test_the_index_finds_what_all_pairs_find() -> None:
    rng = random.Random(3)
    words = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
    texts = [" ".join(rng.choice(words) for _ in range(9)) for _ in range(150)]
    known = {f"k{i}": text for i, text in enumerate(texts)}
    asked = {f"a{i}": text.replace("one", "won", 1) + rng.choice(("", "!", " and on")) for i, text in enumerate(texts)}
    found = nearest(known, asked)
    for key, text in asked.items():
        best = max(jaccard(grams(text), grams(other)) for other in known.values())
        assert (key in found) == (best >= ALIKE)
        if key in found:
            assert found[key][1] == best
            assert jaccard(grams(text), grams(known[found[key][0]])) == best
    assert 20 < len(found) < 150
