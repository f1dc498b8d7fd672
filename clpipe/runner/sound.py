"""`python -m clpipe.runner.sound`: whether what DVC keeps still has the bytes that its name and `dvc.lock` say.

DVC trusts a file in its cache that is read-only: one bit flipped on the disk, and `dvc checkout` hands it out without a
word. Here every file is read and hashed. With `--remove` the damaged ones are deleted, and so DVC fetches or makes them
again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from clpipe.failure import reported
from clpipe.store import md5

OBJECTS = Path("files/md5")
LIST = ".dir"
"""How the name of an object ends that lists a folder."""


def damaged_objects(cache: Path) -> Iterator[Path]:
    """Files of the cache whose content is not the one they are named by."""
    yield from (path for path in sorted((cache / OBJECTS).glob("[0-9a-f][0-9a-f]/*")) if not _sound(path))


def other_files(root: Path, cache: Path) -> Iterator[Path]:
    """Outputs in the working tree that are not what `dvc.lock` names; those that are not there are not missed.

    Raises ValueError where the lock file is not one of DVC.
    """
    for path, wanted in sorted(_named(root / "dvc.lock", cache).items()):
        if (root / path).is_file() and md5(root / path) != wanted:
            yield root / path


def _named(lock: Path, cache: Path) -> dict[str, str]:
    """The MD5 of every output, and of every file of an output that is a folder."""
    found: dict[str, str] = {}
    try:
        stages = (yaml.safe_load(lock.read_text(encoding="utf-8")) or {})["stages"] if lock.exists() else {}
        outs = [out for stage in stages.values() for out in stage.get("outs", [])]
        for path, named in ((out["path"], out["md5"]) for out in outs):
            if not named.endswith(LIST):
                found[path] = named
                continue
            listed = cache / OBJECTS / named[:2] / named[2:]
            if listed.exists() and _sound(listed):
                entries = json.loads(listed.read_text(encoding="utf-8"))
                found |= {f"{path}/{entry['relpath']}": entry["md5"] for entry in entries}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{lock}: not a lock file of DVC 3 ({error}); git has the last good one") from None
    return found


def _sound(path: Path) -> bool:
    return md5(path) == path.parent.name + path.name.removesuffix(LIST)


def _cache() -> Path:
    command = [sys.executable, "-m", "dvc", "cache", "dir"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise RuntimeError(f"`dvc cache dir` failed: {asked.stderr.strip()}")
    return Path(asked.stdout.strip())


def main() -> int:
    """The command line; 1 when something is damaged and still there."""
    parser = argparse.ArgumentParser(
        description="Hash everything that DVC keeps, in its cache and in the working tree."
    )
    parser.add_argument("--remove", action="store_true", help="delete what is damaged, so that DVC brings it anew")
    remove = parser.parse_args().remove
    with reported("sound"):
        cache = _cache()
        bad = [*damaged_objects(cache), *other_files(Path.cwd(), cache)]
        for path in bad:
            sys.stdout.write(f"{'removed' if remove else 'damaged'}: {path}\n")
            if remove:
                path.unlink()
        if bad:
            way = "`dvc repro` makes them again, `dvc pull` fetches them" if remove else "--remove deletes them"
            sys.stdout.write(f"{len(bad)} files are not what their hash says; {way}\n")
        else:
            sys.stdout.write("everything is what its hash says\n")
    return 1 if bad and not remove else 0


if __name__ == "__main__":
    sys.exit(main())
