"""The embedder: aligned face -> 256 numbers.

A plain residual network of 3x3 convolutions. Dense rather than depthwise: per multiplication it
trains about three times faster on a CPU, and at inference the budget (12 ms a face) is not touched.
The crop is brought to `inner` pixels first, by a fixed matrix: a surveillance face carries less detail
than 112x112, and what is saved goes into more training pictures a second.
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

    `inner`: side at which the convolutions start (112: no reduction). `stem` channels at half of it;
    `widths` and `depths` of the stages at a quarter, an eighth and a sixteenth.
    """

    def __init__(
        self,
        stem: int = 24,
        widths: tuple[int, int, int] = (48, 96, 224),
        depths: tuple[int, int, int] = (1, 3, 2),
        dimension: int = 256,
        inner: int = 72,
    ) -> None:
        super().__init__()
        self.inner = inner
        self.register_buffer("reduce", reduction(inner), persistent=False)
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.PReLU(stem))
        stages, channels = [], stem
        for width, depth in zip(widths, depths):
            blocks = [Residual(channels if k == 0 else width, width, 2 if k == 0 else 1) for k in range(depth)]
            stages.append(nn.Sequential(*blocks))
            channels = width
        self.stages = nn.ModuleList(stages)
        last = -(-inner // 16)
        self.pool = nn.Sequential(  # a weight a place and channel, then a mixing layer
            nn.Conv2d(channels, 2 * channels, 1, bias=False),
            nn.BatchNorm2d(2 * channels),
            nn.PReLU(2 * channels),
            nn.Conv2d(2 * channels, 2 * channels, last, groups=2 * channels, bias=False),
            nn.BatchNorm2d(2 * channels),
        )
        self.head = nn.Linear(2 * channels, dimension)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.pool[3].weight, 1 / last**2, 0.02)

    def features(self, x: Tensor) -> list[Tensor]:
        """Maps of the three stages, for 72 inside: [N,w1,18,18], [N,w2,9,9], [N,w3,5,5]."""
        if self.inner != 112:
            x = self.reduce @ x @ self.reduce.T
        return self.convolve(x)

    def convolve(self, x: Tensor) -> list[Tensor]:
        """The same for a picture already reduced."""
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def embed(self, last: Tensor) -> Tensor:
        """Last map -> [N,dimension]."""
        return self.head(self.pool(last).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.embed(self.features(x)[-1])


def reduction(inner: int) -> Tensor:
    """Matrix [inner,112] that scales a picture's rows by antialiased cubic interpolation."""
    eye = torch.eye(112)[None, None]
    return nn.functional.interpolate(eye, (inner, 112), mode="bicubic", antialias=True, align_corners=False)[0, 0]


def sampling(xs: Tensor, ys: Tensor) -> Tensor:
    """Grid for `grid_sample` [1,len(ys),len(xs),2] from places in pixels of the 112 crop (edges 0, 112)."""
    return torch.stack(torch.meshgrid(xs / 56 - 1, ys / 56 - 1, indexing="xy"), -1)[None]


class TeacherHeads(nn.Module):
    """Projections of the last two stage maps onto the teachers' spatial maps; training only.

    mobile: 7x7 over the 112x112 crop. retail: 8x8 over its columns 8..104. Ours are read there by
    bilinear sampling.
    """

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.mobile = nn.Conv2d(widths[1] + widths[2], 128, 1)
        self.retail = nn.Conv2d(widths[1] + widths[2], 128, 1)
        seven, eight = (torch.arange(7) + 0.5) / 7, (torch.arange(8) + 0.5) / 8
        self.register_buffer("on_mobile", sampling(112 * seven, 112 * seven), persistent=False)
        self.register_buffer("on_retail", sampling(8 + 96 * eight, 112 * eight), persistent=False)

    def forward(self, middle: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
        """Maps of stages two and three -> (retail [N,128,8,8], mobile [N,128,7,7])."""
        return self.retail(self._read(middle, last, self.on_retail)), self.mobile(self._read(middle, last, self.on_mobile))

    def _read(self, middle: Tensor, last: Tensor, grid: Tensor) -> Tensor:
        grid = grid.expand(len(last), -1, -1, -1).to(last.dtype)
        read = lambda m: nn.functional.grid_sample(m, grid, padding_mode="border", align_corners=False)  # noqa: E731
        return torch.cat([read(middle), read(last)], 1)


class Mirrored(nn.Module):
    """The embedder as exported: mean of a face's embedding and that of its mirror image.

    The mirror costs nothing but the second pass: it is folded into the reducing matrix.
    """

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self.embedder = embedder
        rows = embedder.reduce if embedder.inner != 112 else torch.eye(112)
        self.register_buffer("rows", rows.clone(), persistent=False)
        self.register_buffer("columns", rows.T.clone(), persistent=False)
        self.register_buffer("mirrored", rows.T.flip(0).clone(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N,3,112,112] -> [N,dimension]."""
        scaled = self.rows @ x
        both = self.embedder.convolve(torch.cat([scaled @ self.columns, scaled @ self.mirrored]))[-1]
        plain, mirror = self.embedder.embed(both).chunk(2)
        return (plain + mirror) / 2


def parameters_of(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in module.parameters())
