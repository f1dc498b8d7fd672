import pytest

from clpipe.records import Task
from tests.drawn import drawn
from tests.streams import FIVE


@pytest.fixture(scope="session")
def tasks() -> list[Task]:
    """30 of each of five families, difficulties 1 to 5 in turn."""
    return drawn(1, dict.fromkeys(FIVE, 30))
