"""Training samples: a picture of the set seen by the raw branch, the enhanced branch, and clean."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from training.data.align import (
    FRAME_RIM,
    FRAME_SIDE,
    TEMPLATE_IED,
    TEMPLATE_SIDE,
    compose,
    invert,
    template_to_region,
    warp,
)
from training.data.faces import RIM
from training.degrade.pipeline import Footage, degrade, place
from training.degrade.profiles import GENERIC, PROFILES, Profile

Rng = np.random.Generator


@dataclass(frozen=True)
class Mix:
    """Shares of a training batch."""

    clean: float = 0.2  # share of faces that are not degraded
    ied: tuple[float, float] = (5.0, 35.0)  # log-uniform, pixels
    profiles: dict[str, float] = field(
        default_factory=lambda: {"generic": 0.88, "night-ir": 0.06, "fixed-pattern": 0.05, "cif-h264": 0.01}
    )
    landmark_error: float = 1.0  # scale of the alignment error
    measured: Profile | None = None  # what the name "measured" stands for

    def profile(self, rng: Rng) -> Profile:
        names = list(self.profiles)
        shares = np.array([self.profiles[n] for n in names])
        name = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        if name == "measured" and self.measured is not None:
            return self.measured
        return PROFILES.get(name, GENERIC)


def alignment_error(rng: Rng, scale: float, ied: float) -> np.ndarray:
    """2x3 similarity near identity in template coordinates: what five imperfect points do to the warp.

    Small faces have landmarks less exact in template pixels.
    """
    scale = scale * (1 + 0.5 * max(0.0, 12 - ied) / 12)
    angle = np.deg2rad(rng.normal(0, 1.8 * scale))
    k = np.exp(rng.normal(0, 0.02 * scale))
    c, s = k * np.cos(angle), k * np.sin(angle)
    centre = np.array([56.0, 72.0])
    turn = np.array([[c, -s], [s, c]])
    shift = centre - turn @ centre + rng.normal(0, 0.8 * scale, 2)
    return np.hstack([turn, shift[:, None]])


def embed_sample(face: np.ndarray, mirrored: bool, mix: Mix, rng: Rng) -> tuple[np.ndarray, float]:
    """uint8 [144,144,3] -> crop of the raw branch, uint8 [112,112,3], and its inter-eye distance."""
    if mirrored:
        face = np.ascontiguousarray(face[:, ::-1])
    if rng.random() < mix.clean:
        return clean_crop(face, mix, rng), TEMPLATE_IED
    footage = degrade(face, rng, mix.profile(rng), float(np.exp(rng.uniform(*np.log(mix.ied)))))
    return raw_crop(footage, alignment_error(rng, mix.landmark_error, footage.ied)), footage.ied


def clean_crop(face: np.ndarray, mix: Mix, rng: Rng) -> np.ndarray:
    """A still: slight misalignment, tone and JPEG only."""
    error = alignment_error(rng, 0.6 * mix.landmark_error, 35.0)
    matrix = compose(error, np.array([[1.0, 0, -RIM], [0, 1.0, -RIM]]))
    crop = cv2.warpAffine(
        face, matrix, (TEMPLATE_SIDE, TEMPLATE_SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    if rng.random() < 0.5:
        crop = np.clip(crop.astype(np.float32) * rng.uniform(0.7, 1.2) + rng.uniform(-20, 20), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _, data = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        crop = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return crop


def raw_crop(footage: Footage, error: np.ndarray) -> np.ndarray:
    """The 112x112 crop that the live path would cut, with an alignment error."""
    return warp(footage.picture, compose(error, invert(footage.to_footage)), TEMPLATE_SIDE)


@dataclass(frozen=True)
class Pair:
    """One face for the enhanced branch; all uint8 RGB."""

    raw: np.ndarray  # [112,112,3] raw branch
    region: np.ndarray  # [S,S,3] degraded region
    region_clean: np.ndarray  # [S,S,3] the region before degradation: target of the denoiser
    target: np.ndarray  # [4S,4S,3] sharp frame: target of the super-resolver
    ied: float


def enhance_sample(face: np.ndarray, mirrored: bool, side: int, ied: float, mix: Mix, rng: Rng) -> Pair:
    """uint8 [144,144,3] -> the pictures of one face for denoiser, super-resolver and fusion."""
    if mirrored:
        face = np.ascontiguousarray(face[:, ::-1])
    footage = degrade(face, rng, mix.profile(rng), ied)
    error = alignment_error(rng, mix.landmark_error, ied)
    to_template = compose(error, invert(footage.to_footage))
    to_region = compose(template_to_region(side), to_template)
    # The sharp frame has the same alignment error, so that pixel losses compare like with like.
    sharp, to_sharp = place(face, TEMPLATE_IED, 0.0, cv2.INTER_AREA)
    frame = compose(template_to_region(4 * side), compose(error, invert(to_sharp)))
    # A rotation in the footage is undone by alignment; only the error remains in the frame.
    return Pair(
        raw=warp(footage.picture, to_template, TEMPLATE_SIDE),
        region=warp(footage.picture, to_region, side, cubic=False),
        region_clean=warp(footage.clean, to_region, side, cubic=False),
        target=warp((sharp * 255 + 0.5).astype(np.uint8), frame, 4 * side),
        ied=ied,
    )


__all__ = ["FRAME_RIM", "FRAME_SIDE", "Mix", "Pair", "embed_sample", "enhance_sample", "raw_crop", "clean_crop"]
