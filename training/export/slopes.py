"""PReLU as ONNX Runtime's CPU kernels like it: a x + (1 - a) max(x, 0), to the last bit but rounding.

Its own PReLU kernel takes near a quarter of the embedder's time and breaks the blocked layout of the
convolutions about it; products and sums do neither.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class Slopes(nn.Module):
    """What `nn.PReLU` with a slope a channel does to a map [N,C,H,W]."""

    def __init__(self, prelu: nn.PReLU) -> None:
        super().__init__()
        self.below = nn.Parameter(prelu.weight.detach()[:, None, None].clone())
        self.change = nn.Parameter(1 - self.below.detach())

    def forward(self, x: Tensor) -> Tensor:
        return self.below * x + self.change * torch.relu(x)


def with_slopes(network: nn.Module) -> nn.Module:
    """A copy of a convolutional network in which every PReLU is written out; the network itself stays."""
    changed = copy.deepcopy(network)
    for parent in list(changed.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.PReLU):
                setattr(parent, name, Slopes(child))
    return changed
