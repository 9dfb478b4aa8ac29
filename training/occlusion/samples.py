"""Samples of the occlusion finder: covered faces, degraded, cut out as landmarks that err would have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from training.data import batches
from training.data.align import TEMPLATE, TEMPLATE_IED, compose, invert, warp
from training.data.alignments import Misses, offset_matrix
from training.data.faces import RIM, Faces
from training.data.samples import Mix
from training.degrade.pipeline import degrade
from training.networks.occlusion import SIDE
from training.occlusion.draw import KINDS, OUTPUTS, Covered, Wish, cover
from training.occlusion.worn import BARE, WORN

Rng = np.random.Generator
#: Crop, truth, what of it is known, inter-eye distance.
Sample = tuple[np.ndarray, np.ndarray, np.ndarray, float]
#: Part of the 144x144 picture that the landmark network sees: left, top, side.
SEEN = (20, 26, 104)
#: Its points stay this near to the template's, pixels: the alignment is right on the whole.
FARTHEST = 9.0
MODEL = "landmarks_regression_retail_0009.onnx"


def points_of(faces: Faces, models: Path, cache: Path) -> np.ndarray:
    """float32 [M,5,2]: five points of each face in its 144x144 picture, which tell how the head is turned.

    The pictures are aligned, so the template's points are right on the average alone. Kept in the cache.
    """
    path = Path(cache) / "points.npy"
    if path.exists():
        return np.load(path)
    from training.export.onnx_files import session

    network, found = session(Path(models) / MODEL), np.empty((len(faces.images), 5, 2), np.float32)
    name, (left, top, side) = network.get_inputs()[0].name, SEEN
    for row, face in enumerate(faces.images):
        part = cv2.resize(face[top : top + side, left : left + side], (48, 48), interpolation=cv2.INTER_AREA)
        x = np.ascontiguousarray(part[..., ::-1].astype(np.float32).transpose(2, 0, 1)[None])
        found[row] = network.run(None, {name: x})[0].reshape(5, 2) * side + [left, top]
    middle = TEMPLATE + RIM
    found = (middle + np.clip(found - middle, -FARTHEST, FARTHEST)).astype(np.float32)
    np.save(path, found)
    return found


class CoveredMaker:
    """Batches: `picture` uint8 [N,3,112,112], `truth` and `known` [N,5], `ied` [N].

    `suspected` [M,3] marks kinds that a face of the set seems to wear already: there the truth is open. `headwear` [M]
    is what somebody saw of the faces (`worn.py`); it takes the place of what is suspected. With `views` v every v * v-th
    row is drawn and gives v * v samples: drawing and degrading take most of the time.
    """

    def __init__(
        self,
        faces: Faces,
        points: np.ndarray,
        mix: Mix,
        wish: Wish | None = None,
        misses: Misses | None = None,
        held_out: bool = False,
        suspected: np.ndarray | None = None,
        views: int = 1,
        headwear: np.ndarray | None = None,
    ) -> None:
        self.faces, self.points, self.mix, self.wish = faces, points, mix, wish or Wish()
        self.misses, self.held_out, self.suspected = misses or Misses(), held_out, suspected
        self.views, self.headwear = views, headwear

    def samples(self, row: int, rng: Rng) -> list[Sample]:
        """One face, covered once, `self.views` times degraded and as often cut out again."""
        face, points = np.array(self.faces.images[row]), self.points[row].astype(np.float64)
        if rng.random() < 0.5:
            face = np.ascontiguousarray(face[:, ::-1])
            points = (points * [-1, 1] + [face.shape[1] - 1, 0])[[1, 0, 2, 4, 3]]
        seen = BARE if self.headwear is None else int(self.headwear[row])
        wish = self.wish if seen == BARE else replace(self.wish, headwear=0)
        covered = cover(face, points, rng, wish, self.held_out)
        if self.suspected is not None:
            known = covered.known * open_truth(self.suspected[row], covered.truth)
            covered = replace(covered, known=known)
        if self.headwear is not None:
            covered = with_real_headwear(covered, seen)
        made: list[Sample] = []
        for _ in range(self.views):
            picture, to_picture, ied = self.seen(covered.picture, rng)
            for _ in range(self.views):
                offset = self.misses.draw(ied, rng)
                crop = warp(picture, compose(offset_matrix(offset), invert(to_picture)), SIDE)
                made.append((crop, covered.truth, covered.known, ied))
        return made

    def seen(self, face: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray, float]:
        """The face as a camera shows it, the matrix from template coordinates to it, and its inter-eye distance."""
        if rng.random() < self.mix.clean:
            return face, np.array([[1.0, 0, RIM], [0, 1.0, RIM]]), TEMPLATE_IED
        ied = float(np.exp(rng.uniform(*np.log(self.mix.ied))))
        footage = degrade(face, rng, self.mix.profile(rng), ied)
        return footage.picture, footage.to_footage, ied

    def __call__(self, rows: np.ndarray, rng: Rng, step: int = 0) -> batches.Batch:
        made = [sample for row in rows[:: self.views**2] for sample in self.samples(int(row), rng)]
        return {
            "picture": batches.to_tensor([crop for crop, *_ in made]),
            "truth": torch.from_numpy(np.stack([truth for _, truth, *_ in made])),
            "known": torch.from_numpy(np.stack([known for _, _, known, _ in made])),
            "ied": torch.tensor([ied for *_, ied in made], dtype=torch.float32),
        }


def open_truth(suspected: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """float32 [5]: 0 for a kind that the face seems to wear itself and that was not drawn, and for what it hides."""
    known = np.ones(len(OUTPUTS), np.float32)
    for kind, share in zip(KINDS, ("lower", "upper", None)):
        if suspected[KINDS.index(kind)] and truth[OUTPUTS.index(kind)] < 0.5:
            known[OUTPUTS.index(kind)] = 0
            if share is not None:
                known[OUTPUTS.index(share)] = 0
    return known


def with_real_headwear(covered: Covered, seen: int) -> Covered:
    """The truth of a face on whose head somebody saw something, nothing, or what cannot be told; drawn headwear counts.

    Where something is there, how much of brows and eyes it hides is open.
    """
    truth, known = covered.truth.copy(), covered.known.copy()
    kind = OUTPUTS.index("headwear")
    known[kind] = 1.0 if seen in (WORN, BARE) else 0.0
    if seen == WORN:
        truth[kind] = 1.0
    if seen != BARE:
        known[OUTPUTS.index("upper")] = 0.0
    return replace(covered, truth=truth, known=known)
