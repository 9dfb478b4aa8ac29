"""Held-out scenes at surveillance quality, for comparison between detectors.

As in the development protocol, a level is a distance between the eyes in pixels:
the scene is scaled down so that its median certain face has it, then blurred, given
noise, darkened and compressed. Scenes whose faces are smaller already keep their
size. Seeded: the same scenes for every detector.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from training.detector.scenes import Scene

#: Distance between the eyes (px), blur (px), noise (of 255), gain, JPEG quality: the ranges of a level.
LEVELS = {
    "L1": (14.0, (0.4, 0.8), (3, 8), (0.5, 1.0), (45, 75)),
    "L2": (10.0, (0.5, 1.0), (5, 14), (0.35, 0.9), (30, 60)),
    "L3": (8.0, (0.6, 1.1), (8, 18), (0.3, 0.8), (25, 50)),
}


def eye_distance(scene: Scene) -> float:
    """Median over certain faces; a profile's short distance is raised by its box's width."""
    keep = ~scene.ignore
    if not keep.any():
        return 0.0
    between = np.linalg.norm(scene.points[keep, 0] - scene.points[keep, 1], axis=1)
    return float(np.median(np.maximum(between, 0.35 * scene.boxes[keep, 2])))


def lowgrade(scenes: list[Scene], level: str, seed: int) -> list[Scene]:
    """Copies of `scenes` at `level`, labels moved along; scenes without faces are kept at half size."""
    eyes, blur, grain, gains, quality = LEVELS[level]
    result = []
    for index, scene in enumerate(scenes):
        rng = np.random.default_rng([seed, index])
        has = eye_distance(scene)
        scale = min(1.0, eyes / has) if has else 0.5
        height, width = scene.image.shape[:2]
        small = (max(16, round(width * scale)), max(16, round(height * scale)))
        image = cv2.resize(scene.image, small, interpolation=cv2.INTER_AREA)
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(*blur))
        value = image.astype(np.float32) * rng.uniform(*gains)
        value += rng.normal(0, rng.uniform(*grain), image.shape)
        image = np.clip(value, 0, 255).astype(np.uint8)
        settings = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(quality[0], quality[1] + 1))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, settings)[1], cv2.IMREAD_COLOR)
        factor = np.array([small[0] / width, small[1] / height], np.float32)
        boxes = scene.boxes * np.tile(factor, 2)
        moved = replace(scene, image=image, boxes=boxes, points=scene.points * factor, pyramid=[])
        result.append(moved)
    return result
