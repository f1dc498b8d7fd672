"""One seed of an arm as a tuned script of the peers would do it: TRL's SFTTrainer, peft, `generate` in sorted batches.

`python -m benchmarks.study.peers ARM SEED OUT`; ARM may be `base`, which asks the model without an adapter. The script
is spared what a real one would have: the adapters are asked where they are, not saved and loaded, and where the
untrained adapter is the base, the base's replies stand for it, as in ours.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evaluation.generate import line_end, load, replies
from benchmarks.fresh import tell
from benchmarks.learning.trainers import TRL_TUNED, Row, same_work, train
from benchmarks.material import TASKS, UNSCORED, Work
from clpipe import named, validate
from clpipe.arena import judge
from clpipe.evaluator.ask import curve_subset
from clpipe.evaluator.checkpoints import checkpoint_steps
from clpipe.learner.building import planned
from clpipe.models.chat import Chat
from clpipe.models.fence import fence
from clpipe.params import Params
from clpipe.records import Task
from clpipe.store import read_records

BASE = "base"
BATCH = 32


@dataclass(slots=True)
class Asked:
    """Asks the checkpoints as they come."""

    params: Params
    chat: Chat
    stop: Any
    model: Any
    steps: list[int]
    begin: int
    """The first step that is asked."""
    right: dict[int, int]
    step: int = -1

    def lap(self) -> None:
        """One more step has been taken, the first call being before any."""
        self.step += 1
        if self.step in self.steps and self.step >= self.begin:
            self.ask(everything=self.step in (0, self.steps[-1]))

    def ask(self, everything: bool) -> None:
        """Ask all held-out tasks, or the curve's."""
        tasks = read_records(TASKS / "heldout.jsonl", Task)
        tasks = tasks if everything else curve_subset(tasks, self.params.evaluate.curve_tasks)
        prompts = [task.prompt for task in tasks]
        training = self.model.training
        self.model.eval()
        tokens = self.params.prompt.max_new_tokens
        texts = replies(self.model, self.chat, self.stop, prompts, max_new_tokens=tokens, batch_size=BATCH)
        self.model.train(training)
        self.right[self.step] = sum(judge.right(task, text) for task, text in zip(tasks, texts, strict=True))


def main() -> None:
    """Learn and ask; tell the seconds after loading, and the tasks that were right at each checkpoint."""
    arm, seed, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    params = validate.load()
    weights = f"models/{params.study.models[0] if arm == BASE else params.arm(arm).model}"
    chat, network = Chat.load(Path(weights), params.prompt.instruction), load(weights, None)
    stop = line_end(chat)
    if arm != BASE:
        import datasets  # noqa: F401 - start and imports are counted once an arm, not once a seed
        import trl  # noqa: F401
    began = time.monotonic()
    if arm == BASE:
        asked = Asked(params, chat, stop, network, [0], 0, {}, 0)
        asked.ask(everything=True)
    else:
        asked = _learn(params, arm, seed, (chat, stop, network), out)
    right = {str(step): count for step, count in asked.right.items()}
    tell(out, {"seconds": time.monotonic() - began, "right": right})


def _learn(params: Params, arm: str, seed: int, loaded: tuple[Chat, Any, Any], out: Path) -> Asked:
    from trl import SFTConfig, SFTTrainer

    chat, stop, network = loaded
    spec, settings = params.arm(arm), params.learn_settings(arm)
    weights = f"models/{spec.model}"
    work = Work(
        arm=arm,
        weights=weights,
        lr=settings.lr,
        weight_decay=settings.weight_decay,
        clip=settings.clip,
        instruction=params.prompt.instruction,
        max_new_tokens=params.prompt.max_new_tokens,
        batch_size=BATCH,
    )
    method = named.build(named.load("clpipe.methods", spec.method), params.method_options(arm), spec.method)
    network.requires_grad_(False)
    with fence(seed, "attach"):
        model = method.attach(network, Path(weights))
    asked = Asked(params, chat, stop, model, checkpoint_steps(settings), int(method.identity_at_start), {})
    options = {"args": SFTConfig(**same_work(work, out / "final"), **TRL_TUNED), "processing_class": chat.tokenizer}
    train(SFTTrainer, options, model, _rows(params, arm, seed, chat), asked.lap)
    model.save_pretrained(out / "final")
    return asked


def _rows(params: Params, arm: str, seed: int, chat: Chat) -> list[Row]:
    rows = []
    for turn in planned(params, arm, seed, read_records(TASKS / "train.jsonl", Task)):
        question, answer = chat.example(turn.question.prompt, turn.shown)
        rows.append({"input_ids": question + answer, "labels": [UNSCORED] * len(question) + answer})
    return rows


if __name__ == "__main__":
    main()
