"""One gradient step of several learners at once, each with the clipping of its own gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from clpipe.models.optimizer import LOSS_SCALE


class StackedOptimizer:
    """AdamW over parameters (learners, ...): what `Optimizer` does for one learner, row by row."""

    def __init__(
        self, parameters: Mapping[str, Tensor], lr: float, weight_decay: float, clip: float | None, dtype: torch.dtype
    ) -> None:
        """What `Optimizer` takes, each parameter with one row a learner."""
        self.parameters = dict(parameters)
        self.clip = clip
        self.scale = LOSS_SCALE.get(dtype, 1.0)
        self._adamw = torch.optim.AdamW(list(self.parameters.values()), lr=lr, weight_decay=weight_decay, fused=True)

    def step(self, losses: Sequence[Tensor]) -> None:
        """One step of each learner down the gradient of its own loss; none depends on another's.

        Raises ValueError when a loss or the norm of its gradient is not finite; nothing has changed then.
        """
        self._adamw.zero_grad(set_to_none=True)
        torch.autograd.backward(torch.stack(list(losses)).sum() * self.scale)
        gradients = [p.grad for p in self.parameters.values() if p.grad is not None]
        if self.scale != 1.0:
            torch._foreach_mul_(gradients, 1.0 / self.scale)
        norms = torch.stack([g.flatten(1).norm(dim=1) for g in gradients]).norm(dim=0)
        for k, (loss, norm) in enumerate(zip(losses, norms.tolist(), strict=True)):
            if not (torch.isfinite(loss) and norm < float("inf")):
                raise ValueError(
                    f"learner {k} of the stack: the loss is {loss.item():.4g} and its gradient's norm {norm:.4g}: "
                    "learning diverged; a smaller lr, a warm start or precision fp32 may help"
                )
        if self.clip is not None:
            share = (self.clip / (norms + 1e-6)).clamp(max=1.0)  # as torch.nn.utils.clip_grads_with_norm_
            for gradient in gradients:
                gradient.mul_(share.view(-1, *[1] * (gradient.dim() - 1)))
        self._adamw.step()

    def state(self, k: int) -> dict[str, Tensor]:
        """AdamW's moments and step counts of learner k, as `Optimizer.state` gives them."""
        return {
            f"{name}/{key}": (value if value.dim() == 0 else value[k]).detach().clone()
            for name, parameter in self.parameters.items()
            for key, value in self._adamw.state[parameter].items()
        }

    def restore(self, k: int, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave for learner k; all learners must have taken the same number of steps."""
        for path, value in state.items():
            name, key = path.rsplit("/", 1)
            parameter = self.parameters[name]
            found = self._adamw.state[parameter]
            if value.dim() == 0:
                found[key] = value.to(parameter.device, copy=True)
            else:
                found.setdefault(key, torch.zeros_like(parameter))[k] = value
