"""Patch discriminator for the optional adversarial term of the super-resolver; training only."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm


class Discriminator(nn.Module):
    """[N,3,H,W] 0..1 -> realness of patches [N,1,H/8,W/8]."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for k in range(3):
            layers += [spectral_norm(nn.Conv2d(channels, width << k, 4, 2, 1)), nn.LeakyReLU(0.2)]
            channels = width << k
        self.body = nn.Sequential(*layers, spectral_norm(nn.Conv2d(channels, 1, 3, padding=1)))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x * 2 - 1)


def discriminator_loss(judge: Discriminator, real: Tensor, made: Tensor) -> Tensor:
    """Hinge loss of the discriminator."""
    return F.relu(1 - judge(real)).mean() + F.relu(1 + judge(made.detach())).mean()


def generator_loss(judge: Discriminator, made: Tensor) -> Tensor:
    """What the super-resolver minimises: its pictures called real."""
    return -judge(made).mean()
