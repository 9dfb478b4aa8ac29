"""An entrance hall in the evening: stone floor, panelled walls, a desk, glass doors to the street."""

from __future__ import annotations

import math

import numba
import numpy as np

from training.footage.field import layers, noise, ramp
from training.footage.layer import Camera
from training.footage.room import tracer

CAMERA = Camera(768, 432, 700.0, 158.0, 1.78)
FPS, SECONDS = 10, 16

FLOOR, CEILING, WALL, WOOD, METAL, GLASS, DESK, PANEL, PLANT, POT, BOARD, RUG, DOOR, SIGN = range(14)

# Kind, then two corners.
_PLACES = [
    (FLOOR, -6, -0.1, -2, 6, 0.0, 12),
    (CEILING, -6, 2.85, -2, 6, 3.0, 12),
    (WALL, -2.1, 0, -2, -1.9, 2.85, 6.1),
    (WALL, -2.1, 0, 7.5, -1.9, 2.85, 9.6),
    (WALL, -2.1, 2.25, 6.1, -1.9, 2.85, 7.5),
    (WALL, -4.2, 0, 5.9, -4.0, 2.85, 7.7),
    (WALL, -4.2, 0, 5.9, -2.1, 2.85, 6.1),
    (WALL, -4.2, 0, 7.5, -2.1, 2.85, 7.7),
    (WALL, 1.9, 0, -2, 2.1, 2.85, 7.2),
    (WALL, 1.9, 0, 8.6, 2.1, 2.85, 9.6),
    (WALL, 1.9, 2.25, 7.2, 2.1, 2.85, 8.6),
    (WALL, 3.6, 0, 7.0, 3.8, 2.85, 8.8),
    (WALL, 2.1, 0, 7.0, 3.8, 2.85, 7.2),
    (WALL, 2.1, 0, 8.6, 3.8, 2.85, 8.8),
    (WOOD, -1.9, 0, -2, -1.87, 1.02, 6.1),
    (WOOD, 1.87, 0, -2, 1.9, 1.02, 7.2),
    (WALL, -1.12, 0, 3.0, -0.80, 2.85, 3.32),
    (METAL, -1.13, 0, 2.99, -0.79, 0.12, 3.33),
    # The street front: posts, a rail, glass.
    (GLASS, -1.9, 0, 9.55, 1.9, 2.85, 9.6),
    (METAL, -1.9, 2.2, 9.45, 1.9, 2.32, 9.55),
    (METAL, -1.9, 0.0, 9.45, -1.78, 2.85, 9.55),
    (METAL, -0.92, 0.0, 9.45, -0.84, 2.85, 9.55),
    (METAL, -0.04, 0.0, 9.45, 0.04, 2.25, 9.55),
    (METAL, 0.84, 0.0, 9.45, 0.92, 2.85, 9.55),
    (METAL, 1.78, 0.0, 9.45, 1.9, 2.85, 9.55),
    (METAL, -0.84, 1.0, 9.47, 0.84, 1.06, 9.53),
    (DESK, 1.22, 0, 4.7, 1.87, 1.06, 6.5),
    (METAL, 1.16, 1.06, 4.64, 1.87, 1.11, 6.56),
    (BOARD, 1.84, 1.25, 2.2, 1.9, 1.95, 3.5),
    (SIGN, 1.82, 1.75, 4.9, 1.88, 2.2, 6.3),
    (DOOR, -1.9, 0, 3.9, -1.85, 2.05, 4.8),
    (METAL, -1.86, 0.98, 4.66, -1.79, 1.02, 4.76),
    (RUG, -1.0, 0.0, 6.6, 1.0, 0.012, 9.2),
    (POT, -1.72, 0, 5.25, -1.36, 0.42, 5.6),
    (PANEL, -0.45, 2.83, 0.9, 0.45, 2.851, 1.8),
    (PANEL, -0.45, 2.83, 3.1, 0.45, 2.851, 4.0),
    (PANEL, -0.45, 2.83, 5.3, 0.45, 2.851, 6.2),
    (PANEL, -0.45, 2.83, 7.5, 0.45, 2.851, 8.4),
    (PANEL, -3.3, 2.83, 6.5, -2.7, 2.851, 7.1),
]


