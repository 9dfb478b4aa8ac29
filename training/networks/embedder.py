"""The embedder: aligned face -> 256 numbers.

Residual blocks of 3x3 convolutions with channel attention. Dense rather than depthwise: per
multiplication it trains about three times faster on a CPU, and at inference the budget (12 ms a face)
is not touched. The middle 96 columns of the crop are brought to 64x64 first, by fixed matrices: a
surveillance face carries less detail than 112x112, and what is saved goes into more training pictures.

The network has a front (picture -> map of 16x16) and a back (map -> embedding). Between them, and at
8x8, maps are linear and have the places of the teacher's own, so that each half can first learn from
the teacher's inner maps by itself (`training.stages.imitate`).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

#: columns of the 112x112 crop that are looked at
COLUMNS = (8, 104)
#: side of the picture that the convolutions see, unless told otherwise
INNER = 64


class Attention(nn.Module):
    """Weights channels by what the whole map holds (squeeze and excitation, Hu et al. 2018)."""

    def __init__(self, channels: int, squeeze: int = 8) -> None:
        super().__init__()
        hidden = max(8, channels // squeeze)
        self.body = nn.Sequential(
            nn.Conv2d(channels, hidden, 1), nn.ReLU(), nn.Conv2d(hidden, channels, 1), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.body(x.mean((2, 3), keepdim=True))


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Convolution and batch norm; the map keeps its size at stride 1."""
    return [nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]


def into_places(outputs: int, inner: int) -> list[nn.Module]:
    """Picture [N,3,inner,inner] -> map [N,outputs,32,32] by one convolution; a large picture by overlapping tiles."""
    stride = inner // 32
    size = 3 if stride == 2 else 2 * stride
    pad = (size - 1) // 2 if size % 2 else stride // 2
    return [nn.Conv2d(3, outputs, size, stride, pad, bias=False), nn.BatchNorm2d(outputs)]


class Residual(nn.Module):
    """Two 3x3 convolutions with batch norm, PReLU and attention; shortcut by 1x1 where shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *convolution(inputs, outputs, 3, stride),
            nn.PReLU(outputs),
            *convolution(outputs, outputs),
            Attention(outputs),
        )
        same = stride == 1 and inputs == outputs
        self.short = nn.Identity() if same else nn.Sequential(*convolution(inputs, outputs, 1, stride))
        self.act = nn.PReLU(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.body(x) + self.short(x))


class Front(nn.Module):
    """Picture [N,3,inner,inner] -> (map [N,width,16,16] half-way, linear map [N,128,16,16])."""

    def __init__(self, stem: int, width: int, depth: int, joint: int, inner: int = INNER) -> None:
        super().__init__()
        self.stem = nn.Sequential(*into_places(stem, inner), nn.PReLU(stem), Residual(stem, stem))
        early = -(-depth // 2)
        self.early = nn.Sequential(*(Residual(width if k else stem, width, 1 if k else 2) for k in range(early)))
        self.late = nn.Sequential(*(Residual(width, width) for _ in range(depth - early)))
        self.out = nn.Sequential(*convolution(width, joint), nn.PReLU(joint), *convolution(joint, joint, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        early = self.early(self.stem(x))
        return early, self.out(self.late(early))


class Back(nn.Module):
    """Map [N,128,16,16] -> (linear map [N,128,8,8], embedding [N,dimension])."""

    def __init__(self, joint: int, width: int, depth: int, dimension: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*(Residual(width if k else joint, width, 1 if k else 2) for k in range(depth)))
        self.out = nn.Sequential(*convolution(width, joint, 1))
        self.pool = nn.Sequential(  # a weight a place and channel, then a mixing layer
            *convolution(joint, 4 * joint, 1),
            nn.PReLU(4 * joint),
            nn.Conv2d(4 * joint, 4 * joint, 8, groups=4 * joint, bias=False),
            nn.BatchNorm2d(4 * joint),
        )
        self.head = nn.Linear(4 * joint, dimension)

    def embed(self, last: Tensor) -> Tensor:
        """Map [N,128,8,8] -> [N,dimension]."""
        return self.head(self.pool(last).flatten(1))

    def convolve(self, x: Tensor) -> Tensor:
        """Map [N,128,16,16] -> [N,128,8,8]."""
        return self.out(self.body(x))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        last = self.convolve(x)
        return last, self.embed(last)


class Embedder(nn.Module):
    """[N,3,112,112] RGB, (x - 127.5) / 128 -> [N,256], not normalised.

    `stem`: channels at 32x32; `widths` and `depths`: of the residual blocks at 16x16 and 8x8;
    `inner`: side of the picture that the convolutions see, 64 or 128.
    """

    def __init__(
        self,
        stem: int = 32,
        widths: tuple[int, int] = (64, 128),
        depths: tuple[int, int] = (4, 3),
        dimension: int = 256,
        joint: int = 128,
        inner: int = INNER,
    ) -> None:
        super().__init__()
        self.register_buffer("rows", reduction(112, inner), persistent=False)
        columns = torch.zeros(112, inner)
        columns[slice(*COLUMNS)] = reduction(COLUMNS[1] - COLUMNS[0], inner).T
        self.register_buffer("columns", columns, persistent=False)
        self.front = Front(stem, widths[0], depths[0], joint, inner)
        self.back = Back(joint, widths[1], depths[1], dimension)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.back.pool[3].weight, 1 / 64, 0.02)

    def reduce(self, x: Tensor) -> Tensor:
        """[N,3,112,112] -> [N,3,64,64]: the middle columns, brought to what the convolutions see."""
        return self.rows @ x @ self.columns

    def features(self, x: Tensor) -> list[Tensor]:
        """Maps [N,64,16,16], [N,128,16,16] and [N,128,8,8]."""
        early, middle = self.front(self.reduce(x))
        return [early, middle, self.back.convolve(middle)]

    def embed(self, last: Tensor) -> Tensor:
        """Map [N,128,8,8] -> [N,dimension]."""
        return self.back.embed(last)

    def forward(self, x: Tensor) -> Tensor:
        return self.back(self.front(self.reduce(x))[1])[1]


def reduction(length: int, inner: int) -> Tensor:
    """Matrix [inner,length] that scales a picture's rows by antialiased cubic interpolation."""
    eye = torch.eye(length)[None, None]
    return nn.functional.interpolate(eye, (inner, length), mode="bicubic", antialias=True, align_corners=False)[0, 0]


class Mirrored(nn.Module):
    """The embedder as exported: mean of a face's embedding and that of its mirror image.

    The mirror costs nothing but the second pass: it is folded into the reducing matrix.
    """

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self.embedder = embedder
        self.register_buffer("mirrored", embedder.columns.flip(0).clone(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N,3,112,112] -> [N,dimension]."""
        scaled = self.embedder.rows @ x
        both = torch.cat([scaled @ self.embedder.columns, scaled @ self.mirrored])
        plain, mirror = self.embedder.back(self.embedder.front(both)[1])[1].chunk(2)
        return (plain + mirror) / 2


def parameters_of(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in module.parameters())
