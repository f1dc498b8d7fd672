"""A dataset of reasoning-gym marks the reply by its own check: right is full marks, anything less is wrong.

reasoning-gym gives part of the marks for what is near the answer or holds it (`14` gets 0.5 where `4` is right).
Only checks that were read are asked (`CHECKS`, version 0.1.25). Left out are those that give full marks to what is
wrong (game_of_life_halting to every reply, puzzle24 to four numbers that are not the puzzle's, coin_flip to `0.51` for
`0.5`, number_sorting to numbers that are off by one) and those that run the reply as a program for as long as it takes
(simple_integration, intermediate_integration, polynomial_multiplication). In propositional_logic
a fifth of the premises contradict each other, so that everything follows, and a single letter never gets full marks.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from clpipe.arena.scoring import LONGEST
from clpipe.records import Json, Task

_ANY = re.compile(r".*", re.DOTALL)
_DIGITS = re.compile(r"[0-9\s]*")
_ROLE = r"[A-Za-z]+ is an? [a-z]+"
CHECKS: dict[str, re.Pattern[str]] = {
    "binary_matrix": _DIGITS,
    "countdown": re.compile(r"(?!.*(\*\*|//))[-+*/() 0-9]+"),
    "cryptarithm": _ANY,
    "futoshiki": _ANY,
    "graph_color": _ANY,
    "group_anagrams": _ANY,
    "jugs": _ANY,
    "kakurasu": _DIGITS,
    "knights_knaves": re.compile(rf"{_ROLE}((,| and|, and) {_ROLE})*\.?"),
    "manipulate_matrix": _ANY,
    "mini_sudoku": _DIGITS,
    "modulo_grid": _ANY,
    "n_queens": re.compile(r"[Q_\s]*"),
    "palindrome_generation": _ANY,
    "palindrome_partitioning": _ANY,
    "propositional_logic": re.compile(r"([A-Z](?![A-Z])|[∧∨¬→↔() ])+"),
    "quantum_lock": re.compile(r"[ABC](\s*→\s*[ABC])*"),
    "rotate_matrix": _ANY,
    "shortest_path": _ANY,
    "sokoban": re.compile(r"[LRUD]*"),
    "sudoku": _DIGITS,
    "survo": _DIGITS,
    "tower_of_hanoi": _ANY,
}
"""Datasets whose check was read, and what a reply may be made of before it is asked.

Some checks evaluate the reply as Python (binary_matrix, countdown, n_queens), one tries all assignments to the names in
it (propositional_logic), and some pass over what they do not know (`not Ann is a knight`).
"""


def right(task: Task, reply: str) -> bool:
    """Whether the reply gets full marks: its first line, or all of it where the answer has more lines than one."""
    return full_marks(task.marking, task.answer, reply)


def full_marks(marking: Mapping[str, Json], answer: str, reply: str) -> bool:
    """`right` for a task that has this marking and this answer."""
    name, config, entry = cast(str, marking["dataset"]), json.dumps(marking["config"], sort_keys=True), marking["entry"]
    marker = shared(name, config)
    if len(reply) > max(LONGEST, 2 * len(answer)):
        return False
    text = reply.strip()
    if "\n" not in answer:
        text = text.split("\n", 1)[0].strip()
    if not CHECKS[name].fullmatch(text):
        return False
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # some checks print
            return bool(marker.score_answer(answer=text, entry=entry) >= 1.0)
    except Exception:  # noqa: BLE001 -- whatever a check of theirs trips over, the reply is not right
        return False


@lru_cache(maxsize=64)
def shared(name: str, config: str) -> Any:
    """A dataset of reasoning-gym, made once; its config as JSON."""
    return made(name, json.loads(config), seed=0)


def made(name: str, config: Mapping[str, Json], seed: int) -> Any:
    """A dataset of one item; whatever reasoning-gym raises where the config is not to its taste."""
    return package().create_dataset(name, **{**config, "seed": seed, "size": 1})


def package() -> Any:
    """`reasoning_gym.factory`, filled; ValueError that says how to install it."""
    try:
        importlib.import_module("reasoning_gym")
        return importlib.import_module("reasoning_gym.factory")
    except ImportError as error:
        raise ValueError(
            f"needs reasoning-gym, which is not installed ({error}); run: pip install 'clpipe[gym]'"
        ) from None


JUDGE = right