def _leaves() -> list[tuple]:
    draw = np.random.default_rng(5)
    leaves = []
    for _ in range(60):
        turn, up, out = draw.uniform(0, 2 * math.pi), draw.uniform(0.45, 1.35), draw.uniform(0.02, 0.26)
        x, z, s = -1.54 + out * math.cos(turn), 5.42 + out * math.sin(turn), draw.uniform(0.018, 0.05)
        leaves.append((PLANT, x - s, up - 2.2 * s, z - 0.3 * s, x + s, up + 2.2 * s, z + 0.3 * s))
    return leaves


PLACES = _PLACES + _leaves()
BOXES = np.array([place[1:] for place in PLACES], float)
KINDS = np.array([place[0] for place in PLACES], np.int64)


def _lamp(z: float, power: float, x: float = -0.45, size: float = 0.9) -> list[float]:
    return [x, 2.82, z, size, 0, 0, 0, 0, size, power, power * 0.95, power * 0.86, 0, -1, 0, 1]


LAMPS = np.array([_lamp(0.9, 4.2), _lamp(3.1, 4.4), _lamp(5.3, 4.4), _lamp(7.5, 4.0), _lamp(6.5, 2.2, -3.3, 0.6)])


@numba.njit(fastmath=True)
def _grid(value, step, width):
    k = value / step
    return abs(k - math.floor(k) - 0.5) > 0.5 - width / step


@numba.njit(fastmath=True)
def albedo(n, x, y, z, axis, out):
    kind = KINDS[n]
    out[3], out[4] = 0.0, 0.1
    if kind == FLOOR:
        slab = 0.03 * noise(math.floor(x / 0.6) * 3.7, 1.0, math.floor(z / 0.6) * 2.9)
        vein = 0.05 * layers(3.0 * x + layers(2.0 * x, 0.0, 2.0 * z), 0.0, 3.0 * z)
        tone = 0.40 + slab + vein
        if _grid(x, 0.6, 0.006) or _grid(z, 0.6, 0.006):
            tone *= 0.62
        out[0], out[1], out[2] = tone, tone * 0.965, tone * 0.91
        out[3], out[4] = 0.30, 0.035 + 0.02 * layers(5.0 * x, 0.0, 5.0 * z)
    elif kind == CEILING:
        tone = 0.78 if not (_grid(x + 0.3, 0.6, 0.008) or _grid(z, 0.6, 0.008)) else 0.5
        out[0], out[1], out[2] = tone, tone, tone * 0.98
    elif kind == WALL:
        tone = 0.70 + 0.015 * layers(6.0 * x, 6.0 * y, 6.0 * z)
        if y < 0.09:
            tone *= 0.35
        out[0], out[1], out[2] = tone, tone * 0.965, tone * 0.90
    elif kind == WOOD or kind == DESK or kind == DOOR:
        grain = layers(40.0 * x + 9.0 * noise(2.0 * x, 1.2 * y, 2.0 * z), 1.6 * y, 40.0 * z)
        tone = 0.8 + 0.22 * grain
        if kind == WOOD and (_grid(z, 0.9, 0.008) or y > 0.985):
            tone *= 0.45
        if kind == DESK and _grid(z + x, 0.12, 0.010):
            tone *= 0.5
        r, g, b = (0.27, 0.155, 0.085) if kind != DOOR else (0.20, 0.12, 0.075)
        out[0], out[1], out[2] = r * tone, g * tone, b * tone
        out[3], out[4] = 0.10, 0.09
    elif kind == METAL:
        out[0], out[1], out[2] = 0.16, 0.16, 0.165
        out[3], out[4] = 0.35, 0.10
    elif kind == GLASS:
        out[0], out[1], out[2] = 0.02, 0.02, 0.02
        out[3], out[4] = 0.10, 0.004
    elif kind == PLANT:
        tone = 0.7 + 0.4 * noise(20.0 * x, 20.0 * y, 20.0 * z)
        out[0], out[1], out[2] = 0.07 * tone, 0.19 * tone, 0.06 * tone
        out[3], out[4] = 0.06, 0.2
    elif kind == POT:
        out[0], out[1], out[2] = 0.30, 0.29, 0.27
    elif kind == BOARD:
        out[0], out[1], out[2] = 0.30, 0.20, 0.11
        if abs(x - 1.84) < 0.02:
            u, v = (z - 2.2) / 0.26, (y - 1.25) / 0.35
            sheet = noise(math.floor(u) * 5.3, math.floor(v) * 3.1, 0.0)
            if u % 1.0 > 0.12 and u % 1.0 < 0.86 and v % 1.0 > 0.14 and v % 1.0 < 0.88 and sheet > -0.5:
                line = 0.72 if (v * 9.0) % 1.0 > 0.45 or v % 1.0 > 0.78 else 0.5
                out[0], out[1], out[2] = (
                    line,
                    line * (0.97 - 0.15 * max(sheet, 0.0)),
                    line * (0.92 - 0.3 * max(sheet, 0.0)),
                )
    elif kind == RUG:
        tone = 0.05 * (1.0 + 0.4 * noise(90.0 * x, 0.0, 90.0 * z))
        out[0], out[1], out[2] = tone, tone, tone * 1.1
    else:
        out[0], out[1], out[2] = 0.6, 0.6, 0.6


