"""Caps, beanies, hats and hoods."""

from __future__ import annotations

import numpy as np

from training.data.faces import SIDE
from training.occlusion.layers import (
    HELD_OUT_PATTERNS,
    PATTERNS,
    Layer,
    Points,
    Rng,
    between,
    cloth_colour,
    curve,
    ellipse,
    filled,
    folds,
    pattern,
    stroked,
)

#: Kinds; those of `HELD_OUT` are kept for the evaluation.
KINDS = ("cap", "beanie", "hood")
HELD_OUT_KINDS = ("brimmed", "headscarf")
COLOURS = (
    (0.07, 0.07, 0.08),
    (0.1, 0.13, 0.25),
    (0.4, 0.4, 0.42),
    (0.55, 0.1, 0.1),
    (0.85, 0.83, 0.78),
    (0.3, 0.28, 0.2),
)
DOWN = np.arange(SIDE, dtype=np.float32)[:, None]


def draw_headwear(points: Points, rng: Rng, held_out: bool = False) -> Layer:
    """Headwear on a face whose five points are given, pixels of the 144x144 picture."""
    kind = str(rng.choice(HELD_OUT_KINDS if held_out else KINDS))
    name = str(rng.choice(HELD_OUT_PATTERNS if held_out and rng.random() < 0.5 else PATTERNS))
    colour = pattern(name, cloth_colour(rng, COLOURS, 0.7), rng)
    colour = colour * folds(rng, between(rng, 0.0, 0.1), between(rng, 8, 30))[..., None]
    eyes, ied = points[:2].mean(0), float(np.hypot(*(points[1] - points[0])))
    if kind in ("hood", "headscarf"):
        return hood(kind, colour, points, rng)
    # How far the edge lies above the eyes: from the hairline down to the brows.
    edge = eyes[1] - ied * between(rng, 0.38, 0.85)
    tilt = between(rng, -4, 4)
    lean = float(points[2, 0] - eyes[0])
    x = np.array([-20.0, eyes[0] - 1.1 * ied, eyes[0] + 0.6 * lean, eyes[0] + 1.1 * ied, SIDE + 20.0])
    bow = between(rng, -3, 9) if kind == "cap" else between(rng, -4, 4)
    y = edge + np.array([8, 3, 0, 3, 8]) * between(rng, 0.2, 1.2) + np.array([-1, -0.5, 0, 0.5, 1]) * tilt
    y[2] += bow
    if kind == "brimmed":
        y = edge + np.array([-2, 0, 1, 0, -2]) * between(rng, 0, 2) + np.array([-1, -0.5, 0, 0.5, 1]) * tilt
    line = curve(np.stack([x, y], 1), 8)
    soft = between(rng, 0.4, 1.2)
    side = np.array([[SIDE + 20.0, -10.0], [-20.0, -10.0]])
    if kind == "beanie" or (kind == "cap" and rng.random() < 0.6):  # the head is seen on both sides
        half = ied * between(rng, 1.25, 1.6)
        inside = np.abs(line[:, 0] - eyes[0] - 0.5 * lean) < half
        line = line[inside]
        side = np.array([line[-1] + [between(rng, -4, 6), -40], line[0] + [between(rng, -6, 4), -40]])
    alpha = filled([np.vstack([line, side])], soft)
    if kind == "beanie" and rng.random() < 0.6:  # ribs
        ribs = [
            np.array([[u, -10], [u + between(rng, -1, 1), edge + 20]]) for u in np.arange(0, SIDE, between(rng, 3, 6))
        ]
        colour = colour * (1 - between(rng, 0.1, 0.35) * stroked(ribs, 1, 0.4))[..., None]
    if kind in ("cap", "brimmed"):  # a peak or brim is lighter or darker than the crown
        brim = ied * between(rng, 0.18, 0.4)
        band = (DOWN > edge - brim).astype(np.float32)
        colour = colour * (1 - band * between(rng, -0.15, 0.45))[..., None]
    reach = ied * (between(rng, 0.25, 1.1) if kind != "beanie" else between(rng, 0.05, 0.2))
    shade = between(rng, 0.1, 0.65) * (1 if kind != "beanie" else 0.5)
    shadow = 1 - shade * np.clip(1 - (DOWN - edge) / reach, 0, 1) * np.ones((1, SIDE), np.float32)
    return Layer(colour.astype(np.float32), alpha, shadow.astype(np.float32))


def hood(kind: str, colour: np.ndarray, points: Points, rng: Rng) -> Layer:
    """Cloth around the face; a headscarf lies close to it and below the chin."""
    eyes, ied = points[:2].mean(0), float(np.hypot(*(points[1] - points[0])))
    lean = float(points[2, 0] - eyes[0])
    close = kind == "headscarf"
    rx = ied * (between(rng, 0.88, 1.05) if close else between(rng, 0.95, 1.35))
    centre = np.array([eyes[0] + 0.7 * lean, eyes[1] + ied * between(rng, 0.35, 0.55)])
    ry = (centre[1] - eyes[1]) + ied * (between(rng, 0.5, 0.8) if close else between(rng, 0.5, 1.0))
    opening = ellipse(centre, rx, ry, 2.2)
    low = ied * (between(rng, 1.05, 1.3) if close else between(rng, 1.3, 2.4))
    below = opening[:, 1] > centre[1]
    opening[below, 1] = centre[1] + (opening[below, 1] - centre[1]) * low / ry
    alpha = 1 - filled([opening], between(rng, 0.5, 1.5))
    if not close:  # open below: a hood hangs beside the neck
        alpha = alpha * np.clip((centre[1] + low - DOWN) / 8 + between(rng, 0, 1), 0, 1)
    inner = filled([opening], between(rng, 5, 12))
    shade = between(rng, 0.0, 0.55)
    shadow = 1 - shade * (1 - inner) - shade * 0.6 * np.clip(1 - (DOWN - (centre[1] - ry)) / (0.9 * ied), 0, 1)
    edge = stroked([opening], between(rng, 1.5, 4), 1.0, True)
    colour = colour * (1 - between(rng, -0.2, 0.5) * edge)[..., None]
    return Layer(colour.astype(np.float32), alpha.astype(np.float32), np.clip(shadow, 0.2, 1).astype(np.float32))
