"""Gated fusion of the two branches, and the recognisability head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Fusion(nn.Module):
    """raw, enhanced [N,256] of unit length -> (fused [N,256] of unit length, gate g [N,1]).

    g = sigmoid(MLP([raw, enhanced])), fused = normalise(g raw + (1 - g) enhanced). The gate starts
    near 0.88, in favour of the raw branch.
    """

    def __init__(self, dimension: int = 256, hidden: int = 64) -> None:
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(2 * dimension, hidden), nn.PReLU(hidden), nn.Linear(hidden, 1))
        nn.init.normal_(self.gate[2].weight, 0, 0.01)
        nn.init.constant_(self.gate[2].bias, 2.0)

    def forward(self, raw: Tensor, enhanced: Tensor) -> tuple[Tensor, Tensor]:
        g = torch.sigmoid(self.gate(torch.cat([raw, enhanced], 1)))
        return F.normalize(g * raw + (1 - g) * enhanced, dim=1), g


class Recognisability(nn.Module):
    """Raw output of the embedder [N,256], not normalised -> score [N,1] in 0..1.

    Trained to the similarity that a face's embedding has to that of the same face undegraded.
    """

    def __init__(self, dimension: int = 256, hidden: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(dimension + 1, hidden),
            nn.PReLU(hidden),
            nn.Linear(hidden, hidden),
            nn.PReLU(hidden),
            nn.Linear(hidden, 1),
        )

    def forward(self, embedding: Tensor) -> Tensor:
        length = torch.sqrt((embedding * embedding).sum(1, keepdim=True) + 1e-9)
        return torch.sigmoid(self.body(torch.cat([embedding / length * 4, length], 1)))
