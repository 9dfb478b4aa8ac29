"""Losses of the recognition chain. Embeddings are [N,d]; targets and centres have unit length."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def cosine_distance(embedding: Tensor, target: Tensor) -> Tensor:
    """[N]: 1 - cosine."""
    return 1 - (F.normalize(embedding.float(), dim=1) * target).sum(1)


def prototype_loss(embedding: Tensor, centres: Tensor, identity: Tensor, scale: float, margin: float) -> Tensor:
    """[N]: cross-entropy over all people against fixed centres, cosine lowered by `margin` at the own one.

    With the teachers' mean embeddings as centres this is contrast against the whole set at the price
    of one product, and it sharpens what plain cosine distillation leaves soft.
    """
    logits = F.normalize(embedding.float(), dim=1) @ centres.T
    own = torch.zeros_like(logits).scatter_(1, identity[:, None], margin)
    return F.cross_entropy(scale * (logits - own), identity, reduction="none")


def relational_loss(embedding: Tensor, target: Tensor, bank: Tensor, temperature: float) -> Tensor:
    """[N]: divergence between the student's and the teacher's similarities to a bank of embeddings [B,d]."""
    student = F.log_softmax(F.normalize(embedding.float(), dim=1) @ bank.T / temperature, 1)
    teacher = F.softmax(target @ bank.T / temperature, 1)
    return F.kl_div(student, teacher, reduction="none").sum(1)
