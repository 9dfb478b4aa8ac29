"""The detector network: plain residual backbone, small feature pyramid, one head a stride.

Standard 3x3 convolutions throughout: on a CPU they train and run faster for
their accuracy than depthwise ones, because they keep the vector units busy.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDES = (8, 16, 32)
HEAD_CHANNELS = 1 + 1 + 4 + 10


@dataclass(frozen=True)
class DetectorConfig:
    """Widths of the stem and of the stride-4, 8, 16 and 32 stages; blocks, inner widths, pyramid."""

    widths: tuple[int, int, int, int, int] = (12, 24, 48, 64, 96)
    blocks: tuple[int, int, int, int] = (0, 2, 2, 1)
    inner: tuple[int, int, int, int] = (16, 32, 32, 48)
    pyramid: int = 40


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm and, unless told, ReLU."""

    def __init__(self, cin: int, cout: int, kernel: int = 3, stride: int = 1, act: bool = True):
        layers: list[nn.Module] = [
            nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(cout),
        ]
        if act:
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers)


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut, narrower in between."""

    def __init__(self, width: int, inner: int):
        super().__init__()
        self.first = ConvNorm(width, inner)
        self.second = ConvNorm(inner, width, act=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class Head(nn.Module):
    """A tower of one convolution, then scores, box and landmarks."""

    def __init__(self, width: int):
        super().__init__()
        self.tower = ConvNorm(width, width)
        self.out = nn.Conv2d(width, HEAD_CHANNELS, 1)
        nn.init.normal_(self.out.weight, std=0.01)
        with torch.no_grad():
            self.out.bias[:2] = -4.0
            self.out.bias[2:] = 0.5
            self.out.bias[4:6] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.tower(x))


class Detector(nn.Module):
    """Takes BGR 0..255; gives a list of [N, cells, 16] raw maps, stride 8 first.

    A row is (cls logit, obj logit, dx, dy, log w, log h, five (x, y)), all places
    in units of the stride relative to the cell's upper left corner.
    """

    def __init__(self, config: DetectorConfig = DetectorConfig()):
        super().__init__()
        w, b, p = config.widths, config.blocks, config.pyramid
        self.config = config
        self.stem = ConvNorm(3, w[0], 3, 2)
        self.stages = nn.ModuleList()
        for index in range(4):
            down = ConvNorm(w[index], w[index + 1], 3, 2)
            body = [Residual(w[index + 1], config.inner[index]) for _ in range(b[index])]
            self.stages.append(nn.Sequential(down, *body))
        self.lateral = nn.ModuleList([ConvNorm(c, p, 1) for c in w[2:]])
        self.smooth = ConvNorm(p, p)
        self.heads = nn.ModuleList([Head(p) for _ in STRIDES])

    def maps(self, image: Tensor) -> list[Tensor]:
        """The head's maps as [N, 16, rows, columns]."""
        x = self.stages[0](self.stem((image - 127.5) * (1 / 64)))
        features = []
        for stage in self.stages[1:]:
            x = stage(x)
            features.append(x)
        p8, p16, p32 = (lat(f) for lat, f in zip(self.lateral, features))
        p16 = self.smooth(p16 + F.interpolate(p32, scale_factor=2.0, mode="nearest"))
        p8 = p8 + F.interpolate(p16, scale_factor=2.0, mode="nearest")
        return [head(f) for head, f in zip(self.heads, (p8, p16, p32))]

    def forward(self, image: Tensor) -> list[Tensor]:
        return [m.flatten(2).transpose(1, 2) for m in self.maps(image)]


class ExportedDetector(nn.Module):
    """The twelve outputs of the `yunet` decoding, sigmoid included."""

    NAMES = tuple(f"{kind}_{s}" for kind in ("cls", "obj", "bbox", "kps") for s in STRIDES)

    def __init__(self, detector: Detector):
        super().__init__()
        self.detector = detector

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        rows = self.detector(image)
        cls = [r[..., 0:1].sigmoid() for r in rows]
        obj = [r[..., 1:2].sigmoid() for r in rows]
        return (*cls, *obj, *[r[..., 2:6] for r in rows], *[r[..., 6:16] for r in rows])
