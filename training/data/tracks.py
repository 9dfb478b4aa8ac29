"""Synthetic tracks: several degraded pictures of one person, through both branches of the experts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.data import batches
from training.data.align import REGION_SIZES, TEMPLATE_IED, region_side
from training.data.faces import Faces
from training.data.samples import Mix, clean_crop, embed_sample, enhance_sample
from training.networks.chain import Chain, crop_of_frame
from training.networks.edgenext import normalise
from training.networks.fusion import picture_quality

Rng = np.random.Generator
#: Shares of pictures that are stills, and that are too large to be enhanced.
STILL, LARGE = 0.1, 0.1
#: Inter-eye distances of both; of those to be enhanced, log-uniform.
LARGE_IED, SMALL_IED = (24.0, 34.0), (5.0, 24.0)


@dataclass
class Tracks:
    """Outputs of the experts for pictures of tracks, `length` in a row of one person each."""

    raw: np.ndarray  # [N,D], not normalised
    enhanced: np.ndarray  # [N,D]; raw where there is no enhanced picture
    has: np.ndarray  # [N] whether there is one
    ied: np.ndarray
    row: np.ndarray  # of the cached face
    picture: np.ndarray  # [N,3] `picture_quality` of the raw crop

    def save(self, path: Path) -> None:
        np.savez(path, **{f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Tracks:
        with np.load(path) as stored:
            return cls(**{f.name: stored[f.name] for f in fields(cls)})


@dataclass
class Picture:
    """One picture before the networks."""

    crop: np.ndarray
    ied: float
    region: np.ndarray | None


def draw(face: np.ndarray, mix: Mix, rng: Rng) -> Picture:
    """A still, a large or a small face of footage, in the training's shares."""
    if rng.random() < 0.5:
        face = np.ascontiguousarray(face[:, ::-1])
    kind = rng.random()
    if kind < STILL:
        return Picture(clean_crop(face, mix, rng), TEMPLATE_IED, None)
    if kind < STILL + LARGE:
        crop, ied = embed_sample(face, False, Mix(0.0, LARGE_IED, mix.profiles, mix.landmark_error), rng)
        return Picture(crop, ied, None)
    ied = float(np.exp(rng.uniform(*np.log(SMALL_IED))))
    pair = enhance_sample(face, False, region_side(ied) or REGION_SIZES[-1][1], ied, mix, rng)
    return Picture(pair.raw, ied, pair.region)


@torch.inference_mode()
def embed_all(network: nn.Module, x: Tensor, device: torch.device, batch: int = 64) -> np.ndarray:
    """[N,D]: outputs for inputs as the experts take them."""
    parts = [network(x[i : i + batch].to(device)).float().cpu() for i in range(0, len(x), batch)]
    return torch.cat(parts).numpy()


def embed_crops(network: nn.Module, crops: np.ndarray, device: torch.device, batch: int = 64) -> np.ndarray:
    """[N,D]: outputs for uint8 crops [N,112,112,3], a batch in memory at a time."""
    parts = [
        embed_all(network, normalise(batches.to_tensor(list(crops[i : i + batch]))), device)
        for i in range(0, len(crops), batch)
    ]
    return np.concatenate(parts)


@torch.inference_mode()
def enhanced_crops(chain: Chain, regions: list[np.ndarray], device: torch.device, batch: int = 32) -> Tensor:
    """[N,3,112,112]: template crops of regions of one size, enhanced."""
    made = []
    for start in range(0, len(regions), batch):
        x = batches.to_tensor(regions[start : start + batch]).to(device).float() / 255
        made.append(crop_of_frame(chain.superresolver(chain.denoiser(x))).cpu())
    return torch.cat(made)


def make_tracks(
    chain: Chain, faces: Faces, groups: Sequence[np.ndarray], length: int, mix: Mix, rng: Rng, device: torch.device
) -> Tracks:
    """A track of `length` pictures for each group of rows."""
    row = np.array([int(rng.choice(group)) for group in groups for _ in range(length)])
    pictures = [draw(np.array(faces.images[r]), mix, rng) for r in row]
    crops = np.stack([p.crop for p in pictures])
    raw = embed_crops(chain.raw, crops, device)
    enhanced = raw.copy()
    for _, side in REGION_SIZES:
        at = [i for i, p in enumerate(pictures) if p.region is not None and p.region.shape[0] == side]
        if at:
            x = enhanced_crops(chain, [pictures[i].region for i in at], device)
            enhanced[at] = embed_all(chain.enhanced, x, device)
    return Tracks(
        raw=raw,
        enhanced=enhanced,
        has=np.array([p.region is not None for p in pictures]),
        ied=np.array([p.ied for p in pictures], np.float32),
        row=row,
        picture=picture_quality(crops),
    )
