import csv
import math
import re
from collections import Counter, defaultdict
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families import commonsense as family_module
from clpipe.arena.families.commonsense import FAMILY
from clpipe.arena.family import DIFFICULTIES
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words import commonsense as base
from clpipe.arena.words.commonsense import TABLES, knowledge
from clpipe.arena.words.commonsense_wordings import WORDINGS
from clpipe.records import Task

DATA = Path(__file__).parents[3] / "data" / "commonsense"
SMALL_WORDS = {
    "of",
    "the",
    "in",
    "at",
    "on",
    "over",
    "by",
    "from",
    "for",
    "under",
    "with",
    "its",
    "and",
    "to",
    "up",
    "a",
}

HEARD = {"an hourglass", "an X-ray machine"}
"""Subjects that have their article by sound."""


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def entries() -> dict[str, dict[str, str]]:
    """By relation and subject: the value."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name in TABLES:
        for row in table(name):
            for relation, value in list(row.items())[1:]:
                if value:
                    assert found[relation].setdefault(row["subject"], value) == value, row
    return dict(found)


VALUES = entries()
SAYS = {(row["relation"], row["says"]): row["value"] for row in table("relations")}
DENIES = {(row["relation"], row["denies"]): row["value"] for row in table("relations")}
LEVELS = {(row["scale"], row["subject"]): int(row["level"]) for row in table("ranks")}
SCALES = {row["scale"]: row for row in table("scales")}
ROUTINES = {row["routine"]: list(row.values())[1:] for row in table("routines")}


def some(difficulty: int, count: int = 800, novelty: str = "same_template", seed: int = 1) -> list[Task]:
    return list(islice(draws(seed, "commonsense", FAMILY(), difficulty, novelty), count))


# ---- the data


def test_the_knowledge_base_is_large_and_without_contradictions() -> None:
    assert sum(map(len, VALUES.values())) >= 2500
    used = {(relation, value) for relation, own in VALUES.items() for value in own.values()}
    rows = table("relations")
    assert {(row["relation"], row["value"]) for row in rows} == used
    assert len({row["says"] for row in rows}) == len(rows)
    assert all(row["says"] != row["denies"] for row in rows)
    assert len(SCALES) == 6
    assert len(LEVELS) == len(table("ranks"))
    assert len(ROUTINES) >= 40
    steps = [step for routine in ROUTINES.values() for step in routine]
    assert all(all(routine) and len(routine) == 4 for routine in ROUTINES.values())
    assert max(Counter(steps).values()) == 1


def test_every_file_is_plain_and_freely_licensed() -> None:
    assert "CC0-1.0" in (DATA / "LICENSE").read_text()
    for path in DATA.iterdir():
        assert path.read_text().isascii(), path
        assert path.name in (DATA / "README.md").read_text() or path.name == "README.md"


def test_subjects_are_short_and_have_their_article() -> None:
    subjects = {subject for own in VALUES.values() for subject in own} | {subject for _, subject in LEVELS}
    for subject in subjects:
        assert len(subject.split()) <= 7, subject
        assert subject in HEARD or not re.match(r"a [aeiou]|an [^aeiou]", subject), subject


def test_no_reserved_subject_stands_in_what_training_shows() -> None:
    common, reserved = (
        {s for r in known.relations.values() for v in r.values for s in v.subjects}
        | {s for scale, _ in known.ladders[2] for level in scale.levels.values() for s in level}
        for known in (knowledge(False), knowledge(True))
    )
    texts = [*common, *(row["says"] + " " + row["denies"] for row in table("relations"))]
    texts += [word for row in SCALES.values() for word in row.values()]
    texts += [step for routine in knowledge(False).routines for step in routine]
    texts += [text for _, wording in (*WORDINGS.common, *WORDINGS.reserved) for text in wording]
    shown = " | ".join(texts)
    for subject in reserved:
        noun = re.sub(r"^(a|an|the) ", "", subject)
        assert not re.search(rf"(?<![\w-]){re.escape(noun)}(?![\w-])", shown), subject
    assert not common & reserved
    assert len(reserved) > 150


def test_a_few_entries_by_hand() -> None:
    assert VALUES["kind"]["a penguin"] == "bird"
    assert VALUES["flight"]["a penguin"] == "grounded"
    assert VALUES["use"]["a hammer"] == "nails"
    assert "a spider" not in VALUES["kind"]
    assert LEVELS["size", "an elephant"] - LEVELS["size", "a mouse"] >= 2
    assert ROUTINES["door"] == ["unlocking the door", "opening the door", "walking in", "closing the door from inside"]


# ---- a second way to the answer: the tables, by the facts


def holds(relation: str, says: str, subject: str) -> bool:
    """Whether a subject has a property; every subject asked about must have an entry."""
    if "," in relation:
        first, second = relation.split(", ")
        splits = [(says[: m.start()], says[m.end() :]) for m in re.finditer(" and ", says)]
        [(a, b)] = [(a, b) for a, b in splits if (first, a) in SAYS and (second, b) in SAYS]
        return holds(first, a, subject) and holds(second, b, subject)
    own = VALUES[relation][subject]
    if (relation, says) in SAYS:
        return own == SAYS[relation, says]
    return own != DENIES[relation, says]


def on_scale(scale: str, says: str, options: list[str]) -> list[str]:
    words = SCALES[scale]
    level = {option: LEVELS[scale, option] for option in options}
    if " than " in says:
        comparison, middle = says.split(" than ")
        negated = " not " in comparison
        plain = comparison.replace("does not last", "lasts").replace("is not", "is")
        up = plain == words["more"]
        assert up or plain == words["less"]
        apart = {option: (at - LEVELS[scale, middle]) * (1 if up else -1) for option, at in level.items()}
        assert all(abs(distance) >= 2 for distance in apart.values())
        return [option for option, distance in apart.items() if (distance > 0) != negated]
    ranked = sorted(options, key=level.__getitem__, reverse=True)
    assert all(level[a] - level[b] >= 2 for a, b in pairwise(ranked))
    names = ["more", "less"] if len(options) == 2 else ["most", "second", "last but one", "least"]
    return [ranked[[words[name] for name in names].index(says)]]


def in_order(says: str, options: list[str]) -> list[str]:
    [routine] = [r for r in ROUTINES.values() if set(options) <= set(r)]
    if negated := re.fullmatch(r"does not come (before|after) (.*)", says):
        at = routine.index(negated[2])
        return [o for o in options if (routine.index(o) < at) != (negated[1] == "before")]
    ranked = sorted(options, key=routine.index)
    rank = says.removeprefix("comes ")
    return [ranked[-1 if rank == "last" else ["first", "second", "third"].index(rank)]]


def solve(task: Task) -> list[str]:
    """All options that are right."""
    facts: Any = task.facts
    options, form = facts["options"], facts["form"]
    if form == "scene":
        return [task.entities[i] for i in in_scene(facts)]
    if facts["relation"] in SCALES:
        return on_scale(facts["relation"], facts["asks"], options)
    if facts["relation"] == "order":
        return in_order(facts["asks"], options)
    true = [option for option in options if holds(facts["relation"], facts["asks"], option)]
    if form == "check":
        return ["Yes" if true else "No"]
    return true if form == "pick" else [option for option in options if option not in true]


def in_scene(facts: dict[str, Any]) -> list[int]:
    has, asks = list(facts["options"]), facts["asks"]
    moves: Any = facts.get("moves")
    if facts["kind"] == "mime":
        [answer] = in_order({"stands in the middle": "comes second"}.get(f"stands {asks}", f"comes {asks}"), has)
        return [has.index(answer)]
    if facts["kind"] == "help":
        return [i for i, trade in enumerate(has) if holds("help", f"can help when {asks}", trade)]
    if facts["kind"] == "place":
        moves = [moves]
    if moves[0] == "round":
        _, a, b, c = moves
        has[a], has[b], has[c] = has[c], has[a], has[b]
    else:
        for a, b in moves:
            has[a], has[b] = has[b], has[a]
    if facts["kind"] == "place":
        return [i for i, where in enumerate(has) if holds("place", f"is usually found {where}", asks)]
    return [i for i, subject in enumerate(has) if holds(facts["relation"], asks, subject)]


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize("novelty", ["same_template", "new_entities", "new_template"])
def test_one_option_is_right_and_it_is_the_answer(difficulty: int, novelty: str) -> None:
    for task in some(difficulty, 1000, novelty, seed=2):
        assert solve(task) == [task.answer], task.prompt


def test_the_second_way_knows_cases_by_hand() -> None:
    assert holds("flight", "can fly", "an owl")
    assert not holds("kind, flight", "is a bird and can fly", "a penguin")
    assert holds("kind", "is not a bird", "a cow")
    assert on_scale("size", "is not bigger than a cat", ["a flea", "a cow", "a truck"]) == ["a flea"]
    assert on_scale("time", "does not last longer than a yawn", ["a sneeze"] * 0 + ["an opera"]) == []
    assert in_order("does not come after opening the door", ["unlocking the door", "walking in"]) == [
        "unlocking the door"
    ]
    assert in_scene({"kind": "place", "options": ["in a kitchen", "in a church", "on a farm"], "moves": [0, 2],
                     "asks": "an oven"}) == [2]  # fmt: skip
    assert in_scene({"kind": "swap", "relation": "flight", "options": ["an owl", "a cow", "a pig"], "asks": "can fly",
                     "moves": ["round", 0, 1, 2]}) == [1]  # fmt: skip


# ---- structure


def test_each_difficulty_has_its_own_structure() -> None:
    seen: dict[int, Counter[str]] = {}
    for difficulty in DIFFICULTIES:
        tasks = some(difficulty, 1500)
        seen[difficulty] = Counter(t.facts["form"] for t in tasks)  # type: ignore[misc]
        counts = {len(t.facts["options"]) for t in tasks}  # type: ignore[arg-type]
        assert counts == {1: {1, 2, 3}, 2: {3, 4, 5}, 3: {2, 3, 4}, 4: {4}, 5: {3}}[difficulty]
    assert set(seen[1]) == {"check", "pick"}
    assert set(seen[2]) == set(seen[4]) == {"pick"}
    assert set(seen[3]) == {"pick", "exception"}
    assert set(seen[5]) == {"scene"}
    for task in some(3, 500):
        if task.facts["form"] == "pick":
            assert re.search(r"\bnot\b", task.prompt), task.prompt


def test_the_prompt_names_all_options_and_is_clean() -> None:
    for difficulty in DIFFICULTIES:
        for task in some(difficulty, 500):
            facts: Any = task.facts
            assert task.prompt.isascii()
            assert not re.search(r"[{}]| [.,:;?]|\.\.|\?\.|\b(\w+) \1\b(?<!Yes)|  ", task.prompt), task.prompt
            assert len(task.prompt.split()) <= 75
            assert not re.search(r"\ba [aeiou]", task.prompt), task.prompt
            for option in facts["options"]:
                assert option.casefold() in task.prompt.casefold()
            assert len(task.answer.split()) <= 8


def test_fewer_options_can_be_asked_for() -> None:
    counts = {
        len(t.facts["options"])  # type: ignore[arg-type]
        for t in islice(draws(1, "commonsense", FAMILY(options=4), 2), 300)
    }
    assert counts == {3, 4}
    for value in (3, 6, True, "4"):
        with pytest.raises(ValueError, match=r"options must be a whole number from 4 to 5, not"):
            FAMILY(options=value)  # type: ignore[arg-type]


# ---- no shortcut


@pytest.mark.parametrize("difficulty", [1, 2, 3, 4])
def test_no_place_and_no_word_tells_the_answer(difficulty: int) -> None:
    places: dict[int, Counter[int]] = defaultdict(Counter)
    right, expected, variance = Counter[str](), Counter[str](), Counter[str]()
    for task in some(difficulty, 8000, seed=3):
        options: Any = task.facts["options"]
        if len(options) == 1:
            continue
        places[len(options)][options.index(task.answer)] += 1
        chance = 1 / len(options)
        for option in options:
            right[option] += option == task.answer
            expected[option] += chance  # type: ignore[assignment]
            variance[option] += chance * (1 - chance)  # type: ignore[assignment]
    for count, found in places.items():
        mean = found.total() / count
        assert all(abs(found[i] - mean) < 5 * math.sqrt(mean) for i in range(count))
    scores = [(right[o] - expected[o]) / math.sqrt(variance[o]) for o in expected if variance[o] > 3]
    assert len(scores) > 50
    assert max(map(abs, scores)) < 5
    assert sum(s * s for s in scores) / len(scores) < 1.3


def test_yes_and_no_are_equally_likely_for_every_predicate() -> None:
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for task in some(1, 20_000, seed=5):
        if task.facts["form"] == "check":
            answers[str(task.facts["asks"])][task.answer] += 1
            answers["all"][task.answer] += 1
    assert abs(answers["all"]["Yes"] - answers["all"]["No"]) < 5 * math.sqrt(answers["all"].total())
    scores = [(c["Yes"] - c["No"]) / math.sqrt(c.total()) for c in answers.values() if c.total() >= 20]
    assert len(scores) > 30
    assert max(map(abs, scores)) < 5


def test_in_a_scene_nobody_is_the_better_guess() -> None:
    places: Counter[tuple[str, int]] = Counter()
    for task in some(5, 6000, seed=3):
        places[str(task.facts["kind"]), task.entities.index(task.answer)] += 1
    for kind in ("swap", "place", "help", "mime"):
        found = [places[kind, i] for i in range(3)]
        assert max(found) - min(found) < 5 * math.sqrt(sum(found) / 3), kind


@pytest.mark.parametrize("novelty", ["same_template", "new_entities"])
def test_no_answer_is_a_good_guess(novelty: str) -> None:
    for difficulty in DIFFICULTIES:
        answers = Counter(t.answer for t in some(difficulty, 2000, novelty))
        assert answers.most_common(1)[0][1] / answers.total() < 0.13


# ---- novelty and latents


def test_reserved_subjects_names_and_wordings_stay_apart() -> None:
    common, reserved = dict(WORDINGS.common), dict(WORDINGS.reserved)
    assert (len(common), len(reserved)) == (12, 4)
    routines = {step for routine in knowledge(True).routines for step in routine}
    subjects = {s for r in knowledge(True).relations.values() for v in r.values for s in v.subjects}
    for difficulty in DIFFICULTIES:
        for novelty in ("same_template", "new_template", "new_entities"):
            tasks = some(difficulty, 400, novelty)
            assert {t.template for t in tasks} == set(reserved if novelty == "new_template" else common)
            for task in tasks:
                facts: Any = task.facts
                names = set(task.entities)
                shown = set(facts["options"]) if facts.get("kind") != "place" else {facts["asks"]}
                kept = {s for s in shown if s in routines | subjects or any((k, s) in LEVELS for k in SCALES)}
                if novelty == "new_entities":
                    assert names <= set(NAMES.reserved)
                    assert kept == shown
                    assert not shown & {
                        s for r in knowledge(False).relations.values() for v in r.values for s in v.subjects
                    }
                else:
                    assert names <= set(NAMES.common)
                    assert not shown & (routines | subjects)


def test_equal_up_to_names_is_equal_in_facts() -> None:
    latents: dict[str, str] = {}
    for difficulty in DIFFICULTIES:
        known = set()
        for task in some(difficulty, 4000, seed=9):
            assert latents.setdefault(renamed(task), latent(task)) == latent(task)
            known.add(latent(task))
            assert all(re.search(rf"\b{entity}\b", task.prompt) for entity in task.entities)
        assert len(known) > 2800


def test_facts_do_not_depend_on_the_wording() -> None:
    for difficulty in DIFFICULTIES:
        by_facts: dict[str, set[str]] = defaultdict(set)
        for task in some(difficulty, 6000, seed=6):
            by_facts[latent(task)].add(task.template)
        assert any(len(found) > 1 for found in by_facts.values())


# ---- without the data


def test_missing_data_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "FOLDER", tmp_path)
    monkeypatch.setattr(family_module, "knowledge", base.knowledge.__wrapped__)
    with pytest.raises(FileNotFoundError, match=r"animals\.csv is missing: .*see data/commonsense/README\.md"):
        some(1, 1)
