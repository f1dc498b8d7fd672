"""A user's own tasks: what a file may hold, and that everything wrong with it is told at once, by file and line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clpipe.arena import own
from clpipe.arena.canonical import normalised
from clpipe.arena.families.file import FOLDER, File
from clpipe.arena.judge import right
from clpipe.arena.pool import check_families, draw_pool
from clpipe.records import NOVELTIES, Task
from clpipe.split import side

EXAMPLE = Path(__file__).parents[3] / FOLDER / "example.jsonl"
Write = Callable[[bytes | str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write `data/own/own.jsonl` in a folder of its own, which is the working one from then on."""
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir(parents=True)

    def writing(content: bytes | str) -> Path:
        place = FOLDER / "own.jsonl"
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return writing


def tasks(**options: object) -> list[Task]:
    return File(**{"path": "own.jsonl", **options}).tasks("mine")  # type: ignore[arg-type]


def refused(**options: object) -> list[str]:
    """The problems without the file's name, which each of them begins with."""
    with pytest.raises(ValueError, match="own") as error:
        tasks(**options)
    lines = str(error.value).split("\n")
    assert all(line.startswith("data/own/own.jsonl") for line in lines)
    return [line.removeprefix("data/own/own.jsonl").removeprefix(", ").removeprefix(": ") for line in lines]


def line(**fields: object) -> str:
    return json.dumps({"prompt": "Which team?", "answer": "sales", **fields}) + "\n"


def lines(count: int, **fields: object) -> str:
    return "".join(line(prompt=f"Question {number}?", **fields) for number in range(count))


def test_a_line_of_two_fields_is_a_task(write: Write) -> None:
    write('{"prompt": "Where does Anna live? Not in Rome.", "answer": "Paris"}')
    (task,) = tasks()
    assert (task.prompt, task.answer, task.family) == ("Where does Anna live? Not in Rome.", "Paris", "mine")
    assert (task.template, task.difficulty, task.novelty) == ("own", 1, "same_template")
    assert task.entities == ("Anna", "Rome")
    assert (task.judge, dict(task.marking), dict(task.facts)) == ("exact", {}, {})


