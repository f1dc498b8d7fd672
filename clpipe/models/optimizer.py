"""The gradient step of the seed document: AdamW, the gradient's norm clipped."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

LOSS_SCALE = {torch.float16: 1024.0}
"""fp16 gradients below 6e-8 are lost; a fixed power of two lifts them and is taken off again exactly."""


class Optimizer:
    """AdamW (Loshchilov & Hutter 2019) over named parameters, fp32, after clipping to a largest L2 norm."""

    def __init__(
        self, parameters: Mapping[str, Tensor], lr: float, weight_decay: float, clip: float | None, dtype: torch.dtype
    ) -> None:
        self.parameters = dict(parameters)
        self.clip = clip
        self.scale = LOSS_SCALE.get(dtype, 1.0)
        self._adamw = torch.optim.AdamW(list(self.parameters.values()), lr=lr, weight_decay=weight_decay, fused=True)

    def step(self, loss: Tensor) -> None:
        """One step down the gradient of `loss` (a scalar).

        Raises ValueError when the loss or the gradient's norm is not finite; nothing has changed then.
        """
        self._adamw.zero_grad(set_to_none=True)
        torch.autograd.backward(loss * self.scale)
        gradients = [p.grad for p in self.parameters.values() if p.grad is not None]
        if self.scale != 1.0:
            torch._foreach_mul_(gradients, 1.0 / self.scale)
        norm = torch.nn.utils.get_total_norm(gradients)
        if not bool(torch.isfinite(norm)) or not bool(torch.isfinite(loss)):
            raise ValueError(
                f"the loss is {loss.item():.4g} and its gradient's norm {norm.item():.4g}: learning diverged; "
                "a smaller lr, a warm start or precision fp32 may help"
            )
        if self.clip is not None:
            torch.nn.utils.clip_grads_with_norm_(self.parameters.values(), self.clip, norm)
        self._adamw.step()

    def state(self) -> dict[str, Tensor]:
        """AdamW's moments and step counts by parameter name."""
        found = {}
        for name, parameter in self.parameters.items():
            for key, value in self._adamw.state[parameter].items():
                found[f"{name}/{key}"] = value.detach().clone()
        return found

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""
        for path, value in state.items():
            name, key = path.rsplit("/", 1)
            parameter = self.parameters[name]
            self._adamw.state[parameter][key] = value.to(parameter.device, copy=True)
