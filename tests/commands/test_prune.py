"""`clpipe prune`: nothing goes without `--yes`, and nothing ever goes that a lock file anywhere needs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from filelock import FileLock

from clpipe.commands import cache, prune
from clpipe.runner.arms import LOCK
from tests.commands.conftest import ARM, Begin, call, scratch_episodes


def git(*words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


def store(text: str) -> str:
    """Put a text into the cache; its hash."""
    return _kept(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), text)


def store_folder(*hashes: str) -> str:
    text = json.dumps([{"md5": h, "relpath": f"f{i}"} for i, h in enumerate(hashes)])
    return _kept(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() + ".dir", text)


def _kept(name: str, text: str) -> str:
    path = cache.CACHE / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o444)
    return name


def lock(*hashes: str, path: str = "dvc.lock") -> None:
    outs = "".join(f"    - path: o{i}\n      hash: md5\n      md5: {h}\n" for i, h in enumerate(hashes))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(f"schema: '2.0'\nstages:\n  learn@arm-of-no-study:\n    cmd: true\n    outs:\n{outs}")


def there() -> set[str]:
    return {cache.name(path) for path in cache.CACHE.glob("??/*")}


def old(path: Path, days: float) -> None:
    for one in (path, *path.rglob("*")):
        os.utime(one, times=(time.time() - days * 86_400,) * 2)


@pytest.fixture
def repository(project: Path) -> Path:
    git("init", "-q")
    (project / ".dvc").mkdir()
    return project


def test_what_any_version_of_a_lock_file_names_is_kept(repository: Path) -> None:
    assert repository.exists()
    kept = {name: store(name) for name in ("committed", "branch", "stash", "index", "amended", "tree", "other")}
    inner = [store("inner 1"), store("inner 2")]
    folder = store_folder(*inner)
    useless = {store("useless"), store_folder(kept["tree"])}
    lock(kept["committed"], folder)
    git("add", "dvc.lock")
    git("commit", "-qm", "1")
    git("checkout", "-qb", "side")
    lock(kept["branch"])
    git("commit", "-qam", "2")
    git("checkout", "-q", "-")
    lock(kept["amended"])
    git("commit", "-qam", "3")
    lock(kept["committed"])
    git("commit", "-qa", "--amend", "-m", "4")
    lock(kept["stash"])
    git("stash")
    lock(kept["index"])
    git("add", "dvc.lock")
    lock(kept["tree"])
    lock(kept["other"], path=".clpipe/demo/dvc.lock")
    assert {cache.name(path) for path in cache.unneeded(Path())} == useless
    done = call("prune", "--yes")
    assert done.exit_code == 0, done.output
    assert there() == {*kept.values(), folder, *inner}
    assert call("prune").stdout == "nothing to prune\n"


def test_imported_data_is_kept(repository: Path) -> None:
    kept, useless = store("imported"), store("useless")
    (repository / "data").mkdir()
    (repository / "data/tasks.dvc").write_text(f"outs:\n- md5: {kept}\n  path: tasks\n")
    assert [cache.name(path) for path in cache.unneeded(Path())] == [useless]


def test_without_yes_it_says_what_and_how_much_and_leaves_it(repository: Path) -> None:
    assert repository.exists()
    useless = store("x" * 1500)
    folder = scratch_episodes(ARM, 0, [1.0])
    old(folder, 8)
    size = (folder / "episodes.jsonl").stat().st_size
    done = call("prune", "--list")
    assert done.exit_code == 0, done.output
    assert f"scratch work: 1 entries, {size} B" in done.stdout
    assert "DVC cache: 1 entries, 1.5 kB" in done.stdout
    assert str(folder) in done.stdout
    assert "nothing has been deleted, --yes does it" in done.stdout
    assert there() == {useless}
    assert folder.exists()


def test_scratch_work_and_logs_go_when_they_are_old(repository: Path) -> None:
    folders = {days: scratch_episodes(ARM, days, [1.0]) for days in (1, 6, 8, 40)}
    logs = {days: repository / ".clpipe/logs" / f"arm-{days}.log" for days in (1, 40)}
    logs[1].parent.mkdir()
    for days, folder in folders.items():
        old(folder, days)
    for days, path in logs.items():
        path.write_text("x")
        old(path, days)
    fresh_inside = scratch_episodes(ARM, 99, [1.0])
    os.utime(fresh_inside, times=(0, 0))
    assert call("prune", "--yes").exit_code == 0
    assert [days for days, folder in folders.items() if folder.exists()] == [1, 6]
    assert fresh_inside.exists()
    assert [days for days, path in logs.items() if path.exists()] == [1]
    assert call("prune", "--yes", "--days", "0").exit_code == 0
    assert not any(folder.exists() for folder in (*folders.values(), fresh_inside, *logs.values()))


def test_scratch_work_that_is_being_worked_on_stays(repository: Path) -> None:
    assert repository.exists()
    folder = scratch_episodes(ARM, 0, [1.0])
    held = folder.with_suffix(".lock")
    with FileLock(held):
        old(folder, 40)
        old(held, 40)
        assert prune.found(Path(), 7) == []
    (item,) = prune.found(Path(), 7)
    with FileLock(held):
        assert prune.delete(Path(), [item]) == (0, 0)
    assert folder.exists()
    assert prune.delete(Path(), [item]) == (1, item.size)
    assert not folder.exists()


def test_nothing_goes_while_the_pipeline_is_at_work(repository: Path, begin: Begin) -> None:
    assert repository.exists()
    useless = store("useless")
    items = prune.found(Path(), 7)
    LOCK.parent.mkdir(exist_ok=True)
    with FileLock(LOCK), pytest.raises(RuntimeError, match="`clpipe run` is at work"):
        prune.delete(Path(), items)
    begin("learn", ARM)
    done = call("prune", "--yes")
    assert done.exit_code == 1
    assert "the pipeline is at work in this folder" in done.stderr
    assert there() == {useless}


def test_what_became_needed_since_it_was_shown_stays(repository: Path) -> None:
    assert repository.exists()
    first, second = store("first"), store("second")
    items = prune.found(Path(), 7)
    assert {cache.name(item.path) for item in items} == {first, second}
    lock(first)
    assert prune.delete(Path(), items)[0] == 1
    assert there() == {first}


def test_a_broken_list_of_files_stops_it(repository: Path) -> None:
    assert repository.exists()
    store("useless")
    lock(_kept("0" * 32 + ".dir", "no JSON"))
    done = call("prune", "--yes")
    assert done.exit_code == 1
    assert "is broken" in done.stderr
    assert len(there()) == 2


@pytest.mark.parametrize("file", ["config", "config.local"])
def test_a_cache_that_others_may_use_is_left_alone(repository: Path, file: str) -> None:
    (repository / ".dvc" / file).write_text("[core]\n    analytics = false\n[cache]\n    dir = /elsewhere\n")
    done = call("prune", "--yes")
    assert done.exit_code == 1
    assert "puts the cache elsewhere" in done.stderr


def test_links_and_other_settings_of_the_cache_do_not_matter(repository: Path) -> None:
    text = "[cache]\n    type = reflink,copy\n['remote \"a\"']\n    url = /elsewhere\n"
    (repository / ".dvc/config").write_text(text)
    assert call("prune").exit_code == 0
