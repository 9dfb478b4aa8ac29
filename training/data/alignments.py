"""Samples of the aligner: degraded faces, cut out as landmarks that err would have it, with the offset that makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from training.data import batches
from training.data.align import TEMPLATE, TEMPLATE_IED, TEMPLATE_SIDE, compose, invert, similarity, warp
from training.data.faces import RIM, Faces
from training.data.samples import Mix
from training.degrade.pipeline import degrade
from training.networks.aligner import CENTRE, SIDE, SPAN

Rng = np.random.Generator


@dataclass(frozen=True)
class Misses:
    """Standard deviations of what the detector's landmarks do to the alignment of a face of 14 px or more between the
    eyes; twice as much at 6 px. Drawn wider than measured on held-out faces, with a log-normal factor a face."""

    log_scale: float = 0.045
    degrees: float = 4.0
    shift: float = 2.0  # template pixels

    def draw(self, ied: float, rng: Rng) -> np.ndarray:
        """float32 [4]: an offset as the aligner gives it."""
        spread = (1 + 0.8 * min(1.2, max(0.0, (14 - ied) / 8))) * np.exp(0.35 * rng.normal())
        limits = np.array([self.log_scale, np.deg2rad(self.degrees), self.shift / SPAN, self.shift / SPAN])
        return (spread * limits * rng.normal(size=4)).astype(np.float32)


def offset_matrix(offset: np.ndarray) -> np.ndarray:
    """2x3 in template pixels: the similarity that an offset [4] stands for."""
    log_scale, angle, x, y = (float(v) for v in offset)
    c, s = np.exp(log_scale) * np.cos(angle), np.exp(log_scale) * np.sin(angle)
    turn, centre = np.array([[c, -s], [s, c]]), np.array(CENTRE)
    return np.hstack([turn, (centre - turn @ centre + SPAN * np.array([x, y]))[:, None]])


def template_to_crop() -> np.ndarray:
    """2x3 matrix from template coordinates to the aligner's crop: edges coincide."""
    k = SIDE / TEMPLATE_SIDE
    return np.array([[k, 0.0, 0.5 * k - 0.5], [0.0, k, 0.5 * k - 0.5]])


def aligner_crop(picture: np.ndarray, to_template: np.ndarray) -> np.ndarray:
    """uint8 [64,64,3] of a picture, by the 2x3 matrix from its pixels to the template's."""
    return warp(picture, compose(template_to_crop(), to_template), SIDE, cubic=False)


def corrected(landmarks: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """[5,2]: landmarks moved by a similarity, so that their fit to the template has the offset taken back.

    With S the fit of the landmarks to the template and X the offset, the moved ones are (S^-1 X S) of the given ones,
    whose own fit is X^-1 S: they keep their shape, which tells the pose.
    """
    fit = similarity(landmarks, TEMPLATE)
    move = compose(invert(fit), compose(offset_matrix(offset), fit))
    return landmarks @ move[:, :2].T + move[:, 2]


class AlignmentMaker:
    """Batches for the aligner: `picture` uint8 [N,3,64,64], `offset` [N,4], `ied` [N]."""

    def __init__(self, faces: Faces, mix: Mix, misses: Misses) -> None:
        self.faces, self.mix, self.misses = faces, mix, misses

    def sample(self, row: int, rng: Rng) -> tuple[np.ndarray, np.ndarray, float]:
        face = np.array(self.faces.images[row])
        if rng.random() < self.mix.clean:
            picture, ied = face, TEMPLATE_IED
            to_picture = np.array([[1.0, 0, RIM], [0, 1.0, RIM]])
        else:
            ied = float(np.exp(rng.uniform(*np.log(self.mix.ied))))
            footage = degrade(face, rng, self.mix.profile(rng), ied)
            picture, to_picture = footage.picture, footage.to_footage
        offset = self.misses.draw(ied, rng)
        crop = aligner_crop(picture, compose(offset_matrix(offset), invert(to_picture)))
        return crop, offset, ied

    def __call__(self, rows: np.ndarray, rng: Rng, step: int = 0) -> batches.Batch:
        made = [self.sample(int(row), rng) for row in rows]
        return {
            "picture": batches.to_tensor([crop for crop, _, _ in made]),
            "offset": torch.from_numpy(np.stack([offset for _, offset, _ in made])),
            "ied": torch.tensor([ied for _, _, ied in made], dtype=torch.float32),
        }
