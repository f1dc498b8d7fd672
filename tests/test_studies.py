"""Studies: taken, kept, and never at the price of somebody's edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe import studies

DEFAULT = """\
study: {name: default} # who
seeds: [0, 1, 2]

learn: # defaults
  episodes: 160 # of the stream
  lr: 3.0e-4 # small

arms:
  first: {model: a}
  second: {model: a}
"""
OTHER = "seeds: [7]\nlearn: {lr: 1.0e-3}\narms:\n  third: {model: b}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "default.yaml").write_text(DEFAULT)
    (tmp_path / "studies" / "other.yaml").write_text(OTHER)
    (tmp_path / "params.yaml").write_text(DEFAULT)
    return tmp_path


def test_a_study_is_the_default_with_its_own_values_and_the_comments_kept(root: Path) -> None:
    assert studies.text(root, "other") == (
        "# The active study: other (studies/other.yaml over studies/default.yaml).\n"
        "study: {name: default} # who\n"
        "seeds: [7]\n"
        "\n"
        "learn: # defaults\n"
        "  episodes: 160 # of the stream\n"
        "  lr: 1.0e-3 # small\n"
        "\n"
        "arms:\n"
        "  third: {model: b}\n"
    )


def test_the_default_study_is_its_file(root: Path) -> None:
    assert studies.text(root, "default") == DEFAULT


def test_using_a_study_makes_it_the_active_one_and_back(root: Path) -> None:
    assert studies.active(root) == "default"
    studies.use(root, "other")
    assert studies.active(root) == "other"
    studies.use(root, "default")
    assert (root / "params.yaml").read_text() == DEFAULT


def test_an_edited_params_file_is_not_lost(root: Path) -> None:
    edited = DEFAULT.replace("160", "20")
    (root / "params.yaml").write_text(edited)
    assert studies.active(root) is None
    with pytest.raises(ValueError, match=r"params\.yaml has been edited and is none of default, other: keep it with"):
        studies.use(root, "other")
    assert (root / "params.yaml").read_text() == edited


def test_force_gives_the_edits_up(root: Path) -> None:
    (root / "params.yaml").write_text(DEFAULT.replace("160", "20"))
    studies.use(root, "other", force=True)
    assert studies.active(root) == "other"


def test_a_study_can_be_taken_where_there_is_no_params_file(root: Path) -> None:
    (root / "params.yaml").unlink()
    studies.use(root, "default")
    assert (root / "params.yaml").read_text() == DEFAULT


def test_a_saved_study_has_its_own_name_and_report_and_can_be_left_and_taken_again(root: Path) -> None:
    edited = DEFAULT.replace("160", "20").replace("  second: {model: a}\n", "")
    (root / "params.yaml").write_text(edited)
    studies.save(root, "mine")
    kept = edited.replace("{name: default}", "{name: mine, reports: reports/mine}")
    assert (root / "params.yaml").read_text() == kept
    assert studies.active(root) == "mine"
    studies.use(root, "default")
    studies.use(root, "mine")
    assert (root / "params.yaml").read_text() == kept


def test_params_without_a_study_section_cannot_be_saved(root: Path) -> None:
    (root / "params.yaml").write_text("learn: {lr: 1}\n")
    with pytest.raises(ValueError, match=r"params\.yaml has no section `study`"):
        studies.save(root, "mine")
    assert studies.names(root) == ["default", "other"]


def test_saving_never_replaces_a_study(root: Path) -> None:
    with pytest.raises(ValueError, match=r"studies/other\.yaml is there already; choose another name"):
        studies.save(root, "other")
    assert (root / "studies" / "other.yaml").read_text() == OTHER


@pytest.mark.parametrize("name", ["../outside", "a.b", "", "My study"])
def test_a_study_needs_a_usable_name(root: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is not a usable name: lower-case letters, digits and single hyphens only"):
        studies.save(root, name)
    assert studies.names(root) == ["default", "other"]


def test_an_unknown_study_is_named_with_the_nearest_one(root: Path) -> None:
    with pytest.raises(LookupError, match=r"no study 'othr' \(did you mean 'other'\?\); there is default, other"):
        studies.use(root, "othr")
    assert (root / "params.yaml").read_text() == DEFAULT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", r"studies/other\.yaml must be a mapping"),
        ("a: [1\n", r"studies/other\.yaml is not YAML"),
        ("a: 1\na: 2\n", r"studies/other\.yaml is not YAML"),
    ],
)
def test_a_broken_study_file_is_named(root: Path, text: str, message: str) -> None:
    (root / "studies" / "other.yaml").write_text(text)
    with pytest.raises(ValueError, match=message):
        studies.text(root, "other")
