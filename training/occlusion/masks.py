"""Masks and scarves before mouth and nose."""

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
    filled,
    folds,
    pattern,
    stroked,
)

#: Cuts of masks; those of `HELD_OUT` are kept for the evaluation.
SHAPES = ("surgical", "surgical", "cloth", "folded", "scarf")
HELD_OUT_SHAPES = ("duckbill", "bandana")
COLOURS = (
    (0.55, 0.75, 0.88),  # medical blue
    (0.92, 0.93, 0.94),
    (0.08, 0.08, 0.09),
    (0.55, 0.80, 0.72),
    (0.45, 0.46, 0.48),
    (0.12, 0.16, 0.30),
    (0.85, 0.68, 0.72),
)


def draw_mask(points: Points, rng: Rng, held_out: bool = False) -> Layer:
    """A mask on a face whose five points are given, pixels of the 144x144 picture."""
    shape = str(rng.choice(HELD_OUT_SHAPES if held_out else SHAPES))
    name = str(rng.choice(HELD_OUT_PATTERNS if held_out and rng.random() < 0.7 else PATTERNS))
    colour = pattern(name, cloth_colour(rng, COLOURS), rng)
    outline, more = (scarf if shape in ("scarf", "bandana") else mask)(shape, points, rng)
    soft = between(rng, 0.3, 1.1)
    alpha = filled([outline], soft)
    x = np.arange(SIDE, dtype=np.float32)
    middle, half = points[2, 0], between(rng, 40, 60)
    round_light = np.clip(1.05 - between(rng, 0.1, 0.5) * ((x - middle) / half) ** 2, 0.3, 1.2)[None, :, None]
    colour = colour * round_light * folds(rng, between(rng, 0.0, 0.09), between(rng, 10, 30))[..., None]
    for lines, depth, width in more:
        colour = colour * (1 - depth * stroked(lines, width, 0.7))[..., None]
    if shape not in ("scarf", "bandana") and rng.random() < 0.7:
        left, right = outline[0], outline[23]
        straps = [np.array([left, left + [-20, between(rng, -14, -2)]]), np.array([right, right + [20, -8]])]
        alpha = np.maximum(alpha, stroked(straps, between(rng, 0.8, 2), 0.3))
    return Layer(colour.astype(np.float32), alpha * between(rng, 0.97, 1.0), contact_shadow(outline, rng))


def contact_shadow(outline: Points, rng: Rng) -> np.ndarray:
    """A dark rim on the skin about the cloth."""
    return 1 - between(rng, 0, 0.35) * filled([outline + [0, -1.5]], between(rng, 1.5, 3.5))


def frame(points: Points) -> tuple[Points, float, float]:
    """Middle between the eyes, their distance, and how far down the mouth is."""
    eyes = points[:2].mean(0)
    return eyes, float(np.hypot(*(points[1] - points[0]))), float(points[3:].mean(0)[1] - eyes[1])


def mask(shape: str, p: Points, rng: Rng) -> tuple[Points, list]:
    """Outline, whose first point is the upper left corner and the 24th the upper right one; lines in the cloth."""
    eyes, ied, down = frame(p)
    nose, mouth = p[2], p[3:].mean(0)
    # A turned head: the middle lies at the nose, the nearer cheek is wider.
    lean = float(nose[0] - eyes[0])
    high = between(rng, 0.25, 0.8) if rng.random() < 0.88 else between(rng, 1.05, 1.25)  # below the nose: worn wrongly
    top = eyes[1] + high * (nose[1] - eyes[1])
    half = ied * between(rng, 0.86, 1.12)
    side = eyes[1] + down * between(rng, 0.38, 0.62) if high < 1 else top
    chin = mouth[1] + ied * between(rng, 0.42, 0.75)
    left, right = eyes[0] - half + 0.8 * lean, eyes[0] + half + 0.8 * lean
    jaw = half * (between(rng, 0.55, 0.85) if shape != "duckbill" else between(rng, 0.4, 0.55))
    middle = nose[0] + 0.4 * lean
    peak = between(rng, -2, 4) if shape == "folded" else between(rng, -1, 2.5)
    upper = curve(np.array([[left, side], [middle - 0.3 * half, top + 2], [middle, top - peak], [right, side]]), 8)
    if len(upper) != 24:
        raise ValueError("an upper edge has 24 points")
    belly = between(rng, 0.9, 1.05)
    lower = curve(
        np.array(
            [
                [right, side],
                [eyes[0] + belly * half * 0.93 + lean, mouth[1]],
                [middle + jaw, chin - 3],
                [middle, chin + 2],
                [middle - jaw, chin - 3],
                [eyes[0] - belly * half * 0.93 + lean, mouth[1]],
                [left, side],
            ]
        ),
        6,
    )
    lines = []
    if shape == "surgical":
        for share in np.linspace(0.2, 0.85, int(rng.integers(2, 5))):
            y = side + share * (chin - side)
            bow = between(rng, 0, 3)
            lines.append(curve(np.array([[left, y], [middle, y + bow], [right, y]]), 8))
    elif shape == "folded":
        lines.append(np.array([[middle, top - peak], [middle + between(rng, -1, 1), chin]]))
    elif shape == "duckbill":
        y = 0.5 * (side + chin)
        lines.append(np.array([[left, y], [right, y]]))
    more = [(lines, between(rng, 0.1, 0.4), between(rng, 1, 2))] if lines else []
    return np.vstack([upper, lower]), more


def scarf(shape: str, p: Points, rng: Rng) -> tuple[Points, list]:
    """From below the eyes or the mouth down to the neck; a bandana ends in a tip."""
    eyes, ied, down = frame(p)
    lean = float(p[2, 0] - eyes[0])
    top = eyes[1] + down * between(rng, 0.35, 0.85)
    half = ied * between(rng, 1.1, 1.6)
    x = eyes[0] + lean + np.linspace(-half, half, 5)
    y = top + rng.normal(0, 1.5, 5) + np.array([-6, 0, 1, 0, -6]) * between(rng, -0.5, 1.2)
    upper = curve(np.stack([x, y], 1), 6)
    bottom = SIDE + 8.0
    if shape == "bandana":
        lower = np.array([[x[4], top + 25], [p[2, 0], bottom], [x[0], top + 25]])
    else:
        lower = np.array([[x[4] + 10, bottom], [x[0] - 10, bottom]])
    lines = [
        curve(np.array([[x[0], h], [x[2], h + between(rng, 3, 14)], [x[4], h + between(rng, -6, 6)]]), 8)
        for h in rng.uniform(top + 6, bottom - 10, int(rng.integers(1, 5)))
    ]
    return np.vstack([upper, lower]), [(lines, between(rng, 0.1, 0.45), between(rng, 1, 3))]