@numba.njit(fastmath=True)
def emission(n, x, y, z, out):
    kind = KINDS[n]
    out[0], out[1], out[2] = 0.0, 0.0, 0.0
    if kind == PANEL:
        out[0], out[1], out[2] = 2.6, 2.5, 2.3
    elif kind == SIGN:
        on = 1.0 if abs(y - 1.97) < 0.05 and (math.sin(31.0 * z) + math.sin(53.0 * z)) > -0.3 else 0.0
        out[0], out[1], out[2] = 0.05 + 0.9 * on, 0.07 + 0.9 * on, 0.09 + 0.85 * on
    elif kind == GLASS:
        # The street in the evening, out of focus: sky, a dark row of houses with windows, lamps and their glow.
        sky = ramp(0.6, 2.9, y)
        out[0], out[1], out[2] = 0.10 + 0.08 * sky, 0.14 + 0.15 * sky, 0.24 + 0.34 * sky
        house = ramp(0.05, -0.05, y - 1.75 - 0.25 * noise(math.floor(1.3 * x), 0.0, 0.0))
        out[0] += (0.030 - out[0]) * house
        out[1] += (0.032 - out[1]) * house
        out[2] += (0.042 - out[2]) * house
        for k in range(9):
            px, py = -1.75 + 0.43 * k + 0.16 * math.sin(7.0 * k), 0.55 + 0.35 * math.sin(2.3 * k) ** 2 + 0.25 * (k % 3)
            r = (x - px) ** 2 + (y - py) ** 2
            spot = 0.9 * ramp(0.011, 0.004, r) + 0.25 * math.exp(-r / 0.05)
            out[0] += spot * (1.1 if k % 4 else 0.9)
            out[1] += spot * (0.75 if k % 4 else 0.25)
            out[2] += spot * (0.38 if k % 4 else 0.2)


def background(samples: int, seed: int = 11):
    """Linear light and distance of the empty hall."""
    from training.footage.room import smooth

    render = tracer(albedo, emission)
    shape = (CAMERA.height, CAMERA.width)
    light, flat, depth = np.zeros((*shape, 3)), np.zeros((*shape, 3)), np.zeros(shape)
    render(
        CAMERA.width,
        CAMERA.height,
        CAMERA.focal,
        CAMERA.horizon,
        CAMERA.above,
        BOXES,
        LAMPS,
        samples,
        4,
        seed,
        light,
        flat,
        depth,
    )
    return smooth(light, flat, depth), depth
