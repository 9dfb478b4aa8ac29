"""The x4 super-resolver: residual-in-residual dense blocks (Wang et al. 2018, ESRGAN), small."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DenseBlock(nn.Module):
    """Convolutions that each see all earlier maps; the result is added to the input at 0.2."""

    def __init__(self, channels: int, growth: int, layers: int = 4) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv2d(channels + k * growth, growth if k < layers - 1 else channels, 3, padding=1)
            for k in range(layers)
        )
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]
        for layer in self.layers[:-1]:
            maps.append(self.act(layer(torch.cat(maps, 1))))
        return x + 0.2 * self.layers[-1](torch.cat(maps, 1))


class Rrdb(nn.Module):
    """Dense blocks in a residual."""

    def __init__(self, channels: int, growth: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(DenseBlock(channels, growth) for _ in range(blocks)))

    def forward(self, x: Tensor) -> Tensor:
        return x + 0.2 * self.blocks(x)


class SuperResolver(nn.Module):
    """[N,3,H,W] RGB 0..1 -> [N,3,4H,4W], clipped; any H and W.

    Adds detail to the bilinear enlargement; the last convolution starts at zero and works at twice the
    resolution, its channels shuffled to four times: convolutions at full size cost most and add little.
    """

    def __init__(self, channels: int = 24, growth: int = 12, groups: int = 2, blocks: int = 3) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3, channels, 3, padding=1)
        self.trunk = nn.Sequential(*(Rrdb(channels, growth, blocks) for _ in range(groups)))
        self.merge = nn.Conv2d(channels, channels, 3, padding=1)
        self.up1 = nn.Conv2d(channels, 4 * channels, 3, padding=1)
        self.leave = nn.Conv2d(channels, 12, 3, padding=1)
        self.shuffle, self.act = nn.PixelShuffle(2), nn.LeakyReLU(0.2)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def unclipped(self, x: Tensor) -> Tensor:
        """The result before clipping, through which gradient flows everywhere."""
        y = self.enter(x)
        y = y + self.merge(self.trunk(y))
        y = self.act(self.shuffle(self.up1(y)))
        detail = self.shuffle(self.leave(y))
        return F.interpolate(x, scale_factor=4.0, mode="bilinear", align_corners=False) + detail

    def forward(self, x: Tensor) -> Tensor:
        return self.unclipped(x).clamp(0, 1)
