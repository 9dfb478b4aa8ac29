"""Losses of the generator besides those of the critic."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from training.generator.model import INNER, Double, face_mask
from training.generator.teacher import OnnxTeacher, mobile_input

#: Inner values of the `mobile` teacher that stand for look rather than identity.
LOOK = ("/conv1/conv1.2/Clip_output_0", "/features/features.2/Add_output_0", "/features/features.8/Add_output_0")


def weights_map() -> Tensor:
    """The face counts fully, the background a quarter."""
    return 0.25 + 0.75 * face_mask(INNER)


def pixel_loss(ours: Tensor, real: Tensor, weight: Tensor) -> Tensor:
    """Absolute difference, and that of the gradients at three scales."""
    total = ((ours - real).abs() * weight).mean()
    for level in range(3):
        if level:
            ours, real, weight = (F.avg_pool2d(x, 2) for x in (ours, real, weight))
        across = (ours[..., 1:] - ours[..., :-1]) - (real[..., 1:] - real[..., :-1])
        down = (ours[..., 1:, :] - ours[..., :-1, :]) - (real[..., 1:, :] - real[..., :-1, :])
        total = total + (across.abs() * weight[..., 1:]).mean() + (down.abs() * weight[..., 1:, :]).mean()
    return total


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence from the standard normal, summed over dimensions."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()


class FaceLoss(torch.nn.Module):
    """Look and identity through the frozen teacher."""

    def __init__(self, teacher: OnnxTeacher):
        super().__init__()
        self.teacher = teacher
        self.enlarge = Double()

    def forward(self, ours: Tensor, real: Tensor, person: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures at 72x72; `person` the mean teacher embedding of whose they are."""
        with torch.no_grad():
            wanted = self.teacher(mobile_input(self.enlarge(real)))
        got = self.teacher(mobile_input(self.enlarge(ours)))
        look = ours.new_zeros(())
        for a, b in zip(got[:-1], wanted[:-1]):
            look = look + (a.float() - b.float()).abs().mean() / b.float().abs().mean()
        likeness = F.cosine_similarity(got[-1].float(), person, dim=1)
        return look, (1 - likeness).mean()


def critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Hinge loss of the critic."""
    return F.relu(1 - real.float()).mean() + F.relu(1 + fake.float()).mean()
