"""Where the report of a study goes: into the project, told before DVC clears the place for it.

Not among the checks of `clpipe.validate`: all stages depend on those.
"""

from __future__ import annotations

from pathlib import Path

from clpipe.mistakes import ParamsError
from clpipe.params import Params


def refuse_outside(params: Params, path: Path = Path("params.yaml")) -> None:
    """Raise ParamsError where `study.reports` leads out of the folder of the params file."""
    root = path.resolve().parent
    if not (root / params.study.reports).resolve().is_relative_to(root):
        raise ParamsError(
            path, [f"study.reports: {params.study.reports!r} leads out of the project; name a folder in it"]
        )
