from pathlib import Path

from clpipe import arena
from clpipe.arena.gallery import gallery

PAGE = Path(__file__).parents[2] / "docs" / "gallery.md"


def test_the_gallery_is_what_the_code_draws() -> None:
    assert PAGE.read_text(encoding="utf-8") == gallery(), "run `clpipe arena gallery`"


def test_every_family_difficulty_and_side_is_in_it() -> None:
    text = gallery()
    for name in arena.drawn():
        part = text.split(f"\n## {name.replace('_', ' ')}\n")[1].split("\n## ")[0]
        for title in (
            *(f"### Difficulty {d}" for d in range(1, 6)),
            "### New entities",
            "### New template",
            "### Harder",
        ):
            assert title in part, (name, title)
