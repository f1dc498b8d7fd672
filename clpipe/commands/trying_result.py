"""What a try leaves in its folder: `results.json`, `learning-curve.png` and the adapter."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from clpipe.commands.trying import ARM, Tried
from clpipe.evaluation import accuracy, intervals, losses
from clpipe.records import Outcome
from clpipe.store import replacing, write_json

METHOD = "method.json"  # of an adapter's folder, as clpipe.models.adapter writes it
PARTS = RESULTS, CURVE, ADAPTER = "results.json", "learning-curve.png", "adapter"


def write(tried: Tried, out: Path) -> dict[str, Any]:
    """Write the three into `out`, each taking the place of an earlier one; the results.

    Raises FileExistsError as `refuse_other` does.
    """
    refuse_other(out)
    target, found = out / ADAPTER, results(tried)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(tried.adapter, target)
    with replacing(out / CURVE) as temporary:
        temporary.write_bytes(curve(tried, found))
    write_json(out / RESULTS, found)
    return found


def refuse_other(out: Path) -> None:
    """Raise FileExistsError when what is to be replaced in `out` is not of an earlier try."""
    target = out / ADAPTER
    if target.exists() and not (target / METHOD).exists():
        raise FileExistsError(f"{target} is there and is no adapter of clpipe; choose another folder with --out")
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out} is a file; --out names a folder")


def results(tried: Tried) -> dict[str, Any]:
    """What was tried and what came of it; accuracies are fractions of the validation tasks, losses nats a token."""
    params, spec = tried.params, tried.params.arms[ARM]
    loss, correct = losses.by_episode(tried.episodes)
    first, last = losses.ends(loss, params.report.loss_window)
    steps = accuracy.checkpoints(tried.outcomes)
    return {
        "model": spec.model,
        "method": spec.method,
        "method_options": params.method_options(ARM),
        "strategy": spec.strategy,
        "strategy_options": params.strategy_options(ARM),
        "stream": spec.stream,
        "seed": tried.work.seed,
        "settings": params.learn_settings(ARM).model_dump(),
        "trainable_parameters": tried.done["trainable_parameters"],
        "total_parameters": tried.done["total_parameters"],
        "seconds": tried.done["timing"]["seconds"],
        "asked": "validation tasks",
        "eval_tasks": len({o.task_id for o in tried.outcomes}),
        "confidence": params.report.confidence,
        "checkpoints": [{"episode": step, **_share(tried, step)} for step in steps],
        "families": _families([o for o in tried.outcomes if o.episode == steps[-1]]),
        "loss_first": round(float(first[0]), 4),
        "loss_last": round(float(last[0]), 4),
        "right_first_attempts": round(float(correct.mean()), 4),
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The results for a person."""
    first, last = found["checkpoints"][0], found["checkpoints"][-1]
    said = []
    for when, one in (("before", first), (f"after {last['episode']} episodes", last)):
        span = f"[{100 * one['low']:.1f}, {100 * one['high']:.1f}] %"
        said.append(f"{when}: {one['right']} of {one['asked']} validation tasks right, {span}")
    return [*said, f"loss: {found['loss_first']:.2f} at first, {found['loss_last']:.2f} at last (nats a token)"]


def curve(tried: Tried, found: dict[str, Any]) -> bytes:
    """Accuracy at the checkpoints and the loss of every episode, as PNG."""
    from clpipe.report import canvas

    with canvas.styled("try"):
        figure, panels = canvas.rows(2, 1, 7.0, 2.6)
        upper, lower = panels[0][0], panels[1][0]
        points = found["checkpoints"]
        x, y = [p["episode"] for p in points], [p["accuracy"] for p in points]
        upper.fill_between(x, [p["low"] for p in points], [p["high"] for p in points], alpha=0.13, linewidth=0)
        upper.plot(x, y, color=canvas.ARM, linewidth=2.2, marker="o", markersize=4.5)
        upper.set_title(f"{found['model']}, {found['method']}, {found['strategy']}, seed {found['seed']}")
        upper.set_ylabel(f"right of {found['eval_tasks']} tasks")
        canvas.percent_axis([upper], "y")
        loss = losses.by_episode(tried.episodes)[0]
        episodes = range(1, loss.shape[1] + 1)
        lower.plot(episodes, loss[0], color=canvas.FAINT, linewidth=0.7)
        window = tried.params.report.loss_window
        lower.plot(episodes, losses.smoothed(loss, window)[0], color=canvas.ARM, linewidth=2)
        lower.set_ylim(bottom=0)
        lower.set_ylabel("loss, nats a token")
        lower.set_xlabel("episodes learned")
        return canvas.picture(figure, "png")


def _share(tried: Tried, step: int) -> dict[str, Any]:
    rows = [o for o in tried.outcomes if o.episode == step]
    right = sum(o.correct for o in rows)
    span = intervals.wilson(right / len(rows), len(rows), tried.params.report.confidence)
    return {
        "right": right,
        "asked": len(rows),
        "accuracy": round(span.point, 4),
        "low": round(span.low, 4),
        "high": round(span.high, 4),
    }


def _families(rows: list[Outcome]) -> dict[str, dict[str, int]]:
    names = sorted({row.family for row in rows})
    return {
        name: {
            "right": sum(row.correct for row in rows if row.family == name),
            "asked": sum(row.family == name for row in rows),
        }
        for name in names
    }
