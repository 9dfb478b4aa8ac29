"""Losses of the recognition chain. Embeddings are [N,d]; targets and centres have unit length."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def cosine_distance(embedding: Tensor, target: Tensor) -> Tensor:
    """[N]: 1 - cosine."""
    return 1 - (F.normalize(embedding.float(), dim=1) * target).sum(1)


def restoration_loss(picture: Tensor, target: Tensor, weight: Tensor | float = 1.0) -> Tensor:
    """How far a restored picture [N,3,H,W] 0..1 is from the clean one; `weight` broadcasts over pixels.

    Pixels and edges count alike, light and colour included: a loss that fits the light first leaves a night picture
    as dark as it was recorded, and an operator sees nothing in it.
    """
    edges = sum((picture.diff(dim=d) - target.diff(dim=d)).abs().mean() for d in (2, 3))
    return (weight * (picture - target).abs()).mean() + edges
