"""Occluders put before a face, and what of the face they hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data.faces import SIDE
from training.occlusion.eyewear import draw_glasses
from training.occlusion.headwear import draw_headwear
from training.occlusion.layers import Layer, Points, Rng, filled, lay, light_of
from training.occlusion.masks import draw_mask
from training.occlusion.others import draw_other

#: What the network says, in order: two shares of the face that are hidden, and three kinds of coverings.
SHARES = ("upper", "lower")
KINDS = ("mask", "glasses", "headwear")
OUTPUTS = (*SHARES, *KINDS)
#: A mask counts as one from this share of the lower face on that it hides, and dark glasses of the upper face.
COUNTS_FROM = 0.35


@dataclass(frozen=True)
class Wish:
    """How often a face wears what."""

    mask: float = 0.3
    glasses: float = 0.2
    clear: float = 0.15
    headwear: float = 0.25
    other: float = 0.12


@dataclass(frozen=True)
class Covered:
    """A face with what was drawn before it."""

    picture: np.ndarray  # uint8 [144,144,3]
    truth: np.ndarray  # float32 [5], in the order of `OUTPUTS`
    known: np.ndarray  # float32 [5], 0 where the truth is open


def regions(points: Points) -> tuple[np.ndarray, np.ndarray]:
    """float32 [144,144] each: brows and eyes; nose, mouth and chin."""
    ied = float(np.hypot(*(points[1] - points[0])))
    left, right = points[0], points[1]
    out, mouth = 0.4 * ied, points[3:].mean(0)
    upper = np.array([left + [-out, -out], right + [out, -out], right + [out, 0.25 * ied], left + [-out, 0.25 * ied]])
    nose = points[2, 1] - 0.2 * ied
    chin = mouth[1] + 0.55 * ied
    lower = np.array(
        [
            [points[2, 0] - 0.3 * ied, nose],
            [points[2, 0] + 0.3 * ied, nose],
            points[4] + [0.35 * ied, 0],
            [mouth[0] + 0.4 * ied, chin],
            [mouth[0] - 0.4 * ied, chin],
            points[3] - [0.35 * ied, 0],
        ]
    )
    return filled([upper], 0), filled([lower], 0)


def hidden(region: np.ndarray, alpha: np.ndarray) -> float:
    """Share of a region that is hidden."""
    return float((region * alpha).sum() / max(1e-6, region.sum()))


def cover(face: np.ndarray, points: Points, rng: Rng, wish: Wish | None = None, held_out: bool = False) -> Covered:
    """uint8 [144,144,3] with drawn coverings; the same `rng` gives the same.

    `held_out` draws the shapes and patterns that training never sees. What is worn is drawn in the order in which it
    lies on a face: glasses, then the mask (over or under them), headwear, a hand.
    """
    wish = wish or Wish()
    x = face.astype(np.float32) / 255
    light = light_of(x, rng)
    whole, wears = np.zeros((SIDE, SIDE), np.float32), dict.fromkeys(KINDS, 0.0)
    upper, lower = regions(points)
    layers: list[tuple[str, Layer]] = []
    dice = rng.random(4)
    if dice[0] < wish.glasses:
        layers.append(("glasses", draw_glasses(points, rng, True, held_out)))
    elif dice[0] < wish.glasses + wish.clear:
        layers.append(("clear", draw_glasses(points, rng, False, held_out)))
    if dice[1] < wish.mask:
        layers.insert(int(rng.integers(2)) if layers else 0, ("mask", draw_mask(points, rng, held_out)))
    if dice[2] < wish.headwear:
        layers.append(("headwear", draw_headwear(points, rng, held_out)))
    if dice[3] < wish.other:
        layers.append(("other", draw_other(x, points, rng)))
    known = np.ones(len(OUTPUTS), np.float32)
    for name, layer in layers:
        x = lay(x, layer, light)
        if name in wears:
            wears[name] = 1.0
            share = {"mask": hidden(lower, layer.alpha), "glasses": hidden(upper, layer.alpha)}.get(name, 1.0)
            if share < COUNTS_FROM:  # a scarf under the chin: neither one nor none
                known[OUTPUTS.index(name)] = 0
        whole = 1 - (1 - whole) * (1 - layer.alpha)
    truth = [hidden(upper, whole), hidden(lower, whole), *(wears[k] for k in KINDS)]
    return Covered((x * 255 + 0.5).astype(np.uint8), np.array(truth, np.float32), known)
