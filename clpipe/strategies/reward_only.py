"""Learning from reward alone: the learner is told whether its own replies are right, never what the answer is.

It draws `samples` replies to the question from its own distribution at `temperature`, each is found right (1) or wrong
(0), and one step is taken:

* `rloo`: REINFORCE with a leave-one-out baseline (Ahmadian et al. 2024, arXiv 2402.14740): down the gradient of
  -mean A_i log p(y_i), A_i being the reward of reply i less the mean reward of the others. The whole reply is one
  action, as there; p is at the temperature of the sampling, so that the gradient is that of the expected reward. There
  is no penalty for leaving the base (their beta is 0 here), as no other strategy has one.
* `expert_iteration`: on the mean negative log-likelihood of one of the right replies, drawn at random (Anthony et al.
  2017, arXiv 1705.08439; for language models Zelikman et al. 2022, arXiv 2203.14465), online in place of rounds.

Where all rewards are equal (`rloo`: every A_i is 0), or none is right (`expert_iteration`), there is nothing to learn
and no step is taken, so AdamW does not drift on its momentum either; such episodes are counted. TRL has an RLOO trainer
too; it owns the loop over the data, so it cannot be one turn of a stream that is attempted first.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from clpipe.records import Question
from clpipe.strategy import Reward, Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson
    from clpipe.models.sampling import Sampled


@dataclass(kw_only=True)
class RewardOnly(Strategy):
    """One step on replies of its own, told which of them are right."""

    feedback: ClassVar[Literal["answer", "reward"]] = "reward"

    kind: Literal["rloo", "expert_iteration"] = "rloo"
    """How the rewards become a step."""
    samples: int = 4
    """Replies drawn in an episode."""
    temperature: float = 1.0
    """Of the drawing; the lower, the more alike the replies."""
    max_new_tokens: int | None = None
    """A drawn reply ends here at the latest; null: where the prompt's does."""

    def __post_init__(self) -> None:
        least = 2 if self.kind == "rloo" else 1
        if self.samples < least:
            raise ValueError(f"samples: must be {least} or more for kind {self.kind!r}, not {self.samples}")
        if self.temperature <= 0:
            raise ValueError(f"temperature: must be more than 0, not {self.temperature}")
        if self.max_new_tokens is not None and self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens: must be 1 or more, not {self.max_new_tokens}")
        self.idle = 0
        """Episodes without a step."""

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Not for this strategy: a lesson holds the answer."""
        raise NotImplementedError("reward_only learns by practise, without the answer")

    def practise(self, model: LanguageModel, question: Question, reward: Reward, rng: random.Random) -> None:
        """Draw replies, have them judged, and take one step where there is something to learn."""
        from clpipe.models.fence import fence
        from clpipe.models.sampling import sample

        # A fence of its own: dropout in the loop's pass over the answer must not reach what is drawn here.
        with fence(rng.getrandbits(63), "practise"):
            replies = sample(
                model, question, self.samples, self.temperature, self.max_new_tokens or model.max_new_tokens
            )
            rewards = [float(reward(reply.text)) for reply in replies]
            loss = self._loss(model, question, replies, rewards, rng)
            if loss is None:
                self.idle += 1
            else:
                model.step(loss)

    def state(self) -> dict[str, Tensor]:
        """The count of episodes without a step."""
        import torch

        return {"idle": torch.tensor(self.idle)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put the count back."""
        del model
        self.idle = int(state["idle"])

    def _loss(
        self,
        model: LanguageModel,
        question: Question,
        replies: Sequence[Sampled],
        rewards: Sequence[float],
        rng: random.Random,
    ) -> Tensor | None:
        import torch

        from clpipe.models.sampling import log_probability

        if self.kind == "expert_iteration":
            right = [reply for reply, one in zip(replies, rewards, strict=True) if one]
            if not right:
                return None
            chosen = rng.choice(right)
            return -log_probability(model, question, chosen.ids) / len(chosen.ids)
        if len(set(rewards)) == 1:
            return None
        return leave_one_out(
            torch.stack([log_probability(model, question, reply.ids, self.temperature) for reply in replies]), rewards
        )


def leave_one_out(log_probabilities: Tensor, rewards: Sequence[float]) -> Tensor:
    """RLOO's loss: -mean A_i log p_i with A_i = r_i less the mean of the other rewards.

    Args:
        log_probabilities: (replies,), nats, with gradient.
        rewards: One for each reply, two at the least.
    """
    import torch

    total, others = sum(rewards), len(rewards) - 1
    advantages = torch.tensor([one - (total - one) / others for one in rewards], device=log_probabilities.device)
    return -(advantages * log_probabilities).mean()


STRATEGY = RewardOnly
