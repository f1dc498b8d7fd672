import pytest

from clpipe.arena.canonical import latent, masked, normalised, proper_names, renamed, signature
from clpipe.arena.family import Draft


@pytest.mark.parametrize(
    ("prompt", "entities", "expected"),
    [
        ("Bob is older than Frank.", ["Bob", "Frank"], "e1 is older than e2."),
        ("Bob is older than Frank.", ["Frank", "Bob"], "e1 is older than e2."),
        ("Ann  likes\tAnn's annex, ANN!", ["Ann"], "e1 likes e1's annex, e1!"),
        ("Ann met Anna and Ann-Marie.", ["Ann", "Anna", "Ann-Marie"], "e1 met e2 and e3."),
        ("Ann met Ann-Marie.", ["Ann"], "e1 met ann-marie."),
        ("Bob and Bob Lee.", ["Bob", "Bob Lee"], "e1 and e2."),
        ("Mr. X (tall) met C++.", ["C++", "Mr. X (tall)"], "e1 met C++.".replace("C++", "e2")),
        ("ＢＯＢ sings.", ["Bob"], "e1 sings."),
        ("Nobody here.", ["Bob"], "nobody here."),
        ("2 + 2?", [], "2 + 2?"),
        ("2 + 2?", ["", " "], "2 + 2?"),
    ],
)
def test_names_are_taken_out_as_whole_words(prompt: str, entities: list[str], expected: str) -> None:
    assert masked(prompt, entities) == expected


def test_normalised_keeps_what_matters() -> None:
    assert normalised(" What\u00a0comes  NEXT: ２, 4? ") == "what comes next: 2, 4?"
    assert normalised("1, 23") != normalised("12, 3")


def test_other_people_make_the_same_task() -> None:
    def task(a: str, b: str) -> str:
        prompt = f"{a} gives {b} 3 of {a}'s pears. Whose pears did {b} get?"
        return renamed(Draft(prompt=prompt, answer=a, template="t", entities=(b, a)).task("x"))

    assert task("Ann", "Bob") == task("Bob", "Ann") == task("Zoe", "Anna")


def test_numbers_are_masked_with_their_signs_and_parts() -> None:
    assert signature("add -12, 3.5 and 1,000 to e1's 2nd x2") == "add #, # and # to e1's #nd x2"


def test_what_looks_like_a_name() -> None:
    prompt = "Yesterday Ms Harper paid. Kevin called Anna-Lena: Is Paris far? The end."
    assert proper_names(prompt) == ("Ms", "Harper", "Anna-Lena", "Paris", "Kevin")
    assert proper_names("What is 2 + 2?") == ()


def test_latent_parameters_stand_for_the_task_where_there_are_any() -> None:
    draft = Draft(prompt="Ann: 2?", answer="1", template="t", entities=("Ann",), facts={"b": 1, "a": [2]})
    assert latent(draft.task("x")) == '{"a":[2],"b":1}'
    assert latent(Draft(prompt="Ann: 2?", answer="1", template="t", entities=("Ann",)).task("x")) == "e1: 2? -> 1"
