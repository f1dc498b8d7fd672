"""The page in a real Chromium, from disk and without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clpipe import store
from clpipe.records import Outcome
from clpipe.report.browser import embedded
from tests.report import tree
from tests.report.chromium import Chromium, binary

TAB = 9
ROWS = "document.querySelectorAll('#browse-rows tr').length"
COUNT = "document.getElementById('browse-count').textContent"
WIDTH = "[document.scrollingElement.scrollWidth, innerWidth]"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    path = binary()
    if path is None:
        pytest.skip("no Chromium here (chromium, chromium-browser or google-chrome on the path)")
    found = Chromium(path, tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


@pytest.fixture
def page(chromium: Chromium, made: Path) -> Chromium:
    chromium.media()
    chromium.size(1280, 900)
    chromium.open(made / "reports/report.html")
    return chromium


def choose(page: Chromium, **values: str) -> None:
    """Set fields of the form as a reader does: each with its event."""
    for name, value in values.items():
        page.run(
            f"(() => {{ const field = document.forms.browse.elements[{json.dumps(name)}]; "
            f"field.value = {json.dumps(value)}; field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
        )


def outcomes(root: Path, arm: str, seed: int) -> dict[tuple[int, str], Outcome]:
    rows = store.read_records(root / f"runs/evaluate/{arm}/outcomes.jsonl", Outcome)
    return {(o.episode, o.task_id): o for o in rows if o.seed == seed and o.episode in (0, 160)}


def test_it_opens_from_disk_without_an_error_and_asks_for_nothing(page: Chromium) -> None:
    assert page.problems() == []
    assert page.run("document.title") == "Learning from a stream of tasks: study made-up"
    assert page.run("document.querySelectorAll('main, nav, h1').length") == 3


def test_all_tasks_are_shown_25_at_a_time(page: Chromium) -> None:
    assert page.run(ROWS) == 25
    assert page.run(COUNT) == "100 of 100 tasks; 1 to 25 shown"
    for _ in range(3):
        page.run("document.getElementById('browse-next').click()")
    assert page.run(COUNT) == "100 of 100 tasks; 76 to 100 shown"
    assert page.run("document.getElementById('browse-next').disabled") is True
    assert page.run("document.getElementById('browse-back').disabled") is False


def test_the_filters_agree_with_a_count_by_hand(page: Chromium, made: Path) -> None:
    """Seed 2 of the control: gained tasks of the second family, then of its first side too."""
    rows = outcomes(made, "tiny-lora-shuffled", 2)
    family = tree.FAMILIES[1]
    gained = [o for (at, i), o in rows.items() if at == 160 and o.correct and not rows[0, i].correct]
    wanted = [o for o in gained if o.family == family]
    choose(page, arm="1", seed="2", family="1", outcome="2")
    assert page.run(ROWS) == len(wanted) > 0
    assert page.run(COUNT).startswith(f"{len(wanted)} of 100 tasks")
    choose(page, side="0")
    assert page.run(ROWS) == sum(o.novelty == "same_template" for o in wanted)
    page.run("document.querySelector('#browse button[type=reset]').click()")
    page.run("new Promise((done) => setTimeout(done, 50))")
    assert page.run(COUNT).startswith("100 of 100 tasks")


def test_words_are_found_in_tasks_and_replies_and_none_is_said(page: Chromium) -> None:
    choose(page, search="IS 3 A LOGIC")
    assert page.run(COUNT) == "1 of 100 tasks; 1 to 1 shown"
    assert "Is 3 a logic grid, <b>yes</b> or no?" in page.run("document.getElementById('browse-rows').textContent")
    choose(page, search="nowhere")
    assert (page.run(ROWS), page.run(COUNT)) == (0, "No task of 100 fits")


def test_replies_are_text_and_nothing_more(page: Chromium) -> None:
    """Every hostile reply is shown letter by letter; none has become an element, a script or a new title."""
    shown: set[str] = set()
    for seed in ("0", "1", "2"):
        choose(page, seed=seed)
        for _ in range(4):
            cells = page.run("[...document.querySelectorAll('#browse-rows .said')].map((cell) => cell.textContent)")
            shown |= set(cells)
            page.run("document.getElementById('browse-next').click()")
        page.run("for (let i = 0; i < 4; i++) document.getElementById('browse-back').click()")
    assert {reply for reply in tree.HOSTILE if reply.strip()} <= shown
    assert "(empty)" in shown
    assert page.run("document.querySelectorAll('#browse-rows :is(script, img, b)').length") == 0
    assert page.run("document.querySelectorAll('script').length") == 2
    assert page.run("document.title").startswith("Learning")
    assert page.problems() == []


def test_data_between_script_tags_hold_nothing_that_ends_them() -> None:
    text = embedded({"texts": list(tree.HOSTILE)})
    assert not set("<>&\u2028\u2029") & set(text)
    assert text.isascii()
    assert json.loads(text) == {"texts": list(tree.HOSTILE)}


@pytest.mark.parametrize("width", [390, 320, 768])
def test_nothing_is_wider_than_a_narrow_screen(page: Chromium, width: int) -> None:
    page.size(width, 844, phone=True)
    inside, window = page.run(WIDTH)
    assert window == width
    assert inside <= window
    assert page.run("getComputedStyle(document.querySelector('.drawing.narrow')).display") == (
        "block" if width < 640 else "none"
    )


def test_a_dark_screen_has_a_dark_page_and_light_ink_in_the_figures(page: Chromium) -> None:
    page.media(scheme="dark")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 27)"
    inks = page.run("[...document.querySelectorAll('.drawing.wide svg text')].map((t) => getComputedStyle(t).fill)")
    assert "rgb(230, 234, 238)" in inks
    assert set(inks) <= {"rgb(230, 234, 238)", "rgb(163, 173, 184)"}, "theme.DARK of ink and of faint ink"
    page.media(scheme="light")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 248)"


def test_letters_have_enough_contrast_in_light_and_dark(page: Chromium) -> None:
    """WCAG AA: 4.5 for small letters, of every element that holds text, against the nearest background."""
    for scheme in ("light", "dark"):
        page.media(scheme=scheme)
        faint = page.run(CONTRAST)
        assert faint == []


def test_tab_reaches_the_skip_link_first_and_every_control_of_the_browser(page: Chromium) -> None:
    page.press("Tab", TAB)
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0, "it is seen once it has the focus"
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.run("document.forms.browse.elements.arm.focus()")
    reached = []
    for _ in range(9):
        reached.append(
            page.run("document.activeElement.name || document.activeElement.id || document.activeElement.type")
        )
        page.press("Tab", TAB)
    assert reached[:7] == ["arm", "seed", "family", "side", "outcome", "search", "reset"]
    assert "browse-next" in reached


def test_every_control_has_a_name_and_every_table_a_caption_and_scopes(page: Chromium) -> None:
    assert (
        page.run("[...document.forms.browse.elements].filter((e) => !e.labels?.length && !e.textContent).length") == 0
    )
    assert page.run("[...document.querySelectorAll('table')].filter((t) => !t.caption?.textContent).length") == 0
    assert page.run("[...document.querySelectorAll('th')].filter((cell) => !cell.scope).length") == 0
    assert page.run("document.getElementById('browse-count').getAttribute('aria-live')") == "polite"


def test_on_paper_it_is_light_and_the_browser_is_left_out(page: Chromium) -> None:
    page.media("print", "dark")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run("getComputedStyle(document.getElementById('browser')).display") == "none"
    page.size(700, 1000)
    assert page.run("document.scrollingElement.scrollWidth") <= 700, "a sheet of A4 within its margins"


def test_without_scripts_a_note_stands_where_the_browser_would(made: Path, tmp_path: Path) -> None:
    path = binary()
    if path is None:
        pytest.skip("no Chromium here")
    plain = Chromium(path, tmp_path / "profile")
    try:
        copy = tmp_path / "report.html"
        shutil.copy(made / "reports/report.html", copy)
        plain.ask("Emulation.setScriptExecutionDisabled", value=True)
        plain.open(copy)
        plain.ask("Emulation.setScriptExecutionDisabled", value=False)
        assert plain.run("document.getElementById('browser').hidden") is True
        assert "JavaScript" in plain.run("document.getElementById('browser-note').innerText")
    finally:
        plain.close()


CONTRAST = """
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = parts(getComputedStyle(e).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest('script, svg, option, .aside') || !element.getClientRects().length) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5 && !element.disabled) faint.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(faint)];
})()
"""
