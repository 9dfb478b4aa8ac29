"""Losses of the recognition chain. Embeddings are [N,d]; targets and centres have unit length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def cosine_distance(embedding: Tensor, target: Tensor) -> Tensor:
    """[N]: 1 - cosine."""
    return 1 - (F.normalize(embedding.float(), dim=1) * target).sum(1)


def restoration_loss(picture: Tensor, target: Tensor, weight: Tensor | float = 1.0, tone: float = 0.25) -> Tensor:
    """How far a restored picture [N,3,H,W] 0..1 is from the clean one; `weight` broadcasts over pixels.

    Mostly after light and white balance of the picture are fitted to the target's, channel by channel:
    a dark or tinted picture does not tell how bright the scene was, and guessing that would be all that
    a plain pixel loss teaches. Plain L1 stays with the share `tone`, edges count as much as pixels.
    """
    own, wanted = picture.mean((2, 3), keepdim=True), target.mean((2, 3), keepdim=True)
    with torch.no_grad():
        centred = picture - own
        gain = (centred * (target - wanted)).mean((2, 3), keepdim=True) / (
            centred.square().mean((2, 3), keepdim=True) + 1e-4
        )
        gain = gain.clamp(0.5, 2.5)
    fitted = gain * (picture - own) + wanted
    structure = (weight * (fitted - target).abs()).mean()
    edges = sum(
        (fitted.diff(dim=d) - target.diff(dim=d)).abs().mul(w).mean()
        for d, w in ((2, cut(weight, 2)), (3, cut(weight, 3)))
    )
    return structure + edges + tone * (weight * (picture - target).abs()).mean()


def cut(weight: Tensor | float, dim: int) -> Tensor | float:
    """Weights of pixels as those of the differences along `dim`."""
    return (
        weight if isinstance(weight, float) or weight.shape[dim] == 1 else weight.narrow(dim, 0, weight.shape[dim] - 1)
    )
