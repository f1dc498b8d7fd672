import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.reading_comprehension import FAMILY, KINDS
from clpipe.arena.family import DIFFICULTIES
from clpipe.arena.scoring import exact_match
from clpipe.arena.words.reading_comprehension import CASTS, DAYS, JOBS, NUMBERS, PLACES, THINGS
from clpipe.arena.words.reading_comprehension_genres import GENRES
from clpipe.arena.words.reading_comprehension_telling import Story, Teller, phrases
from clpipe.records import Task

COMMON, RESERVED = CASTS[False], CASTS[True]
ENTITIES = frozenset((*COMMON.people, *COMMON.things, *RESERVED.people, *RESERVED.things))
ALL_JOBS = frozenset((*JOBS.common, *JOBS.reserved))
GENRE = dict((*GENRES.common, *GENRES.reserved))


def some(difficulty: int, count: int = 800, novelty: str = "same_template", seed: int = 1) -> list[Task]:
    return list(islice(draws(seed, "reading_comprehension", FAMILY(), difficulty, novelty), count))


@pytest.fixture(scope="module")
def tasks() -> dict[int, list[Task]]:
    return {difficulty: some(difficulty) for difficulty in DIFFICULTIES}


# ---- a second way to the answer: from the facts alone, by a table of what is so


Table = dict[int, dict[str, Any]]


def solve(facts: Mapping[str, Any]) -> Any:
    """The answer, people and things as numbers."""
    jobs = {job: person for key, *pairs in facts["told"] if key == "job" for person, job in pairs}
    now: Table = defaultdict(dict)
    for key, *cells in facts["told"]:
        kind, *columns = key.split()
        if kind == "row":
            row(now[cells[0]], columns, cells, jobs)
        elif kind == "tell":
            now[cells[0]][columns[0]] = cells[1] if columns[0] in ("give", "care") else cells[2]
    first = {thing: dict(known) for thing, known in now.items()}
    for key, *cells in facts["told"]:
        if key.startswith("change"):
            by, word, value = cells
            [thing] = [t for t in now if (t == word if by == "thing" else now[t]["give"] == jobs.get(word, word))]
            now[thing][key.split()[1]] = value
    find_days(now)
    return asked(facts["asked"], now, first, jobs)


def row(known: dict[str, Any], columns: list[str], cells: list[Any], jobs: Mapping[Any, Any]) -> None:
    known[columns[0]] = jobs.get(cells[1], cells[1])
    if len(cells) == 4:
        known["after"] = cells[2:]
    else:
        known[columns[1]] = cells[2]


def find_days(now: Table) -> None:
    for _ in now:
        for known in now.values():
            if "after" in known and "day" in now[known["after"][1]]:
                distance, other = known["after"]
                known["day"] = DAYS[(DAYS.index(now[other]["day"]) + distance) % 7]


def asked(
    question: list[Any],
    now: Table,
    first: Table,
    jobs: dict[Any, Any],
) -> Any:
    key, about, value, person = question
    words = key.removeprefix("other ").split()
    at = first if words[-1] == "first" and len(words) > 1 and words[-2] == "place" else now
    if words[0] == "many":
        names = {"give": ["give"], "place": ["place"], "day": ["day"], "both": ["give", "place"]}[words[1]]
        wanted = [person, value] if words[1] == "both" else [value]
        return sum([row[name] for name in names] == wanted for row in now.values())
    if words[-1] in ("first", "last", "after", "before") and words[0] in ("what", "give") and "place" not in words:
        order = sorted(now, key=lambda t: DAYS.index(now[t]["day"]))
        step = {"first": 0, "last": -1}.get(words[-1])
        if step is None:
            step = order.index(about[1]) + (1 if words[-1] == "after" else -1)
        return now[order[step]]["give"] if words[0] == "give" else order[step]
    if words[0] == "what":
        [thing] = [t for t in at if at[t].get(words[1]) == value]
        return thing
    thing = described(about, now, first, jobs)
    if words[0] in ("name", "profession"):
        person = now[thing]["give"]
        return person if words[0] == "name" else next(job for job, whose in jobs.items() if whose == person)
    return (first if words[-1] == "first" else now)[thing][words[0]]


def described(about: list[Any], now: Table, first: Table, jobs: dict[Any, Any]) -> int:
    kind, word = about
    if kind == "thing":
        return int(word)
    column, *time = kind.split()
    table = first if time == ["first"] else now
    [thing] = [t for t in table if table[t].get(column) == jobs.get(word, word)]
    return thing


