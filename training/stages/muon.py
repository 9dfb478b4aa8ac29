"""Muon (Jordan 2024): momentum whose direction is made orthogonal, for kernels followed by batch norm.

Every kernel [o,i,h,w] is taken as a matrix [o,i*h*w]. Its length is kept at sqrt(o), which batch norm
makes harmless, so that `lr` is the share by which a step turns the weights. On a small budget of steps
this needs far fewer samples than Adam; everything that is not such a kernel stays with AdamW.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def orthogonal(g: Tensor, iterations: int = 5) -> Tensor:
    """Nearest semi-orthogonal matrix to g [m,n], roughly, by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    flip = x.shape[0] > x.shape[1]
    x = x.T if flip else x
    x = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    return (x.T if flip else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """For kernels and matrices whose scale does not matter."""

    def __init__(self, params: Iterable[nn.Parameter], lr: float = 0.03, momentum: float = 0.9) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(p.grad)
                buffer = state["momentum"]
                buffer.lerp_(p.grad, 1 - group["momentum"])
                direction = p.grad.lerp(buffer, group["momentum"])
                flat = orthogonal(direction.reshape(len(p), -1))
                scale = max(1.0, len(p) / flat.shape[1]) ** 0.5
                p.add_(flat.reshape(p.shape), alpha=-group["lr"] * scale)
                p.mul_(len(p) ** 0.5 / (p.norm() + 1e-7))


def split_parameters(module: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """(kernels for Muon: convolutions without bias and groups, i.e. those before a batch norm; all others)."""
    kernels = [
        m.weight
        for m in module.modules()
        if isinstance(m, nn.Conv2d) and m.bias is None and m.groups == 1 and m.weight[0].numel() >= 27
    ]
    chosen = {id(p) for p in kernels}
    return kernels, [p for p in module.parameters() if id(p) not in chosen]
