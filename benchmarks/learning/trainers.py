"""The steps as HF Trainer and TRL's SFTTrainer take them, tuned and as shipped.

`tuned` leaves out what costs time and changes no number: checkpointing, logging, progress bars, preparing the data.
`shipped` is a user's first script: TRL's defaults, but fp32 (its bf16 a CPU without such units only emulates) and one
episode a step in the given order, which the same work asks for.

TRL's head keeps the logarithm of the normaliser in fp32, a rounding of 1e-6 that AdamW's first step, being all sign,
makes some 1e-3 of single tensors (measured). So beside each TRL run stands a proof: all the same but for the loss,
taken from the full logits by TRL's own `compute_loss_func`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.learning.plain import load
from benchmarks.material import UNSCORED, Work, examples

Row = dict[str, list[int]]
"""`input_ids` and `labels` of one episode."""

QUIET = {
    "optim": "adamw_torch_fused",
    "logging_strategy": "no",
    "save_strategy": "no",
    "eval_strategy": "no",
    "disable_tqdm": True,
    "dataloader_num_workers": 0,
}
TRL_TUNED = {
    **QUIET,
    "gradient_checkpointing": False,
    "packing": False,
    "max_length": None,
    "dataset_kwargs": {"skip_prepare_dataset": True},
}


def hf_trainer(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """HF Trainer, whose defaults are already fp32 without checkpointing."""
    from transformers import Trainer, TrainingArguments, default_data_collator

    arguments = TrainingArguments(**same_work(Work.read(folder), final), **QUIET)
    return _race(Trainer, {"args": arguments, "data_collator": default_data_collator}, folder, final, lap)


def trl_tuned(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """TRL with everything off that costs time."""
    from trl import SFTConfig, SFTTrainer

    arguments = SFTConfig(**same_work(Work.read(folder), final), **TRL_TUNED)
    return _race(SFTTrainer, {"args": arguments}, folder, final, lap)


def trl_shipped(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """TRL as it comes, in fp32."""
    from trl import SFTConfig, SFTTrainer

    return _race(SFTTrainer, {"args": SFTConfig(**same_work(Work.read(folder), final))}, folder, final, lap)


def trl_tuned_proof(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """TRL tuned with the loss taken from the full logits: not timed, shows that the rest is the same work."""
    from trl import SFTConfig, SFTTrainer

    arguments = SFTConfig(**same_work(Work.read(folder), final), **TRL_TUNED)
    return _race(SFTTrainer, {"args": arguments, "compute_loss_func": _from_logits}, folder, final, lap)


def trl_shipped_proof(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """TRL as shipped with the loss taken from the full logits."""
    from trl import SFTConfig, SFTTrainer

    options = {"args": SFTConfig(**same_work(Work.read(folder), final)), "compute_loss_func": _from_logits}
    return _race(SFTTrainer, options, folder, final, lap)


def same_work(work: Work, out: Path) -> dict[str, Any]:
    """Arguments that make the steps the same as everyone's."""
    return {
        "output_dir": str(out.with_name("trainer")),
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 1,
        "num_train_epochs": 1,
        "learning_rate": work.lr,
        "lr_scheduler_type": "constant",
        "warmup_steps": 0,
        "weight_decay": work.weight_decay,
        "max_grad_norm": work.clip or 0.0,
        "use_cpu": True,
        "bf16": False,
        "fp16": False,
        "train_sampling_strategy": "sequential",
        "report_to": "none",
    }


def train(trainer: Any, options: dict[str, Any], model: Any, rows: list[Row], lap: Callable[[], None]) -> list[float]:
    """Train `model` with a Trainer class and its options; the losses. `lap`: before the first step and after each."""
    from datasets import Dataset
    from transformers import TrainerCallback

    losses: list[Any] = []

    class Recording(trainer):  # type: ignore[misc]  # the class is an argument
        """Keeps each step's loss."""

        def compute_loss(self, *positional: Any, **named: Any) -> Any:
            loss = super().compute_loss(*positional, **named)
            losses.append(loss.detach())
            return loss

    class Laps(TrainerCallback):  # type: ignore[misc]  # transformers has no types for mypy
        """Calls `lap`."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            lap()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            lap()

    Recording(model=model, train_dataset=Dataset.from_list(rows), callbacks=[Laps()], **options).train()
    return [float(loss) for loss in losses]


def _from_logits(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    from torch.nn.functional import cross_entropy

    total = cross_entropy(outputs.logits[0, :-1].float(), labels[0, 1:], ignore_index=UNSCORED, reduction="sum")
    return total / num_items_in_batch


def _race(trainer: Any, options: dict[str, Any], folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    from transformers import AutoTokenizer

    model, tokenizer = load(folder), AutoTokenizer.from_pretrained(Work.read(folder).weights)
    rows = [{"input_ids": list(e.input_ids), "labels": list(e.labels)} for e in examples(folder)]
    losses = train(trainer, {**options, "processing_class": tokenizer}, model, rows, lap)
    model.save_pretrained(final)
    return losses