def test_the_second_way_knows_a_case_by_hand() -> None:
    told = [
        ["row give place", 0, 1, "barn"],
        ["job", [1, "baker"], [3, "nurse"]],
        ["row give place", 2, "nurse", "mill"],
        ["change place", "give", "baker", "attic"],
        ["change place", "thing", 2, "barn"],
    ]
    assert solve({"told": told, "asked": ["place now", ["give", "baker"], "", ""]}) == "attic"
    assert solve({"told": told, "asked": ["place first", ["thing", 0], "", ""]}) == "barn"
    assert solve({"told": told, "asked": ["name", ["place now", "barn"], "", ""]}) == 3
    assert solve({"told": told, "asked": ["profession", ["place first", "barn"], "", ""]}) == "baker"
    assert solve({"told": told, "asked": ["what place now", [], "barn", ""]}) == 2
    assert solve({"told": told, "asked": ["many place now", [], "barn", ""]}) == 1
    days = [["row give day", 0, 1, "Sunday"], ["row give day", 2, 3, 2, 0], ["row give day", 4, 5, -1, 2]]
    assert solve({"told": days, "asked": ["day", ["thing", 2], "", ""]}) == "Tuesday"
    assert solve({"told": days, "asked": ["day", ["thing", 4], "", ""]}) == "Monday"
    assert solve({"told": days, "asked": ["what after", ["thing", 4], "", ""]}) == 2
    assert solve({"told": days, "asked": ["give last", [], "", ""]}) == 1


def asked_for(task: Task) -> str:
    facts: Any = task.facts
    return str(facts["asked"][0])


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize("novelty", ["same_template", "new_entities", "new_template"])
def test_the_answer_follows_from_the_facts(difficulty: int, novelty: str) -> None:
    for task in some(difficulty, 600, novelty, seed=2):
        found = solve(task.facts)
        many = asked_for(task).startswith("many")
        assert exact_match(task.answer, task.entities[found] if isinstance(found, int) and not many else str(found))


# ---- telling


def test_a_story_is_told_in_the_words_of_the_genre() -> None:
    teller = Teller(phrases(GENRE["inventory"]), ENTITIES, ALL_JOBS)
    assert teller.tell(("row give place", "Bob", "lamp", "barn")) == (
        "The lamp was ordered by Bob and was stored in the barn.",
        ["row give place", 0, 1, "barn"],
    )
    assert teller.tell(("row give day", "baker", "drum", (2, "lamp"))) == (
        "The drum was ordered by the baker and will be sold two days after the lamp.",
        ["row give day", 2, "baker", 2, 0],
    )
    assert teller.tell(("job", ("Alice", "Bob"), ("baker", "nurse"))) == (
        "The baker is Alice and the nurse is Bob.",
        ["job", [3, "baker"], [1, "nurse"]],
    )
    assert teller.tell(("change number", ("give", "baker"), "12"))[0] == (
        "Later the price of the item that the baker ordered was changed to 12 coins."
    )
    assert teller.tell(("tell care", "Alice", "lamp"))[0] == "The lamp was labelled by Alice."
    assert teller.ask(Story([], "day", "", ("care", "Alice"))) == (
        "On which day will the item that Alice labelled be sold?",
        ["day", ["care", 3], "", ""],
    )
    assert teller.ask(Story([], "give before", "", ("thing", "drum")))[0] == (
        "Who ordered the item that will be sold as the last one before the drum?"
    )


def test_a_question_puts_the_thing_where_it_belongs() -> None:
    notes, contest = (Teller(phrases(GENRE[name]), ENTITIES, ALL_JOBS) for name in ("stage-notes", "contest"))
    assert notes.ask(Story([], "other give", "", ("thing", "quilt")))[0] == "Who took the quilt on loan?"
    assert notes.ask(Story([], "other what give", "", value="Bob"))[0] == "Which prop did Bob take on loan?"
    assert notes.ask(Story([], "place first", "", ("give", "baker")))[0] == (
        "At first, in which place was the prop that the baker borrowed?"
    )
    assert notes.ask(Story([], "place now", "", ("give", "baker")))[0] == (
        "After all changes, in which place is the prop that the baker borrowed?"
    )
    assert contest.ask(Story([], "other place", "", ("thing", "quilt")))[0] == (
        "To which place must you go to see the quilt?"
    )
    assert contest.ask(Story([], "other what place", "", value="barn"))[0] == "Which entry can you see in the barn?"
    assert contest.ask(Story([], "many give", "", value="Bob"))[0] == "How many entries did Bob make?"


