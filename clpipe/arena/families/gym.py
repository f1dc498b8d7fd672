"""Any generator of reasoning-gym (https://github.com/open-thought/reasoning-gym); needs `pip install 'clpipe[gym]'`.

With `{kind: gym, dataset: chain_sum}`: "State the final answer to the following arithmetic problem: 426 + 562 =",
"988". Difficulty 1 is the dataset with `config`, difficulty 5 with what `harder` sets anew; there is nothing between.

reasoning-gym seeds item i of a dataset with seed + i, so that seeds 42 and 43 share all items but one. Here each draw
is the only item of a dataset whose seed is drawn, 32 bits of the hash that names the draw.

Its labels are taken as they are, wrong ones too (docs/own-tasks.md names some), and so is its time: a draw takes as
long as the generator does, since a limit would make the tasks depend on the machine. One draw in about 4,000 of
number_sequence takes over 3 seconds, some take 40; a puzzle of sokoban can take 9.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from clpipe.arena.canonical import proper_names
from clpipe.arena.family import Draft, Family
from clpipe.arena.judges.gym import CHECKS, full_marks, made, package, shared
from clpipe.arena.scoring import exact_match
from clpipe.mistakes import unknown
from clpipe.records import SAME_TEMPLATE, Json

EASY, HARD = 1, 5
OURS = ("seed", "size")
"""Keys of a config that are not the user's."""
UNSTABLE = frozenset(
    ["codeio", "isomorphic_strings", "knight_swap", "polynomial_multiplication", "ransom_note", "word_ladder"]
)
"""Datasets whose items change with PYTHONHASHSEED, which is another in each process: they go through sets of words."""
SHARED = frozenset(
    [
        *("caesar_cipher", "emoji_mystery", "figlet_font", "group_anagrams", "letter_counting", "letter_jumble"),
        *("n_queens", "sentence_reordering", "spell_backward", "word_sequence_reversal", "word_sorting"),
    ]
)
"""Datasets that take milliseconds to make and, made once, draw the same as made anew for each seed."""
EXAMPLES = ("example_answer", "possible_answer")
"""Where the metadata give a right answer when `answer` is empty because there are many."""
PATIENCE = 100
"""Items that cannot be marked and are passed over in one draw."""


@dataclass(frozen=True, kw_only=True)
class Gym(Family):
    """The items of one dataset."""

    VERSION: ClassVar[int] = 1
    levels: ClassVar[tuple[int, ...]] = (EASY,)
    novelties: ClassVar[tuple[str, ...]] = (SAME_TEMPLATE,)

    dataset: str
    """Its name in reasoning-gym."""
    config: dict[str, Any] = field(default_factory=dict)
    """What the dataset is told, `seed` and `size` apart."""
    harder: dict[str, Any] | None = None
    """What it is told otherwise for the `harder` tasks; without it there are none."""
    scoring: Literal["strict", "verifier"] = "strict"
    """`strict`: the reply is the answer. `verifier`: it gets full marks from the dataset, see `judges/gym.py`."""

    def __post_init__(self) -> None:
        """Raise ValueError where reasoning-gym is missing or does not take the options."""
        _check_dataset(self.dataset)
        if self.scoring == "verifier" and self.dataset not in CHECKS:
            raise ValueError(
                f"scoring: the check of {self.dataset} is not among those that were read and found sound; use strict, "
                f"or a dataset of {', '.join(CHECKS)}"
            )
        _check_config("config", self.dataset, self.config, {})
        object.__setattr__(self, "config", dict(sorted(self.config.items())))  # the order must not change the draws
        if self.harder is not None:
            _check_config("harder", self.dataset, self.harder, self.config)
            if {**self.config, **self.harder} == self.config:
                raise ValueError(f"harder: must set something other than config does, not {self.harder}")
            object.__setattr__(self, "harder", dict(sorted(self.harder.items())))
            object.__setattr__(self, "levels", (EASY, HARD))
            object.__setattr__(self, "novelties", (SAME_TEMPLATE, "harder"))

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:  # noqa: ARG002
        """The only item of a dataset; ValueError where the dataset cannot be marked in the way asked for."""
        config = {**self.config, **(self.harder or {})} if difficulty == HARD else self.config
        draft = self._strict if self.scoring == "strict" else self._verified
        for _ in range(PATIENCE):
            if made_of := draft(_item(rng, self.dataset, config), config):
                return made_of
        raise ValueError(
            f"dataset: {PATIENCE} items of {self.dataset}, one after the other, have no answer of their own"
        )

    # A draft has no facts: the metadata of two items can differ where their questions are the same.

    def _strict(self, item: Mapping[str, Any], _: Mapping[str, Any]) -> Draft | None:
        question, answer = item["question"], item["answer"]
        if not isinstance(answer, str) or len(answer.strip().splitlines()) > 1:
            raise ValueError(
                f"scoring: strict needs one answer of one line, but {self.dataset} has {str(answer)[:40]!r}; "
                + ("use verifier" if self.dataset in CHECKS else "this dataset cannot be used")
            )
        if not exact_match(answer, answer):  # some have an empty answer now and then
            return None
        return Draft(prompt=question, answer=answer.strip(), template=self.dataset, entities=proper_names(question))

    def _verified(self, item: Mapping[str, Any], config: Mapping[str, Any]) -> Draft | None:
        question, answer = item["question"], _answer(item)
        entry = json.loads(json.dumps(item, allow_nan=False))  # as the judge will read it
        marking: dict[str, Json] = {"dataset": self.dataset, "config": dict(config), "entry": entry}
        if not full_marks(marking, answer, answer):
            return None
        return Draft(
            prompt=question,
            answer=answer,
            template=self.dataset,
            entities=proper_names(question),
            judge="gym",
            marking=marking,
        )


