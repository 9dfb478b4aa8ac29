"""What all drawn occluders share: cloth and its shading, shapes with soft edges, and how they cover a face.

Everything is drawn on the 144x144 picture of an aligned face (template coordinates plus `RIM`), before it is degraded.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.data.faces import SIDE

Rng = np.random.Generator
Points = np.ndarray
#: Fixed point of OpenCV's polygons: coordinates in sixteenths of a pixel.
SHIFT = 4


@dataclass(frozen=True)
class Layer:
    """A thing before the face, and the shadow that it throws on it."""

    colour: np.ndarray  # float32 [144,144,3] 0..1
    alpha: np.ndarray  # float32 [144,144] 0..1
    shadow: np.ndarray | None = None  # float32 [144,144], factor on what lies below


def between(rng: Rng, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def fixed(points: Points) -> np.ndarray:
    """Points [n,2] in OpenCV's fixed point."""
    return np.round(np.asarray(points) * (1 << SHIFT)).astype(np.int32)


def filled(outlines: list[Points], soft: float) -> np.ndarray:
    """float32 [144,144]: 1 within the outlines [n,2], with an edge blurred by `soft` pixels."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    for outline in outlines:
        cv2.fillPoly(alpha, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
    return softened(alpha, soft)


def stroked(lines: list[Points], width: float, soft: float, closed: bool = False) -> np.ndarray:
    """float32 [144,144]: lines of a width in pixels."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    for line in lines:
        cv2.polylines(alpha, [fixed(line)], closed, 255, max(1, round(width)), cv2.LINE_AA, SHIFT)
    return softened(alpha, soft)


def softened(alpha: np.ndarray, soft: float) -> np.ndarray:
    x = alpha.astype(np.float32) / 255
    return cv2.GaussianBlur(x, (0, 0), soft) if soft > 0.2 else x


def curve(points: Points, count: int = 24) -> Points:
    """A smooth line through points [n,2] (Catmull-Rom), the first and the last included."""
    p = np.asarray(points, np.float64)
    padded = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, count)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack(parts)


def ellipse(centre: Points, rx: float, ry: float, power: float = 2.0, count: int = 40) -> Points:
    """A superellipse: 2 round, 4 nearly a rectangle."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    x = np.sign(c) * np.abs(c) ** (2 / power) * rx
    y = np.sign(s) * np.abs(s) ** (2 / power) * ry
    return np.asarray(centre) + np.stack([x, y], 1)


def cloth_colour(rng: Rng, usual: tuple[tuple[float, float, float], ...], share: float = 0.6) -> np.ndarray:
    """One of the usual colours, else any; float32 [3] 0..1."""
    if rng.random() < share:
        colour = np.array(usual[rng.integers(len(usual))]) + rng.normal(0, 0.04, 3)
    else:
        hsv = np.uint8([[[rng.integers(180), rng.integers(0, 220), rng.integers(20, 250)]]])
        colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] / 255
    return np.clip(colour, 0.02, 0.98).astype(np.float32)


#: Patterns of cloth. Those of `HELD_OUT` are kept for the evaluation.
PATTERNS = ("plain", "plain", "plain", "plain", "stripes", "dots", "weave")
HELD_OUT_PATTERNS = ("print", "check")


def pattern(name: str, colour: np.ndarray, rng: Rng) -> np.ndarray:
    """float32 [144,144,3]: cloth of a colour."""
    base = np.broadcast_to(colour, (SIDE, SIDE, 3)).astype(np.float32)
    if name == "plain":
        return base + smooth_noise(rng, between(rng, 6, 20))[..., None] * 0.05
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    turn, period = between(rng, 0, np.pi), between(rng, 4, 14)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    if name == "stripes":
        share = (np.sin(2 * np.pi * u / period) > between(rng, -0.5, 0.6)).astype(np.float32)
    elif name == "dots":
        share = ((u % period - period / 2) ** 2 + (v % period - period / 2) ** 2 < (period / 4) ** 2).astype(np.float32)
    elif name == "weave":
        share = 0.5 + 0.5 * np.sin(2 * np.pi * u / 2.5) * np.sin(2 * np.pi * v / 2.5)
    elif name == "check":
        share = ((np.sin(2 * np.pi * u / period) > 0) ^ (np.sin(2 * np.pi * v / period) > 0)).astype(np.float32)
    else:  # print: blots of two colours
        share = (smooth_noise(rng, between(rng, 3, 8)) > 0.3).astype(np.float32)
    other = cloth_colour(rng, ((0.9, 0.9, 0.9), (0.1, 0.1, 0.12)))
    return base + share[..., None] * (other - base) * between(rng, 0.3, 1.0)


def smooth_noise(rng: Rng, size: float) -> np.ndarray:
    """float32 [144,144], deviation 1, features of `size` pixels."""
    n = max(3, round(SIDE / size))
    return cv2.resize(rng.standard_normal((n, n)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def folds(rng: Rng, strength: float, size: float) -> np.ndarray:
    """float32 [144,144]: light and dark of folds, mean about 1."""
    n = cv2.GaussianBlur(smooth_noise(rng, size), (0, 0), 1.5)
    slope = n - np.roll(n, (1, 1), (0, 1))
    return np.clip(1 + strength * slope / (slope.std() + 1e-6), 0.4, 1.5)


def light_of(face: np.ndarray, rng: Rng) -> np.ndarray:
    """float32 [144,144,1]: the light that lies on the face, brightness and direction, drawn a little apart from it."""
    luma = cv2.GaussianBlur(face.mean(2), (0, 0), 14)
    level = float(luma[40:130, 30:114].mean())
    relative = (luma / (level + 1e-3)) ** between(rng, 0.3, 0.9)
    bright = np.clip(0.35 + 1.1 * level, 0.35, 1.15) * between(rng, 0.75, 1.2)
    return (np.clip(relative, 0.4, 1.6) * bright)[..., None].astype(np.float32)


def lay(face: np.ndarray, layer: Layer, light: np.ndarray) -> np.ndarray:
    """The face, float32 [144,144,3] 0..1, with a layer before it."""
    below = face if layer.shadow is None else face * layer.shadow[..., None]
    a = layer.alpha[..., None]
    return np.clip(below * (1 - a) + np.clip(layer.colour * light, 0, 1) * a, 0, 1)
