"""Routers: clusters by hand in the plane, families by their label."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clpipe.models.router import Clusters, Families, mean_embedding
from tests.conftest import Load

ARROWS = {"east": (2.0, 0.0), "north": (0.0, 1.0), "north-east": (1.0, 1.0), "nowhere": (0.0, 0.0), "west": (-1.0, 0.0)}


def arrows(text: str) -> torch.Tensor:
    return torch.tensor(ARROWS[text])


def clusters(room: int, threshold: float) -> Clusters:
    return Clusters(room, threshold, arrows)


def test_a_prompt_near_no_centre_opens_a_place_while_there_is_room() -> None:
    router = clusters(2, 0.8)
    assert router.place("east", None) == 0  # before any: the first
    for prompt in ("east", "north", "west"):
        router.meet(prompt, "")
    assert len(router.sums) == 2
    assert [router.place(prompt, None) for prompt in ("east", "north")] == [0, 1]


def test_a_centre_follows_what_is_put_to_it() -> None:
    """(1, 0) and (1, 1)/√2 have the cosine 0.707; their sum is (1.707, 0.707), whose direction is between them."""
    router = clusters(3, 0.7)
    router.meet("east", "")
    router.meet("north-east", "")
    assert len(router.sums) == 1
    torch.testing.assert_close(router.sums[0], torch.tensor([1 + 0.5**0.5, 0.5**0.5]))


def test_asking_opens_nothing_and_moves_nothing() -> None:
    router = clusters(3, 0.8)
    router.meet("east", "")
    before = router.state()["sums"].clone()
    assert router.place("west", None) == 0  # the nearest, however far
    assert torch.equal(router.state()["sums"], before)


def test_an_empty_prompt_goes_somewhere() -> None:
    router = clusters(3, 0.8)
    router.meet("east", "")
    router.meet("nowhere", "")
    assert router.place("nowhere", None) in (0, 1)
    assert torch.isfinite(router.state()["sums"]).all()


@given(st.lists(st.sampled_from(sorted(ARROWS)), max_size=12), st.integers(2, 4), st.floats(-1, 1))
def test_there_are_never_more_places_than_room_and_the_state_brings_them_back(
    prompts: list[str], room: int, threshold: float
) -> None:
    router = clusters(room, threshold)
    for prompt in prompts:
        router.meet(prompt, "")
    assert len(router.sums) <= min(room, len(prompts))
    again = clusters(room, threshold)
    again.restore(router.state())
    assert [again.place(prompt, None) for prompt in ARROWS] == [router.place(prompt, None) for prompt in ARROWS]
    assert len(again.sums) == len(router.sums)


def test_a_family_has_the_place_in_which_it_was_met() -> None:
    router = Families(3)
    for family in ("sums", "logic", "sums"):
        router.meet("whatever", family)
    assert [router.place("x", family) for family in ("sums", "logic", "poems")] == [0, 1, None]
    again = Families(3)
    again.restore(router.state())
    assert again.known == ["sums", "logic"]


def test_families_beyond_the_room_share_the_places_in_turn() -> None:
    router = Families(2)
    for family in "abc":
        router.meet("", family)
    assert [router.place("", family) for family in "abc"] == [0, 1, 0]


def test_without_its_family_a_question_cannot_be_routed_by_family() -> None:
    with pytest.raises(ValueError, match="'family' needs the family of every question"):
        Families(2).place("3 + 4?", None)


def test_a_prompt_is_the_mean_of_its_tokens_embeddings(load: Load, tiny_weights: dict[str, Path]) -> None:
    model = load("llama")
    embed = mean_embedding(model.network, tiny_weights["llama"])
    ids = model.chat.tokenizer("3 + 4?", add_special_tokens=False).input_ids
    table = model.network.get_input_embeddings().weight
    torch.testing.assert_close(embed("3 + 4?"), sum(table[i] for i in ids) / len(ids))
    assert not embed("").any()
