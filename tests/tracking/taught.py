"""An adapter of a tiny model that answers otherwise than its base, in the place of a made-up one."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from tests.tracking.tree import MODEL, Tree


def teach(tree: Tree, model: LanguageModel, weights: Path) -> None:
    """Give the model a LoRA with all values moved by 0.3, kept as the last checkpoint of arm `lora`, seed 0."""
    adapter.attach(model, Lora(), weights, 0)
    with torch.no_grad():
        for parameter in model.trainable().values():
            parameter.add_(0.3)
    folder = tree.root / "runs/learn/lora/adapters/seed-0/step-00004"
    shutil.rmtree(folder)
    adapter.save(model, MODEL, folder)
    tree.lock_arm("lora")
