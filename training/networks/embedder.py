"""The embedder: aligned face -> 256 numbers.

A plain residual network of 3x3 convolutions. Dense rather than depthwise: per multiplication it
trains about three times faster on a CPU, and at inference the budget (12 ms a face) is not touched.
The first two convolutions bring 112x112 to 28x28, because a surveillance face carries no more detail.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """Two 3x3 convolutions with batch norm and PReLU; shortcut by 1x1 where shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.PReLU(outputs),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.short: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.act = nn.PReLU(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.body(x) + self.short(x))


class Embedder(nn.Module):
    """[N,3,112,112] RGB, (x - 127.5) / 128 -> [N,256], not normalised.

    `stem` channels at 56x56; `widths` and `depths` of the stages at 28x28, 14x14 and 7x7.
    """

    def __init__(
        self,
        stem: int = 24,
        widths: tuple[int, int, int] = (48, 96, 224),
        depths: tuple[int, int, int] = (1, 3, 2),
        dimension: int = 256,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.PReLU(stem))
        stages, channels = [], stem
        for width, depth in zip(widths, depths):
            blocks = [Residual(channels if k == 0 else width, width, 2 if k == 0 else 1) for k in range(depth)]
            stages.append(nn.Sequential(*blocks))
            channels = width
        self.stages = nn.ModuleList(stages)
        self.pool = nn.Sequential(  # a weight a place and channel, then a mixing layer
            nn.Conv2d(channels, 2 * channels, 1, bias=False),
            nn.BatchNorm2d(2 * channels),
            nn.PReLU(2 * channels),
            nn.Conv2d(2 * channels, 2 * channels, 7, groups=2 * channels, bias=False),
            nn.BatchNorm2d(2 * channels),
        )
        self.head = nn.Linear(2 * channels, dimension)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.pool[3].weight, 1 / 49, 0.02)

    def features(self, x: Tensor) -> list[Tensor]:
        """Maps of the three stages: [N,w1,28,28], [N,w2,14,14], [N,w3,7,7]."""
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def embed(self, last: Tensor) -> Tensor:
        """[N,w3,7,7] -> [N,dimension]."""
        return self.head(self.pool(last).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.embed(self.features(x)[-1])


class TeacherHeads(nn.Module):
    """Projections of the last two stage maps onto the teachers' spatial maps; training only.

    mobile: 7x7 on the same 112x112 crop. retail: 8x8 over columns 8..104, read by bilinear sampling.
    """

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.mobile = nn.Conv2d(widths[2], 128, 1)
        self.retail = nn.Conv2d(widths[2], 128, 1)
        x = (8 + 96 * (torch.arange(8) + 0.5) / 8) / 112 * 2 - 1
        y = (torch.arange(8) + 0.5) / 8 * 2 - 1
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1)
        self.register_buffer("grid", grid[None], persistent=False)

    def forward(self, last: Tensor) -> tuple[Tensor, Tensor]:
        """[N,w3,7,7] -> (retail [N,128,8,8], mobile [N,128,7,7])."""
        grid = self.grid.expand(len(last), -1, -1, -1).to(last.dtype)
        wide = nn.functional.grid_sample(last, grid, padding_mode="border", align_corners=False)
        return self.retail(wide), self.mobile(last)


def parameters_of(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in module.parameters())
