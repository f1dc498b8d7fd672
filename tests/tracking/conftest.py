from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clpipe.tracking import place, ui
from tests.tracking.tree import Tree, Ui


@pytest.fixture(autouse=True)
def _no_store_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "DVC_EXP_NAME", "DVC_ROOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store: MLflow's hundred migrations once, not once a test."""
    root = tmp_path_factory.mktemp("tables")
    ui.make_tables(place.find(root, {}))
    return root / "mlflow.db"


@pytest.fixture
def tree(tmp_path: Path, tables: Path) -> Tree:
    shutil.copy(tables, tmp_path)
    return Tree(tmp_path)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> tuple[Tree, Ui]:
    """A tree that has been published once; only to be looked at."""
    tree = Tree(tmp_path_factory.mktemp("shown"))
    shutil.copy(tables, tree.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        tree.publish()
    return tree, Ui(tree)


@pytest.fixture
def published(tree: Tree) -> tuple[Tree, Ui]:
    """A tree that has been published once, to go on with."""
    tree.publish()
    return tree, Ui(tree)


def clear(tree: Tree) -> None:
    """Forget the stamp."""
    shutil.rmtree(tree.root / ".clpipe")
