"""Conditionals and interventions: labels by hand and by another truth table, no way to guess."""

import random
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice, product
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.causal_reasoning import ANSWERS, FRAMES, CausalReasoning, groups
from clpipe.arena.family import DIFFICULTIES
from clpipe.arena.logic.conditionals import Shape, shapes, verdict
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.causal_reasoning import EVENTS, TEMPLATES
from clpipe.records import NOVELTIES, Task

each_difficulty = pytest.mark.parametrize("difficulty", DIFFICULTIES)


@cache
def drawn(difficulty: int, novelty: str = "same_template", count: int = 4000) -> tuple[Task, ...]:
    return tuple(islice(draws(11, "causal_reasoning", CausalReasoning(), difficulty, novelty), count))


def signed(frame: str, signs: str) -> Shape:
    """The shape with these signs, first the rules', then the facts'."""
    wanted = [sign == "+" for sign in signs.replace(" ", "")]
    (shape,) = [s for s in shapes(frame) if [happens for _, happens in s.literals()] == wanted]
    return shape


@pytest.mark.parametrize(
    ("frame", "signs", "answer"),
    [
        ("a>b : a ? b", "++ +", "Yes"),  # modus ponens
        ("a>b : a ? b", "+- +", "No"),
        ("a>b : a ? b", "-- -", "No"),
        ("a>b : b ? a", "++ -", "No"),  # modus tollens
        ("a>b : b ? a", "-+ -", "Yes"),
        ("a>b : b ? a", "+- +", "No"),
        ("a>b : b ? a", "++ +", "Unknown"),  # affirming the consequent
        ("a>b : a ? b", "++ -", "Unknown"),  # denying the antecedent
        ("a>b : c ? b", "++ +", "Unknown"),
        ("a>b : a b ? a", "++ +-", None),  # the facts contradict the rule
        ("a>b b>c : a ? c", "++ ++ +", "Yes"),
        ("a>b b>c : c ? a", "++ ++ -", "No"),
        ("a>b b>c : a ? c", "++ -+ +", "Unknown"),
        ("b>a b>c : a ? c", "++ ++ +", "Unknown"),  # a common cause
        ("b>a b>c : a ? c", "++ ++ -", "Unknown"),
        ("b>a b>c : a ? c", "++ -+ -", "Yes"),  # not a, so not b, so c
        ("a>b c>b : a ? c", "++ ++ +", "Unknown"),  # a common effect
        ("a>b c>b : a ? c", "++ +- +", "No"),  # a, so b, so not c
        ("a|d>b : d ? b", "+++ +", "Yes"),
        ("a|d>b : b ? a", "+++ -", "No"),
        ("a|d>b : a ? b", "+++ -", "Unknown"),
        ("a|d>b : b d ? a", "+++ +-", "Unknown"),
        ("b>a&c : b ? c", "++- +", "No"),
        ("b>a&c : a ? b", "+++ -", "No"),
        ("b>a&c : a ? c", "+++ +", "Unknown"),
        ("a>b>c : a b ? c", "+++ ++", "Yes"),
        ("a>b>c : a c ? b", "+++ +-", "No"),
        ("a>b>c : a ? c", "+++ +", "Unknown"),
        ("a>b>c : b c ? a", "-++ +-", "Yes"),
        ("a>b : !a ? b", "++ +", "Yes"),  # effects follow from what is forced
        ("a>b : !a ? b", "+- +", "No"),
        ("a>b : !b ? a", "++ +", "Unknown"),  # causes do not, where observing it would say No
        ("a>b : !b ? a", "++ -", "Unknown"),
        ("a>b : !b a ? b", "++ -+", "No"),  # nor can a cause prevent it
        ("b>a&c : !a ? c", "+++ -", "Unknown"),  # the storm, the alarm and the light
        ("b>a&c : !a b ? c", "+++ -+", "Yes"),  # only the rule of the forced effect is gone
        ("a>b b>c : !b a ? c", "++ ++ -+", "Unknown"),
        ("a>b b>c : !b ? a", "++ ++ -", "Unknown"),
        ("a>b b>c : !b c ? b", "++ ++ ++", "Yes"),
        ("a>b b>c : !a c ? b", "++ ++ -+", "Unknown"),
    ],
)
def test_labels_by_hand(frame: str, signs: str, answer: str | None) -> None:
    assert verdict(signed(frame, signs)) == answer


def test_a_frame_is_every_direction_and_sign() -> None:
    assert len(list(shapes("a-b b>c : a ? c"))) == 2 * 2**5
    kinds = [shape.rules[0] for shape in shapes("a|b>c : a ? c")]
    assert {rule.kind for rule in kinds} == {"or"}
    assert kinds[0].reordered().literals == (("b", True), ("a", True), ("c", True))
    both = next(shapes("a>b&c : a ? c")).rules[0]
    assert both.reordered().literals == (("a", True), ("c", True), ("b", True))


