from __future__ import annotations

from pathlib import Path

from clpipe.report import making
from clpipe.tracking import runs


def test_a_filter_asks_for_the_tags_that_the_mirror_sets() -> None:
    found = making.run_filter("default", "my-arm")
    assert found == f"tags.`{runs.STUDY}` = 'default' AND tags.`{runs.ARM}` = 'my-arm'"


def test_each_arm_has_its_filter_and_the_exact_commands_are_there(made: Path) -> None:
    text = (made / "reports/report.md").read_text(encoding="utf-8")
    for arm in ("tiny-lora", "tiny-lora-shuffled", "tiny-soft-prompt"):
        assert f"`` {making.run_filter('made-up', arm)} ``" in text
    assert "`make study NAME=made-up`" in text
    assert f"({making.MLFLOW})" in text
