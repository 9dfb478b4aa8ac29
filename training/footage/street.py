"""A side entrance on a wet street at night: brick, a door with its lamp, street lamps, lit windows, a parked car."""

from __future__ import annotations

import math

import numba
import numpy as np

from training.footage.field import layers, noise, ramp
from training.footage.layer import Camera
from training.footage.room import tracer

CAMERA = Camera(480, 270, 440.0, 104.0, 1.9)
FPS, SECONDS = 10, 14

GROUND, BRICK, DOOR, LAMP, FENCE, POST, HOUSE, CAR, TAIL, KERB, SKY, TREE, WHEEL = range(13)

PLACES = [
    (GROUND, -30, -0.1, -3, 30, 0.0, 60),
    (BRICK, -2.6, 0, -3, -1.9, 5.0, 5.4),
    (DOOR, -1.95, 0, 3.1, -1.86, 2.1, 4.05),
    (LAMP, -1.9, 2.38, 3.45, -1.74, 2.52, 3.75),
    (FENCE, 2.5, 0, -3, 2.6, 1.85, 9.3),
    (POST, 0.72, 0, 2.25, 0.92, 1.05, 2.45),
    (KERB, -12, 0, 9.6, 12, 0.14, 9.9),
    (KERB, -30, 0, 12.8, 30, 0.14, 14.0),
    (HOUSE, -16, 0, 14.0, -3.2, 7.5, 16.0),
    (HOUSE, -3.1, 0, 14.4, 4.4, 6.2, 16.0),
    (HOUSE, 4.5, 0, 14.0, 16, 8.5, 16.0),
    (SKY, -80, -5, 70, 80, 60, 71),
    (CAR, -1.2, 0.30, 10.3, 2.9, 0.86, 11.9),
    (CAR, -0.4, 0.86, 10.45, 2.0, 1.38, 11.75),
    (TAIL, 2.88, 0.58, 10.4, 2.93, 0.74, 10.8),
    (WHEEL, -0.75, 0.0, 10.25, -0.15, 0.6, 10.6),
    (WHEEL, 1.8, 0.0, 10.25, 2.4, 0.6, 10.6),
    (POST, 3.15, 0, 9.95, 3.27, 4.6, 10.07),
    (LAMP, 2.55, 4.5, 9.85, 3.2, 4.6, 10.15),
    (POST, -4.9, 0, 12.9, -4.78, 4.8, 13.02),
    (LAMP, -4.8, 4.7, 12.7, -4.1, 4.8, 13.1),
]
BOXES = np.array([place[1:] for place in PLACES], float)
KINDS = np.array([place[0] for place in PLACES], np.int64)

# The lamp over the door, one above the camera, two of the street.
LAMPS = np.array(
    [
        [-1.73, 2.40, 3.45, 0, 0.1, 0, 0, 0, 0.3, 2.6, 1.9, 1.15, 1, -0.4, 0, 0],
        [0.3, 3.6, 0.6, 0.3, 0, 0, 0, 0, 0.3, 3.4, 3.3, 3.2, 0, -1, 0.4, 1],
        [2.55, 4.48, 9.85, 0.6, 0, 0, 0, 0, 0.3, 16.0, 11.0, 5.6, 0, -1, 0, 1],
        [-4.8, 4.68, 12.7, 0.7, 0, 0, 0, 0, 0.3, 15.0, 10.5, 5.4, 0, -1, 0, 1],
    ]
)


@numba.njit(fastmath=True)
def _grid(value, step, width):
    k = value / step
    return abs(k - math.floor(k) - 0.5) > 0.5 - width / step


