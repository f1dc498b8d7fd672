from pathlib import Path

import pytest

from clpipe import store
from clpipe.releases import refuse_another

ROOT = Path(__file__).parents[1]


def test_a_release_is_its_bytes(tmp_path: Path) -> None:
    table = tmp_path / "releases.json"
    store.write_json(table, {"1.0": "aa"})
    refuse_another("1.0", "aa", table)
    refuse_another(None, "bb", table)
    with pytest.raises(ValueError, match=r"is not release '1\.0': its SHA-256 is bb, .*releases\.json says aa"):
        refuse_another("1.0", "bb", table)
    with pytest.raises(ValueError, match=r'\'2\.0\' is not in .*, which has 1\.0\. To release .* add "2\.0": "bb"'):
        refuse_another("2.0", "bb", table)
    with pytest.raises(ValueError, match="which has no release"):
        refuse_another("2.0", "bb", tmp_path / "none.json")


def test_the_certificate_in_the_repository_is_of_a_release() -> None:
    certificate = store.read_json(ROOT / "data/tasks/certificate.json")
    if certificate["release"] is not None:
        refuse_another(certificate["release"], certificate["heldout_sha256"], ROOT / "data/releases.json")
