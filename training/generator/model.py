"""Generator, appearance encoder and critic.

The generator works at 72x72 and ends in a fixed cubic doubling to 144x144: the
faces of the product are smaller than that, and the arithmetic goes where it shows.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.generator.latents import APPEARANCE, IDENTITY

SIDE = 144
INNER = 72
#: Centre and half axes of the mask, as shares of the side: face with hairline, without background.
MASK_CENTRE = (0.5, 0.5)
MASK_AXES = (0.36, 0.46)


def face_mask(side: int, softness: float = 0.18) -> Tensor:
    """Soft ellipse [1,1,side,side]: 1 within, falling to 0 over `softness` of the axes."""
    line = (torch.arange(side) + 0.5) / side
    y = (line - MASK_CENTRE[1])[:, None] / MASK_AXES[1]
    x = (line - MASK_CENTRE[0])[None] / MASK_AXES[0]
    rim = ((1 - (x * x + y * y).sqrt()) / softness).clamp(0, 1)
    return (rim * rim * (3 - 2 * rim))[None, None]


class Double(nn.Module):
    """Cubic interpolation to twice the size as one fixed convolution and a pixel shuffle."""

    def __init__(self):
        super().__init__()
        a = torch.tensor([-0.0703125, 0.8671875, 0.2265625, -0.0234375])
        even = torch.cat([torch.tensor([-0.0234375, 0.2265625, 0.8671875, -0.0703125]), torch.zeros(1)])
        odd = torch.cat([torch.zeros(1), a])
        phases = torch.stack([torch.outer(p, q) for p in (even, odd) for q in (even, odd)])
        weight = torch.zeros(12, 3, 5, 5)
        for channel in range(3):
            weight[4 * channel : 4 * channel + 4, channel] = phases
        self.register_buffer("weight", weight)

    def forward(self, x: Tensor) -> Tensor:
        padded = F.pad(x, (2, 2, 2, 2), mode="replicate")
        return F.pixel_shuffle(F.conv2d(padded, self.weight.to(x.dtype)), 2)


class Styled(nn.Module):
    """Convolution, instance norm, and scale and shift from the style."""

    def __init__(self, cin: int, cout: int, style: int):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1, bias=False)
        self.style = nn.Linear(style, 2 * cout)
        nn.init.normal_(self.style.weight, std=0.02)
        nn.init.zeros_(self.style.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        x = F.instance_norm(self.conv(x))
        scale, shift = self.style(style)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(x * (1 + scale) + shift, 0.2)


class Generator(nn.Module):
    """identity [N,64], appearance [N,16] -> picture [N,3,72,72] RGB 0..1."""

    def __init__(self, widths: tuple[int, ...] = (128, 96, 56, 24), style: int = 160):
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(IDENTITY + APPEARANCE, style),
            nn.LeakyReLU(0.2),
            nn.Linear(style, style),
            nn.LeakyReLU(0.2),
        )
        self.seed = nn.Linear(style, 32 * 9 * 9)
        self.first = Styled(32, widths[0], style)
        self.up = nn.ModuleList([Styled(a, b, style) for a, b in zip(widths, widths[1:])])
        self.at = nn.ModuleList([Styled(b, b, style) for b in widths[1:]])
        self.base = nn.ModuleList([nn.Conv2d(b, 3, 1) for b in widths[1:-1]])
        self.colour = nn.Conv2d(widths[-1], 3, 3, padding=1)
        self.mean = nn.Parameter(torch.zeros(1, 3, 18, 18))

    def forward(self, identity: Tensor, appearance: Tensor) -> Tensor:
        code = torch.cat([identity, appearance], 1)
        code = code * torch.rsqrt((code * code).mean(1, keepdim=True) + 0.1)
        style = self.mapping(code)
        x = self.first(self.seed(style).reshape(-1, 32, 9, 9), style)
        picture = self.mean
        for index, (up, at) in enumerate(zip(self.up, self.at)):
            x = up(F.interpolate(x, scale_factor=2.0, mode="nearest"), style)
            x = at(x, style)
            if index:
                picture = F.interpolate(picture, scale_factor=2.0, mode="bilinear", align_corners=False)
            colour = self.base[index] if index < len(self.base) else self.colour
            picture = picture + colour(x)
        return torch.sigmoid(picture.float())


class Encoder(nn.Module):
    """Mean and log variance [N,16] of the appearance of a picture, given whose it is."""

    def __init__(self):
        super().__init__()
        widths = (3, 24, 48, 96, 128)
        layers: list[nn.Module] = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers)
        self.join = nn.Linear(128 * 25 + IDENTITY, 128)
        self.out = nn.Linear(128, 2 * APPEARANCE)

    def forward(self, picture: Tensor, identity: Tensor) -> tuple[Tensor, Tensor]:
        x = self.body(picture * 2 - 1).flatten(1)
        x = self.out(F.leaky_relu(self.join(torch.cat([x, identity.to(x.dtype)], 1)), 0.2)).float()
        mean, log_variance = x.chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)


class Critic(nn.Module):
    """Judges patches of a picture; gives its scores and its inner features."""

    def __init__(self):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        widths = (3, 40, 80, 128)
        self.layers = nn.ModuleList(
            [norm(nn.Conv2d(a, b, 4, 2, 1)) for a, b in zip(widths, widths[1:])] + [norm(nn.Conv2d(128, 128, 3, 1, 1))]
        )
        self.out = norm(nn.Conv2d(128, 1, 3, 1, 1))

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        x, features = picture * 2 - 1, []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.out(x), features


class ExportedGenerator(nn.Module):
    """The shipped graph: `image` and `alpha` at 144x144."""

    def __init__(self, generator: Generator):
        super().__init__()
        self.generator = generator
        self.enlarge = Double()
        self.register_buffer("mask", face_mask(SIDE))

    def forward(self, identity: Tensor, appearance: Tensor) -> tuple[Tensor, Tensor]:
        image = self.enlarge(self.generator(identity, appearance)).clamp(0, 1)
        return image, self.mask + 0 * image[:, :1]
