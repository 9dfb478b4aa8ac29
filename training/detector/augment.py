"""Training canvases: pieces of scenes at random scale and rotation, then worsened.

A canvas is split at random into quarters, again and again; each piece shows a
random scene scaled so that one of its faces has a size drawn from a log-uniform
range. So a batch holds faces of every size, and far more small ones than the
photographs do.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.detector.nonfaces import beside_window, cut, part_window, pattern
from training.detector.scenes import Scene
from training.detector.worsen import worsen


@dataclass(frozen=True)
class AugmentConfig:
    """Sizes are of the geometric mean of a box's sides, in pixels of the canvas."""

    canvas: int = 256
    smallest: float = 9.0
    largest: float = 190.0
    worsen: float = 0.55
    split: tuple[float, float] = (0.4, 0.3)
    street: float = 0.14
    blank: float = 0.05
    #: Share of the worsened canvases that get every step of a poor camera at once.
    surveillance: float = 0.0
    #: Share of the pieces that show what is no face: cuts beside faces, parts of faces, turned faces, patterns.
    nonface: float = 0.0
    #: The largest face of a piece, as a share of the piece's side.
    fill: float = 0.85


@dataclass
class Sample:
    """One canvas with its targets; `ignore` faces are neither positive nor negative."""

    image: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    score: np.ndarray
    ignore: np.ndarray


MIRRORED = [1, 0, 2, 4, 3]


