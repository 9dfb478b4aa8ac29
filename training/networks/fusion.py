"""Gated fusion of the two branches with the weight of a keyframe, and the recognisability head."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from training.networks.expert import DIMENSION

#: Components of the quality vector, in order; `src/inference/quality-vector.ts` computes the same.
QUALITY = (
    "log_ied",
    "recognisability_raw",
    "recognisability_enhanced",
    "luma_mean",
    "luma_deviation",
    "gradient_energy",
)
#: Inter-eye distances in source pixels beyond which quality makes no difference, and the one that counts 0.
SHORTEST, LONGEST, REFERENCE = 4.0, 64.0, 16.0
#: Where the gate's caution begins, and over what it grows, in `log_ied`: 8 to 14 pixels.
CAUTION_FROM, CAUTION_RAMP = -1.0, 0.8
#: Least share of the raw branch: one bad enhancement never decides alone.
LEAST_RAW = 0.25
#: Cosine of both branches about which the gate looks closely.
USUAL_COSINE = 0.7


def log_ied(ied: np.ndarray | float) -> np.ndarray:
    """The first component of the quality vector, from inter-eye distances in source pixels."""
    return np.log2(np.clip(ied, SHORTEST, LONGEST) / REFERENCE)


def picture_quality(crops: np.ndarray) -> np.ndarray:
    """uint8 RGB [...,112,112,3] -> float32 [...,3]: the last three components, of the middle 80x80 pixels."""
    y = crops[..., 16:96, 16:96, :].astype(np.float32) @ np.float32([0.299, 0.587, 0.114])
    right = y[..., :-1, 1:] - y[..., :-1, :-1]
    down = y[..., 1:, :-1] - y[..., :-1, :-1]
    energy = np.log10(1 + (right**2 + down**2).mean((-1, -2))) / 3
    return np.stack([y.mean((-1, -2)) / 255, y.std((-1, -2)) / 128, energy], -1).astype(np.float32)


def quality_vectors(
    ied: np.ndarray, raw_score: np.ndarray, enhanced_score: np.ndarray, picture: np.ndarray
) -> np.ndarray:
    """float32 [N,6]: all components; `enhanced_score` is 0 where there is no enhanced picture."""
    first = np.stack([log_ied(ied), raw_score, enhanced_score], 1)
    return np.concatenate([first, picture], 1).astype(np.float32)


class Fusion(nn.Module):
    """raw, enhanced [N,D] of unit length, quality [N,6] -> (fused [N,D] of unit length, gate [N,1], weight [N,1]).

    fused = normalise(gate raw + (1 - gate) enhanced); `weight`, above zero, is what this keyframe counts for when a
    track's template is pooled. `qm` and `qs`, mean and deviation of the quality vector, are those of the training faces.

    `caution` is added to the gate's logit where the recorded face is large enough to be read: not at 8 pixels between
    the eyes and below, in full from 14 on (`CAUTION_FROM`, `CAUTION_RAMP`, on the scale of `log_ied`).
    """

    def __init__(self, hidden: int = 32, dimension: int = DIMENSION) -> None:
        super().__init__()
        count = len(QUALITY)
        self.look = nn.Linear(2 * dimension, 12)
        self.gate = nn.Sequential(nn.Linear(12 + count + 1, hidden), nn.PReLU(hidden), nn.Linear(hidden, 1))
        self.pool = nn.Sequential(nn.Linear(count + 2, 16), nn.PReLU(16), nn.Linear(16, 1))
        nn.init.normal_(self.look.weight, 0, 0.01)
        for last in (self.gate[2], self.pool[2]):
            nn.init.normal_(last.weight, 0, 0.02)
            nn.init.zeros_(last.bias)
        self.register_buffer("qm", torch.zeros(count))
        self.register_buffer("qs", torch.ones(count))
        self.register_buffer("caution", torch.zeros(1))

    def forward(self, raw: Tensor, enhanced: Tensor, quality: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        q = (quality - self.qm) / self.qs
        agreement = 4 * ((raw * enhanced).sum(1, keepdim=True) - USUAL_COSINE)
        seen = self.look(torch.cat([raw, enhanced], 1) * 4)
        lean = self.caution * ((quality[:, :1] - CAUTION_FROM) / CAUTION_RAMP).clamp(0, 1)
        gate = LEAST_RAW + (1 - LEAST_RAW) * torch.sigmoid(self.gate(torch.cat([seen, q, agreement], 1)) + lean)
        fused = gate * raw + (1 - gate) * enhanced
        fused = fused / torch.sqrt((fused * fused).sum(1, keepdim=True) + 1e-9)
        weight = torch.exp(torch.clamp(self.pool(torch.cat([q, agreement, gate], 1)), -4, 4))
        return fused, gate, weight


class Recognisability(nn.Module):
    """Raw output of an expert [N,D], not normalised -> score [N,1] in 0..1; about 0 for what is no upright face.

    Its direction and its length, relative to the usual one (`ref`), say how much of a face there is.
    """

    def __init__(self, hidden: int = 64, dimension: int = DIMENSION) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(dimension + 1, hidden),
            nn.PReLU(hidden),
            nn.Dropout(0.2),
            nn.Linear(hidden, hidden),
            nn.PReLU(hidden),
            nn.Linear(hidden, 1),
        )
        self.register_buffer("ref", torch.ones(1))

    def forward(self, embedding: Tensor) -> Tensor:
        length = torch.sqrt((embedding * embedding).sum(1, keepdim=True) + 1e-9)
        return torch.sigmoid(self.body(torch.cat([embedding / length * 6, length / self.ref * 4], 1)))
