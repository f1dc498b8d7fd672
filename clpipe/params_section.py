"""What the sections of `params.yaml` have in common: no unknown key, and names that other tools can take."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FAMILY_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a usable name: lower-case letters, digits and single hyphens only "
            "(a dot would break DVC's look-up of parameters)"
        )
    return value


def _family_name(value: str) -> str:
    if not FAMILY_NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a usable name: lower-case letters, digits, single hyphens and underscores only"
        )
    return value


Name = Annotated[str, AfterValidator(_name)]
FamilyName = Annotated[str, AfterValidator(_family_name)]


class Section(BaseModel):
    """A mapping of `params.yaml` in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
