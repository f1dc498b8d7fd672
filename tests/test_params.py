"""Bad input in params.yaml: each mistake with its message, all of them at once, and the good ones accepted."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe import named, studies
from clpipe.params import Params, ParamsError, read
from clpipe.validate import load

ROOT = Path(__file__).parents[1]
MODEL = "smollm2-135m-instruct"
ARM = {"model": MODEL, "method": "lora", "strategy": "naive", "stream": "mixed"}
GONE = object()
DEFAULT: dict[str, Any] = yaml.safe_load((ROOT / "studies" / "default.yaml").read_text(encoding="utf-8")) | {
    "study": {"name": "test", "models": [MODEL], "reports": "reports"},
    "methods": {"lora": {"r": 16, "alpha": 32}, "soft_prompt": {"tokens": 8}},
    "strategies": {"naive": {}},
    "streams": {"mixed": {}},
    "arms": {"one": ARM, "two": ARM | {"labels": "shuffled", "control_of": "one"}},
    "claims": {"one-rose": {"arm": "one", "says": "rose"}},
}
DEFAULT["models"] = {name: DEFAULT["models"][name] for name in (MODEL, "tinyllama-11b-chat")}
DEFAULT["arena"] = {"seed": 1, "hardest": 4, "families": {"comparison": {"tasks": 400}, "sequence": {"tasks": 400}}}
LEARN_KEYS = "clip, device, episodes, eval_interval, families, labels, loss_on, lr, precision, replicates, weight_decay"
Write = Callable[[dict[str, Any]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the default study with values changed at dotted keys."""

    def of(changes: dict[str, Any]) -> Path:
        values = copy.deepcopy(DEFAULT)
        for key, value in changes.items():
            *parents, last = key.split(".")
            place = values
            for parent in parents:
                place = place.setdefault(parent, {})
            if value is GONE:
                del place[last]
            else:
                place[last] = value
        path = tmp_path / "params.yaml"
        path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
        return path

    return of


def problems(path: Path) -> list[str]:
    with pytest.raises(ParamsError) as caught:
        load(path)
    return caught.value.problems


def all_of(kind: str) -> str:
    return ", ".join(named.names(f"clpipe.{kind}"))


