"""The embedder of the product: two networks that learnt apart, and the mean of what they say.

Where one errs by itself the other seldom errs alike, so their mean lies closer to the teacher than
either (an ensemble, as in Hansen and Salamon 1990). The second sees the mirror image: a face and its
mirror image are one person, and a view of its own makes its errors more its own, at no cost: the mirror
is folded into the matrix that scales the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from training.networks.embedder import Embedder


class Twin(nn.Module):
    """[N,3,112,112] RGB, (x - 127.5) / 128 -> [N,256], not normalised: weighted sum over the members.

    `members`: settings of the networks, `Embedder(**m)`; `weights`: one a member, a share divided by the
    usual length of its output, so that neither outweighs the other by mere length.
    """

    def __init__(self, members: Sequence[dict[str, Any]], weights: Sequence[float], mirrored: Sequence[bool]) -> None:
        super().__init__()
        self.members = nn.ModuleList(Embedder(**m) for m in members)
        self.weights = [float(w) for w in weights]
        for member, mirror in zip(self.members, mirrored):
            if mirror:
                member.columns.copy_(member.columns.flip(0).clone())

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([w * m(x) for w, m in zip(self.weights, self.members)]).sum(0)


def make_embedder(network: dict[str, Any]) -> Embedder | Twin:
    """The embedder that a checkpoint's settings describe."""
    return Twin(**network) if "members" in network else Embedder(**network)
