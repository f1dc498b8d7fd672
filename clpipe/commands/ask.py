"""A question of one's own put to a base model and to the same model with an adapter on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import yaml

from clpipe.params import Params

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel

REGISTERED = "models:/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with both replies."""

    prompt: str
    base: str
    adapter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A base with an adapter on it, ready to be asked."""

    model: LanguageModel
    base: str
    """Name of the base."""
    adapter: str
    """What the adapter is, for a person."""
    tokens: int
    """A reply has at most so many."""


def ask(pair: Pair, prompt: str) -> Asked:
    """The greedy replies of both; raises ValueError when the prompt is empty or holds a control token."""
    if not prompt.strip():
        raise ValueError("the question is empty")
    pair.model.chat.refuse_control_tokens(prompt)
    with pair.model.bare():
        base = pair.model.replies([prompt], pair.tokens, 1)[0]
    reply = pair.model.replies([prompt], pair.tokens, 1)[0]
    return Asked(prompt=prompt, base=base.text, adapter=reply.text)


def of_arm(params: Params, arm: str | None, seed: int | None, step: int | None) -> Pair:
    """An arm of the study, loaded.

    Args:
        params: The study.
        arm: Its name; without one the first that has been learned and is no control.
        seed: One of its seeds; the first without one.
        step: Episodes learned by the checkpoint; the last without it.

    Raises:
        LookupError: If there is no such arm, seed or checkpoint; the message says which there are.
        FileNotFoundError: If the arm has not been learned here.
    """
    arm = arm or _first(params)
    params.arm(arm)
    seed_folder = _chosen("seed", seed, _numbered(_adapters(arm), "seed-"), arm, first=True)
    folder = _chosen("checkpoint", step, _numbered(seed_folder, "step-"), arm, first=False)
    from clpipe.models import adapter
    from clpipe.models.language_model import LanguageModel

    base, settings = params.arms[arm].model, params.learn_settings(arm)
    model = LanguageModel.load(
        Path("models") / base,
        instruction=params.prompt.instruction,
        precision=settings.precision,
        device=settings.device,
        lines=params.prompt.lines,
    )
    adapter.load(model, folder)
    name = f"{arm}, {seed_folder.name.replace('-', ' ')}, after {int(folder.name[5:])} episodes"
    return Pair(model=model, base=base, adapter=name, tokens=params.prompt.max_new_tokens)


def of_registry(uri: str, root: Path, folder: Path) -> Pair:
    """A registered adapter, its base found by name here and verified.

    The code that lies beside the adapter in the registry is not run; clpipe's own loads it.

    Args:
        uri: `models:/NAME@ALIAS` or `models:/NAME/VERSION`.
        root: The project, for its store of runs.
        folder: Where the adapter is copied to.

    Raises:
        ValueError: If `uri` names no registered model, or the base is not the one that the adapter was learned on.
        LookupError: If there is no such model in the registry.
        FileNotFoundError: If the base is not here.
    """
    if not uri.startswith(REGISTERED):
        raise ValueError(f"--model: a registered adapter such as models:/clpipe-MODEL@champion, not {uri!r}")
    source = _downloaded(uri, root, folder)
    told = yaml.safe_load((source / "MLmodel").read_text(encoding="utf-8"))["flavors"]["python_function"]
    from clpipe.tracking.adapter_model import AdapterModel

    adapter_folder = (source / told["artifacts"]["adapter"]["path"]).resolve()
    if not adapter_folder.is_relative_to(source.resolve()):
        raise ValueError(f"{uri}: its adapter lies outside of the model ({told['artifacts']['adapter']['path']})")
    loaded = AdapterModel()
    loaded.load_context(SimpleNamespace(model_config=told["config"], artifacts={"adapter": str(adapter_folder)}))
    return Pair(model=loaded.model, base=told["config"]["base_model"], adapter=uri, tokens=loaded.tokens)


def _downloaded(uri: str, root: Path, folder: Path) -> Path:
    from clpipe.tracking import place
    from clpipe.tracking.runs import troubles

    where = place.find(root)
    if where.database is not None and not where.database.exists():
        raise LookupError(f"{uri}: no MLflow store here yet ({where.shown}); `clpipe publish` writes it")
    with place.environment(where):
        import mlflow

        mlflow.set_tracking_uri(where.uri)
        try:
            return Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(folder)))
        except troubles() as error:
            reason = place.redacted(str(error).strip().split("\n")[0])[:300]
            raise LookupError(f"{uri} could not be had from {where.shown}: {reason}") from None
        finally:
            mlflow.set_tracking_uri(None)


def _first(params: Params) -> str:
    for name, spec in params.arms.items():
        if spec.control_of is None and _adapters(name).is_dir():
            return name
    raise FileNotFoundError("no arm has been learned here: `clpipe run`, or name a registered adapter with --model")


def _adapters(arm: str) -> Path:
    return Path("runs/learn") / arm / "adapters"


def _numbered(folder: Path, prefix: str) -> dict[int, Path]:
    found = {path.name.removeprefix(prefix): path for path in folder.glob(f"{prefix}*")}
    return {int(name): path for name, path in sorted(found.items()) if name.isdecimal()}


def _chosen(what: str, wanted: int | None, there: dict[int, Path], arm: str, *, first: bool) -> Path:
    numbers = sorted(there)
    if not numbers:
        raise FileNotFoundError(f"{_adapters(arm)} has no {what}: run `clpipe run {arm}`, or `dvc pull learn@{arm}`")
    if wanted is not None and wanted not in there:
        raise LookupError(f"arm {arm}: no {what} {wanted}; there is {', '.join(map(str, numbers))}")
    return there[wanted if wanted is not None else numbers[0 if first else -1]]
