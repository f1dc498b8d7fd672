"""The second solver of reading comprehension, on passages and answers worked by hand."""

import pytest

from clpipe.arena.solvers.reading_comprehension import solve

KEPT = "The anorak that Wim mislaid was kept in the kiosk. The flute that Ana mislaid was kept in the depot. "
PLAN = (
    "Plan: Everything is planned for one week, from Monday to Sunday. The oboe, packed by Ana, will be shipped on "
    "Friday. The gong, packed by Bo, will be shipped on Tuesday. The lute, packed by Cy, will be shipped on Sunday. "
)
HIDDEN = (
    '"Dear uncle, all is well. Ana bought the kettle, and it was hidden in the loft. The cook bought the lute, and it '
    "was hidden in the shed. Bo is the cook and Ana is the smith. Later the present that Bo bought was brought to the "
    'loft. Later the kettle was brought to the shed." That was the letter. '
)
DEARER = "Later the price of the gong was changed to 99 coins. "
SOLD = "Ana sold the oboe; it costs 12 coins. Bo sold the gong; it costs 30 coins. It rained. "


@pytest.mark.parametrize(
    ("prompt", "answers"),
    [
        # who, what, where, with the verb of the passage or another that means the same
        (KEPT + "Who mislaid the flute?", {"Ana"}),
        (KEPT + "Which thing did Wim mislay?", {"anorak"}),
        (KEPT + "In which place is the thing that Wim mislaid?", {"kiosk"}),
        (KEPT.replace("mislaid", "lost") + "Who left behind the flute?", {"Ana"}),
        (KEPT.replace("mislaid", "borrowed") + "Who took the flute on loan?", {"Ana"}),
        (KEPT.replace("mislaid", "borrowed") + "Which thing did Ana take on loan?", {"flute"}),
        (KEPT + "To which place must you go to see the flute?", {"depot"}),
        (KEPT + "Which thing can you see in the kiosk?", {"anorak"}),
        (SOLD + "How many coins does the gong cost?", {"30"}),
        (SOLD + "What is the price of the oboe in coins?", {"12"}),
        (SOLD + "Which piece did Bo part with?", {"gong"}),
        # days: relative, around the end of the week, in order
        (PLAN + "Which lot will be shipped last?", {"lute"}),
        (PLAN + "Which lot will be shipped first?", {"gong"}),
        (PLAN + "Who packed the lot that will be sent off as the next one after the gong?", {"Ana"}),
        (PLAN + "Who packed the lot that will be sent off as the last one before the lute?", {"Ana"}),
        (PLAN + "Who packed the lot that will be sent off as the last one before the gong?", set()),
        (PLAN + "The harp, packed by Di, will be shipped three days after the oboe. When it rains, we wait. "
         "On which day will the harp be shipped?", {"Monday"}),
        (PLAN.replace("Friday", "Tuesday") + "Which lot will be shipped first?", {"gong", "oboe"}),
        # changes, before and after; people known by their job
        (HIDDEN + "In which place is the present that the cook bought now?", {"loft"}),
        (HIDDEN + "In which place was the present that the cook bought at first?", {"shed"}),
        (HIDDEN + "After all changes, in which place is the present that the cook bought?", {"loft"}),
        (HIDDEN + "At first, in which place was the present that the cook bought?", {"shed"}),
        (HIDDEN + "What is the job of the person who bought the present that is now in the shed?", {"smith"}),
        (HIDDEN + "What is the name of the person who bought the present that was in the shed at first?", {"Bo"}),
        (SOLD + DEARER + "How many coins did the gong cost at first?", {"30"}),
        (SOLD + DEARER + "How many coins does the gong cost now?", {"99"}),
        # how many
        (KEPT + "Later the flute was carried to the kiosk. How many things are in the kiosk now?", {"2"}),
        (KEPT + "Later the flute was carried to the kiosk. How many things are in the depot now?", {"0"}),
        (KEPT + "How many of the things that Wim mislaid are in the depot?", {"0"}),
        (KEPT.replace("that Ana", "that Wim") + "How many of the entries that Wim mislaid are in the depot?", {"1"}),
        # several answers, and none
        (KEPT.replace("Ana", "Wim") + "Which thing did Wim mislay?", {"anorak", "flute"}),
        (KEPT.replace("depot", "kiosk") + "Who mislaid the thing that was kept in the kiosk?", {"Ana", "Wim"}),
        (KEPT + "The flute was kept in the kiosk. In which place is the flute?", set()),
        (HIDDEN.replace("Ana is the smith", "Ana is the cook") + "In which place is the kettle now?", set()),
    ],
)  # fmt: skip
def test_all_answers_are_found(prompt: str, answers: set[str]) -> None:
    assert solve(prompt) == answers


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        KEPT,
        KEPT + "Who repaired the flute?",
        KEPT + "Who mislaid the trumpet?",
        KEPT + "Who mislaid the flute on loan?",
        KEPT + "How many entrys are in the kiosk?",
        KEPT + "On which day will the flute be claimed?",
        KEPT + "How many coins does the flute cost?",
        KEPT + "How many thingys are in the kiosk?",
        KEPT + "The flute is near the depot. Who mislaid the flute?",
        KEPT + "Ana felt ill. Who mislaid the flute?",
        KEPT + "The saw that Cy mislaid has number 7. How many things are in the kiosk?",
        KEPT + "Later the thing that the cook mislaid was carried to the kiosk. In which place is the flute?",
        KEPT.replace("Wim", "Ana") + "Later the thing that Ana mislaid was carried to the hut. Who mislaid the flute?",
        PLAN.replace("Everything is planned for one week, from Monday to Sunday", "All is well")
        + "Which lot will be shipped first?",
        PLAN + "The harp will be shipped the day after the drum. On which day will the harp be shipped?",
        SOLD + "Later the weight of the gong was changed to 9 pounds. Who sold the gong?",
        SOLD + "How many crowns does the gong cost?",
    ],
)
def test_what_cannot_be_read_or_told_is_an_error(prompt: str) -> None:
    with pytest.raises(ValueError, match=r"cannot (read|tell)"):
        solve(prompt)
