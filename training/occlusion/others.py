"""What hides a part of a face and is neither mask, nor glasses, nor headwear: hands, telephones, things before the camera."""

from __future__ import annotations

import numpy as np

from training.data.faces import SIDE
from training.occlusion.layers import Layer, Points, Rng, between, cloth_colour, curve, ellipse, filled, folds, stroked


def draw_other(face: np.ndarray, points: Points, rng: Rng) -> Layer:
    """A hand or a thing before a face, float32 [144,144,3] 0..1."""
    return hand(face, points, rng) if rng.random() < 0.6 else thing(rng)


def hand(face: np.ndarray, points: Points, rng: Rng) -> Layer:
    """Fingers of the face's own skin before mouth, cheek, eyes or forehead."""
    x, y = (int(np.clip(v, 4, SIDE - 5)) for v in 0.5 * (points[2] + points[rng.integers(3, 5)]))
    skin = face[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(0) * between(rng, 0.8, 1.15)
    target = points[rng.integers(5)] + rng.normal(0, 8, 2)
    angle, width = between(rng, 0, 2 * np.pi), between(rng, 8, 13)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    fingers, soft = [], between(rng, 0.5, 1.2)
    for i in range(int(rng.integers(1, 5))):
        tip = target + across * width * (i - 1.5) - along * between(rng, 0, 8)
        fingers.append(curve(np.array([tip, tip + along * 30 + rng.normal(0, 2, 2), tip + along * 90]), 8))
    alpha = np.maximum.reduce([stroked([f], width, soft) for f in fingers])
    gaps = stroked([f + across * width * 0.5 for f in fingers], 1.2, 0.6)
    colour = np.broadcast_to(skin, (SIDE, SIDE, 3)) * folds(rng, 0.03, 12)[..., None] * (1 - 0.4 * gaps)[..., None]
    shadow = 1 - between(rng, 0, 0.3) * np.roll(alpha, (2, 1), (0, 1))
    # The skin already carries the face's light: what is laid on is lit once more.
    return Layer((colour / max(0.35, float(face.mean()) + 0.35)).astype(np.float32), alpha, shadow.astype(np.float32))


def thing(rng: Rng) -> Layer:
    """A shape of any colour that comes into the picture from a side."""
    centre = rng.uniform(10, SIDE - 10, 2)
    centre[int(rng.integers(2))] = rng.choice([between(rng, -5, 30), between(rng, SIDE - 30, SIDE + 5)])
    outline = ellipse([0, 0], between(rng, 14, 45), between(rng, 10, 60), between(rng, 2, 6))
    turn = between(rng, 0, np.pi)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    colour = np.broadcast_to(cloth_colour(rng, ((0.05, 0.05, 0.06), (0.5, 0.5, 0.5)), 0.4), (SIDE, SIDE, 3))
    colour = colour * folds(rng, between(rng, 0, 0.08), between(rng, 8, 40))[..., None]
    return Layer(colour.astype(np.float32), filled([outline @ matrix.T + centre], between(rng, 0.4, 2)))
