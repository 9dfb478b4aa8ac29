"""Latents from a seed, so that every language draws the same numbers.

`mulberry32(seed)` gives uniform numbers in [0, 1); pairs of them become normal
numbers by Box-Muller: with u = 1 - next(), v = next(), the pair is
sqrt(-2 ln u) cos(2 pi v), sqrt(-2 ln u) sin(2 pi v), taken in this order. An
identity is the first 64 numbers of its seed, an appearance the first 16 of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

IDENTITY = 64
APPEARANCE = 16
_MASK = 0xFFFFFFFF


def mulberry32(seed: int) -> Callable[[], float]:
    """The well-known 32-bit generator; a function that gives the next number in [0, 1)."""
    state = seed & _MASK

    def following() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _MASK
        t = ((state ^ (state >> 15)) * (1 | state)) & _MASK
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & _MASK)) & _MASK) ^ t
        return ((t ^ (t >> 14)) & _MASK) / 4294967296

    return following


def normals(seed: int, count: int) -> np.ndarray:
    """`count` standard normal numbers of `seed`, float32."""
    following = mulberry32(seed)
    values: list[float] = []
    while len(values) < count:
        radius = math.sqrt(-2 * math.log(1 - following()))
        angle = 2 * math.pi * following()
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.array(values[:count], np.float32)


def identity(seed: int) -> np.ndarray:
    """The identity latent of a seed."""
    return normals(seed, IDENTITY)


def appearance(seed: int) -> np.ndarray:
    """The appearance latent of a seed."""
    return normals(seed, APPEARANCE)
