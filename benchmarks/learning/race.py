"""The learning race: contenders in turn, agreement with the plain loop checked, ratios to ours."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.agreement import NEAR, Agreement, adapter_tensors, agreement
from benchmarks.arithmetic import Sizes, lora_step
from benchmarks.fresh import Run, fresh
from benchmarks.learning.contender import CONTENDERS, FINAL, PROOFS
from benchmarks.material import Example, Work, examples
from benchmarks.turns import WARM_UP, steady, turns
from clpipe.store import read_json

SECTION = "learning"
NOTES = {
    "useful_gf_s": "the operations of the floor over each contender's time: what it does beyond them does not count",
    "plain_loop": "torch's AdamW as it comes, not fused",
    "trl_shipped": "TRL's defaults, but fp32 (bf16 is its default), one episode a step, in order, constant lr",
    "adapter_distance": "|own - plain| / |plain - start|, Euclidean norms over all tensors; at most 1e-4",
    "loss_distance": "largest of |own - plain| / max(1, plain) over the steps; at most 1e-4",
    "proof": "TRL keeps the logarithm of its head's normaliser in fp32, a rounding that AdamW's first step enlarges; "
    "the proof is the same run with the loss from the full logits, and must be within 1e-4, the timed run within 1e-2",
}


def race(material: Path, scratch: Path, rounds: int, rank: int, rate_gf_s: float) -> dict[str, Any]:
    """Run every contender `rounds` times in turn.

    Args:
        material: What `benchmarks.material.prepare` wrote.
        scratch: Folder for what the contenders write.
        rounds: Times each contender runs.
        rank: Of the LoRA that is raced, for the floor.
        rate_gf_s: Rate of large matrix products with the same threads, GF/s: what the floor is reckoned at.

    Returns:
        The section `learning` of the results; a ratio is `None` where the work was not the same.
    """
    runs: dict[str, list[Run]] = defaultdict(list)
    for number, name in enumerate(turns(list(CONTENDERS), rounds)):
        out = scratch / f"{number:02d}-{name}"
        runs[name].append(fresh("benchmarks.learning.contender", name, str(material), out=out))
        print(f"learning  {name:12} {steady(runs[name][-1].told['step_s']):.3f} s a step", flush=True)
    proofs = {
        name: fresh("benchmarks.learning.contender", f"{name}_proof", str(material), out=scratch / f"proof-{name}")
        for name in PROOFS
    }
    lessons = examples(material)
    sizes = Sizes.of(read_json(Path(Work.read(material).weights) / "config.json"))
    floor = median(_work(sizes, lesson, rank) for lesson in lessons[WARM_UP:] or lessons)
    contenders = {name: _contender(runs[name], floor) for name in CONTENDERS}
    plain = _Reference(material, runs["plain_loop"][0])
    for name, row in contenders.items():
        row |= plain.compared(runs[name], proofs.get(name))
    step = contenders["clpipe"]["step_s"]
    valid = {n: c["step_s"] / step for n, c in contenders.items() if not (c["void"] or contenders["clpipe"]["void"])}
    return {
        "step_s": step,
        **{f"{n}_ratio": valid.get(n) for n in CONTENDERS if n != "clpipe"},
        "floor_ratio": step / (floor / rate_gf_s / 1e9),
        "floor_gflop": floor / 1e9,
        "floor_rate_gf_s": rate_gf_s,
        "steps": len(lessons),
        "rounds": rounds,
        "mean_tokens": mean(len(lesson.input_ids) for lesson in lessons),
        "notes": NOTES,
        "contenders": contenders,
    }


def _work(sizes: Sizes, lesson: Example, rank: int) -> int:
    return lora_step(sizes, len(lesson.input_ids) - 1, lesson.scored, rank)


def _contender(runs: list[Run], floor: float) -> dict[str, Any]:
    step = median(steady(run.told["step_s"]) for run in runs)
    return {
        "step_s": step,
        "step_s_of_each_run": [steady(run.told["step_s"]) for run in runs],
        "whole_s": median(run.whole_s for run in runs),
        "peak_memory_mb": max(run.told["peak_memory_mb"] for run in runs),
        "useful_gf_s": floor / step / 1e9,
    }


class _Reference:
    """The plain loop's end, from which the others are measured."""

    def __init__(self, material: Path, plain: Run) -> None:
        self.start = adapter_tensors(material / "initial")
        self.plain = adapter_tensors(plain.out / FINAL)
        self.losses = plain.told["losses"]

    def compared(self, runs: list[Run], proof: Run | None) -> dict[str, Any]:
        """Distances, and under `void` why a contender gets no ratio."""
        found = max((self._agreement(run) for run in runs), key=lambda a: (a.adapter, a.losses))
        row = {"adapter_distance": found.adapter, "loss_distance": found.losses, "void": found.reason()}
        if proof is None:
            return row
        shown = self._agreement(proof)
        row |= {"proof_adapter_distance": shown.adapter, "proof_loss_distance": shown.losses}
        return row | {"void": found.reason() and (shown.reason() or found.reason(NEAR))}

    def _agreement(self, run: Run) -> Agreement:
        losses = [run.told["losses"], self.losses]
        return agreement(adapter_tensors(run.out / FINAL), self.plain, self.start, losses)
