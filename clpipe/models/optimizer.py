"""The gradient step of the seed document: AdamW, the gradient's norm clipped."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

LOSS_SCALE = {torch.float16: 1024.0}
"""fp16 gradients below 6e-8 are lost; a fixed power of two lifts them and is taken off again exactly."""


class Optimizer:
    """AdamW (Loshchilov & Hutter 2019) over named parameters, fp32, after clipping to a largest L2 norm.

    Without parameters a step does nothing.
    """

    def __init__(
        self, parameters: Mapping[str, Tensor], lr: float, weight_decay: float, clip: float | None, dtype: torch.dtype
    ) -> None:
        self.parameters = dict(parameters)
        self.clip = clip
        self.scale = LOSS_SCALE.get(dtype, 1.0)
        self._adamw = (
            torch.optim.AdamW(list(self.parameters.values()), lr=lr, weight_decay=weight_decay, fused=True)
            if self.parameters
            else None
        )

    @property
    def lr(self) -> float:
        """Size of the next step."""
        return float(self._adamw.param_groups[0]["lr"]) if self._adamw else 0.0

    @lr.setter
    def lr(self, value: float) -> None:
        if self._adamw:
            self._adamw.param_groups[0]["lr"] = value

    def step(self, loss: Tensor) -> None:
        """One step down the gradient of `loss` (a scalar).

        Raises ValueError when the loss or the gradient's norm is not finite; nothing has changed then.
        """
        if self._adamw is None:
            return
        self._backward(loss)
        self._apply(loss)

    def gradients(self, loss: Tensor) -> dict[str, Tensor]:
        """The gradient of `loss` (a scalar), unclipped, for each parameter that it depends on; no step is taken."""
        self._backward(loss)
        return {name: p.grad.detach().clone() for name, p in self.parameters.items() if p.grad is not None}

    def step_along(self, gradients: Mapping[str, Tensor], loss: Tensor) -> None:
        """One step down these gradients in place of those of `loss`; raises as `step` does."""
        if self._adamw is None:
            return
        for name, parameter in self.parameters.items():
            parameter.grad = gradients[name].clone() if name in gradients else None
        self._apply(loss)

    def state(self) -> dict[str, Tensor]:
        """AdamW's moments and step counts by parameter name."""
        found = {}
        for name, parameter in self.parameters.items():
            for key, value in (self._adamw.state[parameter] if self._adamw else {}).items():
                found[f"{name}/{key}"] = value.detach().clone()
        return found

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""
        if self._adamw is None:
            return
        for path, value in state.items():
            name, key = path.rsplit("/", 1)
            parameter = self.parameters[name]
            self._adamw.state[parameter][key] = value.to(parameter.device, copy=True)

    def _backward(self, loss: Tensor) -> None:
        for parameter in self.parameters.values():
            parameter.grad = None
        torch.autograd.backward(loss * self.scale)
        if self.scale != 1.0:
            torch._foreach_mul_(self._gradients(), 1.0 / self.scale)

    def _gradients(self) -> list[Tensor]:
        return [p.grad for p in self.parameters.values() if p.grad is not None]

    def _apply(self, loss: Tensor) -> None:
        assert self._adamw is not None
        norm = torch.nn.utils.get_total_norm(self._gradients())
        if not bool(torch.isfinite(norm)) or not bool(torch.isfinite(loss)):
            raise ValueError(
                f"the loss is {loss.item():.4g} and its gradient's norm {norm.item():.4g}: learning diverged; "
                "a smaller lr, a warm start or precision fp32 may help"
            )
        if self.clip is not None:
            torch.nn.utils.clip_grads_with_norm_(self.parameters.values(), self.clip, norm)
        self._adamw.step()
