"""One publication: what DVC holds is made visible in MLflow, as often as you like, once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clpipe.params import Params
from clpipe.tracking import place, stamp, state
from clpipe.tracking.state import State, Tally

NAMED = 6
"""Arms named in a warning at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did."""

    message: str
    """One line for stdout."""
    warning: str | None = None
    """One line for stderr, when something could not be mirrored; the next publication makes up for it."""
    tally: Tally | None = None
    """Counts; `None` when the store was not opened or not reached."""


def publish(params: Params, root: Path, *, strict: bool = False) -> Published:
    """Mirror the study's results into MLflow; what is there already stays as it is.

    Args:
        params: The study.
        root: The project: where dvc.lock, runs, reports and data are.
        strict: Take an incomplete mirror for an error.

    Raises:
        RuntimeError: If `strict` and something could not be mirrored.
        ValueError: If dvc.lock is broken.
    """
    where, now = place.find(root), state.read(params, root)
    digest = now.digest(where.shown)
    if stamp.holds(root, where, params.study.name, digest):
        return Published(message="publish: nothing new")
    done = _attempt(where, now, digest)
    if strict and done.warning:
        raise RuntimeError(done.warning.removeprefix("publish: "))
    return done


def _attempt(where: place.Place, now: State, digest: str) -> Published:
    from clpipe.tracking.mirror import Mirror
    from clpipe.tracking.registry import register
    from clpipe.tracking.runs import opened, troubles

    study, tally = now.params.study.name, Tally()
    try:
        with opened(where, now.params.tracking.experiment, study) as store:
            if where.database is None and store.stamped() == digest:
                return Published(message="publish: nothing new")
            Mirror(store, now, tally).write()
            if not where.experiment_copy:
                register(store, now, tally)
                if not tally.problems:
                    store.client.set_experiment_tag(store.experiment, stamp.tag(study), digest)
    except troubles() as error:
        reason = trouble(error)
        warning = (
            f"publish: MLflow at {where.shown} could not be written ({reason}). Nothing is lost: the results are in "
            "DVC, and the next `dvc repro` or `clpipe publish` makes up for it"
        )
        return Published(message="publish: not mirrored", warning=warning)
    if not tally.problems:
        with suppress(OSError):  # the stamp only spares time; on a full disk the mirror is right without it
            stamp.put(now.root, digest)
    return _published(where, tally)


def trouble(error: Exception) -> str:
    """The first line of what the store raised, without secrets, and what to install where that helps."""
    text = place.redacted(str(error).strip().split("\n")[0])[:300] or type(error).__name__
    missing = isinstance(error, ImportError)
    return f"{text}; PostgreSQL and S3 need `pip install 'clpipe[backends]'`" if missing else text


def _published(where: place.Place, tally: Tally) -> Published:
    counts = {"new": tally.created, "healed": tally.healed, "refreshed": tally.refreshed, "retired": tally.retired}
    parts = [f"{count} {'run' if count == 1 else 'runs'} {what}" for what, count in counts.items() if count]
    parts += [f"registered {version}" for version in tally.versions]
    parts += [f"challenger {version}" for version in tally.challengers]
    warning = None
    if tally.problems:
        more = len(tally.problems) - NAMED
        named = ", ".join(tally.problems[:NAMED]) + (f" and {more} more" if more > 0 else "")
        warning = (
            f"publish: not mirrored: {named}. Run `dvc repro` (or `dvc pull`, if the results were "
            "pushed); the next publication makes up for it"
        )
    message = f"publish: {', '.join(parts)} in {where.shown}" if parts else "publish: nothing new"
    return Published(message=message, warning=warning, tally=tally)