def test_all_fields(write: Write) -> None:
    write(line(answers=["Sales team", "vendite"], family="mail", template="ticket", difficulty=5))
    (task,) = tasks()
    assert (task.family, task.template, task.difficulty) == ("mail", "ticket", 5)
    assert [right(task, reply) for reply in ("sales", "the sales team.", "Vendite", "billing")] == [True] * 3 + [False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n   \n", ""])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"\n \n"])
def test_ends_of_lines_blank_lines_and_a_byte_order_mark_are_no_matter(write: Write, begin: bytes, end: str) -> None:
    write(begin + (line(prompt="One?").strip() + "\n" + line(prompt="Two?").strip() + end).encode())
    assert [task.prompt for task in tasks()] == ["One?", "Two?"]
    write(begin + (line(prompt="One?").strip() + (end.strip(" ") or "\n") + line(prompt="Two?").strip()).encode())
    assert [task.prompt for task in tasks()] == ["One?", "Two?"]


def test_space_around_a_text_is_taken_off_and_lines_within_a_prompt_stay(write: Write) -> None:
    write(line(prompt="  Dear all,\r\n\tplease help.\n\n", answer=" sales\n"))
    (task,) = tasks()
    assert (task.prompt, task.answer) == ("Dear all,\r\n\tplease help.", "sales")


def test_every_problem_is_told_at_once(write: Write) -> None:
    write(
        line(prompt="Good?")
        + '{"prompt": "a", "answer": \n'
        + "7\n"
        + '{"promt": "b", "answer": ""}\n'
        + line(prompt="c", difficulty=6, answers="x")
        + line(prompt="good?", answer="billing")
    )
    assert refused() == [
        'line 2: not JSON (Expecting value, column 26): \'{"prompt": "a", "answer":\'',
        "line 3: must be an object, {…}, not 7",
        "line 4: no field 'promt' (did you mean 'prompt'?); there is "
        "answer, answers, difficulty, family, prompt, template",
        "line 4: field 'prompt' is missing",
        "line 4: field 'answer' is empty",
        "line 5: field 'answers' must be a list of texts, [\"…\", \"…\"], not 'x'",
        "line 5: field 'difficulty' must be a whole number from 1 to 5, not 6",
        "line 6: field 'prompt' is the same as in line 1, there with the answer 'sales', here with 'billing'",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"prompt": "a" "answer": "b"}', "not JSON (Expecting ',' delimiter, column 16)"),
        ("prompt,answer", "not JSON (Expecting value, column 1): 'prompt,answer'"),
        ("{'prompt': 'a', 'answer': 'b'}", "not JSON (Expecting property name enclosed in double quotes"),
        ('{"prompt": "tab\there", "answer": "b"}', "not JSON (Invalid control character"),
        ('{"prompt": "a", "answer": "b"} {}', "not JSON (Extra data"),
        ('{"prompt": "a", "answer": NaN}', "not JSON (NaN is no number of JSON)"),
        ('{"prompt": "a", "answer": ' + "9" * 5000 + "}", "a number with too many digits"),
        ("[" * 100_000 + "]" * 100_000, "not JSON that can be read: nested too deeply"),
        ("[1, 2]", "must be an object, {…}, not a list"),
        ('"text"', "must be an object, {…}, not 'text'"),
        ("null", "must be an object, {…}, not null"),
        ('{"prompt": "a", "prompt": "b", "answer": "c"}', "field 'prompt' stands twice"),
        ('{"prompt": "a"}', "field 'answer' is missing"),
        ('{"answer": "a"}', "field 'prompt' is missing"),
        (line(prompt=" \n "), "field 'prompt' is empty"),
        (line(prompt=["a"]), "field 'prompt' must be a text, not a list"),
        (line(prompt={"text": "a"}), "field 'prompt' must be a text, not an object"),
        (line(answer=None), "field 'answer' must be a text, not null"),
        (line(answer=42), "field 'answer' must be a text, so in quotes: \"42\""),
        (line(answer=0.5), "field 'answer' must be a text, so in quotes: \"0.5\""),
        (line(answer=True), "field 'answer' must be a text, so in quotes: \"true\""),
        (line(answer="sales\nbilling"), "field 'answer' has more than one line; of a reply only the first is read"),
        (line(answer="a\u2028b"), "field 'answer' has more than one line"),
        (line(answers=["ok", "a\nb"]), "field 'answers', number 2, has more than one line"),
        (line(answers=["ok", 7]), "field 'answers', number 2, must be a text, so in quotes: \"7\""),
        (line(answers=[""]), "field 'answers', number 1, is empty"),
        (line(answers={"a": "b"}), 'field \'answers\' must be a list of texts, ["…", "…"], not an object'),
        (line(template=3), "field 'template' must be a text, so in quotes: \"3\""),
        (line(template="a\nb"), "field 'template' has more than one line"),
        (line(family=""), "field 'family' is empty"),
        (line(family="My mail"), "field 'family' must be a name of lower-case letters, digits, _ and -, not 'My mail'"),
        (line(difficulty=0), "field 'difficulty' must be a whole number from 1 to 5, not 0"),
        (line(difficulty=2.0), "field 'difficulty' must be a whole number from 1 to 5, not 2.0"),
        (line(difficulty=True), "field 'difficulty' must be a whole number from 1 to 5, not true"),
        (line(difficulty="2"), "field 'difficulty' must be a whole number from 1 to 5, not '2'"),
        (line(difficulty=None), "field 'difficulty' must be a whole number from 1 to 5, not null"),
        (line(anwser="x"), "no field 'anwser' (did you mean 'answer'?)"),
        (line(label="x"), "no field 'label'; there is answer, answers"),
        (line(prompt="half \ud83d"), "field 'prompt' holds half of a character U+D83D"),
        (line(answer="\ud800"), "field 'answer' holds half of a character U+D800"),
        (line(prompt="a\x00b"), "field 'prompt' holds the control character U+0000"),
        (line(prompt="a\x1bb"), "field 'prompt' holds the control character U+001B"),
        (line(prompt="a\x85b"), "field 'prompt' holds the control character U+0085"),
        (line(answer="a\x07"), "field 'answer' holds the control character U+0007"),
        (line(prompt="x" * own.LONGEST), f"longer than {own.LONGEST} bytes; a task is one line"),
    ],
)
def test_one_problem(write: Write, text: str, problem: str) -> None:
    write(line(prompt="First?") + text.strip() + "\n" + line(prompt="Last?"))
    (told,) = refused()
    assert told.startswith(f"line 2: {problem}")


def test_a_whole_character_from_two_halves_is_fine(write: Write) -> None:
    write('{"prompt": "What is \\ud83d\\ude00?", "answer": "a face"}')
    assert tasks()[0].prompt == "What is 😀?"


def test_a_repeated_prompt_is_told_with_both_lines(write: Write) -> None:
    write(line() + "\n" + line(prompt=" which  TEAM?", answer="Sales."))
    assert refused() == ["line 3: field 'prompt' is the same as in line 1"]
    write(line() + line(answer=3))
    assert refused() == [
        "line 2: field 'answer' must be a text, so in quotes: \"3\"",
        "line 2: field 'prompt' is the same as in line 1, there with the answer 'sales', here with 3",
    ]


