"""Studies: `params.yaml` is the active one, the others lie in `studies/` as what differs from `studies/default.yaml`.

Mappings are merged key by key; `arms`, `claims`, `families` and lists are taken whole, and with arms of its own a study
has no claims but its own. A file with every section stands for itself.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clpipe.params import NAME, unknown
from clpipe.store import write_text

FOLDER = Path("studies")
ACTIVE = Path("params.yaml")
WHOLE = frozenset({"arms", "claims", "families"})


def names(root: Path) -> list[str]:
    """The studies there are."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml"))


def text(root: Path, name: str) -> str:
    """The whole params file of a study, the comments of the default kept; LookupError for an unknown name."""
    if name not in names(root):
        raise LookupError(f"{unknown('study', name, names(root))} in {FOLDER}/")
    base_text = (root / FOLDER / "default.yaml").read_text(encoding="utf-8")
    if name == "default":
        return base_text
    own_text = (root / FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    base, own = _load(base_text, FOLDER / "default.yaml"), _load(own_text, FOLDER / f"{name}.yaml")
    if own.keys() >= base.keys():
        return own_text
    if "arms" in own and "claims" in base:
        base["claims"] = {}
    _merge(base, own)
    buffer = io.StringIO()
    _yaml().dump(base, buffer)
    return f"# The active study: {name} (studies/{name}.yaml over studies/default.yaml).\n" + buffer.getvalue()


def active(root: Path) -> str | None:
    """The study whose text `params.yaml` is; `None` when it has been edited."""
    current = (root / ACTIVE).read_text(encoding="utf-8")
    return next((name for name in names(root) if text(root, name) == current), None)


def use(root: Path, name: str, *, force: bool = False) -> None:
    """Make a study the active one; ValueError when that would lose edits of `params.yaml`, unless forced."""
    wanted = text(root, name)
    if (root / ACTIVE).exists() and not force and active(root) is None:
        raise ValueError(
            f"{ACTIVE} has been edited and is none of {', '.join(names(root))}: keep it with "
            "`clpipe study save NAME`, or lose it with --force"
        )
    write_text(root / ACTIVE, wanted)


def save(root: Path, name: str) -> None:
    """Keep the active `params.yaml` as the study `name`, with a report of its own; it stays the active one.

    Raises ValueError when there is a study of this name, or when it is not a usable one.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a usable name: lower-case letters, digits and single hyphens only")
    path = root / FOLDER / f"{name}.yaml"
    if path.exists():
        raise ValueError(f"{path.relative_to(root)} is there already; choose another name")
    values = _load((root / ACTIVE).read_text(encoding="utf-8"), ACTIVE)
    if not isinstance(values.get("study"), dict):
        raise ValueError(f"{ACTIVE} has no section `study`: see what else is missing with `clpipe validate`")
    values["study"]["name"], values["study"]["reports"] = name, f"reports/{name}"
    buffer = io.StringIO()
    _yaml().dump(values, buffer)
    write_text(path, buffer.getvalue())
    write_text(root / ACTIVE, buffer.getvalue())


def _load(content: str, path: Path) -> Any:
    try:
        values = _yaml().load(content)
    except YAMLError as error:
        raise ValueError(f"{path} is not YAML: {error}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} must be a mapping of sections such as learn and arms")
    return values


def _merge(base: Any, own: Mapping[str, Any]) -> None:
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key not in WHOLE:
            _merge(base[key], value)
        else:
            base[key] = value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    return yaml
