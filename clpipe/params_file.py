"""A params file as a plain mapping: YAML in which `1e-4` is a number and no key may stand twice."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from clpipe.mistakes import ParamsError


def mapping(path: Path) -> dict[str, Any]:
    """The plain mapping of a params file; raises FileNotFoundError, or ParamsError when it is no YAML mapping."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; run this in the folder that holds params.yaml")
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise ParamsError(path, [f"not YAML: {error}"]) from None
    except UnicodeDecodeError as error:
        raise ParamsError(path, [f"not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}"]) from None
    if not isinstance(values, dict):
        raise ParamsError(path, ["must be a mapping, with sections such as study, models, learn, arms"])
    return values


def parse_value(text: str) -> Any:
    """One value as it would be read in a params file: `1e-3` is a number, `[a, b]` a list; ValueError for no YAML."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError:
        raise ValueError(f"{text!r} is not YAML") from None


class _Loader(yaml.SafeLoader):
    """YAML 1.2 floats (`1e-4` is a number) and no key twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.YAMLError(f"a key must be one word, not {key!r}, in line {key_node.start_mark.line + 1}")
        if key in seen:
            raise yaml.YAMLError(f"key {key!r} stands twice, second time in line {key_node.start_mark.line + 1}")
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$"),
    list("-+0123456789."),
)
