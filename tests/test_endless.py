"""Training tasks without end."""

import hashlib
from itertools import islice

import pytest

from clpipe import endless, split
from clpipe.arena import drawing
from clpipe.arena.canonical import latent, normalised, renamed_whole
from clpipe.arena.pool import draw_pool
from clpipe.imports import closure
from clpipe.params import Heldout, Split
from clpipe.records import NOVELTIES
from clpipe.streams.endless import Endless

FIVE = {name: {"tasks": 60} for name in ("comparison", "logic_grid", "math_word_problem", "sequence")}


def test_two_thousand_tasks_of_the_train_side_and_none_twice() -> None:
    tasks = list(islice(endless.train_tasks(FIVE, 4, seed=1), 2000))
    assert len({normalised(task.prompt) for task in tasks}) == len(tasks) == 2000
    assert {split.side(task) for task in tasks} == {"train"}
    assert {task.family for task in tasks} == set(FIVE)
    assert {task.difficulty for task in tasks} == {1, 2, 3, 4}
    assert {task.novelty for task in tasks} == {"same_template"}


def test_none_is_held_out_by_prompt_by_names_or_by_what_it_was_made_from() -> None:
    options = {name: {"tasks": 200} for name in FIVE}
    sides = split.divide(
        draw_pool(1, options, 3),
        Split(train=20, validation=5, heldout=Heldout(**dict.fromkeys(NOVELTIES, 10))),
    )
    tasks = list(islice(endless.train_tasks(options, 3, seed=1), 1500))
    for form in (latent, renamed_whole, lambda task: normalised(task.prompt)):
        assert not {form(t) for t in tasks} & {form(t) for t in (*sides.heldout, *sides.validation)}


def test_nothing_is_drawn_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0
    real = drawing.draws

    def counted(*arguments: object) -> object:
        nonlocal drawn
        for task in real(*arguments):  # type: ignore[arg-type]
            drawn += 1
            yield task

    monkeypatch.setattr(drawing, "draws", counted)
    source = endless.train_tasks(FIVE, 4, seed=1)
    assert drawn == 0
    next(source)
    assert 1 <= drawn < 40  # half of all draws are of another side
    before = drawn
    list(islice(source, 10))
    assert drawn - before < 100


def test_a_seed_gives_the_same_again_another_one_others_and_none_are_the_pools_draws() -> None:
    def ids(seed: int) -> list[str]:
        return [task.id for task in islice(endless.train_tasks(FIVE, 4, seed), 200)]

    assert ids(1) == ids(1)
    assert len(set(ids(1)) & set(ids(2))) < 20
    pool = {task.id for task in draw_pool(1, FIVE, 4)}
    assert len(set(ids(1)) & pool) < 20


def test_only_the_named_families_are_drawn_from() -> None:
    tasks = list(islice(endless.train_tasks(FIVE, 2, 1, ["sequence", "comparison"]), 50))
    assert {task.family for task in tasks} == {"sequence", "comparison"}
    assert {task.difficulty for task in tasks} == {1, 2}


def test_a_family_under_another_name_is_of_its_kind() -> None:
    tasks = list(islice(endless.train_tasks({"small": {"kind": "sequence", "tasks": 9, "largest_step": 4}}, 1, 1), 20))
    assert {task.family for task in tasks} == {"small"}
    assert all(task.facts["rule"] == "add" for task in tasks)


@pytest.mark.parametrize(
    "options", [{"kind": "file", "path": "tickets.jsonl"}, {"kind": "gym", "dataset": "chain_sum", "tasks": 5}]
)
def test_a_family_that_has_its_tasks_from_elsewhere_is_refused_at_once(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^arena.families.mine: kind '.*' does not draw .* stream endless needs"):
        endless.train_tasks({**FIVE, "mine": options}, 4, 1)
    assert next(endless.train_tasks({**FIVE, "mine": options}, 4, 1, ["sequence"])).family == "sequence"


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(ValueError, match="no family 'sequenc'") as error:
        endless.train_tasks({"sequence": {"largest_step": 1}, "odd": {"kind": "od"}}, 4, 1, ["sequenc"])
    assert str(error.value).startswith("arena.families: no family 'sequenc' (did you mean 'sequence'?)")
    with pytest.raises(ValueError, match=r"arena.families.sequence.largest_step must be") as error:
        endless.train_tasks({"sequence": {"largest_step": 1}, "odd": {"kind": "od"}}, 4, 1)
    assert "arena.families.odd: no family 'od'" in str(error.value)


def test_the_stream_names_the_version_of_what_draws_for_it() -> None:
    """DVC knows the stream's file, not what draws for it: the hash makes an edit there an edit here."""
    sources = "".join(path.read_text(encoding="utf-8") for path in closure(["clpipe.endless"]))
    found = hashlib.sha256(sources.encode()).hexdigest()[:12]
    assert found == Endless.DRAWN_BY, f"clpipe/streams/endless.py: DRAWN_BY must now be {found!r}"
