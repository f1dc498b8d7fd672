from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.report import render, results
from clpipe.report.measures import Measures, measure
from tests.report import continual_tree, tree


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


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with a made-up study of continual learning, three arms on each of two streams, in `reports/`."""
    root = tmp_path_factory.mktemp("continual")
    continual_tree.make(root, continual_tree.params())
    render(continual_tree.params(), root, root / "reports")
    return root


@pytest.fixture(scope="session")
def measured(course: Path) -> Measures:
    """Its numbers."""
    return measure(results.read(continual_tree.params(), course))