ONE_MISTAKE = [
    (
        {"learn.eval_intervall": 3},
        "learn.eval_intervall: unknown key; no key 'eval_intervall' (did you mean 'eval_interval'?); there is "
        f"{LEARN_KEYS}",
    ),
    (
        {"colour": 1},
        "colour: unknown key; no key 'colour'; there is arena, arms, baseline, claims, evaluate, learn, methods, "
        "models, prompt, report, seeds, split, strategies, streams, study, tracking",
    ),
    ({"learn.lr": GONE}, "learn.lr: missing"),
    (
        {"study.models": [MODEL, "smollm2-135m"]},
        f"study.models: no model 'smollm2-135m' (did you mean '{MODEL}'?); there is {MODEL}, tinyllama-11b-chat",
    ),
    ({"arms.one.model": "gpt"}, f"arms.one.model: no model 'gpt'; there is {MODEL}, tinyllama-11b-chat"),
    (
        {"arms.one.model": "tinyllama-11b-chat"},
        "arms.one.model: 'tinyllama-11b-chat' is not prepared by this study; add it to study.models",
    ),
    (
        {"arms.one.method": "loraa"},
        "arms.one.method: no method 'loraa' (did you mean 'lora'?); there is lora, soft_prompt under methods",
    ),
    (
        {"arms.one.strategy": "naiv"},
        "arms.one.strategy: no strategy 'naiv' (did you mean 'naive'?); there is naive under strategies",
    ),
    ({"arms.one.stream": "blocked"}, "arms.one.stream: no stream 'blocked'; there is mixed under streams"),
    (
        {"arms.two.control_of": "on"},
        "arms.two.control_of: no arm 'on' (did you mean 'one'?); there is one, two",
    ),
    ({"arms.two.control_of": "two"}, "arms.two.control_of: an arm cannot be its own control"),
    (
        {"arena.families.comparisons": {"tasks": 400}},
        "arena.families: no family 'comparisons' (did you mean 'comparison'?); there is "
        + ", ".join(named.names("clpipe.arena.families")),
    ),
    ({"arena.families.sequence": {}}, "arena.families.sequence.tasks: missing; how many different tasks to draw"),
    (
        {"methods.loraa": {}},
        f"methods: no method 'loraa' (did you mean 'lora'?); there is {all_of('methods')} in clpipe/methods",
    ),
    (
        {"strategies.repla": {}},
        "strategies: no strategy 'repla' (did you mean 'replay'?); there is "
        f"{all_of('strategies')} in clpipe/strategies",
    ),
    ({"streams.zigzag": {}}, f"streams: no stream 'zigzag'; there is {all_of('streams')} in clpipe/streams"),
    ({"learn.episodes": "160"}, "learn.episodes: input should be a valid integer, not '160'"),
    ({"learn.episodes": True}, "learn.episodes: input should be a valid integer, not True"),
    ({"learn.episodes": 16.0}, "learn.episodes: input should be a valid integer, not 16.0"),
    ({"learn.lr": "0.5"}, "learn.lr: input should be a valid number, not '0.5'"),
    ({"learn.lr": -0.1}, "learn.lr: input should be greater than 0, not -0.1"),
    ({"learn.lr": float("inf")}, "learn.lr: input should be a finite number, not inf"),
    ({"learn.lr": float("nan")}, "learn.lr: input should be a finite number, not nan"),
    ({"arms.one.lr": -0.1}, "arms.one.lr: input should be greater than 0, not -0.1"),
    ({"arms.one.loss_on": "reply"}, "arms.one.loss_on: input should be 'answer' or 'sequence', not 'reply'"),
    (
        {"arms.one.families": ["sequences"]},
        "arms.one.families: no family 'sequences' (did you mean 'sequence'?); there is comparison, sequence",
    ),
    (
        {"arms.one.families": ["sequence"], "arms.one.episodes": 161},
        "arms.one.episodes: 161 episodes, but split.train gives 160 tasks for each of 1 families, 160 in all, "
        "and no task is met twice",
    ),
    ({"arms.one.episodes": "80"}, "arms.one.episodes: input should be a valid integer, not '80'"),
    ({"seeds": [0, 1, 0]}, "seeds: each seed once, not [0, 1, 0]"),
    (
        {"arms.one.episodes": 321},
        "arms.one.episodes: 321 episodes, but split.train gives 160 tasks for each of 2 families, 320 in all, "
        "and no task is met twice",
    ),
    (
        {"arena.families.sequence.tasks": 40},
        "split: 20 held-out tasks of the same template and 20 validation tasks of each family, but "
        "arena.families.sequence.tasks is 40; at least 41 are needed, in practice three times that",
    ),
    (
        {"arena.families.code_function": {"tasks": 400}},
        "prompt.lines: answers of code_function have several lines, but a reply ends with its first; say `lines: all` "
        "and raise prompt.max_new_tokens (about 120 for a short program)",
    ),
    (
        {"arena.hardest": 5},
        "split.heldout.harder: no task is harder than difficulty 5; lower arena.hardest or ask for none",
    ),
    (
        {"arena.families.a/b": {"kind": "sequence", "tasks": 400}},
        "arena.families.a/b: 'a/b' is not a usable name: lower-case letters, digits, single hyphens and underscores "
        "only",
    ),
    (
        {"methods.lora.rank": 8},
        "methods.lora.rank: no option 'rank'; there is alpha, dropout, r, rslora, target_modules",
    ),
    ({"methods.lora.r": "16"}, "methods.lora.r: input should be a valid integer, not '16'"),
    ({"methods.lora.r": 0}, "methods.lora.r: must be 1 or more, not 0"),
    (
        {"methods.lora.r": 0, "arms.one.method_options": {"alpha": 3}},
        "methods.lora.r: must be 1 or more, not 0",
    ),
    (
        {"arms.one.method_options": {"tokens": 8}},
        "arms.one.method_options.tokens: no option 'tokens'; there is alpha, dropout, r, rslora, target_modules",
    ),
    (
        {"arms.one.method_options": {"dropout": 1.5}},
        "arms.one.method_options.dropout: must be from 0 to below 1, not 1.5",
    ),
    (
        {"models.a.sources": [{"kind": "hub", "repo": "a/b", "revison": "c"}]},
        "models.a.sources.0.revison: unknown key",
    ),
    ({"models.a.sources": [{"kind": "path"}]}, "models.a.sources.0.path: missing"),
    (
        {"models.a.sources": [{"kind": "pypi", "wheels": ["a==1", "b==1"], "members": ["a"]}]},
        "models.a.sources.0: 2 wheels but 1 members: one member a wheel",
    ),
]


@pytest.mark.parametrize(("changes", "line"), ONE_MISTAKE, ids=[line.split(";")[0][:60] for _, line in ONE_MISTAKE])
def test_one_mistake_gives_one_line_with_key_value_and_what_is_allowed(
    write: Write, changes: dict[str, Any], line: str
) -> None:
    assert problems(write(changes)) == [line]