def test_every_genre_tells_the_same_facts() -> None:
    for difficulty in DIFFICULTIES:
        told = set()
        for genre in GENRE.values():
            rng = random.Random(difficulty)
            story = rng.choice(KINDS[difficulty])(rng, COMMON)
            teller = Teller(phrases(genre), ENTITIES, ALL_JOBS)
            told.add(str([[teller.tell(line)[1] for line in story.told], teller.ask(story)[1]]))
        assert len(told) == 1


def test_no_word_of_the_vocabularies_stands_in_a_genre() -> None:
    words = {*ENTITIES, *ALL_JOBS, *PLACES.common, *PLACES.reserved, *DAYS}
    for genre in GENRE.values():
        texts = [genre.layout, genre.opening, *genre.fillers, genre.item, *phrases(genre).values()]
        assert not words & set(re.findall(r"[A-Za-z]+", " ".join(texts))), genre.opening
    assert not set(PLACES.common + PLACES.reserved) & ALL_JOBS
    assert not {word.casefold() for word in ENTITIES} & {*ALL_JOBS, *PLACES.common, *PLACES.reserved}


def test_there_are_words_enough() -> None:
    assert len(THINGS.common + THINGS.reserved) >= 100
    assert len(PLACES.common + PLACES.reserved) >= 40
    assert len(JOBS.common + JOBS.reserved) >= 30
    assert len(GENRES.common) == 12
    assert len(GENRES.reserved) == 4


# ---- structure


def sentences(task: Task) -> int:
    facts: Any = task.facts
    return len(facts["told"])


def test_each_difficulty_has_its_own_structure(tasks: dict[int, list[Task]]) -> None:
    kinds = {d: Counter(line[0].split()[0] for t in some for line in t.facts["told"]) for d, some in tasks.items()}  # type: ignore[union-attr, index]
    assert set(kinds[1]) == set(kinds[2]) == {"row"}
    assert set(kinds[3]) == {"row", "tell", "change"}
    assert set(kinds[4]) == {"row", "change"}
    assert set(kinds[5]) == {"row", "change", "job"}
    assert {sentences(t) for t in tasks[1]} == {3}
    assert {sentences(t) for t in tasks[2]} == {4}
    assert {sentences(t) for t in tasks[5]} == {6}
    assert all(asked_for(t).startswith("other") for t in tasks[2])
    lengths = [sum(len(t.prompt.split()) for t in tasks[d]) / len(tasks[d]) for d in DIFFICULTIES]
    assert lengths == sorted(lengths)
    assert lengths[0] < 55
    assert lengths[-1] < 105


def test_passages_are_clean(tasks: dict[int, list[Task]]) -> None:
    for some_tasks in tasks.values():
        for task in some_tasks:
            assert task.prompt.isascii()
            assert task.prompt == " ".join(task.prompt.split())
            assert not re.search(r"[{}]| [.,;?]|\.\.|\?\?|\bthe the\b|\bNone\b", task.prompt)
            assert len(task.prompt.split()) <= 125
            assert 3 <= sentences(task) <= 6
            assert not re.search(r"\ba [aeiou]", task.prompt), task.prompt


def test_without_fillers_only_facts_are_told() -> None:
    bare = FAMILY(fillers=0)
    for task in islice(draws(1, "reading_comprehension", bare, 2), 50):
        assert not any(filler in task.prompt for filler in GENRE[task.template].fillers)
    assert any(filler in task.prompt for task in some(2, 20) for filler in GENRE[task.template].fillers)
    for value in (-1, 4, True, "2"):
        with pytest.raises(ValueError, match=r"fillers must be a whole number from 0 to 3, not"):
            FAMILY(fillers=value)  # type: ignore[arg-type]


# ---- no shortcut


def kind_of(word: str, task: Task) -> str:
    if word in task.entities:
        return "person" if word[0].isupper() else "thing"
    for kind, words in (("place", PLACES.common), ("job", JOBS.common), ("day", DAYS), ("number", NUMBERS)):
        if word in words:
            return kind
    return "count"


def candidates(task: Task, kind: str) -> list[str]:
    """All words of the kind, in the order of the passage."""
    words = re.findall(r"[A-Za-z]+|\d+", task.prompt)
    return list(dict.fromkeys(word for word in words if kind_of(word, task) == kind))