def test_another_encoding_is_told_with_line_and_byte(write: Write) -> None:
    write(line(prompt="One?").encode() + '{"prompt": "café?", "answer": "b"}\n'.encode("latin-1"))
    assert refused() == ["line 2: not UTF-8: byte 16 is 0xe9; save the file as UTF-8"]
    write(lines(50).encode("utf-16"))
    assert refused() == ["line 1: not UTF-8 but UTF-16: byte 1 is 0xff; save the file as UTF-8"]


def test_a_list_over_lines_is_told_once(write: Write) -> None:
    write(json.dumps([{"prompt": "a", "answer": "b"}] * 9, indent=1))
    assert refused() == ["line 1: a JSON list; write an object a line, without [ ] and commas between them"]


@pytest.mark.parametrize("content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file(write: Write, content: bytes) -> None:
    write(content)
    assert refused() == ['no task in it; a line is {"prompt": "…", "answer": "…"}']


def test_of_very_many_problems_the_rest_is_counted(write: Write) -> None:
    write("{}\n" * 300)
    told = refused()
    assert told[:2] == ["line 1: field 'prompt' is missing", "line 1: field 'answer' is missing"]
    assert (len(told), told[-1]) == (own.TOLD + 1, "and 500 more problems")


def test_after_a_line_that_is_too_long_the_count_goes_on(write: Write) -> None:
    write("x" * (3 * own.LONGEST) + "\n" + line() + "y" * (own.LONGEST + 1) + "\n{}\n")
    assert [problem.split(":")[0] for problem in refused()] == ["line 1", "line 3", "line 4", "line 4"]


def test_a_missing_file_is_told_with_what_is_there(write: Write, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no such file; looked for in .*own, where there is nothing") as error:
        tasks()
    assert str(tmp_path / "data/own") in str(error.value)
    write(line())
    with pytest.raises(ValueError, match=r"^data/own/onw\.jsonl: no such file; .*, where there is own\.jsonl$"):
        tasks(path="onw.jsonl")


def test_what_is_not_a_file_inside_the_folder(write: Write, tmp_path: Path) -> None:
    write(line())
    (FOLDER / "sub").mkdir()
    with pytest.raises(ValueError, match=r"^data/own/sub: a folder, not a file$"):
        tasks(path="sub")
    (tmp_path / "secret.jsonl").write_text(line())
    (FOLDER / "link").symlink_to(tmp_path / "secret.jsonl")
    with pytest.raises(ValueError, match=r"^data/own/link: a link out of data/own, to .*secret\.jsonl"):
        tasks(path="link")
    os.mkfifo(FOLDER / "pipe")
    with pytest.raises(ValueError, match=r"^data/own/pipe: not a file$"):
        tasks(path="pipe")


def test_a_file_that_cannot_be_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(line())
    monkeypatch.setattr(own, "read", denied)
    assert refused() == ["cannot be read: Permission denied"]


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../x.jsonl", "a/../../x", "C:\\x", "C:/x", "a\nb", "a\x00"])
def test_a_path_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"^path must be a file inside data/own, such as tickets\.jsonl, not "):
        File(path=path)


def test_options_are_told_by_their_keys() -> None:
    options = {"kind": "file", "path": "x", "reserve": ["new_entities"], "hardest": 5, "tasks": 3, "pth": 1}
    problems = check_families({"mine": options})
    assert [problem.split()[0].rstrip(":") for problem in problems] == [
        "arena.families.mine.tasks",
        "arena.families.mine.pth",
        "arena.families.mine.reserve.0",
        "arena.families.mine.hardest",
    ]


def test_nothing_is_reserved_unless_asked(write: Write) -> None:
    write("".join(line(prompt=f"{n}?", template=f"t{n % 5}", difficulty=n % 5 + 1) for n in range(40)))
    assert {task.novelty for task in tasks()} == {"same_template"}


def test_a_quarter_of_the_templates_of_each_family_is_kept(write: Write) -> None:
    write("".join(line(prompt=f"{n}?", template=f"t{n % 8}", family=f"f{n % 2}") for n in range(80)))
    novelty = {(task.family, task.template): task.novelty for task in tasks(reserve=("new_template",))}
    assert Counter((family, kept) for (family, _), kept in novelty.items()) == {
        ("f0", "same_template"): 3,
        ("f0", "new_template"): 1,
        ("f1", "same_template"): 3,
        ("f1", "new_template"): 1,
    }


def test_which_templates_are_kept_does_not_depend_on_the_order(write: Write) -> None:
    written = [line(prompt=f"{n}?", template=f"t{n % 8}") for n in range(80)]
    write("".join(written))
    forward = {task.prompt: task.novelty for task in tasks(reserve=("new_template",))}
    write("".join(reversed(written)))
    assert {task.prompt: task.novelty for task in tasks(reserve=("new_template",))} == forward


def test_too_few_templates_to_keep_one(write: Write) -> None:
    write("".join(line(prompt=f"{n}?", template=f"t{n % 3}", family="few") for n in range(9)))
    assert refused(reserve=("new_template",)) == [
        "reserve: new_template needs 4 templates or more, but family 'few' has t0, t1, t2"
    ]


def test_harder_tasks_are_kept_and_are_harder_whatever_their_template(write: Write) -> None:
    write("".join(line(prompt=f"{n}?", template=f"t{n % 4}", difficulty=n % 5 + 1) for n in range(60)))
    found = tasks(reserve=("new_template", "harder"), hardest=3)
    assert {task.difficulty for task in found if task.novelty == "harder"} == {4, 5}
    assert {task.difficulty for task in found if task.novelty != "harder"} == {1, 2, 3}
    kept = {task.template for task in found if task.novelty == "new_template"}
    assert len(kept) == 1
    assert kept.isdisjoint(task.template for task in found if task.novelty == "same_template")


def test_nothing_harder_to_keep(write: Write) -> None:
    write(lines(3, difficulty=4))
    assert refused(reserve=("harder",)) == [
        "reserve: harder needs tasks of a difficulty above 4 (hardest), but there is none"
    ]
    assert len(tasks(reserve=("harder",), hardest=3)) == 3


def test_the_pool_takes_all_tasks(write: Write) -> None:
    write(lines(30) + lines(3).replace("Question", "Another").replace("}", ', "family": "other"}'))
    pool = draw_pool(1, {"mine": {"kind": "file", "path": "own.jsonl"}}, hardest=4)
    assert Counter(task.family for task in pool) == {"mine": 30, "other": 3}


def tried() -> tuple[list[Task], list[str]]:
    try:
        return tasks(), []
    except ValueError as error:
        return [], str(error).splitlines()


TEXT = st.text(st.characters(codec=None), max_size=8) | st.sampled_from(["a", "b c", "4", "Ann", "\n", "\u200b", "+"])
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | TEXT, lambda j: st.lists(j, max_size=3))
RECORD = st.fixed_dictionaries(
    {"prompt": TEXT | JSON, "answer": TEXT | JSON},
    optional={key: TEXT | JSON for key in ("answers", "family", "template", "difficulty", "x")},
)
LINE = RECORD.map(lambda record: json.dumps(record).encode()) | st.binary(max_size=60) | TEXT.map(repr).map(str.encode)
CONTENT = st.binary(max_size=300) | st.lists(LINE, max_size=6).map(b"\n".join)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENT)
def test_any_bytes_are_tasks_or_a_refusal_that_names_the_file(write: Write, content: bytes) -> None:
    write(content)
    found, problems = tried()
    assert bool(found) != bool(problems)
    assert all(told.startswith("data/own/own.jsonl") for told in problems)
    assert len({normalised(task.prompt) for task in found}) == len({task.id for task in found}) == len(found)
    for task in found:
        assert right(task, task.answer)
        assert task.novelty in NOVELTIES
        assert "\n" not in task.answer + task.template + task.family
        assert all(entity in task.prompt for entity in task.entities)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.dictionaries(st.text("ab cdé?😀", min_size=1), st.sampled_from(["yes", "no", "-4", "½", "5%"])))
def test_sound_tasks_are_taken_as_they_are(write: Write, pairs: dict[str, str]) -> None:
    sound = {normalised(prompt): (prompt.strip(), answer) for prompt, answer in pairs.items() if prompt.strip()}
    write("".join(line(prompt=prompt, answer=answer) for prompt, answer in sound.values()))
    if sound:
        assert [(task.prompt, task.answer) for task in tasks()] == list(sound.values())


def test_the_example_is_balanced_and_enough_for_a_small_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parents[2])
    found = File(path="example.jsonl", reserve=("new_template", "harder")).tasks("support_mail")
    assert set(Counter(task.answer for task in found).values()) == {16}
    assert Counter(task.difficulty for task in found) == {1: 24, 2: 24, 3: 24, 4: 12, 5: 12}
    assert set(Counter(task.template for task in found).values()) == {12}
    ordinary = [task for task in found if task.novelty == "same_template"]
    sides = Counter(side(task) for task in ordinary)
    assert sides["train"] >= 20
    assert sides["validation"] >= 4
    assert sides["heldout"] >= 8
    answers = Counter(task.answer for task in ordinary if side(task) == "train")
    assert len(answers) == 6
    assert max(answers.values()) <= 0.3 * sum(answers.values())
