"""What a study costs beside its learning, by the number of its arms: DVC's own work, dvc.lock, the report.

`python -m benchmarks.arms 10 30 100` makes a study of so many arms whose stages only write files, one of them run, the
others entered in dvc.lock as its copies, and asks DVC about it. `python -m benchmarks.arms report 3 12` has the report
made of so many arms of made-up results. Seconds are of CPU, user and system, so that what else the machine does counts
little; nothing is recorded.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from clpipe import workspace
from clpipe.runner import lock_file

ROOT = Path(__file__).parents[1]
STUB = ROOT / "tests/scaling/stub_stage.py"
FIRST = "arm-00000"
OF_ARM = ("learn", "evaluate", "copies")
ASKED = {
    "status of all": ("status", "--json"),
    "status of one": ("status", "--json", f"learn@{FIRST}"),
    "one stage run": ("repro", "--quiet", "--single-item", "--force", f"copies@{FIRST}"),
    "nothing to do": ("repro", "--quiet", f"copies@{FIRST}"),
}

_MADE_UP = """
from pathlib import Path
from clpipe.report import render
from tests.report import tree
arms = {{f"arm-{{number:05}}": {{"method": "lora"}} for number in range({count})}}
tree.FINAL.update(dict.fromkeys(arms, 0.5))
study = tree.params(arms=arms)
"""


def dvc_costs(counts: list[int], folder: Path) -> None:
    """Print DVC's CPU seconds at each number of arms."""
    environment = _lay_out(folder)
    _arms(folder, 1)
    _seconds(folder, environment, "repro", "--quiet", *(f"{stage}@{FIRST}" for stage in OF_ARM))
    lock = (folder / "dvc.lock").read_text(encoding="utf-8")
    for count in counts:
        _arms(folder, count)
        _replicate(folder, lock, count)
        _seconds(folder, environment, "status", "--json")  # the first one hashes every file
        told = [f"{what} {_seconds(folder, environment, *words):.1f} s" for what, words in ASKED.items()]
        size = (folder / "dvc.lock").stat().st_size
        print(f"arms  {count:6}  {'  '.join(told)}  dvc.lock {size / 1e6:.2f} MB", flush=True)


def report_costs(counts: list[int], folder: Path) -> None:
    """Print the CPU seconds and the bytes of the report at each number of arms, 3 seeds and 5 checkpoints each."""
    for count in counts:
        root = folder / str(count)
        study = _MADE_UP.format(count=count)
        made = _seconds(ROOT, os.environ, python=f"{study}tree.make(Path({str(root)!r}), study)")
        rendered = f"{study}render(study, Path({str(root)!r}), Path({str(root / 'out')!r}))"
        seconds = _seconds(ROOT, os.environ, python=rendered)
        size = (root / "out" / "report.html").stat().st_size / 1e6
        print(f"report {count:6} arms  {seconds:.1f} s  {size:.2f} MB  (results made in {made:.0f} s)", flush=True)


def _lay_out(folder: Path) -> dict[str, str]:
    workspace.make(ROOT, folder, "default")
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n    no_scm = True\n", encoding="utf-8")
    for stage in (folder / "stages").glob("[a-z]*.py"):
        shutil.copy(STUB, stage)
    (folder / "ledger").mkdir()
    scripts = str(Path(sys.executable).parent)
    own = {"PATH": scripts + os.pathsep + os.environ.get("PATH", ""), "PYTHONPATH": str(folder)}
    return {**os.environ, **own, "LEDGER": str(folder / "ledger"), "DVC_NO_ANALYTICS": "1"}


def _arms(folder: Path, count: int) -> None:
    path = folder / "params.yaml"
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    arm = next(iter(values["arms"].values()))
    values |= {"arms": {f"arm-{number:05}": arm for number in range(count)}, "claims": {}}
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


def _replicate(folder: Path, lock: str, count: int) -> None:
    """Enter every arm in dvc.lock as a copy of the first, with its files."""
    own = [f"{stage}@{FIRST}" for stage in OF_ARM]
    block = lock_file.only(lock, own).partition("stages:\n")[2]
    names = [f"arm-{number:05}" for number in range(count)]
    others = [name for name in lock_file.names(folder / "dvc.lock") if name.partition("@")[0] not in OF_ARM]
    rest = lock_file.only(lock, others)
    (folder / "dvc.lock").write_text(rest + "".join(re.sub(FIRST, name, block) for name in names), encoding="utf-8")
    for stage in OF_ARM:
        for name in names[1:]:
            shutil.copytree(folder / "runs" / stage / FIRST, folder / "runs" / stage / name, dirs_exist_ok=True)


def _seconds(folder: Path, environment: Mapping[str, str], *words: str, python: str = "") -> float:
    """CPU seconds of `dvc WORDS`, or of a Python script, children included."""
    command = [sys.executable, "-c", python] if python else [sys.executable, "-m", "dvc", *words]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words) or 'the script'} failed:\n{done.stderr[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure what the arguments say."""
    what, counts = ("report", sys.argv[2:]) if sys.argv[1:2] == ["report"] else ("dvc", sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="clpipe-arms-") as name:
        measure = report_costs if what == "report" else dvc_costs
        measure([int(count) for count in counts], Path(name) / "study")


if __name__ == "__main__":
    main()
