"""The registered model: an adapter whose base is found by name when it is loaded.

MLflow copies this file beside the adapter and runs the copy, so it must stand alone but for the installed clpipe.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel


class AdapterModel(PythonModel):  # type: ignore[misc]  # mlflow is skipped by mypy, see pyproject.toml
    """Replies to prompts with the base model and the adapter."""

    def load_context(self, context: Any) -> None:
        """Load base and adapter.

        Raises:
            FileNotFoundError: If the base is not prepared here.
            ValueError: If the base is not the one that the adapter was learned on.
        """
        from clpipe.models import adapter
        from clpipe.models.language_model import LanguageModel

        config = context.model_config
        self.tokens = int(config["max_new_tokens"])
        weights = base_folder(config["base_model"])
        check_base(weights, config["base_sha256"])
        self.model = LanguageModel.load(
            weights, instruction=config["instruction"], precision=config["precision"], lines=config["lines"]
        )
        adapter.load(self.model, Path(context.artifacts["adapter"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """The greedy reply to each `prompt`."""
        del context, params
        prompts = [str(prompt) for prompt in model_input["prompt"]]
        replies = self.model.replies(prompts, self.tokens, batch_size=32)
        return pd.DataFrame({"reply": [reply.text for reply in replies]})


def base_folder(name: str) -> Path:
    """`models/NAME` under CLPIPE_ROOT, or under the nearest folder upwards from here that has it.

    Raises:
        FileNotFoundError: If it is not there.
        ValueError: If the name, which comes from the store, is a path.
    """
    if not name or Path(name).name != name or name == "..":
        raise ValueError(f"base model {name!r}: not a name of a model but a path; who registered this adapter?")
    root = os.environ.get("CLPIPE_ROOT")
    tried = [Path(root)] if root else [Path.cwd(), *Path.cwd().parents]
    for folder in tried:
        if (folder / "models" / name / "config.json").exists():
            return folder / "models" / name
    raise FileNotFoundError(
        f"base model {name!r}: no models/{name} in {tried[0]}{'' if root else ' or above'}. Set CLPIPE_ROOT to a "
        f"working tree of clpipe in which `dvc repro model@{name}` or `dvc pull model@{name}` has been run"
    )


def check_base(weights: Path, wanted: str) -> None:
    """Raise ValueError unless the weights in the folder are those with the SHA-256 `wanted` (empty: unknown)."""
    from clpipe.store import sha256

    file = weights / "model.safetensors"
    if wanted and (found := sha256(file)) != wanted:
        raise ValueError(
            f"{file} has SHA-256 {found}, but the adapter was learned on {wanted}: its replies would mean nothing. "
            "Prepare the base at the adapter's own commit (tag git_commit of the model version)"
        )


mlflow.models.set_model(AdapterModel())