def test_the_answer_has_rivals_of_its_kind(tasks: dict[int, list[Task]]) -> None:
    for difficulty, some_tasks in tasks.items():
        for task in some_tasks:
            kind = kind_of(task.answer, task)
            if not asked_for(task).startswith("many") and not (kind == "day" and difficulty in (3, 4)):
                assert len(set(candidates(task, kind)) - {task.answer}) >= 1, task.prompt


@pytest.mark.parametrize(("difficulty", "count"), [(1, 3), (2, 4)])
def test_the_answer_may_stand_in_any_sentence(difficulty: int, count: int) -> None:
    places: Counter[int] = Counter()
    for task in some(difficulty, 2000):
        facts: Any = task.facts
        code = task.entities.index(task.answer) if task.answer in task.entities else task.answer
        places[next(i for i, line in enumerate(facts["told"]) if code in line[1:])] += 1
    assert set(places) == set(range(count))
    assert max(places.values()) - min(places.values()) < 5 * (2000 / count) ** 0.5


@pytest.mark.parametrize("difficulty", [3, 4, 5])
def test_a_value_is_as_often_the_first_as_the_last_of_its_kind(difficulty: int) -> None:
    hits = Counter[str]()
    for task in some(difficulty, 3000, seed=4):
        kind = kind_of(task.answer, task)
        rivals = candidates(task, kind)
        if kind in ("person", "thing", "place", "job") and task.answer in rivals:
            hits["all"] += 1
            hits["chance"] += 1000 // len(rivals)
            hits["first"] += task.answer == rivals[0]
            hits["last"] += task.answer == rivals[-1]
    chance = hits["chance"] / 1000 / hits["all"]
    assert hits["first"] / hits["all"] < chance + 0.12
    assert hits["last"] / hits["all"] < chance + 0.12


def test_no_answer_is_a_good_guess(tasks: dict[int, list[Task]]) -> None:
    for some_tasks in (*tasks.values(), [t for d in (1, 2, 3, 4) for t in tasks[d]]):
        assert Counter(t.answer for t in some_tasks).most_common(1)[0][1] / len(some_tasks) < 0.12


def test_no_genre_tells_what_is_asked() -> None:
    tasks = some(1, 3000)
    whole = Counter(kind_of(t.answer, t) for t in tasks)
    for genre in {t.template for t in tasks}:
        own = Counter(kind_of(t.answer, t) for t in tasks if t.template == genre)
        for kind, count in whole.items():
            assert abs(own[kind] / own.total() - count / whole.total()) < 0.12


# ---- novelty and latents


def used(task: Task) -> set[str]:
    return set(re.findall(r"[A-Za-z]+", task.prompt))


def test_reserved_words_and_genres_stay_apart() -> None:
    reserved = {*RESERVED.people, *RESERVED.things, *RESERVED.places, *RESERVED.jobs}
    common = {*COMMON.people, *COMMON.things, *COMMON.places, *COMMON.jobs}
    for difficulty in DIFFICULTIES:
        for novelty in ("same_template", "new_template", "harder"):
            for task in some(difficulty, 150, novelty):
                assert not reserved & used(task)
                assert (task.template in dict(GENRES.reserved)) == (novelty == "new_template")
        for task in some(difficulty, 150, "new_entities"):
            assert not common & used(task)
            assert task.template in dict(GENRES.common)


def test_every_genre_comes_at_every_difficulty(tasks: dict[int, list[Task]]) -> None:
    for some_tasks in tasks.values():
        assert {t.template for t in some_tasks} == set(dict(GENRES.common))


def test_equal_up_to_names_is_equal_in_facts() -> None:
    for difficulty in DIFFICULTIES:
        latents: dict[str, str] = {}
        for task in some(difficulty, 2000, seed=9):
            assert latents.setdefault(renamed(task), latent(task)) == latent(task)
            assert all(re.search(rf"\b{entity}\b", task.prompt) for entity in task.entities)
        assert len(set(latents.values())) > 1500


def test_other_names_make_the_same_latent() -> None:
    for difficulty in DIFFICULTIES:
        for seed in range(60):
            found = set()
            for shift in (0, 7):
                rng = random.Random(seed)
                cast = COMMON._replace(
                    people=COMMON.people[shift:] + COMMON.people[:shift],
                    things=COMMON.things[shift:] + COMMON.things[:shift],
                )
                story = rng.choice(KINDS[difficulty])(rng, cast)
                teller = Teller(phrases(GENRE["diary"]), ENTITIES, ALL_JOBS)
                found.add(str([[teller.tell(line)[1] for line in story.told], teller.ask(story)[1]]))
            assert len(found) == 1
