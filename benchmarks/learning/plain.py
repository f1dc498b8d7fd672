"""The loop everybody writes with peft, which the others are compared with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.material import Work, examples


def load(folder: Path) -> Any:
    """The base with the initial adapter on it, ready to learn."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(Work.read(folder).weights, dtype=torch.float32)
    return PeftModel.from_pretrained(network, str(folder / "initial"), is_trainable=True)


def learn(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """Take every step and save the adapter in `final`; the losses. `lap` is called before the first and after each."""
    work = Work.read(folder)
    model = load(folder).train()
    learning = [p for p in model.parameters() if p.requires_grad]
    adamw = torch.optim.AdamW(learning, lr=work.lr, weight_decay=work.weight_decay)
    batches = [(torch.tensor([e.input_ids]), torch.tensor([e.labels])) for e in examples(folder)]
    losses = []
    lap()
    for ids, labels in batches:
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        if work.clip is not None:
            torch.nn.utils.clip_grad_norm_(learning, work.clip)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        lap()
    model.save_pretrained(final)
    return losses
