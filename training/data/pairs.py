"""Batches for the enhanced branch: one region size a batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from training.data import batches
from training.data.align import REGION_SIZES
from training.data.faces import load_faces
from training.data.samples import Mix, enhance_sample


class PairMaker:
    """Makes a step's batch; `shares` are those of region sides 32 and 48."""

    def __init__(self, cache: Path, mix: Mix, shares: Sequence[float], smallest: float = 4.5) -> None:
        self.faces, self.mix, self.shares, self.smallest = load_faces(cache), mix, shares, smallest

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int = 0) -> batches.Batch:
        kind = int(rng.choice(len(self.shares), p=np.array(self.shares) / sum(self.shares)))
        mirrored = rng.random(len(rows)) < 0.5
        lowest = self.smallest if kind == 0 else REGION_SIZES[0][0]
        limit, side = REGION_SIZES[kind]
        ieds = np.exp(rng.uniform(np.log(lowest), np.log(limit), len(rows)))
        pairs = [
            enhance_sample(np.array(self.faces.images[r]), m, side, float(i), self.mix, rng)
            for r, m, i in zip(rows, mirrored, ieds)
        ]
        return {
            "region": batches.to_tensor([p.region for p in pairs]),
            "calm": batches.to_tensor([p.region_clean for p in pairs]),
            "sharp": batches.to_tensor([p.target for p in pairs]),
            "ied": torch.tensor([p.ied for p in pairs]),
            "row": torch.from_numpy(rows),
        }
