"""New entries of dvc.lock in the order of a serial run, the old ones where they were, no byte changed."""

from __future__ import annotations

from pathlib import Path

import yaml

from clpipe.runner.lock_file import arranged, names

ROOT = Path(__file__).parents[2]

HEAD = "schema: '2.0'\nstages:\n"
A = "  a:\n    cmd: python a.py --out\n      data/a\n    outs:\n    - path: data/a\n      md5: 11\n"
B = "  learn@b:\n    cmd: b\n"
C = "  learn@c:\n    cmd:\n    - c\n    - d\n"


def test_new_entries_are_put_in_order_after_the_old(tmp_path: Path) -> None:
    order = ["learn@b", "a", "learn@c"]
    assert arranged(HEAD + C + A + B, [], order) == HEAD + B + A + C
    assert arranged(HEAD + C + A + B, ["learn@c"], order) == HEAD + C + B + A
    assert arranged(HEAD + B + A + C, [], order) == HEAD + B + A + C
    assert names(tmp_path / "absent") == []
    (tmp_path / "dvc.lock").write_text(HEAD + C + A)
    assert names(tmp_path / "dvc.lock") == ["learn@c", "a"]


def test_an_entry_that_the_order_does_not_know_is_kept_last() -> None:
    assert arranged(HEAD + C + A + B, [], ["learn@b", "a"]) == HEAD + B + A + C


def test_what_stands_around_the_entries_stays() -> None:
    tail = "datasets:\n- name: x\n  url: y\n"
    assert arranged(HEAD + B + A + tail, [], ["a", "learn@b"]) == HEAD + A + B + tail
    assert arranged("", [], ["a"]) == ""
    long = HEAD + B + f"  ? learn@{'c' * 130}\n  : cmd: c\n" + A
    assert arranged(long, [], ["a", "learn@b"]) == long
    assert arranged("schema: '2.0'\nstages: {}\n", [], ["a"]) == "schema: '2.0'\nstages: {}\n"


def test_the_projects_own_lock_file_keeps_its_content_whatever_the_order() -> None:
    text = (ROOT / "dvc.lock").read_text()
    stages = list(yaml.safe_load(text)["stages"])
    turned = arranged(text, [], stages[::-1])
    assert list(yaml.safe_load(turned)["stages"]) == stages[::-1]
    assert yaml.safe_load(turned) == yaml.safe_load(text)
    assert arranged(turned, [], stages) == text
