"""The steps as clpipe takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.material import Work, examples
from clpipe import named, validate
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Question


def learn(folder: Path, final: Path, lap: Callable[[], None]) -> list[float]:
    """Take every step and save the adapter in `final`; the losses. `lap` is called before the first and after each."""
    work = Work.read(folder)
    params = validate.load()
    spec = params.arm(work.arm)
    model = LanguageModel.load(Path(work.weights), instruction=work.instruction, device="cpu")
    method = named.build(named.load("clpipe.methods", spec.method), params.method_options(work.arm), spec.method)
    adapter.attach(model, method, Path(work.weights), seed=0)
    adapter.load(model, folder / "initial")
    model.start_learning(work.lr, work.weight_decay, work.clip)
    model.network.train()
    lessons = [(Question(id=e.id, family=e.family, prompt=e.prompt), e.answer) for e in examples(folder)]
    losses = []
    lap()
    for question, answer in lessons:
        lesson = model.read(question, answer)
        model.step(lesson.loss)
        losses.append(float(lesson.loss.detach()))
        lap()
    adapter.save(model, spec.model, final)
    return losses
