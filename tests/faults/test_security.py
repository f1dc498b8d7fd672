"""Nothing that came from elsewhere runs as code, and no name leads out of its folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError

import pytest
from pydantic import ValidationError
from safetensors import SafetensorError

from clpipe import frozen
from clpipe.mistakes import ParamsError
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.prepare import prepare
from clpipe.models.weights import ModelError, SourceError, weights_at
from clpipe.named import build, load
from clpipe.params import Model
from clpipe.params_file import mapping, parse_value
from clpipe.tracking import place, ui
from clpipe.tracking.adapter_model import base_folder
from tests.faults.bombs import KINDS
from tests.faults.source_scan import findings
from tests.tiny import build_tiny_model

ROOT = Path(__file__).parents[2]
EXPLAINED = {
    ("clpipe/arena/sandbox.py", "import marshal"),  # the request to the sandbox's own child, over a pipe
    ("clpipe/arena/sandbox_child.py", "import marshal"),  # the other end of it
    ("clpipe/arena/sandbox_child.py", "exec()"),  # a reply's program, behind seccomp: what the sandbox is for
    ("clpipe/arena/solvers/code_function.py", "eval()"),  # of a condition that a regular expression has let through
}
REFUSED = (ModelError, ValueError, OSError, RuntimeError, SafetensorError, UnpicklingError)


def scanned() -> set[tuple[str, str]]:
    files = [path for folder in ("clpipe", "stages") for path in (ROOT / folder).rglob("*.py")]
    return {(p.relative_to(ROOT).as_posix(), line) for p in files for line in findings(p.read_text(encoding="utf-8"))}


def test_no_source_file_opens_pickles_or_runs_foreign_code_but_where_it_is_explained() -> None:
    assert scanned() == EXPLAINED


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle as p", "import pickle"),
        ("from joblib import load", "import joblib"),
        ("x = torch.load('a.pt', weights_only=True)", "torch.load()"),
        ("import yaml\nyaml.load(t, Loader=yaml.Loader)", "yaml.load() without a safe loader"),
        ("import yaml\nclass L(yaml.Loader): ...\nyaml.load(t, Loader=L)", "yaml.load() without a safe loader"),
        ("yaml.unsafe_load(t)", "yaml.unsafe_load()"),
        ("YAML(typ='unsafe')", "YAML(typ='unsafe')"),
        ("AutoModel.from_pretrained(x, trust_remote_code=True)", "trust_remote_code"),
        ("np.load(f, allow_pickle=True)", "allow_pickle"),
        ("subprocess.run(line, shell=True)", "shell=True"),
        ("archive.extractall('.')", "extractall()"),
    ],
)
def test_the_scan_finds_what_it_is_for(source: str, found: str) -> None:
    assert found in findings(source)
    assert not findings("import yaml\nclass L(yaml.SafeLoader): ...\nyaml.load(t, Loader=L)\nyaml.safe_load(t)")


def test_a_yaml_file_cannot_call_a_function(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    text = f"!!python/object/apply:os.mkdir ['{sign}']"
    (tmp_path / "params.yaml").write_text(f"study: {text}\n")
    (tmp_path / "dvc.lock").write_text(f"stages: {text}\n")
    (tmp_path / "heldout.jsonl").touch()
    with pytest.raises(ParamsError, match="not YAML: could not determine a constructor"):
        mapping(tmp_path / "params.yaml")
    with pytest.raises(ValueError, match="is not YAML"):
        parse_value(text)
    with pytest.raises(Exception, match="could not determine a constructor"):
        frozen.refuse_another(tmp_path / "heldout.jsonl", tmp_path / "dvc.lock")
    assert not sign.exists()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared tiny model."""
    root = tmp_path_factory.mktemp("base")
    source = build_tiny_model(root / "source")
    prepare("tiny", spec(source), root / "tiny", root / "downloads")
    return root / "tiny"


