"""What is no face, or not enough of one: cuts from pictures with faces, and drawn patterns.

The training shows them as negatives, `training.detector.sizes` counts what is found in them.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.detector.decode import pair_shares
from training.detector.scenes import Scene

#: Share of a face's box that a cut may hold and still count as without that face.
LEFT_OVER = 0.12


def part_window(box: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A square window x, y, w, h that shows a quarter to a half of a face's side: an eye, a mouth, a cheek."""
    side = np.sqrt(box[2] * box[3]) * rng.uniform(0.25, 0.5)
    centre = box[:2] + box[2:] * rng.uniform(0.15, 0.85, 2)
    return np.array([*(centre - side / 2), side, side], np.float32)


def beside_window(scene: Scene, rng: np.random.Generator) -> np.ndarray | None:
    """A square window that touches no face, or hardly: hair, neck, hands, clothes, what stands behind."""
    height, width = scene.image.shape[:2]
    around = scene.boxes[rng.integers(len(scene.boxes))] if len(scene.boxes) else None
    for _ in range(20):
        if around is None or rng.random() < 0.3:
            side, centre = min(height, width) * rng.uniform(0.25, 0.8), rng.uniform(0, 1, 2) * (width, height)
        else:
            side = np.sqrt(around[2] * around[3]) * rng.uniform(0.4, 1.3)
            centre = around[:2] + around[2:] * rng.uniform(-0.7, 1.7, 2)
        low = np.array([centre[0] - side / 2, centre[1] - side / 2])
        if (low < 0).any() or (low + side > (width, height)).any():
            continue
        window = np.array([[*low, side, side]], np.float32)
        if not len(scene.boxes) or pair_shares(scene.boxes, window).max() <= LEFT_OVER:
            return window[0]
    return None


def cut(scene: Scene, window: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The window scaled to `size` (width, height); beyond the picture its border goes on."""
    scale = np.array(size) / window[2:]
    source, own = scene.at_scale(float(scale.max()))
    linear = np.diag(scale) / own
    matrix = np.concatenate([linear, -(scale * window[:2])[:, None]], axis=1)
    return cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def pattern(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A drawn picture (width, height) of one kind: grain, bars, squares, lamps or door frames."""
    width, height = size
    kind = rng.integers(5)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = rng.integers(0, 200, 3)
    if kind == 0:
        image = _grain(size, rng)
    elif kind == 1:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        angle, step = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(4), np.log(80)))
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / step)
        image = np.clip(rng.integers(40, 200, 3) + wave[..., None] * rng.uniform(10, 90), 0, 255).astype(np.uint8)
    elif kind == 2:
        step = int(rng.integers(6, 70))
        y, x = np.mgrid[:height, :width] // step
        image[(x + y) % 2 == 0] = rng.integers(0, 256, 3)
    elif kind == 3:
        for _ in range(int(rng.integers(2, 14))):
            centre = rng.integers(0, width), rng.integers(0, height)
            axes = rng.integers(4, max(6, min(size) // 4), 2)
            colour = rng.integers(60, 256, 3).tolist()
            cv2.ellipse(image, centre, axes.tolist(), float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    else:
        for _ in range(int(rng.integers(3, 12))):
            low, sides = rng.integers(0, size), rng.integers(8, max(10, min(size)), 2)
            colour, line = rng.integers(0, 256, 3).tolist(), int(rng.choice([-1, 1, 2, 4, 9]))
            cv2.rectangle(image, low.tolist(), (low + sides).tolist(), colour, line)
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 5)) if rng.random() < 0.6 else image


def _grain(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Noise of several coarsenesses on top of one another."""
    width, height = size
    total = np.full((height, width, 3), rng.uniform(60, 180), np.float32)
    for step in (2, 4, 8, 16, 32, 64):
        shape = (max(2, height // step), max(2, width // step), 3)
        layer = rng.normal(0, rng.uniform(2, 30), shape).astype(np.float32)
        total += cv2.resize(layer, size, interpolation=cv2.INTER_CUBIC)
    return np.clip(total, 0, 255).astype(np.uint8)
