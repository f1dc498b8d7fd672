"""An adapter as an MLflow model: the PEFT folder, a signature, and the code that finds the base by name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clpipe.tracking.results import Result
from clpipe.tracking.runs import Store
from clpipe.tracking.state import State

CODE = Path(__file__).with_name("adapter_model.py")
NEEDS = ("mlflow", "torch", "transformers", "peft")
"""clpipe is no package of the public index, so it must not be named there: anybody could put one."""


def log(store: Store, state: State, result: Result, seed: int, run_id: str, tags: Mapping[str, str]) -> str:
    """The id of the adapter's model entity, made unless an earlier publication got this far."""
    from mlflow.entities import LoggedModelOutput

    query = f"tags.dvc_md5 = '{tags['dvc_md5']}' and source_run_id = '{run_id}'"
    for earlier in store.client.search_logged_models([store.experiment], filter_string=query):
        if str(earlier.status) == "READY":
            return str(earlier.model_id)
    name = f"{result.held.arm}-seed-{seed}"
    entity = store.client.create_logged_model(store.experiment, name, run_id, tags=dict(tags), model_type="adapter")
    config = {
        "base_model": tags["base_model"],
        "base_sha256": tags["base_sha256"],
        "instruction": state.params.prompt.instruction,
        "max_new_tokens": state.params.prompt.max_new_tokens,
        "lines": state.params.prompt.lines,
        "precision": result.summary["settings"]["precision"],
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        adapter = Path(temporary, "adapter")  # so it is called in every version
        shutil.copytree(state.root / result.adapter(seed), adapter)
        _save(folder, adapter, entity, run_id, config)
        store.client.log_model_artifacts(entity.model_id, str(folder))
    store.client.finalize_logged_model(entity.model_id, "READY")
    steps = int(result.summary["settings"]["episodes"])
    store.client.log_outputs(run_id, [LoggedModelOutput(entity.model_id, step=steps)])
    return str(entity.model_id)


def _save(folder: Path, adapter: Path, entity: Any, run_id: str, config: Mapping[str, object]) -> None:
    import mlflow
    import pandas as pd
    from mlflow.models import Model, ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    # by hand, not by log_model: that one loads base and adapter to try the example
    identity = {"model_uuid": entity.model_id, "model_id": entity.model_id, "run_id": run_id}
    mlflow.pyfunc.save_model(
        folder,
        python_model=str(CODE),
        artifacts={"adapter": str(adapter)},
        mlflow_model=Model(artifact_path=entity.artifact_location, **identity),
        model_config=dict(config),
        signature=ModelSignature(Schema([ColSpec("string", "prompt")]), Schema([ColSpec("string", "reply")])),
        input_example=pd.DataFrame({"prompt": ["What is 2 + 3?"]}),
        pip_requirements=[f"{name}=={version(name)}" for name in NEEDS],
    )
