"""What all contenders work on, frozen into files: episodes as token ids, one initial adapter, the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clpipe import named, seeds
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.params import Params
from clpipe.records import Task
from clpipe.store import read_records, write_records

TASKS = Path("data/tasks")
UNSCORED = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The settings of the arm that is raced."""

    arm: str
    weights: str
    """Folder of the prepared base model."""
    lr: float
    weight_decay: float
    clip: float | None
    instruction: str
    max_new_tokens: int
    batch_size: int
    """Rows that the peers decode together."""

    @classmethod
    def read(cls, folder: Path) -> Work:
        """What `prepare` wrote."""
        return read_records(folder / "work.jsonl", cls)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One episode: as text, and as the ids and labels of `transformers`."""

    id: str
    family: str
    prompt: str
    answer: str
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    """As long as `input_ids`; -100 but for the answer and the end of the turn."""

    @property
    def scored(self) -> int:
        """Tokens that enter the loss."""
        return sum(label != UNSCORED for label in self.labels)


def prepare(params: Params, arm: str, steps: int, folder: Path) -> Work:
    """Write settings, `steps` episodes drawn from the train tasks and the untrained adapter of `arm` to `folder`.

    Raises LookupError for an unknown arm, FileNotFoundError when model or tasks are not prepared.
    """
    spec, settings = params.arm(arm), params.learn_settings(arm)
    work = Work(
        arm=arm,
        weights=f"models/{spec.model}",
        lr=settings.lr,
        weight_decay=settings.weight_decay,
        clip=settings.clip,
        instruction=params.prompt.instruction,
        max_new_tokens=16,
        batch_size=32,
    )
    if not (TASKS / "train.jsonl").exists():
        raise FileNotFoundError(f"{TASKS}: no tasks here; run `dvc repro split`")
    model = LanguageModel.load(Path(work.weights), instruction=work.instruction, device="cpu")
    tasks = seeds.rng(0, "bench").sample(read_records(TASKS / "train.jsonl", Task), steps)
    write_records(folder / "work.jsonl", [work])
    write_records(folder / "episodes.jsonl", [_example(model, task) for task in tasks])
    method = named.build(named.load("clpipe.methods", spec.method), params.method_options(arm), spec.method)
    adapter.attach(model, method, Path(work.weights), seed=0)
    adapter.save(model, spec.model, folder / "initial")
    return work


def examples(folder: Path) -> list[Example]:
    """The episodes that `prepare` wrote."""
    return read_records(folder / "episodes.jsonl", Example)


def _example(model: LanguageModel, task: Task) -> Example:
    question, answer = model.chat.example(task.prompt, task.answer)
    return Example(
        id=task.id,
        family=task.family,
        prompt=task.prompt,
        answer=task.answer,
        input_ids=(*question, *answer),
        labels=(*[UNSCORED] * len(question), *answer),
    )