def test_an_arm_with_a_dot_in_its_name_is_refused_with_the_reason(write: Write) -> None:
    path = write({})
    path.write_text(path.read_text().replace("  two:", "  two.b:"))
    assert problems(path) == [
        "arms.two.b: 'two.b' is not a usable name: lower-case letters, digits and single hyphens only "
        "(a dot would break DVC's look-up of parameters)"
    ]


def test_a_model_with_a_dot_in_its_name_is_refused(write: Write) -> None:
    path = write({})
    path.write_text(path.read_text().replace("  tinyllama-11b-chat:", "  tinyllama-1.1b-chat:"))
    (line,) = problems(path)
    assert line.startswith("models.tinyllama-1.1b-chat: 'tinyllama-1.1b-chat' is not a usable name")


def test_mistakes_of_every_kind_are_told_at_once(write: Write) -> None:
    found = problems(
        write(
            {
                "learn.lr": -1,
                "report.colour": 1,
                "study.models": [MODEL, "gpt"],
                "arms.one.method": "loraa",
                "arms.two.lr": -2,
                "arena.families.riddle": {"tasks": 400},
                "methods.lora.r": 0,
            }
        )
    )
    assert [line.split(": ")[0] for line in found] == [
        "learn.lr",
        "report.colour",
        "study.models",
        "arms.one.method",
        "arms.two.lr",
        "arena.families",
        "methods.lora.r",
    ]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"study.models": 3}, "study.models"),
        ({"study.models": MODEL}, "study.models"),
        ({"study.models": [MODEL, ["x"]]}, "study.models.1"),
        ({"arms.one.model": [MODEL]}, "arms.one.model"),
        ({"arms.one.method": {"lora": 1}}, "arms.one.method"),
        ({"arms.two.control_of": ["one"]}, "arms.two.control_of"),
        ({"arms.one.method_options": 3}, "arms.one.method_options"),
        ({"arms.one": None}, "arms.one"),
        ({"arms.one": "lora"}, "arms.one"),
        ({"arms": ["one"]}, "arms"),
        ({"models": None}, "models"),
        ({"methods.lora": 3}, "methods.lora"),
        ({"arena.families": ["sequence"]}, "arena.families"),
        ({"arena.families.sequence": 400}, "arena.families.sequence"),
        ({"split": 3}, "split"),
        ({"learn": None}, "learn"),
        ({"seeds": 3}, "seeds"),
        ({"seeds": ["0"]}, "seeds.0"),
    ],
)
def test_a_value_of_the_wrong_shape_anywhere_is_a_mistake_and_no_crash(
    write: Write, changes: dict[str, Any], key: str
) -> None:
    assert problems(write(changes))[0].startswith(f"{key}: input should be a valid ")


def test_several_bad_options_of_one_method_are_told_at_once(write: Write) -> None:
    assert problems(write({"methods.lora": {"rr": 1, "r": 0, "alpha": -1, "dropout": 2.0}})) == [
        "methods.lora.rr: no option 'rr' (did you mean 'r'?); there is alpha, dropout, r, rslora, target_modules",
        "methods.lora.r: must be 1 or more, not 0",
        "methods.lora.alpha: must be more than 0, not -1.0",
        "methods.lora.dropout: must be from 0 to below 1, not 2.0",
    ]


