import json
from pathlib import Path
from typing import Any

import pytest

from clpipe import arena, store
from clpipe.arena.family import Draft
from clpipe.arena.pool import draw_pool
from clpipe.certificate import certify, refuse_leaks
from clpipe.params import Split
from clpipe.records import Task
from clpipe.split import Sides, divide

L0, L1, L2 = "L0 same prompt", "L1 same but for case and spaces", "L2 same but for names"


def own(prompt: str, *people: str) -> Task:
    return Draft(family="own", prompt=prompt, answer="1", difficulty=1, template="t", people=people).task()


def planted(taught: Task, asked: Task) -> Any:
    return certify(Sides(train=(own("One?"), taught), validation=(own("Two?"),), heldout=(own("Three?"), asked)))


def test_a_split_of_the_arena_is_clean(tmp_path: Path) -> None:
    sides = divide(
        draw_pool(1, {name: {"tasks": 100} for name in arena.names()}), Split(train=30, validation=5, heldout=15)
    )
    certificate: Any = certify(sides)
    refuse_leaks(certificate)
    assert certificate["tasks"]["heldout"]["total"] == 75
    assert certificate["tasks"]["heldout"]["sequence"] == {f"difficulty {d}": 3 for d in range(1, 6)}
    assert certificate["answers"]["heldout"]["causal_reasoning"]["different"] == 3
    assert {n for level in certificate["shared"].values() for n in level.values()} == {0}
    store.write_records(tmp_path / "heldout.jsonl", sides.heldout)
    assert certificate["heldout_sha256"] == store.sha256(tmp_path / "heldout.jsonl")
    assert json.loads(json.dumps(certificate)) == certificate == certify(sides)


@pytest.mark.parametrize(
    ("taught", "asked", "levels"),
    [
        (own("What is 2 + 2?"), own("What is 2 + 2?"), (1, 1, 1)),
        (own("What is 2 + 2?"), own("what is  2 + 2?"), (0, 1, 1)),
        (own("Is Ann older than Bob?", "Ann", "Bob"), own("Is Zoe older than Ann?", "Zoe", "Ann"), (0, 0, 1)),
        (own("Is Ann older than Bob?", "Ann", "Bob"), own("Is Zoe taller than Ann?", "Zoe", "Ann"), (0, 0, 0)),
    ],
)
def test_a_planted_leak_is_found(taught: Task, asked: Task, levels: tuple[int, ...]) -> None:
    certificate = planted(taught, asked)
    found = tuple(certificate["shared"][level]["train and heldout"] for level in (L0, L1, L2))
    assert found == levels
    assert certificate["shared"][L2]["train and validation"] == 0
    if any(levels):
        with pytest.raises(ValueError, match=rf"share questions:(?s:.*)train {taught.id} and heldout {asked.id}"):
            refuse_leaks(certificate)
    else:
        refuse_leaks(certificate)


def test_an_empty_side_is_certified() -> None:
    certificate: Any = certify(Sides(train=(own("One?"),), validation=(), heldout=(own("Two?"),)))
    assert certificate["tasks"]["validation"] == {"total": 0}
