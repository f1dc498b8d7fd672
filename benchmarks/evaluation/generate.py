"""Asking with `model.generate`: one prompt at a time, or left-padded batches of prompts sorted by length."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.evaluation.questions import Answered, write
from benchmarks.material import Work
from clpipe.models.chat import Chat
from clpipe.records import Task


def one_by_one(folder: Path, trained: Path, tasks: Sequence[Task], out: Path) -> dict[str, float]:
    """A `generate` for each task."""
    return _asked(folder, trained, tasks, out, 1)


def batched(folder: Path, trained: Path, tasks: Sequence[Task], out: Path) -> dict[str, float]:
    """A `generate` for each batch of tasks of about the same length."""
    return _asked(folder, trained, tasks, out, Work.read(folder).batch_size)


def load(weights: str, trained: Path | None) -> Any:
    """The base with a trained adapter on it (`None`: without), ready to be asked."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(weights, dtype=torch.float32)
    return (network if trained is None else PeftModel.from_pretrained(network, str(trained))).eval()


@torch.no_grad()
def replies(
    model: Any, chat: Chat, stop: Any, prompts: Sequence[str], *, max_new_tokens: int, batch_size: int
) -> list[str]:
    """The greedy reply to each prompt, in the order given; `stop` is what `line_end` gives."""
    questions = [chat.question(prompt) for prompt in prompts]
    order = sorted(range(len(questions)), key=lambda i: len(questions[i]), reverse=True)
    found: dict[int, str] = {}
    pad = chat.tokenizer.pad_token_id if chat.tokenizer.pad_token_id is not None else chat.end
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        width = max(len(questions[i]) for i in rows)
        ids = torch.tensor([[pad] * (width - len(questions[i])) + questions[i] for i in rows])
        mask = torch.tensor([[0] * (width - len(questions[i])) + [1] * len(questions[i]) for i in rows])
        stop.prompt = width
        written = model.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=max_new_tokens,
            use_cache=True,
            eos_token_id=sorted(chat.stops),
            pad_token_id=pad,
            stopping_criteria=[stop],
        )
        for i, row in zip(rows, written[:, width:].tolist(), strict=True):
            found[i] = chat.decode(row)
    return [found[i] for i in range(len(questions))]


def line_end(chat: Chat) -> Any:
    """Our rule for the end of a line as a stopping criterion: text, then a line's end; cheap for all other tokens."""
    from transformers import StoppingCriteria

    breaks = torch.tensor([i for i in range(len(chat.tokenizer)) if "\n" in chat.tokenizer.decode([i])])

    class LineEnd(StoppingCriteria):  # type: ignore[misc]  # transformers has no types for mypy
        """Stops a row at the first line's end."""

        prompt = 0

        def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
            del scores
            done = torch.isin(input_ids[:, -1], breaks)
            for row in done.nonzero().flatten().tolist():
                done[row] = "\n" in chat.decode(input_ids[row, self.prompt :].tolist()).lstrip()
            return done

    return LineEnd()


def _asked(folder: Path, trained: Path, tasks: Sequence[Task], out: Path, batch_size: int) -> dict[str, float]:
    began = time.monotonic()
    work = Work.read(folder)
    model, chat = load(work.weights, trained), Chat.load(Path(work.weights), work.instruction)
    stop, prompts = line_end(chat), [task.prompt for task in tasks]
    begin = time.monotonic()
    texts = replies(model, chat, stop, prompts, max_new_tokens=work.max_new_tokens, batch_size=batch_size)
    end = time.monotonic()
    write(out, [Answered(id=task.id, reply=text) for task, text in zip(tasks, texts, strict=True)])
    return {"load_s": begin - began, "ask_s": end - begin}
