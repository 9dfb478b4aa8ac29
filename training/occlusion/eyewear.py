"""Glasses, dark and clear."""

from __future__ import annotations

import numpy as np

from training.data.faces import SIDE
from training.occlusion.layers import Layer, Points, Rng, between, cloth_colour, ellipse, filled, stroked

#: Shapes of lenses; those of `HELD_OUT` are kept for the evaluation.
LENSES = ("round", "rectangle", "wayfarer")
HELD_OUT_LENSES = ("aviator", "wrap")
FRAMES = ((0.05, 0.05, 0.06), (0.25, 0.16, 0.1), (0.6, 0.6, 0.62), (0.7, 0.6, 0.35))
DARK = ((0.04, 0.04, 0.05), (0.12, 0.08, 0.05), (0.06, 0.08, 0.14), (0.1, 0.12, 0.1))


def lens(shape: str, centre: Points, rx: float, ry: float, outer: float) -> Points:
    """Outline of one lens; `outer` is -1 for the left one, 1 for the right one."""
    if shape in ("round", "rectangle"):
        return ellipse(centre, rx, ry, 2.2 if shape == "round" else 4.5)
    outline = ellipse(centre, rx, ry, 3.2)
    away = (outline - centre) / [rx, ry]
    if shape == "wayfarer":  # wider above, drawn up outside
        outline[:, 0] += -0.16 * rx * away[:, 0] * away[:, 1]
        outline[:, 1] -= 0.16 * ry * np.clip(away[:, 0] * outer, 0, 1)
    elif shape == "aviator":  # a drop that hangs outwards
        outline[:, 1] += 0.35 * ry * np.clip(away[:, 1], 0, 1)
        outline[:, 0] += 0.18 * rx * outer * np.clip(away[:, 1], 0, 1)
    else:  # wrap: one piece about the head
        outline[:, 0] += 0.22 * rx * outer * np.clip(away[:, 0] * outer, 0, 1)
        outline[:, 1] -= 0.25 * ry * np.clip(away[:, 0] * outer, 0, 1)
    return outline


def draw_glasses(points: Points, rng: Rng, dark: bool, held_out: bool = False) -> Layer:
    """Glasses on a face whose five points are given, pixels of the 144x144 picture."""
    shape = str(rng.choice(HELD_OUT_LENSES if held_out else LENSES))
    eyes, ied = points[:2], float(np.hypot(*(points[1] - points[0])))
    lean = float(points[2, 0] - eyes[:, 0].mean())
    rx = ied * (between(rng, 0.34, 0.45) if dark else between(rng, 0.3, 0.42))
    ry = rx * (between(rng, 0.72, 1.0) if shape in ("round", "aviator") else between(rng, 0.55, 0.85))
    down = between(rng, -1, 3)
    # A turned head shows the farther lens narrower.
    narrow = 1 - np.clip(np.array([-lean, lean]) / ied, 0, 0.5)
    outlines = [lens(shape, eyes[i] + [0.3 * lean, down], rx * narrow[i], ry, outer) for i, outer in enumerate((-1, 1))]
    soft, width = between(rng, 0.25, 0.8), between(rng, 1, 3.2)
    glass = filled(outlines, soft)
    if shape == "wrap":
        glass = np.maximum(glass, filled([np.array([*outlines[0][[0, 8]], *outlines[1][[12, 20]]])], soft))
    bridge = np.array([outlines[0][0], outlines[1][20]]) + [0, -0.3 * ry]
    temples = [
        np.array([o[at], o[at] + [out * 26, between(rng, -4, 3)]]) for o, at, out in zip(outlines, (20, 0), (-1, 1))
    ]
    rims = np.maximum(stroked(outlines, width, soft, True), stroked([bridge, *temples], width, soft))
    rimless = rng.random() < (0.25 if dark else 0.12)
    metal = cloth_colour(rng, FRAMES, 0.8)
    if dark:
        tint, opacity = cloth_colour(rng, DARK, 0.9), between(rng, 0.72, 0.985)
    else:
        tint, opacity = np.full(3, between(rng, 0.5, 0.95), np.float32), between(rng, 0, 0.14)
    colour, alpha = np.broadcast_to(tint, (SIDE, SIDE, 3)).astype(np.float32), glass * opacity
    y = np.arange(SIDE, dtype=np.float32)[:, None]
    if dark and rng.random() < 0.4:  # clearer towards the cheek
        fade = np.clip((y - (eyes[:, 1].mean() - ry)) / (2 * ry), 0, 1)
        alpha = alpha * (1 - between(rng, 0.1, 0.35) * fade)
    if rng.random() < 0.5:  # something mirrored in the glass
        shine = reflection(outlines, rng) * glass
        colour = colour + shine[..., None] * between(rng, 0.2, 0.9)
        alpha = np.maximum(alpha, shine * between(rng, 0.2, 0.9))
    if not rimless:
        colour = colour * (1 - rims[..., None]) + metal * rims[..., None]
        alpha = np.maximum(alpha, rims * between(rng, 0.8, 1.0))
    return Layer(np.clip(colour, 0, 1).astype(np.float32), alpha.astype(np.float32))


def reflection(outlines: list[Points], rng: Rng) -> np.ndarray:
    """float32 [144,144]: a streak or a spot at the same place of both lenses."""
    spots = []
    size, at = between(rng, 1, 5), rng.uniform(-6, 6, 2)
    for outline in outlines:
        centre = outline.mean(0) + at
        spots.append(ellipse(centre, size * between(rng, 0.6, 2.5), size, 2.5))
    return filled(spots, between(rng, 0.8, 2.5))
