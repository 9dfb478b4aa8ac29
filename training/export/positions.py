"""Positional encodings of EdgeNeXt as constants: they depend on the map's size only, which is fixed in an export.

Left as they are, the graph would work them out for every picture, since the batch is free.
"""

from __future__ import annotations

import copy

import torch
from timm.models.edgenext import PositionalEncodingFourier
from torch import Tensor, nn


class FixedPositions(nn.Module):
    """What a `PositionalEncodingFourier` gives for one size of map."""

    def __init__(self, value: Tensor) -> None:
        super().__init__()
        self.register_buffer("value", value)

    def forward(self, shape: tuple[int, int, int]) -> Tensor:
        return self.value.expand(shape[0], -1, -1, -1)


@torch.no_grad()
def with_fixed_positions(network: nn.Module, size: tuple[int, int]) -> nn.Module:
    """A copy of a network for pictures of `size` in which every positional encoding is a constant."""
    changed = copy.deepcopy(network).eval()
    values: dict[nn.Module, Tensor] = {}

    def note(module: nn.Module, _: object, output: Tensor) -> None:
        values[module] = output[:1].clone()

    hooks = [m.register_forward_hook(note) for m in changed.modules() if isinstance(m, PositionalEncodingFourier)]
    changed(torch.zeros(1, 3, *size))
    for hook in hooks:
        hook.remove()
    for parent in list(changed.modules()):
        for name, child in parent.named_children():
            if child in values:
                setattr(parent, name, FixedPositions(values[child]))
    return changed
