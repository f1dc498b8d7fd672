"""Memory: what was met stands in later prompts, weights never move."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from clpipe import named
from clpipe.models.context import Shown
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import FROZEN
from clpipe.records import Example, Question, prompt_id
from clpipe.strategies.memory import Memory
from tests.conftest import Load

RNG = random.Random(0)


def question(prompt: str) -> Question:
    return Question(id=prompt_id(prompt), family="sums", prompt=prompt)


def taught(model: LanguageModel, memory: Memory, *solved: tuple[str, str]) -> None:
    for prompt, answer in solved:
        memory.learn(model, model.read(question(prompt), answer), RNG)


def before(model: LanguageModel, prompt: str) -> tuple[Shown, ...]:
    assert model.context is not None
    return model.context.shown(prompt)


def begun(model: LanguageModel, **options: int) -> Memory:
    memory = Memory(**options)
    memory.begin(model, [], RNG)
    return memory


SOLVED = [("2 apples and 3 apples", "5"), ("Who is older, Ann or Bob?", "Ann"), ("4 apples and 3 apples", "7")]


def test_the_most_similar_solved_tasks_stand_before_a_question_the_nearest_last(load: Load) -> None:
    model = load("llama")
    taught(model, begun(model, k=2), *SOLVED)
    text = model.chat.text("4 apples and 4 apples", before(model, "4 apples and 4 apples"))
    parts = ("2 apples", "5<|im_end|>", "4 apples and 3", "7<|im_end|>", "4 apples and 4")
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert all(a < b for a, b in pairwise(places))
    assert "Ann" not in text


def test_a_lesson_is_read_before_it_is_remembered(load: Load) -> None:
    """Else the answer would stand in its own prompt."""
    model = load("llama")
    memory = begun(model, k=1)
    first = model.read(question("3 + 4?"), "7")
    assert first.question_ids == model.chat.question("3 + 4?")
    memory.learn(model, first, RNG)
    assert model.read(question("3 + 5?"), "8").question_ids != model.chat.question("3 + 5?")


def test_the_oldest_leaves_a_full_memory(load: Load) -> None:
    model = load("llama")
    memory = begun(model, k=1, capacity=2)
    taught(model, memory, *SOLVED)
    assert [one.shown for one in memory.context.examples] == ["Ann", "7"]
    assert before(model, SOLVED[0][0])[0].answer == "7"  # the first is gone, this is the most like it


def test_a_restored_memory_answers_as_the_one_that_was_saved(load: Load) -> None:
    model, again = load("llama"), load("llama")
    memory, restored = begun(model, k=2, capacity=3), Memory(k=2, capacity=3)
    taught(model, memory, *SOLVED)
    restored.restore(again, memory.state())
    taught(model, memory, ("Who is younger?", "Bob"))
    taught(again, restored, ("Who is younger?", "Bob"))
    assert restored.context.examples == memory.context.examples
    prompts = ["1 apple and 1 apple", "Who is taller, Ann or Eve?"]
    assert again.replies(prompts, 5, 2) == model.replies(prompts, 5, 2)


def test_a_memory_saved_before_its_first_lesson_comes_back_empty(load: Load) -> None:
    model = load("llama")
    Memory(k=2).restore(model, Memory(k=2).state())
    assert before(model, "anything") == ()


def test_no_weight_moves(load: Load) -> None:
    model = load("qwen2")
    before = {name: weight.clone() for name, weight in model.network.state_dict().items()}
    taught(model, begun(model, k=2), *SOLVED)
    assert all(weight.equal(before[name]) for name, weight in model.network.state_dict().items())


def test_prompts_that_may_outgrow_the_window_are_refused_by_name(load: Load) -> None:
    model = load("llama")
    lesson = model.read(question("3 + 4?"), "7")
    tokens = len(lesson.question_ids) + len(lesson.answer_ids)
    model.network.config.max_position_embeddings = 3 * tokens
    begun(model, k=2).learn(model, lesson, RNG)  # two solved tasks and a question: 3 times as many tokens
    with pytest.raises(ValueError, match=rf"^k: .*{4 * tokens} tokens.*at most {3 * tokens}; lower k"):
        begun(model, k=3).learn(model, lesson, RNG)


def test_it_works_with_a_method_that_changes_nothing_alone() -> None:
    assert Memory.needs == {FROZEN}


def test_options_out_of_range_are_told() -> None:
    with pytest.raises(ValueError, match="k: must be 1 or more, not 0"):
        Memory(k=0)
    with pytest.raises(ValueError, match=r"capacity: 2 tasks remembered, but 3 stand in a prompt \(k\)"):
        Memory(k=3, capacity=2)
    assert list(Memory(capacity=30).problems(["sums"], [], 20)) == [
        "capacity: 30 tasks remembered, but the stream has only 20 episodes"
    ]
    assert list(Memory(capacity=20).problems(["sums"], [], 20)) == []


def test_its_options_are_those_of_the_params_file() -> None:
    cls = named.load("clpipe.strategies", "memory")
    assert named.build(cls, {"k": 4, "capacity": None}, "strategies.memory").k == 4
    with pytest.raises(ValueError, match=r"strategies\.memory\.context: no option 'context'"):
        named.build(cls, {"context": 1}, "strategies.memory")


def test_an_example_goes_in_as_it_was_shown(load: Load) -> None:
    model = load("llama")
    memory = begun(model)
    taught(model, memory, ("3 + 4?", "8"))  # a control arm shows wrong answers
    assert memory.context.examples == [Example(question=question("3 + 4?"), shown="8")]
