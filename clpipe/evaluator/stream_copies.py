"""Answers copied from the episodes an arm has met, without any model: is the learning more than looking up?

Three rules, each at every checkpoint over what the stream had shown until then. `nearest` gives the answer of the most
similar question (character n-grams; nearest neighbours on fixed features beat online continual learners by over 20
points, Prabhu et al. 2023, arXiv 2305.09253), `majority-so-far` the family's most frequent answer, `last-answer` its
latest one, which does well where a stream repeats itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from clpipe import endless, frozen
from clpipe.evaluator.ask import outcome
from clpipe.evaluator.checkpoints import checkpoint_steps
from clpipe.nearest import Nearest
from clpipe.params import Params
from clpipe.records import Episode, Outcome, Task
from clpipe.store import read_records, write_records


class Met:
    """What has been met of a stream: questions, families and the answers shown, oldest first."""

    def __init__(self, prompts: Mapping[str, str]) -> None:
        self.prompts = prompts
        """Question of each training task, by its id."""
        self.episodes: list[Episode] = []
        self.nearest = Nearest()

    def add(self, episode: Episode) -> None:
        """One more episode."""
        self.episodes.append(episode)
        self.nearest.add(self.prompts[episode.task_id])

    def shown(self, family: str) -> list[str]:
        """Answers of the family, oldest first."""
        return [episode.shown for episode in self.episodes if episode.family == family]


def nearest(met: Met, task: Task) -> str:
    """The answer shown for the most similar question."""
    return "".join(met.episodes[place].shown for place in met.nearest.places(task.prompt, 1))


def majority_so_far(met: Met, task: Task) -> str:
    """The family's most frequent answer; at a tie the latest."""
    answers = met.shown(task.family)[::-1]
    return Counter(answers).most_common(1)[0][0] if answers else ""


def last_answer(met: Met, task: Task) -> str:
    """The family's latest answer."""
    return next(reversed(met.shown(task.family)), "")


RULES: Mapping[str, Callable[[Met, Task], str]] = {
    "nearest": nearest,
    "majority-so-far": majority_so_far,
    "last-answer": last_answer,
}
"""Every rule by the name of its row."""


def stream_copies(params: Params, arm: str, episodes: Path, tasks: Path, out: Path) -> None:
    """Write what each rule replies to all held-out tasks at each checkpoint of each seed of `arm`.

    Args:
        params: The study.
        arm: Its name.
        episodes: What the stage `learn` wrote of the stream.
        tasks: Folder with `train.jsonl` and the frozen `heldout.jsonl`.
        out: The file of the outcomes.

    Raises:
        ValueError: The held-out file is not the frozen one, or an episode is of a task that no longer exists.
        LookupError: No such arm.
    """
    params.arm(arm)
    frozen.refuse_another(tasks / "heldout.jsonl")
    heldout, met = read_records(tasks / "heldout.jsonl", Task), read_records(episodes, Episode)
    steps = checkpoint_steps(params.learn_settings(arm))[1:]
    rows: list[Outcome] = []
    for seed in params.seeds:
        stream = sorted((e for e in met if e.seed == seed), key=lambda e: e.t)
        prompts = _prompts(params, seed, stream, read_records(tasks / "train.jsonl", Task))
        rows += _seed(arm, stream, steps, Met(prompts), heldout)
    write_records(out, rows)


def _seed(
    arm: str, stream: Sequence[Episode], steps: Sequence[int], met: Met, heldout: list[Task]
) -> Iterator[Outcome]:
    for episode in stream:
        met.add(episode)
        if episode.t in steps:
            for name, rule in RULES.items():
                for task in heldout:
                    yield outcome(
                        task, rule(met, task), None, arm=f"{arm}/{name}", seed=episode.seed, episode=episode.t
                    )


def _prompts(params: Params, seed: int, stream: Sequence[Episode], train: Sequence[Task]) -> dict[str, str]:
    """The question of every task of the stream; what is not among the train tasks was drawn along the way."""
    prompts = {task.id: task.prompt for task in train}
    missing = {episode.task_id for episode in stream} - prompts.keys()
    if missing and params.arms[stream[0].arm].stream != "endless":
        raise ValueError(
            f"{stream[0].arm}: task {min(missing)} was learned, but it is not among the training tasks; run `dvc repro`"
        )
    if missing:
        settings = params.learn_settings(stream[0].arm)
        for task in endless.train_tasks(params.arena.families, params.arena.hardest, seed, settings.families):
            prompts[task.id] = task.prompt
            missing.discard(task.id)
            if not missing:
                break
    return prompts
