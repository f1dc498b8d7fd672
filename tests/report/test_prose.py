"""Text that cannot overclaim: whatever was found, the page's prose is the same but for the ledger's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from clpipe.report import results, sections
from clpipe.report.blocks import Section
from clpipe.report.measures import Measures, measure
from tests.report import tree

LEARNED = {"tiny-lora": 0.62, "tiny-lora-shuffled": 0.33, "tiny-soft-prompt": 0.14}
NOTHING = dict.fromkeys(LEARNED, 0.02)
HARMED = {"tiny-lora": 0.02, "tiny-lora-shuffled": 0.5, "tiny-soft-prompt": 0.3}
JUDGED = ("The answer", "Hypotheses declared before the runs", "Claims of the seed document")
"""Sections that hold sentences of the ledger."""


def study(root: Path, monkeypatch: pytest.MonkeyPatch, final: Mapping[str, float]) -> Measures:
    monkeypatch.setattr(tree, "FINAL", final)
    params = tree.params(seeds=(0, 1), tasks=8)
    tree.make(root, params)
    return measure(results.read(params, root))


def prose(section: Section) -> Iterator[str]:
    """Everything a section says beside the cells of its tables."""
    yield section.title
    yield from section.text
    if section.picture:
        yield from (section.picture.alt, section.picture.caption)
    if section.table:
        yield from (section.table.caption, *section.table.columns)
    yield from (word for pair in (*section.readings, *section.commands, *section.links) for word in pair)


def test_the_prose_does_not_hang_on_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for name, final in (("learned", LEARNED), ("nothing", NOTHING), ("harmed", HARMED)):
        measures = study(tmp_path / name, monkeypatch, final)
        told.append([tuple(prose(s)) for s in sections.sections(measures) if s.title not in JUDGED])
    assert told[0] == told[1] == told[2]


def test_what_is_judged_is_a_sentence_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clpipe.report.claim_words import sentence

    measures = study(tmp_path, monkeypatch, NOTHING)
    said = {sentence(entry, measures.smallest) for entry in (*measures.ledger, *measures.given)}
    found = {s.title: s for s in sections.sections(measures)}
    assert set(found["The answer"].text) <= said
    read = {text for title in JUDGED[1:] for _, text in found[title].readings}
    assert read == said
    assert not any("learned its task:" in text or "answers more" in text for text in found["The answer"].text)
