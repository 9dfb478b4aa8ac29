"""Batches for the enhanced branch: one region size a batch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training.data import batches
from training.data.align import REGION_SIZES, TEMPLATE_IED
from training.data.faces import load_faces
from training.data.samples import Mix, clean_crop, embed_sample, enhance_sample


class PairMaker:
    """Makes a step's batch; `shares` are those of region sides 32, 48 and 0 (raw branch alone)."""

    def __init__(self, cache: Path, mix: Mix, shares: tuple[float, float, float], smallest: float = 4.5) -> None:
        self.faces, self.mix, self.shares, self.smallest = load_faces(cache), mix, shares, smallest

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int = 0) -> batches.Batch:
        kind = int(rng.choice(3, p=np.array(self.shares) / sum(self.shares)))
        mirrored = rng.random(len(rows)) < 0.5
        pictures = [np.array(self.faces.images[r]) for r in rows]
        row = torch.from_numpy(rows)
        if kind == 2:
            made = [self._raw_only(p, m, rng) for p, m in zip(pictures, mirrored)]
            return {
                "raw": batches.to_tensor([c for c, _ in made]),
                "ied": torch.tensor([i for _, i in made]),
                "row": row,
            }
        lowest = self.smallest if kind == 0 else REGION_SIZES[0][0]
        limit, side = REGION_SIZES[kind]
        ieds = np.exp(rng.uniform(np.log(lowest), np.log(limit), len(rows)))
        pairs = [enhance_sample(p, m, side, float(i), self.mix, rng) for p, m, i in zip(pictures, mirrored, ieds)]
        return {
            "raw": batches.to_tensor([p.raw for p in pairs]),
            "region": batches.to_tensor([p.region for p in pairs]),
            "calm": batches.to_tensor([p.region_clean for p in pairs]),
            "sharp": batches.to_tensor([p.target for p in pairs]),
            "ied": torch.tensor([p.ied for p in pairs]),
            "row": row,
        }

    def _raw_only(self, face: np.ndarray, mirrored: bool, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """A third undegraded, the rest of any resolution: keeps the embedder whole while the chain trains."""
        if rng.random() < 0.35:
            return clean_crop(face[:, ::-1] if mirrored else face, self.mix, rng), TEMPLATE_IED
        return embed_sample(face, mirrored, replace(self.mix, clean=0.0, ied=(self.smallest, 35.0)), rng)