@numba.njit(fastmath=True)
def albedo(n, x, y, z, axis, out):
    kind = KINDS[n]
    out[3], out[4] = 0.0, 0.1
    if kind == GROUND:
        wet = ramp(-0.15, 0.35, layers(0.9 * x, 0.0, 0.55 * z))
        tone = (0.16 + 0.04 * noise(40.0 * x, 0.0, 40.0 * z)) * (1.0 - 0.5 * wet)
        out[0], out[1], out[2] = tone, tone, tone * 1.04
        out[3] = 0.10 + 0.55 * wet
        out[4] = 0.16 - 0.12 * wet
    elif kind == BRICK:
        row = math.floor(y / 0.075)
        u = z + (0.11 if int(row) % 2 else 0.0)
        tone = 0.85 + 0.25 * noise(math.floor(u / 0.22) * 3.7, row * 2.3, 0.0) + 0.1 * layers(20.0 * z, 20.0 * y, 0.0)
        out[0], out[1], out[2] = 0.26 * tone, 0.145 * tone, 0.105 * tone
        if _grid(y, 0.075, 0.006) or _grid(u, 0.22, 0.006):
            out[0], out[1], out[2] = 0.25, 0.23, 0.21
    elif kind == DOOR:
        frame = z < 3.18 or z > 3.97 or y > 2.03
        out[0], out[1], out[2] = (0.06, 0.065, 0.07) if frame else (0.10, 0.15, 0.17)
        out[3], out[4] = 0.15, 0.12
    elif kind == FENCE:
        tone = 0.8 + 0.3 * noise(math.floor(z / 0.14) * 5.3, 0.5 * y, 0.0)
        if _grid(z, 0.14, 0.008):
            tone *= 0.15
        out[0], out[1], out[2] = 0.17 * tone, 0.145 * tone, 0.12 * tone
    elif kind == POST or kind == LAMP:
        out[0], out[1], out[2] = 0.12, 0.12, 0.12
        if kind == POST and z < 3.0 and y > 0.75 and y < 0.9:
            out[0], out[1], out[2] = 0.6, 0.58, 0.55
    elif kind == HOUSE:
        tone = 0.9 + 0.2 * layers(2.0 * x, 2.0 * y, 0.0)
        out[0], out[1], out[2] = 0.22 * tone, 0.19 * tone, 0.16 * tone
    elif kind == CAR:
        out[0], out[1], out[2] = 0.05, 0.08, 0.12
        out[3], out[4] = 0.35, 0.05
        if y > 0.9:
            out[0], out[1], out[2] = 0.02, 0.02, 0.022
    elif kind == WHEEL:
        out[0], out[1], out[2] = 0.02, 0.02, 0.02
    elif kind == KERB:
        out[0], out[1], out[2] = 0.28, 0.27, 0.26
    else:
        out[0], out[1], out[2] = 0.0, 0.0, 0.0


@numba.njit(fastmath=True)
def emission(n, x, y, z, out):
    kind = KINDS[n]
    out[0], out[1], out[2] = 0.0, 0.0, 0.0
    if kind == LAMP:
        out[0], out[1], out[2] = 7.0, 5.2, 3.0
    elif kind == TAIL:
        out[0], out[1], out[2] = 0.5, 0.03, 0.02
    elif kind == SKY:
        out[0], out[1], out[2] = 0.012, 0.014, 0.024
    elif kind == HOUSE and z < 14.5:
        u, v = (x + 40.0) / 1.5, (y - 0.6) / 1.9
        fu, fv = u - math.floor(u), v - math.floor(v)
        if fu > 0.22 and fu < 0.72 and fv > 0.2 and fv < 0.75:
            draw = noise(math.floor(u) * 7.3, math.floor(v) * 3.1, 5.0)
            bar = 0.25 if abs(fu - 0.47) < 0.03 or abs(fv - 0.5) < 0.03 else 1.0
            if draw > 0.12:
                k = 0.55 * bar * (0.6 + draw)
                out[0], out[1], out[2] = k, k * 0.72, k * (0.36 if draw < 0.5 else 0.6)
            else:
                out[0], out[1], out[2] = 0.008, 0.010, 0.014


def background(samples: int, seed: int = 29):
    """Linear light and distance of the empty street."""
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
