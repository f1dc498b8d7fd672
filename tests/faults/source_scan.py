"""What in a source file could run code that is not ours, found in its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LOADERS_OF_OBJECTS = frozenset({"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "joblib", "marshal"})
YAML_OF_OBJECTS = frozenset({"unsafe_load", "unsafe_load_all", "full_load", "full_load_all", "load_all"})
LOADS = frozenset({"torch.load", "np.load", "numpy.load", "pandas.read_pickle", "pd.read_pickle"})
WORDS = {"trust_remote_code": "trust_remote_code", "allow_pickle": "allow_pickle", "shell": "shell=True"}
RUNS = frozenset({"eval", "exec", "__import__", "os.system", "os.popen"})


def findings(source: str) -> set[str]:
    """One short line for each thing found, such as `import pickle` or `exec()`."""
    tree = ast.parse(source)
    safe = {c.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef) and _safe_bases(c)}
    return {line for node in ast.walk(tree) for line in _of(node, safe)}


def _safe_bases(node: ast.ClassDef) -> bool:
    return [ast.unparse(base) for base in node.bases] in (["yaml.SafeLoader"], ["yaml.CSafeLoader"])


def _of(node: ast.AST, safe: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {a.name}" for a in node.names if a.name.split(".")[0] in LOADERS_OF_OBJECTS)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LOADERS_OF_OBJECTS:
        yield f"import {node.module}"
    elif isinstance(node, ast.Call):
        yield from _of_call(node, safe)


def _of_call(node: ast.Call, safe: set[str]) -> Iterator[str]:
    name, words = ast.unparse(node.func), {k.arg: ast.unparse(k.value) for k in node.keywords}
    if name in LOADS | RUNS:
        yield f"{name}()"
    if name.startswith("yaml.") and name.removeprefix("yaml.") in YAML_OF_OBJECTS:
        yield f"{name}()"
    if name == "yaml.load" and words.get("Loader") not in safe:
        yield "yaml.load() without a safe loader"
    if name == "YAML" and "typ" in words and words["typ"] not in ("'safe'", "'rt'"):
        yield f"YAML(typ={words['typ']})"
    yield from (told for word, told in WORDS.items() if words.get(word, "False") != "False")
    if name.endswith((".extractall", ".extract", "unpack_archive")):
        yield f"{name.rsplit('.', 1)[-1]}()"
