"""A tree of made-up results, for looking at the report and testing it. No number here was measured."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from clpipe import store
from clpipe.params import Params, read
from clpipe.records import NOVELTIES, Episode, Outcome, Retained, Task
from clpipe.report import results, sections
from clpipe.report.markdown import markdown
from clpipe.report.measures import measure
from clpipe.seeds import rng

REPOSITORY = Path(__file__).parents[2]
FAMILIES = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")
ARMS: dict[str, dict[str, Any]] = {
    "tiny-lora": {"method": "lora"},
    "tiny-lora-shuffled": {"method": "lora", "labels": "shuffled", "control_of": "tiny-lora"},
    "tiny-soft-prompt": {"method": "soft_prompt", "lr": 3e-2},
}
CLAIMS: dict[str, dict[str, Any]] = {
    "lora-learned": {"arm": "tiny-lora", "says": "learned"},
    "lora-format": {"arm": "tiny-lora", "says": "format"},
    "soft-prompt-rose": {"arm": "tiny-soft-prompt", "says": "rose"},
    "lora-over-soft-prompt": {"arm": "tiny-lora", "says": "better", "than": "tiny-soft-prompt"},
}
BASELINES = {"zero-shot": 0.02, "majority": 0.16, "random-answer": 0.09, "copy-first-number": 0.05, "oracle": 9.0}
COPIES = {"nearest": 0.12, "majority-so-far": 0.15, "last-answer": 0.1}
HOSTILE = (
    "</script><script>document.title = 'run'; throw Error('run')</script>",
    "<!-- <script>",
    "<img src=x onerror=alert(1)>",
    "one\u2028two\u2029three",
    "\u202eright to left",
    "]]>&lt;b&gt;&amp;",
    "",
    "  \n\n ",
    "x" * 400,
    "\x00\x07`${alert(1)}`",
    "javascript:alert(1)",
    "| a | b |\n# no heading",
)
"""Replies that would run, break the page or stretch it, were they more than text."""
FINAL = {"tiny-lora": 0.62, "tiny-lora-shuffled": 0.33, "tiny-soft-prompt": 0.14}
NEW = ("new_entities", "new_template", "harder")
MACHINE = {
    "cpu": "made-up CPU", "cores": 2, "memory_gb": 7.6, "accelerator": None, "platform": "Linux-6.1-x86_64",
    "python": "3.11.2", "torch": "2.13.0", "transformers": "5.23.0", "peft": "0.21.2",
}  # fmt: skip
CERTIFICATE: dict[str, Any] = {
    "tasks": {side: {"total": n * 5, **dict.fromkeys(FAMILIES, n)} for side, n in (("train", 160), ("heldout", 60))},
    "shared": {"train and heldout": {"same prompt": 0, "same after renaming": 0}},
    "near": {
        "L3 same but for names and numbers": [f"{FAMILIES[0]}-{i:03d}" for i in range(9)],
        "L4 nearly the same words": [],
    },
    "passed": True,
}


def params(seeds: tuple[int, ...] = (0, 1, 2), tasks: int = 60, arms: dict[str, dict[str, Any]] = ARMS) -> Params:
    """Params of the made-up study."""
    values = read(REPOSITORY / "params.yaml").model_dump(exclude_unset=True)
    common = {"model": "tiny", "strategy": "naive", "stream": "mixed"}
    values |= {
        "study": {"name": "made-up", "models": ["tiny"]},
        "seeds": list(seeds),
        "models": {"tiny": {"sources": [{"kind": "path", "path": "nowhere"}]}},
        "methods": {"lora": {"r": 16}, "soft_prompt": {"tokens": 8}},
        "strategies": {"naive": {}},
        "streams": {"mixed": {}},
        "report": {"confidence": 0.95, "loss_window": 10},
        "arms": {name: {**common, **arm} for name, arm in arms.items()},
        "claims": {
            name: claim for name, claim in CLAIMS.items() if {claim["arm"], claim.get("than", claim["arm"])} <= {*arms}
        },
    }
    values["report"]["smallest_gain"] = 0.05
    values["split"]["heldout"] = {"same_template": tasks - 3 * (tasks // 4), **dict.fromkeys(NEW, tasks // 4)}
    values["evaluate"]["curve_tasks"] = max(1, tasks // 3)
    values["learn"] |= {"episodes": 160, "eval_interval": 40, "labels": "given"}
    return Params.model_validate(values)


def make(root: Path, study: Params) -> None:
    """Write everything the report of `study` reads."""
    study_files(root)
    store.write_records(root / "data/tasks/heldout.jsonl", heldout(study))
    baselines = [
        _outcome(f"tiny/{name}", 0, 0, family, i, share)
        for name, share in BASELINES.items()
        for family in FAMILIES
        for i in range(study.split.heldout.total)
    ]
    store.write_records(root / "runs/baseline/tiny/outcomes.jsonl", baselines)
    store.write_records(root / "runs/baseline/tiny/retention.jsonl", retained("tiny/zero-shot", 0, 0, 0.0))
    for arm in study.arms:
        _arm(root, study, arm)


def text(root: Path, study: Params) -> str:
    """The report of a study as Markdown, without its figures, which take the time."""
    found = measure(results.read(study, root))
    return markdown(sections.title(found), sections.facts(found), sections.sections(found))


def heldout(study: Params) -> list[Task]:
    """Tasks of every family; the answer of all is yes."""
    return [
        Task(
            id=f"{family}-{i:03d}", family=family, prompt=f"Is {i} a {family.replace('_', ' ')}, <b>yes</b> or no?",
            answer="yes", difficulty=1 + i % 5, template=f"t{i % 7}", novelty=NOVELTIES[i % 4],
        )
        for family in FAMILIES
        for i in range(study.split.heldout.total)
    ]  # fmt: skip


def study_files(root: Path) -> None:
    """Write what belongs to no model and no arm."""
    (root / "data/tasks").mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / "data/seed_document.json", root / "data/seed_document.json")
    store.write_json(root / "data/tasks/certificate.json", CERTIFICATE)


def learn_files(root: Path, study: Params, arm: str) -> None:
    """Write the summary and the timing of both stages of an arm."""
    settings, spec = study.learn_settings(arm), study.arms[arm]
    learn, evaluate = root / "runs/learn" / arm, root / "runs/evaluate" / arm
    trainable = {"lora": 921600, "soft_prompt": 4608, "frozen": 0}[spec.method]
    summary = {
        "trainable_parameters": trainable, "total_parameters": 134515008, "model": spec.model, "method": spec.method,
        "strategy": spec.strategy, "stream": spec.stream, "labels": settings.labels,
        "settings": settings.model_dump(), "method_options": study.method_options(arm), "needs_boundaries": False,
        "sees_beforehand": "stream" if spec.strategy == "joint" else "nothing", "feedback": "answer",
        "strategy_options": study.strategy_options(arm), "stream_options": study.stream_options(arm),
    }  # fmt: skip
    store.write_json(learn / "summary.json", summary)
    seconds = {
        str(s): {"seconds": 140.0 + 9 * s, "episodes": settings.episodes, "peak_memory_mb": 1290.0} for s in study.seeds
    }
    ran = {"machine": MACHINE, "jobs": 2, "threads": 1}
    store.write_json(learn / "timing.json", {**ran, "seeds": seconds})
    store.write_json(evaluate / "timing.json", {**ran, "seconds": 421.0, "replies": 2700})


def _arm(root: Path, study: Params, arm: str) -> None:
    learn, evaluate = root / "runs/learn" / arm, root / "runs/evaluate" / arm
    learn_files(root, study, arm)
    store.write_records(learn / "episodes.jsonl", [_episode(arm, s, t) for s in study.seeds for t in range(1, 161)])
    outcomes = []
    for seed in study.seeds:
        for at in range(0, 161, 40):
            tasks = study.split.heldout.total if at in (0, 160) else study.evaluate.curve_tasks
            share = 0.02 + (FINAL[arm] - 0.02 + 0.02 * (seed - 1)) * (at / 160) ** 0.6
            outcomes += [_outcome(arm, seed, at, f, i, share) for f in FAMILIES for i in range(tasks)]
    store.write_records(evaluate / "outcomes.jsonl", outcomes)
    copied = [
        _outcome(f"{arm}/{rule}", seed, at, family, i, share)
        for rule, share in COPIES.items()
        for seed in study.seeds
        for at in range(40, 161, 40)
        for family in FAMILIES
        for i in range(study.split.heldout.total)
    ]
    store.write_records(root / "runs/copies" / arm / "outcomes.jsonl", copied)
    lost = [row for s in study.seeds for at in (0, 160) for row in retained(arm, s, at, at / 1600 * FINAL[arm])]
    store.write_records(evaluate / "retention.jsonl", lost)


def retained(arm: str, seed: int, at: int, rise: float) -> list[Retained]:
    """Four texts and four prompts whose loss rose by `rise` on average; the KL is half of that."""
    return [
        Retained(
            arm=arm, seed=seed, episode=at, item=f"{kind}-{i}", kind=kind, tokens=9 + i,
            loss=2.5 + 0.1 * i + rise * (0.8 + 0.1 * i + 0.05 * seed), kl=rise * (0.4 + 0.05 * i),
        )
        for kind in ("text", "prompt")
        for i in range(4)
    ]  # fmt: skip


def _outcome(arm: str, seed: int, at: int, family: str, i: int, share: float) -> Outcome:
    level = share * (1.5 - 0.25 * FAMILIES.index(family))
    # A task is as hard at each checkpoint: the threshold has no checkpoint in its path, the noise has.
    hard, noise = rng(0, family, i).random(), rng(seed, arm, at, family, i).random()
    correct = 0.7 * hard + 0.3 * noise < level
    return Outcome(
        arm=arm, seed=seed, episode=at, task_id=f"{family}-{i:03d}", family=family, template=f"t{i % 7}",
        difficulty=1 + i % 5, novelty=NOVELTIES[i % 4], reply="yes" if correct else HOSTILE[i % len(HOSTILE)],
        correct=correct, margin=(None, 5e-5, 0.3)[i % 3],
        lenient=correct or i % 5 == 0, gold_loss=3.0 - 2.0 * level + 0.01 * i,
    )  # fmt: skip


def _episode(arm: str, seed: int, t: int) -> Episode:
    noise = rng(seed, arm, t)
    final = FINAL[arm]
    return Episode(
        arm=arm, seed=seed, t=t, phase="mixed", task_id=f"train-{t}", family=FAMILIES[t % 5], shown="yes",
        reply="yes", correct=noise.random() < final * (t / 160) ** 0.6,
        loss=0.4 + (1 - final) + 3 * 0.97**t + 0.5 * noise.random(), tokens=4,
    )  # fmt: skip