def _answer(item: Mapping[str, Any]) -> str:
    given = (item["answer"], *(item["metadata"].get(key) for key in EXAMPLES))
    answer = next((one for one in given if one is not None), "")
    return answer if isinstance(answer, str) else json.dumps(answer)


def _item(rng: random.Random, name: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    seed = rng.getrandbits(32)
    with _fenced(rng):
        try:
            if name in SHARED:
                source = copy.copy(shared(name, json.dumps(config, sort_keys=True)))
                source.seed = seed
            else:
                source = made(name, config, seed)
            item: Mapping[str, Any] = source[0]
        except Exception as error:  # noqa: BLE001 -- a setting of the wrong type shows itself as anything
            raise ValueError(f"config: {name} fails with {_said(error)}, at seed {seed} of {dict(config)}") from None
    return item


@contextmanager
def _fenced(rng: random.Random) -> Iterator[None]:
    """Python's own generator as `rng` is, and afterwards as it was: some datasets ask it. Some print."""
    before = random.getstate()
    random.setstate(rng.getstate())
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        random.setstate(before)


def _check_dataset(name: str) -> None:
    try:
        names = [known for known in package().DATASETS if known != "composite"]  # its parts can be families themselves
    except ValueError as error:
        raise ValueError(f"dataset {name!r} {error}") from None
    if name not in names:
        raise ValueError(f"dataset: {unknown('dataset', name, names)}")
    if name in UNSTABLE:
        raise ValueError(
            f"dataset: {name} draws other items in each process, so nothing made of it could be made again"
        )


def _check_config(key: str, name: str, config: Mapping[str, Any], base: Mapping[str, Any]) -> None:
    allowed = [f.name for f in fields(package().DATASETS[name][1]) if f.name not in OURS]
    for setting in config:
        if setting in OURS:
            raise ValueError(f"{key}.{setting}: not to be set, every task has a seed of its own")
        if setting not in allowed:
            raise ValueError(f"{key}.{setting}: {unknown(f'setting of {name}', setting, allowed)}")
    try:
        made(name, {**base, **config}, seed=0)
    except Exception as error:  # noqa: BLE001 -- their validation asserts, and trips over a wrong type in any way
        raise ValueError(f"{key}: {name} does not take {dict(config)}: {_said(error)}") from None


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removeprefix("AssertionError: ").replace("\n", " ")


FAMILY = Gym