def test_reordering_a_rule_leaves_its_meaning() -> None:
    for frame in ("a|d>b b-c : c ? a", "a>b>c c-d : a d ? b", "b>a&c a-d : !a b ? c"):
        for shape in shapes(frame):
            other = shape._replace(rules=tuple(rule.reordered() for rule in shape.rules[::-1]))
            assert verdict(other) == verdict(shape)


def holds(rule: list[Any], world: dict[str, bool], cut: str) -> bool:
    """Whether the rule as it stands in the facts of a task holds in a world; a part about `cut` always does."""
    kind, *literals = rule
    true = [world[name(each)] == each[2] for each in literals]
    free = [name(each) == cut for each in literals]
    if kind == "both":
        return not true[0] or all(t or f for t, f in zip(true[1:], free[1:], strict=True))
    condition = any(true[:-1]) if kind == "or" else all(true[:-1])
    return not condition or true[-1] or free[-1]


def name(literal: list[Any]) -> str:
    return f"{literal[0]} {literal[1]}"


def answer_of(task: Task, *, forced: bool) -> str | None:
    """Try every world."""
    facts: Any = task.facts
    told = {name(each): each[2] for each in facts["told"]}
    cut = next(iter(told)) if forced else ""
    literals = [each for _, *row in facts["rules"] for each in row]
    events = list(dict.fromkeys([*map(name, literals), *told]))
    worlds = (dict(zip(events, values, strict=True)) for values in product((True, False), repeat=len(events)))
    found = {
        world[name(facts["asked"])]
        for world in worlds
        if all(world[event] == happens for event, happens in told.items())
        and all(holds(rule, world, cut) for rule in facts["rules"])
    }
    return {(): None, (True,): "Yes", (False,): "No"}.get(tuple(found), "Unknown")


@each_difficulty
@pytest.mark.parametrize("novelty", NOVELTIES[:3])
def test_the_answer_is_what_all_worlds_agree_on(difficulty: int, novelty: str) -> None:
    for task in drawn(difficulty, novelty, 200):
        assert answer_of(task, forced=bool(task.facts["forced"])) == task.answer, task


@each_difficulty
def test_forcing_makes_a_difference(difficulty: int) -> None:
    forced = [task for task in drawn(difficulty)[:1000] if task.facts["forced"]]
    assert (0.4 < len(forced) / 1000 < 0.6) if difficulty > 3 else not forced
    for answer in ANSWERS if forced else ():
        those = [task for task in forced if task.answer == answer]
        other = [task for task in those if answer_of(task, forced=False) != answer]
        assert len(other) > (0.3 if answer == "Unknown" else 0.1) * len(those), answer


@each_difficulty
def test_structure(difficulty: int) -> None:
    tasks: list[Any] = [task.facts for task in drawn(difficulty)]
    rules = {len(facts["rules"]) for facts in tasks}
    kinds = {rule[0] for facts in tasks for rule in facts["rules"]}
    told = {len(facts["told"]) for facts in tasks}
    assert rules == {1: {1}, 2: {2}, 3: {2}, 4: {2, 3}, 5: {3, 4}}[difficulty]
    assert kinds == {4: {"if", "or", "both"}, 5: {"if", "or", "both", "nested"}}.get(difficulty, {"if"})
    assert told == {1: {2}, 2: {1}, 3: {2}, 4: {1, 2}, 5: {1, 2}}[difficulty]
    events = [each[:2] for facts in tasks[:500] for rule in facts["rules"] for each in rule[1:]]
    assert all(facts["asked"] in [each[:2] for rule in facts["rules"] for each in rule[1:]] for facts in tasks)
    assert 0.2 < sum(isinstance(subject, int) for subject, _ in events) / len(events) < 0.5


def test_every_frame_gives_every_answer() -> None:
    for difficulty in DIFFICULTIES:
        assert len(groups(difficulty, True)) == len(FRAMES[difficulty])
        for group in groups(difficulty, True):
            assert len(group.strata) == len(group.weights) >= 3
            for stratum in group.strata:
                assert set(stratum) == set(ANSWERS)


@pytest.mark.parametrize("difficulty", DIFFICULTIES[1:])
def test_negations_and_forcing_say_nothing_of_the_answer(difficulty: int) -> None:
    for group in groups(difficulty, True):
        for stratum in group.strata:
            made = [shape for pools in stratum.values() for pool in pools for shape in pool]
            assert len({sum(not happens for _, happens in shape.literals()) for shape in made}) == 1
            assert len({(shape.forced, *(happens for _, happens in shape.told)) for shape in made}) == 1


def seen(task: Task) -> dict[str, object]:
    """What one may see of a prompt without following any rule."""
    facts: Any = task.facts
    told = [happens for _, _, happens in facts["told"]]
    mentions = [each for rule in facts["rules"] for each in rule[1:]]
    place = [each[:2] for each in mentions].index(facts["asked"])
    return {
        "negations": task.prompt.count(" not "),
        "negated facts": told.count(False),
        "a negated fact": False in told,
        "first fact": told[0],
        "last fact": told[-1],
        "template": task.template,
        "kinds": tuple(sorted(rule[0] for rule in facts["rules"])),
        "forced": facts["forced"],
        "a person": isinstance(facts["asked"][0], int),
        "asked early": 2 * place < len(mentions),
        "asked first": place == 0,
        "words": len(task.prompt.split()) // 4,
    }