class Augmenter:
    """Draws samples from scenes; all randomness comes from the generator handed in."""

    def __init__(self, scenes: list[Scene], config: AugmentConfig = AugmentConfig()):
        self.config = config
        certain = [i for i, s in enumerate(scenes) if (~s.ignore).any()]
        self.scenes = scenes
        self.street = [i for i in certain if scenes[i].source == "street"]
        self.faces = [i for i in certain if scenes[i].source != "street"]
        self.blank = [i for i, s in enumerate(scenes) if len(s.boxes) == 0]

    def sample(self, rng: np.random.Generator) -> Sample:
        size = self.config.canvas
        image = np.empty((size, size, 3), np.uint8)
        pieces: list[tuple[np.ndarray, ...]] = []
        self._fill(image, 0, 0, size, 0, pieces, rng)
        boxes, points, score, ignore = (np.concatenate(x) for x in zip(*pieces))
        sizes = np.sqrt(boxes[:, 2] * boxes[:, 3])
        if rng.random() < self.config.worsen:
            certain = sizes[~ignore]
            gentle = bool(len(certain)) and float(np.median(certain)) < 30
            whole = self.config.surveillance > 0 and rng.random() < self.config.surveillance
            image = worsen(image, rng, gentle, whole)
        tiny = sizes < 0.75 * self.config.smallest
        return Sample(image, boxes, points, score, ignore | tiny)

    def _fill(self, image, x, y, size, depth, pieces, rng) -> None:
        splits = self.config.split
        if depth < len(splits) and rng.random() < splits[depth]:
            half = size // 2
            for dy in (0, half):
                for dx in (0, half):
                    self._fill(image, x + dx, y + dy, half, depth + 1, pieces, rng)
            return
        piece, boxes, points, score, ignore = self._piece(size, rng)
        image[y : y + size, x : x + size] = piece
        boxes[:, :2] += (x, y)
        points += (x, y)
        pieces.append((boxes, points, score, ignore))

    def _choose(self, size: int, rng) -> Scene:
        draw = rng.random()
        if self.blank and draw < self.config.blank:
            pool = self.blank
        elif self.street and draw < self.config.blank + self.config.street and size >= 96:
            pool = self.street
        else:
            pool = self.faces or self.street
        return self.scenes[pool[rng.integers(len(pool))]]

    def _piece(self, size: int, rng):
        if rng.random() < self.config.nonface:
            return self._nonface(size, rng)
        scene = self._choose(size, rng)
        height, width = scene.image.shape[:2]
        certain = np.flatnonzero(~scene.ignore)
        if len(certain) and rng.random() < 0.93:
            box = scene.boxes[certain[rng.integers(len(certain))]]
            largest = min(self.config.largest, self.config.fill * size)
            smallest = max(self.config.smallest, 0.12 * size)
            target = np.exp(rng.uniform(np.log(smallest), np.log(largest)))
            scale = target / np.sqrt(box[2] * box[3])
            if scene.source == "street":
                scale = min(scale, 1.25)
            elif rng.random() < 0.6:
                scale = max(scale, 0.5 * size / max(height, width))
            target = scale * np.sqrt(box[2] * box[3])
            anchor = box[:2] + box[2:] / 2
            room = min(0.5 * size, 0.6 * target)
            place = rng.uniform(room, size - room + 1e-3, 2)
        else:
            scale = np.exp(rng.uniform(np.log(0.3), np.log(1.2)))
            anchor = rng.uniform(0, 1, 2) * (width, height)
            place = rng.uniform(0.2, 0.8, 2) * size
        spread = 25 if rng.random() < 0.15 else 8
        angle = float(np.clip(rng.normal(0, spread), -60, 60))
        return self._warp(scene, size, float(scale), anchor, place, angle, rng)

    def _nonface(self, size: int, rng):
        """A piece without any face; faces turned by 75 degrees and more count as none."""
        draw = rng.random()
        scene = self.scenes[self.faces[rng.integers(len(self.faces))]]
        box = scene.boxes[rng.integers(len(scene.boxes))]
        window = part_window(box, rng) if draw < 0.3 else beside_window(scene, rng) if draw < 0.6 else None
        if window is not None:
            image = cut(scene, window, (size, size))
            return (image[:, ::-1] if rng.random() < 0.5 else image, *_no_faces())
        if draw > 0.85:
            return (pattern((size, size), rng), *_no_faces())
        target = np.exp(rng.uniform(np.log(max(12, 0.15 * size)), np.log(self.config.fill * size)))
        scale = float(target / np.sqrt(box[2] * box[3]))
        anchor, place = box[:2] + box[2:] / 2, rng.uniform(0.3, 0.7, 2) * size
        return (self._warp(scene, size, scale, anchor, place, rng.uniform(75, 285), rng)[0], *_no_faces())

    def _warp(self, scene, size, scale, anchor, place, degrees, rng):
        angle = np.deg2rad(degrees)
        mirror = rng.random() < 0.5
        stretch = np.exp(rng.normal(0, 0.06))
        linear = (
            scale
            * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            @ np.diag([stretch * (-1 if mirror else 1), 1 / stretch])
        )
        shift = place - linear @ anchor
        source, own = scene.at_scale(scale)
        matrix = np.concatenate([linear / own, shift[:, None]], axis=1)
        if self.blank and scale * max(scene.image.shape) < 1.2 * size and rng.random() < 0.5:
            piece = self._backdrop(size, rng)
            cv2.warpAffine(source, matrix, (size, size), piece, borderMode=cv2.BORDER_TRANSPARENT)
            return self._placed(piece, scene, linear, shift, stretch, scale, mirror, size)
        fill = rng.integers(0, 256, 3).tolist() if rng.random() < 0.5 else [int(rng.integers(256))] * 3
        way = cv2.INTER_LINEAR if rng.random() < 0.8 else cv2.INTER_CUBIC
        piece = cv2.warpAffine(
            source, matrix, (size, size), flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
        )
        return self._placed(piece, scene, linear, shift, stretch, scale, mirror, size)

    def _backdrop(self, size, rng) -> np.ndarray:
        """A stretched cut of a scene without faces."""
        image = self.scenes[self.blank[rng.integers(len(self.blank))]].image
        height, width = image.shape[:2]
        side = int(rng.integers(min(64, height, width), min(height, width) + 1))
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        return cv2.resize(image[y : y + side, x : x + side], (size, size))

    @staticmethod
    def _placed(piece, scene, linear, shift, stretch, scale, mirror, size):
        """The piece with the scene's faces moved as its pixels were."""
        points = scene.points @ linear.T + shift
        if mirror:
            points = points[:, MIRRORED]
        centre = (scene.boxes[:, :2] + scene.boxes[:, 2:] / 2) @ linear.T + shift
        sides = scene.boxes[:, 2:] * scale * np.array([stretch, 1 / stretch])
        boxes = np.concatenate([centre - sides / 2, sides], axis=1).astype(np.float32)
        return (piece, *_clip(boxes, points.astype(np.float32), scene.score, scene.ignore, size))


def _no_faces() -> tuple[np.ndarray, ...]:
    """Boxes, points, scores and the mark of unsure ones, of none."""
    return np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32), np.zeros(0, bool)


def _clip(boxes, points, score, ignore, size):
    """Cuts boxes at the piece's border; faces half out of it are ignored, the rest dropped."""
    low = np.clip(boxes[:, :2], 0, size)
    high = np.clip(boxes[:, :2] + boxes[:, 2:], 0, size)
    sides = np.maximum(high - low, 0)
    share = sides.prod(1) / np.maximum(boxes[:, 2:].prod(1), 1e-6)
    inside = ((points > -2) & (points < size + 2)).all((1, 2))
    keep = share > 0.15
    ignore = ignore | (share < 0.7) | ~inside
    boxes = np.where((share < 0.7)[:, None], np.concatenate([low, sides], 1), boxes)
    return boxes[keep].astype(np.float32), points[keep], score[keep], ignore[keep]
