"""The second solver of everyday questions, on questions whose answers anybody knows."""

import pytest

from clpipe.arena.solvers.commonsense import solve

HAVE = "Riddle: Ann has a guide about a cow, Bo has one about a sparrow and Cy has one about a dog. "
ARE = "Ann is a roofer, Bo is a plumber and Cy is a dentist. "
AT = "Ann is in a kitchen, Bo is on a beach and Cy is in a school. "
PASS = "Then, all at the same time, each of them passes on their own guide: "
MIME = "Ann mimes boiling the water, Bo mimes drinking the tea and Cy mimes filling the kettle. "
ROW = "They stand in a row in the order in which these things happen. "


@pytest.mark.parametrize(
    ("prompt", "answers"),
    [
        # relations, also denied, joined, and one word apart
        ("Which of these can fly: an owl or a cow?", {"an owl"}),
        ("Which of these cannot fly: an owl or a cow?", {"a cow"}),
        ("Which of these can fly: an owl, a cow or an eagle?", {"an owl", "an eagle"}),
        ("Which of these has exactly eight legs: an owl or a cow?", set()),
        ("Think of a hen, a turkey and a cow. Which one is a bird and is often kept on farms?", {"a hen", "a turkey"}),
        ("Given are an ostrich and a lion. Which one is a mammal and weighs more than a grown man?", {"a lion"}),
        # scales and routines
        ("Choose the one that is bigger: an ant or a bus.", {"a bus"}),
        ("Choose the one that is smaller: an ant or a bus.", {"an ant"}),
        ("Here are the options: an ant, a bus and a cat. Which of them is the second biggest?", {"a cat"}),
        ("Of an ant and a bus, only one is not bigger than a cat. Which?", {"an ant"}),
        ("Of an ant, a flea and a bus, only one is smaller than a cat. Which?", {"an ant", "a flea"}),
        ("A question about everyday life: which of these lasts longer than an opera, a sneeze or a lifetime?",
         {"a lifetime"}),
        ("Decide which one comes last: is it boiling the water or drinking the tea?", {"drinking the tea"}),
        ("Given are boiling the water and drinking the tea. Which one does not come before pouring the water on the "
         "tea leaves?", {"drinking the tea"}),
        # all but one
        ("Choose the odd one out, because each of the others can fly: an owl, a cow or an eagle.", {"a cow"}),
        ("Choose the odd one out, because each of the others is unable to fly: an owl, a cow or an eagle.", set()),
        ("A question about everyday life: each of a cow and an owl is unable to fly, except which one?", {"an owl"}),
        # yes or no
        ("Yes or no: a whale is a mammal.", {"Yes"}),
        ("Yes or no: a whale is a fish.", {"No"}),
        ("A whale is a mammal. Is that true? Answer yes or no.", {"Yes"}),
        # scenes
        (ARE + "Di needs help: a tooth hurts. Who is the right one to call?", {"Cy"}),
        (ARE + "Di needs help: a pipe leaks. Pick the one who is the right one to call.", {"Bo"}),
        (AT + "Then Ann and Cy change places. Who is now most likely to see a blackboard?", {"Ann"}),
        (AT + "Who is now most likely to see a blackboard?", {"Cy"}),
        (MIME + ROW + "Who stands first?", {"Cy"}),
        (MIME + ROW + "Decide who stands in the middle.", {"Ann"}),
        (HAVE + "Then Ann and Bo swap. Who now has the guide about something that can fly?", {"Ann"}),
        (HAVE + "Then Ann and Bo swap. After that Ann and Cy swap. Who now has the guide about something that can fly?",
         {"Cy"}),
        (HAVE + PASS + "Ann to Bo, Bo to Cy and Cy to Ann. Who now has the guide about something that can fly?",
         {"Cy"}),
    ],
)  # fmt: skip
def test_all_answers_are_found(prompt: str, answers: set[str]) -> None:
    assert solve(prompt) == answers


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Which of these can fly: an owl or a gryphon?",
        "Which of these can sing: an owl or a cow?",
        "Which of these can fly: an owl or a hen?",
        "Choose the one that is bigger: an ant or a coin.",
        "Choose the one that is bigger: an ant or a zebra.",
        "Decide which one comes last: is it boiling the water or leaving the museum?",
        "Yes or no: a hen can fly.",
        "I wonder. Yes or no: a whale is a fish.",
        ARE.replace("roofer", "baker") + "Di needs help: a pipe leaks. Who is the right one to call?",
        ARE + "Di needs a hand. Who is the right one to call?",
        MIME + "Who stands first?",
        AT + "Then Ann and Di change places. Who is now most likely to see a blackboard?",
        HAVE + PASS + "Ann to Bo and Bo to Ann. Who now has the guide about something that can fly?",
        AT + "Then Ann and Cy change hats. Who is now most likely to see a blackboard?",
    ],
)
def test_what_cannot_be_read_or_told_is_an_error(prompt: str) -> None:
    with pytest.raises(ValueError, match=r"cannot (read|tell)"):
        solve(prompt)
