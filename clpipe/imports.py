"""Which files of clpipe a module's results depend on: what it imports, and what that imports, read from the source.

DVC does not follow imports (issue 9195), so a stage's `deps` name these files, and tests/test_dag.py keeps the two the
same; the scratch store names a run by their content.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

PLUMBING = frozenset(
    f"clpipe.{name}"
    for name in (
        "crosscheck",  # refuses, changes nothing
        "endless",  # draws by the families' code, of which the train file is a sample
        "failure",  # how an error is worded
        "frozen",  # refuses, changes nothing
        "given",  # refuses, changes nothing
        "imports",  # this file
        "lifeline",  # ends a process
        "mistakes",  # how a mistake is worded
        "named",  # finds a file by its name; the file found is a dependency of its own
        "params_file",  # reads the file
        "preload",  # imports ahead of time
        "params",  # reads values that DVC tracks key by key
        "params_claims",  # the same
        "params_models",  # the same
        "params_section",  # the same
        "progress",  # prints
        "releases",  # refuses, changes nothing
        "suitable",  # refuses, changes nothing
        "scratch",  # where unfinished work is kept
        "side_by_side",  # in which process a piece is computed
        "validate",  # refuses, changes nothing
    )
)
"""Modules that decide whether, where and with what words something runs, never which bytes it writes."""


def closure(roots: Iterable[str]) -> list[Path]:
    """The source files of the modules `roots` and of all modules they need, sorted; other plumbing left out."""
    found: dict[str, Path] = {}
    named = frozenset(roots)
    waiting = sorted(named)
    while waiting:
        module = waiting.pop()
        if module in found or (module in PLUMBING and module not in named):
            continue
        path = _source(module)
        found[module] = path
        waiting += _imported(path)
    return sorted(set(found.values()))


@cache
def _source(module: str) -> Path:
    found = _file(module)
    if found is None:
        raise LookupError(f"no module {module!r}")
    return found


@cache
def _file(module: str) -> Path | None:
    """Where the module is, found without importing what it is in."""
    top, *names = module.split(".")
    for folder in import_module(top).__path__:
        path = Path(folder, *names)
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None


@cache
def _imported(path: Path) -> tuple[str, ...]:
    names: set[str] = set()
    for node in _runtime_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name for name in names if name.split(".")[0] == "clpipe"}
    parents = {name[:i] for name in ours for i, letter in enumerate(name) if letter == "."}
    return tuple(sorted(name for name in ours | parents if _file(name)))


def _runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _runtime_nodes(child)
