"""Asking with lm-evaluation-harness: `HFLM.generate_until` on the chat-formatted prompts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.evaluation.questions import Answered, write
from benchmarks.material import Work
from clpipe.models.chat import Chat
from clpipe.records import Task


def lm_eval(folder: Path, trained: Path, tasks: Sequence[Task], out: Path) -> dict[str, float]:
    """Ask in the harness's own batches; raises ValueError where its token ids are not ours."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    began = time.monotonic()
    work = Work.read(folder)
    chat = Chat.load(Path(work.weights), work.instruction)
    model = HFLM(pretrained=work.weights, peft=str(trained), dtype="float32", device="cpu", batch_size=work.batch_size)
    texts = [chat.text(task.prompt) for task in tasks]
    _same_ids(model, chat, tasks)
    rule = {"until": ["\n"], "max_gen_toks": work.max_new_tokens, "do_sample": False}
    requests = [
        Instance(request_type="generate_until", doc={}, arguments=(text, rule), idx=number)
        for number, text in enumerate(texts)
    ]
    begin = time.monotonic()
    found = model.generate_until(requests, disable_tqdm=True)
    end = time.monotonic()
    write(out, [Answered(id=task.id, reply=text) for task, text in zip(tasks, found, strict=True)])
    return {"load_s": begin - began, "ask_s": end - begin}


def _same_ids(model: Any, chat: Chat, tasks: Sequence[Task]) -> None:
    for task in tasks:
        ids, mask = model.tok_batch_encode([chat.text(task.prompt)])
        if ids[0][mask[0].bool()].tolist() != chat.question(task.prompt):
            raise ValueError(
                f"lm-eval reads other tokens than clpipe in task {task.id}; the race would not be the same"
            )
