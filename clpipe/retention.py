"""General texts and questions on which it is seen what a model keeps of what its base could do: `data/retention`.

The idea is that of the method comparison of PEFT (`method_comparison/MetaMathQA`): forgetting is the rise of the
cross-entropy on text that nothing was learned from. Theirs is a part of Wikipedia; ours are 32 texts and 32 questions
with an answer, written for this, small enough for every checkpoint and shipped with the code.

Both files are frozen: numbers of different versions must not be compared, so other files are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from clpipe.store import read_records, sha256

FOLDER = Path("data/retention")
TEXTS = "texts.jsonl"
PROMPTS = "prompts.jsonl"
VERSION = 1
SHA256: Mapping[str, str] = MappingProxyType(
    {
        TEXTS: "0656044b6422d6bd84137f432c3f306465bc87425b5c70e24bcfbc359ceb2734",
        PROMPTS: "5a468f4a84156de29c0251897574507b58a8306b09a6e3e9bf66e86c64491210",
    }
)
"""The files of VERSION, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A general text, of which every token is scored."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A general question with a natural answer, of which the answer is scored."""

    id: str
    prompt: str
    answer: str


def texts(folder: Path = FOLDER) -> list[Text]:
    """The texts; raises FileNotFoundError, or ValueError where the file is not that of VERSION."""
    return read_records(_pinned(folder / TEXTS), Text)


def prompts(folder: Path = FOLDER) -> list[Prompt]:
    """The questions; raises FileNotFoundError, or ValueError where the file is not that of VERSION."""
    return read_records(_pinned(folder / PROMPTS), Prompt)


def _pinned(path: Path) -> Path:
    wanted, found = SHA256[path.name], sha256(path)
    if found != wanted:
        raise ValueError(
            f"{path}: not the file of version {VERSION} (SHA-256 {found[:16]}…, not {wanted[:16]}…), so its numbers "
            f"could not be compared with others; put it back (git checkout -- {path}), or make it a new version as "
            "data/retention/README.md says"
        )
    return path
