from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.report import render
from tests.report import tree


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with made-up results of three arms and three seeds, rendered into `reports/`."""
    root = tmp_path_factory.mktemp("made-up")
    study = tree.params(tasks=20)
    tree.make(root, study)
    render(study, root, root / "reports")
    return root


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A root with made-up results of one seed and few tasks, to break."""
    tree.make(tmp_path, tree.params(seeds=(0,), tasks=4))
    return tmp_path