@pytest.fixture(scope="module")
def checkpoint(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of ours."""
    folder = tmp_path_factory.mktemp("checkpoint") / "step"
    model = LanguageModel.load(base, instruction="", device="cpu")
    method = build(load("clpipe.methods", "lora"), {"r": 2}, "methods.lora")
    adapter.attach(model, method, base, seed=0)
    adapter.save(model, "tiny", folder)
    return folder


def spec(source: Path, **entry: object) -> Model:
    return Model.model_validate({"sources": [{"kind": "path", "path": str(source)}], **entry})


def put_on(base: Path, folder: Path) -> None:
    adapter.load(LanguageModel.load(base, instruction="", device="cpu"), folder)


@pytest.mark.parametrize("whose", ["ours", "foreign"])
@pytest.mark.parametrize("name", ["adapter_model.bin", "adapter_model.safetensors"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_pickle_in_place_of_an_adapter_is_refused(
    base: Path, checkpoint: Path, tmp_path: Path, kind: str, name: str, whose: str
) -> None:
    folder, sign = Path(shutil.copytree(checkpoint, tmp_path / "step")), tmp_path / "sign"
    (folder / "adapter_model.safetensors").unlink()
    if whose == "foreign":
        (folder / adapter.METHOD).unlink()
    KINDS[kind](folder / name, sign)
    with pytest.raises(REFUSED):
        put_on(base, folder)
    assert not sign.exists()


def test_a_pickle_that_does_no_harm_is_no_adapter_either(base: Path, checkpoint: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(checkpoint, tmp_path / "step"))
    torch.save(load_file(folder / "adapter_model.safetensors"), folder / "adapter_model.bin")
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"adapter_model\.safetensors.*pickle"):
        put_on(base, folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.safetensors", "model.gguf"])
def test_a_pickle_in_place_of_weights_is_refused(base: Path, tmp_path: Path, kind: str, name: str) -> None:
    folder, sign = Path(shutil.copytree(base, tmp_path / "given")), tmp_path / "sign"
    (folder / "model.safetensors").unlink()
    KINDS[kind](folder / name, sign)
    for source in (folder, folder / name):
        with pytest.raises(ModelError):
            prepare("tiny", spec(source), tmp_path / "out", tmp_path / "downloads")
    assert not sign.exists()
    assert not (tmp_path / "out").exists()


def test_the_refusal_of_a_pickle_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(SourceError, match=r"pickle \(pytorch_model\.bin\).*never loaded; convert it to safetensors"):
        weights_at(tmp_path)


def test_a_pickle_that_does_no_harm_is_no_prepared_base_either(base: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(base, tmp_path / "tiny"))
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(REFUSED):
        LanguageModel.load(folder, instruction="", device="cpu")


MODULE = """
import os
os.mkdir({sign!r})
from transformers import LlamaConfig, LlamaForCausalLM
class Config(LlamaConfig):
    model_type = {kind!r}
class Network(LlamaForCausalLM):
    config_class = Config
"""


def with_code(folder: Path, sign: Path, kind: str) -> Path:
    """A Hugging Face folder that says that it needs the module beside it."""
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": kind, "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Network"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(MODULE.format(sign=str(sign), kind=kind))
    return folder


def test_code_that_comes_with_weights_is_never_run(base: Path, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    own = with_code(Path(shutil.copytree(base, tmp_path / "own")), sign, "unheard-of")
    with pytest.raises(ModelError, match="does not know the architecture 'unheard-of' and comes with code of its own"):
        prepare("tiny", spec(own), tmp_path / "out", tmp_path / "downloads")
    known = with_code(Path(shutil.copytree(base, tmp_path / "known")), sign, "llama")
    prepare("tiny", spec(known), tmp_path / "out", tmp_path / "downloads")
    assert not list((tmp_path / "out").glob("*.py"))
    assert not sign.exists()


def test_code_beside_a_prepared_base_is_not_run_even_when_somebody_says_yes(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = tmp_path / "sign"
    folder = with_code(Path(shutil.copytree(base, tmp_path / "tiny")), sign, "unheard-of")
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with pytest.raises(ValueError, match="trust_remote_code"):
        LanguageModel.load(folder, instruction="", device="cpu")
    assert not sign.exists()


def test_an_adapter_cannot_bring_code(base: Path, checkpoint: Path, tmp_path: Path) -> None:
    folder, sign = Path(shutil.copytree(checkpoint, tmp_path / "step")), tmp_path / "sign"
    (folder / adapter.METHOD).unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    config["auto_mapping"] = {"base_model_class": "Network", "parent_library": "own"}
    config["base_model_name_or_path"] = str(with_code(Path(shutil.copytree(base, tmp_path / "own")), sign, "unheard"))
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(MODULE.format(sign=str(sign), kind="llama"))
    put_on(base, folder)
    assert not sign.exists()


def test_a_checkpoint_names_a_method_of_ours_and_no_module_of_the_world(base: Path, tmp_path: Path) -> None:
    (tmp_path / adapter.METHOD).write_text(json.dumps({"method": "..strategies.naive", "options": {}}))
    with pytest.raises(LookupError, match="naive"):
        put_on(base, tmp_path)


def test_weights_with_an_adapter_beside_them_are_not_swapped_for_another_base(base: Path, tmp_path: Path) -> None:
    pinned, other = Path(shutil.copytree(base, tmp_path / "pinned")), build_tiny_model(tmp_path / "other", "qwen2")
    (pinned / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": str(other), "peft_type": "LORA", "r": 2, "target_modules": ["q_proj"]})
    )
    pin = weights_at(pinned).sha256
    with pytest.raises(ModelError, match=r"adapter_config\.json"):
        prepare("tiny", spec(pinned, sha256=pin), tmp_path / "out", tmp_path / "downloads")


def test_shards_are_looked_for_in_their_folder_alone(base: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(base, tmp_path / "given"))
    shard, outside = folder / "model-00001-of-00001.safetensors", tmp_path / "model-00001-of-00001.safetensors"
    (folder / "model.safetensors").rename(shard)
    shutil.copy(shard, outside)
    from safetensors.torch import load_file

    weight_map = dict.fromkeys(load_file(shard), f"../{outside.name}")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    with pytest.raises(ModelError, match=r"leads out of"):
        prepare("tiny", spec(folder), tmp_path / "out", tmp_path / "downloads")


@pytest.mark.parametrize(
    "wheel", ["../../evil==1.0", "/tmp/evil.whl", "https://evil.example/a.whl", "-r==1", "a", "a==1 --index-url=b", ""]
)
def test_a_wheel_is_a_name_and_a_version_and_nothing_else(wheel: str) -> None:
    with pytest.raises(ValidationError, match="write NAME==VERSION"):
        Model.model_validate({"sources": [{"kind": "pypi", "wheels": [wheel], "members": ["a"]}]})


@pytest.mark.parametrize("wheel", ["clpipe-part1==1.0", "a==1", "Model.Weights_x==2.0.post1", "a==1!2.0+cpu"])
def test_ordinary_wheels_are_taken(wheel: str) -> None:
    assert Model.model_validate({"sources": [{"kind": "pypi", "wheels": [wheel], "members": ["a"]}]})


@pytest.mark.parametrize("file", ["../x.gguf", "/etc/passwd", "a/../../x.gguf", "..\\x.gguf"])
def test_a_file_of_the_hub_stays_in_its_repository(file: str) -> None:
    with pytest.raises(ValidationError, match="leads out of the repository"):
        Model.model_validate({"sources": [{"kind": "hub", "repo": "a/b", "file": file}]})
    assert Model.model_validate({"sources": [{"kind": "hub", "repo": "a/b", "file": "q/model.gguf"}]})


def test_a_wheel_writes_nothing_but_its_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_wheel: Callable[..., None]
) -> None:
    members = {"part/a.bin": b"GGUF but no more", "../../escaped.txt": b"out", "/tmp/clpipe-escaped.txt": b"out"}
    write_wheel(tmp_path / "deep" / "wheels", "clpipe_part1", members)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "deep/wheels"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    model = Model.model_validate(
        {"sources": [{"kind": "pypi", "wheels": ["clpipe-part1==1.0"], "members": ["part/a.bin"]}]}
    )
    with pytest.raises(ModelError, match="transformers cannot read it"):
        prepare("tiny", model, tmp_path / "deep/models/tiny", tmp_path / "deep/downloads")
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert {p for p in written if not p.startswith("deep/downloads/")} == {
        "deep/wheels/clpipe_part1-1.0-py3-none-any.whl"
    }
    assert not Path("/tmp/clpipe-escaped.txt").exists()


@pytest.fixture
def write_wheel() -> Callable[..., None]:
    from tests.models.test_downloads import write_wheel

    def write(folder: Path, name: str, members: dict[str, bytes]) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_wheel(folder, name, members)

    return write


@pytest.mark.parametrize("name", ["../evil", "a/b", "a.b", "A", "", ".."])
def test_names_of_models_and_arms_are_no_paths(name: str) -> None:
    from clpipe.params import Study

    with pytest.raises(ValidationError, match="is not a usable name"):
        Study.model_validate({"name": "a", "models": [name]})


@pytest.mark.parametrize("name", ["../evil", "/etc", "a/b", "..", ""])
def test_a_registered_adapter_cannot_name_a_base_outside_of_the_models(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil/config.json").write_text("{}")
    monkeypatch.setenv("CLPIPE_ROOT", str(tmp_path))
    with pytest.raises(ValueError, match="not a name of a model but a path"):
        base_folder(name)


def test_a_report_stays_in_the_project(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "stages/report.py"), "--out", str(tmp_path / "report")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "study.reports: " in done.stderr
    assert "leads out of the project" in done.stderr
    assert not (tmp_path / "report").exists()


def test_the_pages_of_mlflow_listen_on_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HOST", "0.0.0.0")
    words = ui.command(place.find(tmp_path, {}), 5000)
    assert words[words.index("--host") + 1] == "127.0.0.1"  # what stands in the command goes before the variable
    assert words.count("--host") == 1