@each_difficulty
def test_nothing_on_the_surface_helps(difficulty: int) -> None:
    tasks = drawn(difficulty)
    tables: dict[str, dict[object, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for task in tasks:
        for feature, value in seen(task).items():
            tables[feature][value][task.answer] += 1
    for feature, table in tables.items():
        assert sum(max(answers.values()) for answers in table.values()) / len(tasks) < 0.45, feature
        for value, answers in table.items():
            often = sum(answers.values()) > 0.05 * len(tasks)
            certain = difficulty == 1 and feature in {"negations", "words"}  # no "not", so not No
            assert not often or certain or max(answers.values()) / sum(answers.values()) < 0.45, (feature, value)
    answers = Counter(task.answer for task in tasks)
    assert all(abs(answers[a] / len(tasks) - 1 / 3) < 0.03 for a in ANSWERS)


@each_difficulty
@pytest.mark.parametrize("novelty", NOVELTIES[:3])
def test_prompts_say_what_the_facts_say(difficulty: int, novelty: str) -> None:
    for task in drawn(difficulty, novelty, 200):
        facts: Any = task.facts
        literals = [*(each for rule in facts["rules"] for each in rule[1:]), *facts["told"]]
        assert task.prompt.count(" not ") == sum(not happens for _, _, happens in literals)
        assert len(task.prompt.split()) <= 60
        assert re.search(r"yes, no or unknown", task.prompt, re.IGNORECASE)
        assert not re.search(r"[{}]|  |\.\.|,,", task.prompt)
        subjects = [task.entities[s] if isinstance(s, int) else s for s, _, _ in literals]
        assert all(re.search(rf"\b{subject}\b", task.prompt, re.IGNORECASE) for subject in subjects)
        for _, *row in facts["rules"]:
            for subject, verbs, happens in row:
                who = task.entities[subject] if isinstance(subject, int) else subject
                clause = f"{who} {verbs}" if happens else f"{who} does not "
                assert clause.lower() in task.prompt.lower(), task


def test_equal_prompts_but_for_names_have_equal_facts() -> None:
    forms: dict[str, set[str]] = defaultdict(set)
    for difficulty in DIFFICULTIES:
        for task in drawn(difficulty):
            forms[renamed(task)].add(latent(task))
    assert all(len(found) == 1 for found in forms.values())


@each_difficulty
def test_people_are_numbered_as_rules_and_facts_mention_them(difficulty: int) -> None:
    for task in drawn(difficulty)[:500]:
        facts: Any = task.facts
        literals = [*(each for _, *row in facts["rules"] for each in row), *facts["told"]]
        numbers = list(dict.fromkeys(subject for subject, _, _ in literals if isinstance(subject, int)))
        assert numbers == list(range(len(task.entities)))
        assert set(task.entities) <= set(NAMES.common)


def test_events_are_many_and_apart() -> None:
    events = [*EVENTS.common, *EVENTS.reserved]
    assert len(events) >= 100
    assert sum(not event.subject for event in events) >= 35
    assert len({event.verb for event in events}) == len(events)
    subjects = [event.subject for event in events if event.subject]
    assert len(set(subjects)) == len(subjects) >= 70
    for event in events:
        assert len(str(event).split()) <= (3 if event.subject else 2)
        base, third = event.verb.split()[0], event.verbs.split()[0]
        assert third in {base + "s", base + "es", base[:-1] + "ies"}, event


@pytest.mark.parametrize("novelty", NOVELTIES[:3])
def test_reserved_words_and_templates(novelty: str) -> None:
    new = {event.verbs for event in EVENTS.reserved}
    wordings = {template for template, _ in TEMPLATES.of(novelty)}
    for difficulty in DIFFICULTIES:
        tasks: tuple[Any, ...] = drawn(difficulty, novelty, 500)
        assert {task.template for task in tasks} == wordings
        for task in tasks:
            verbs = {each[1] for _, *row in task.facts["rules"] for each in row} | {f[1] for f in task.facts["told"]}
            assert verbs <= new if novelty == "new_entities" else not verbs & new


def test_latent_problems_do_not_run_out() -> None:
    for difficulty in DIFFICULTIES:
        assert len({latent(task) for task in drawn(difficulty)}) > 3990


def test_interventions_can_be_left_out() -> None:
    family = CausalReasoning(interventions=False)
    rng = random.Random(0)
    for difficulty in DIFFICULTIES:
        drafts = [family.draw(rng, difficulty, "same_template") for _ in range(200)]
        assert not any(draft.facts["forced"] or "whatever the rules say" in draft.prompt.lower() for draft in drafts)
    with pytest.raises(ValueError, match="interventions must be true or false, not 1"):
        CausalReasoning(interventions=1)  # type: ignore[arg-type]  # wrong on purpose