def test_the_message_names_the_file_and_counts_the_mistakes(write: Write) -> None:
    path = write({"learn.lr": -1, "seeds": [1, 1]})
    with pytest.raises(ParamsError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: 2 mistakes\n  learn.lr: input should be greater than 0, not -1\n  seeds: each seed once, not [1, 1]"
    )
    with pytest.raises(ParamsError, match=r"params\.yaml: 1 mistake\n"):
        load(write({"learn.lr": -1}))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a: [1\n", "not YAML: "),
        ("a: 1\nb: 2\na: 3\n", "not YAML: key 'a' stands twice, second time in line 3"),
        ("a:\n  lr: 1\n  lr: 2\n", "not YAML: key 'lr' stands twice, second time in line 3"),
        ("? [a]\n: 2\n", "not YAML: a key must be one word, not ['a'], in line 1"),
        ("a: !!python/object:os.system x\n", "not YAML: could not determine a constructor"),
        ("", "must be a mapping, with sections such as study"),
        ("# nothing but a comment\n", "must be a mapping, with sections such as study"),
        ("- a\n", "must be a mapping, with sections such as study"),
    ],
)
def test_a_file_that_is_no_mapping_in_yaml_gives_one_line(tmp_path: Path, text: str, start: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text)
    (line,) = problems(path)
    assert line.startswith(start)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(ParamsError, match=r"params\.yaml: 1 mistake\n  not UTF-8: byte 4 is 0xff"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.yaml"):
        load(tmp_path / "absent.yaml")


def test_a_value_that_json_does_not_know_is_a_mistake_and_no_crash(write: Write) -> None:
    path = write({})
    path.write_text(path.read_text().replace("r: 16", "r: 2020-01-01"))
    assert problems(path) == ["methods.lora.r: input should be a valid integer, not '2020-01-01'"]


@pytest.mark.parametrize(("text", "value"), [("1e-4", 1e-4), ("1E-4", 1e-4), ("3.0e-4", 3e-4), ("2", 2.0), (".5", 0.5)])
def test_a_number_is_read_as_a_number(write: Write, text: str, value: float) -> None:
    path = write({"learn.lr": "HERE"})
    path.write_text(path.read_text().replace("lr: HERE", f"lr: {text}"))
    assert load(path).learn.lr == value


def test_anchors_and_merges_are_allowed(write: Write) -> None:
    path = write({})
    text = path.read_text()
    start = text.index("arms:")
    path.write_text(
        text[:start]
        + f"arms:\n  one: &one {{model: {MODEL}, method: lora, strategy: naive, stream: mixed}}\n"
        + "  two: {<<: *one, lr: 1e-3, control_of: one}\n"
    )
    params = load(path)
    assert params.learn_settings("two").lr == 1e-3
    assert params.arms["two"].model == MODEL


def test_an_arm_sets_defaults_anew_and_null_takes_clipping_away(write: Write) -> None:
    params = load(write({"arms.one.lr": 0.5, "arms.one.clip": None, "arms.one.method_options": {"r": 4}}))
    one, two = params.learn_settings("one"), params.learn_settings("two")
    assert (one.lr, one.clip, one.labels) == (0.5, None, "given")
    assert (two.lr, two.clip, two.labels) == (DEFAULT["learn"]["lr"], DEFAULT["learn"]["clip"], "shuffled")
    assert params.method_options("one") == {"r": 4, "alpha": 32}
    assert params.method_options("two") == {"r": 16, "alpha": 32}


def test_as_many_episodes_as_train_tasks_are_allowed(write: Write) -> None:
    assert load(write({"learn.episodes": 320})).learn.episodes == 320


def test_an_unknown_arm_is_a_lookup_error_with_the_nearest_name(write: Write) -> None:
    params = load(write({}))
    with pytest.raises(
        LookupError, match=r"params\.yaml has no arm 'onee' \(did you mean 'one'\?\); there is one, two"
    ):
        params.arm("onee")


def test_reading_without_the_named_files_refuses_the_same_keys(write: Write) -> None:
    with pytest.raises(ParamsError, match=r"learn\.lr: input should be greater than 0"):
        read(write({"learn.lr": -1}))
    assert isinstance(read(write({"methods.lora.rank": 3})), Params)


def test_the_committed_params_are_valid_and_are_the_default_study() -> None:
    load(ROOT / "params.yaml")
    assert (ROOT / "params.yaml").read_bytes() == (ROOT / "studies" / "default.yaml").read_bytes()


@pytest.mark.parametrize("name", studies.names(ROOT))
def test_every_study_is_valid_and_bears_its_own_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(studies.text(ROOT, name), encoding="utf-8")
    assert load(path).study.name == name


SAYS = {"arm": "one", "says": "better", "than": "two"}


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        ({"arm": "noe"}, "claims.c.arm: no arm 'noe' (did you mean 'one'?); there is one, two"),
        ({"than": "tow"}, "claims.c.than: no arm 'tow' (did you mean 'two'?); there is one, two"),
        ({"than": None}, "claims.c.than: missing; the arm that one is to be better than"),
        ({"than": "one"}, "claims.c.than: an arm cannot be better than itself"),
        ({"says": "rose"}, "claims.c.than: only a claim that says `better` is measured against another arm"),
        (
            {"arm": "two", "says": "learned", "than": None},
            "claims.c: says 'learned', which takes a control with shuffled labels; add an arm with `labels: shuffled, "
            "control_of: two`, or say `rose`",
        ),
        (
            {"says": "improved"},
            "claims.c.says: input should be 'learned', 'rose', 'format' or 'better', not 'improved'",
        ),
        ({"claim": 1}, "claims.c.claim: unknown key; no key 'claim'; there is arm, metric, says, than"),
    ],
)
def test_a_claim_that_cannot_be_tested_is_told(write: Write, claim: dict[str, Any], line: str) -> None:
    assert problems(write({"claims": {"c": SAYS | claim}})) == [line]


def test_claims_may_be_none_and_baselines_without_shots(write: Write) -> None:
    assert load(write({"claims": GONE, "baseline.shots": []})).claims == {}


def test_zero_shots_are_told(write: Write) -> None:
    assert problems(write({"baseline.shots": [1, 0]})) == [
        "baseline.shots.1: input should be greater than or equal to 1, not 0"
    ]
