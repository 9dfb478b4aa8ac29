"""Batches of an adaptation: faces as the camera would record them, and the camera's own still pictures."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np

from training.adapt.still import SIDE
from training.data import batches
from training.data.align import TEMPLATE_IED, warp
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.degrade.profiles import Profile

#: Share of faces under the generic profile: a camera has days that its profile did not see.
GENERIC_SHARE = 0.25


class AdaptBatches:
    """Makes a step's batch; with still pairs it also holds `noisy` and `other`, two looks at the same."""

    def __init__(self, cache: Path, profile: Profile, still: np.ndarray | None, shares: tuple[float, float]) -> None:
        mix = Mix(profiles={"measured": 1 - GENERIC_SHARE, "generic": GENERIC_SHARE}, measured=profile)
        self.faces = PairMaker(cache, dataclasses.replace(mix, landmark_error=1.2), shares)
        self.still = still

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int = 0) -> batches.Batch:
        batch = self.faces(rows, rng, step)
        del batch["sharp"]
        if self.still is not None:
            side = batch["region"].shape[-1]
            chosen = self.still[rng.integers(0, len(self.still), max(1, len(rows) // 2))]
            pairs = [look_at(pair, side, rng) for pair in chosen]
            batch["noisy"], batch["other"] = (batches.to_tensor([p[k] for p in pairs]) for k in (0, 1))
        return batch


def look_at(pair: np.ndarray, side: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Both pictures of a square through one warp, of the scales that regions of faces have."""
    ied = math.exp(rng.uniform(math.log(6.0), math.log(11.0 if side == 32 else 24.0)))
    scale = TEMPLATE_IED * side / 128 / ied
    angle = math.radians(float(np.clip(rng.normal(0, 6), -20, 20)))
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    centre, reach = (SIDE - 1) / 2, (SIDE / 2 - 0.75 * side / scale)
    middle = centre + (rng.uniform(-reach, reach, 2) if reach > 0 else np.zeros(2))
    turn = np.array([[c, -s], [s, c]])
    matrix = np.hstack([turn, ((side - 1) / 2 - turn @ middle)[:, None]])
    first, second = (pair[1], pair[0]) if rng.random() < 0.5 else (pair[0], pair[1])
    return warp(first, matrix, side, cubic=False), warp(second, matrix, side, cubic=False)
