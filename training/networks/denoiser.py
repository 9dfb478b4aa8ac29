"""The denoiser: a small residual U-Net with channel and spatial attention (CBAM)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """CBAM (Woo et al. 2018): channel attention from mean and maximum, then spatial attention 7x7."""

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        hidden = max(4, channels // reduction)
        self.channel = nn.Sequential(nn.Conv2d(channels, hidden, 1), nn.ReLU(), nn.Conv2d(hidden, channels, 1))
        self.spatial = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        mean, peak = x.mean((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
        x = x * torch.sigmoid(self.channel(mean) + self.channel(peak))
        return x * torch.sigmoid(self.spatial(torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)))


class Level(nn.Module):
    """Two 3x3 convolutions and attention, with a shortcut where the width stays."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.attention = Attention(outputs)
        self.act = nn.LeakyReLU(0.1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.act(self.first(x))
        return self.attention(self.act(self.second(y))) + y


class Denoiser(nn.Module):
    """[N,3,H,W] RGB 0..1 -> the same, clipped; H and W multiples of 4 (8 by contract).

    The last convolution starts at zero, so an untrained denoiser changes nothing. No batch norm: a
    restoring network must keep absolute brightness.
    """

    def __init__(self, widths: tuple[int, int, int] = (24, 48, 96)) -> None:
        super().__init__()
        a, b, c = widths
        self.enter = nn.Conv2d(3, a, 3, padding=1)
        self.down1, self.down2 = Level(a, a), Level(b, b)
        self.shrink1, self.shrink2 = nn.Conv2d(a, b, 2, 2), nn.Conv2d(b, c, 2, 2)
        self.bottom = Level(c, c)
        self.grow2, self.grow1 = nn.ConvTranspose2d(c, b, 2, 2), nn.ConvTranspose2d(b, a, 2, 2)
        self.up2, self.up1 = Level(2 * b, b), Level(2 * a, a)
        self.leave = nn.Conv2d(a, 3, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def unclipped(self, x: Tensor) -> Tensor:
        """The result before clipping, through which gradient flows everywhere."""
        one = self.down1(self.enter(x))
        two = self.down2(self.shrink1(one))
        y = self.grow2(self.bottom(self.shrink2(two)))
        y = self.grow1(self.up2(torch.cat([y, two], 1)))
        return x + self.leave(self.up1(torch.cat([y, one], 1)))

    def forward(self, x: Tensor) -> Tensor:
        return self.unclipped(x).clamp(0, 1)
