"""The wordings of `commonsense`. `{says}` is a predicate (`can fly`), `{either}` and `{all}` list the options."""

from __future__ import annotations

from typing import NamedTuple

from clpipe.arena.reserve import templates


class Wording(NamedTuple):
    """How the four forms of question are put."""

    pick: str
    exception: str
    """Asks for the one of which `{says}` is not true."""
    check: str
    """Yes or no; `{it}` is a statement without a full stop, `{It}` the same with a capital."""
    scene: str
    """`{does}` is a predicate of a person."""
    paper: str
    """What people hold in a scene: something to read about a subject."""


WORDINGS = templates(
    {
        "plain": Wording(
            "Which of these {says}: {either}?",
            "Each of these except one {says}: {all}. Which one is the exception?",
            "Is it true that {it}? Answer yes or no.",
            "{scene} Who {does}?",
            "book",
        ),
        "one-of": Wording(
            "One of these {says}: {either}. Which one?",
            "All but one of {all} fit this: it {says}. Which one does not fit?",
            "Yes or no: {it}.",
            "{scene} Which person {does}?",
            "booklet",
        ),
        "options-first": Wording(
            "Here are the options: {all}. Which of them {says}?",
            "Here are the options: {all}. Each of them {says}, with one exception. Which one?",
            "{It}. Is that true? Answer yes or no.",
            "{scene} Which of them {does}?",
            "leaflet",
        ),
        "choose": Wording(
            "Choose the one that {says}: {either}.",
            "Choose the odd one out, because each of the others {says}: {either}.",
            "Choose yes or no: {it}.",
            "{scene} Choose the person who {does}.",
            "comic",
        ),
        "quiz": Wording(
            "Quiz question: out of {all}, which one {says}?",
            "Quiz question: out of {all}, each one but one {says}. Which one is left over?",
            "Quiz question, yes or no: is it true that {it}?",
            "Quiz question. {scene} Who {does}?",
            "poster",
        ),
        "given": Wording(
            "Given are {all}. Which one {says}?",
            "Given are {all}. Each of them {says}, except one. Which one?",
            "Given is the sentence: {it}. Is the sentence true, yes or no?",
            "Given is this scene. {scene} Who {does}?",
            "report",
        ),
        "only-one": Wording(
            "Only one of the following {says}: {all}. Name it.",
            "Only one of the following does not fit, since each of the others {says}: {all}. Name it.",
            "Only one answer is right, yes or no: {it}.",
            "{scene} Only one of them {does}. Give the name.",
            "story",
        ),
        "think": Wording(
            "Think of {all}. Which one {says}?",
            "Think of {all}. Each one {says}, apart from one. Which one?",
            "Think before you say yes or no: {it}.",
            "Think of this. {scene} Who {does}?",
            "poem",
        ),
        "decide": Wording(
            "Decide which one {says}: is it {either}?",
            "Decide which one stands apart when each of the others {says}: is it {either}?",
            "Decide, yes or no, whether this is true: {it}.",
            "{scene} Decide who {does}.",
            "folder",
        ),
        "child": Wording(
            "A child wants to know: which of these {says}, {either}?",
            "A child says that each of these {says}: {all}. For which one is the child wrong?",
            "A child wants to know whether {it}. Yes or no?",
            "A child listens to this. {scene} Then the child wants to know who {does}.",
            "picture book",
        ),
        "name-it": Wording(
            "Name the one that {says}. The choices are {all}.",
            "Name the one that is different. The choices are {all}, and each of the others {says}.",
            "Say yes or no. The claim is that {it}.",
            "Read this and name the person who {does}. {scene}",
            "notebook",
        ),
        "of-these": Wording(
            "Of {all}, only one {says}. Which?",
            "Of {all}, only one is out of place: each of the others {says}. Which?",
            "Does it hold that {it}? Yes or no?",
            "{scene} Of these people, who {does}?",
            "brochure",
        ),
        "everyday": Wording(
            "A question about everyday life: which of these {says}, {either}?",
            "A question about everyday life: each of {all} {says}, except which one?",
            "A yes or no question about everyday life: is it right that {it}?",
            "A scene from everyday life: {scene} Who {does}?",
            "pamphlet",
        ),
        "pick": Wording(
            "Your options are {all}. Pick the one that {says}.",
            "Your options are {all}. Each of them {says}, but for one. Pick that one.",
            "Your options are yes and no. The sentence is: {it}. Pick one.",
            "{scene} Pick the one who {does}.",
            "card",
        ),
        "riddle": Wording(
            "Riddle: who or what {says}? Is it {either}?",
            "Riddle: who or what is different, if each of the others {says}? Is it {either}?",
            "Riddle or not, answer yes or no: is it so that {it}?",
            "Riddle: {scene} Who {does}?",
            "guide",
        ),
        "compare": Wording(
            "Compare {all}. Which of them {says}?",
            "Compare {all}. Each of them {says}, one excepted. Which one is that?",
            "Compare this with what you know and say yes or no: {it}.",
            "Compare these people. {scene} Who {does}?",
            "scrapbook",
        ),
    }
)
