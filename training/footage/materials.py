"""Colours of skin, lips, brows and eyes, in linear light."""

from __future__ import annotations

import math

from training.footage.field import clamp, fast, layers, noise, ramp
from training.footage.head import EYE_X, hairline, lips

TEMPLATE_SCALE = 0.063 / 35.24


@fast
def read(picture, u, v, channel):
    """Bilinear, clamped."""
    height, width = picture.shape[0], picture.shape[1]
    u = clamp(u, 0.0, width - 1.001)
    v = clamp(v, 0.0, height - 1.001)
    i, j = int(u), int(v)
    a, b = u - i, v - j
    low = picture[j, i, channel] * (1.0 - a) + picture[j, i + 1, channel] * a
    high = picture[j + 1, i, channel] * (1.0 - a) + picture[j + 1, i + 1, channel] * a
    return low * (1.0 - b) + high * b


@fast
def plain_lip(colours, c):
    return colours[0, c] * (0.74, 0.50, 0.52)[c]


@fast
def _brow(x, y, z, green, colours, fine, out):
    """Hairs where the face's own brows are dark."""
    ax = abs(x)
    zone = (
        ramp(0.0095, 0.0125, y)
        * ramp(0.033, 0.028, y)
        * ramp(0.050, 0.042, ax)
        * ramp(0.005, 0.011, ax)
        * ramp(-0.05, -0.03, z)
    )
    if zone <= 0.0:
        return
    dark = ramp(colours[5, 2], colours[5, 2] + 0.3, 1.0 - green / (colours[0, 1] + 1e-4)) * zone
    hairs = 0.75 + 0.45 * fine * noise(1100.0 * ax - 900.0 * y, 500.0 * y + 300.0 * ax, 0.0)
    share = clamp(dark * hairs * 0.9, 0.0, 0.95)
    for c in range(3):
        out[c] += (0.9 * colours[1, c] - out[c]) * share


@fast
def skin_colour(x, y, z, nz, face, colours, fine, p, out):
    """Albedo of skin, its roughness; writes red, green, blue, rough."""
    u = 72.0 + x / TEMPLATE_SCALE
    v = 67.6 - y / TEMPLATE_SCALE
    s = face.shape[0] / 144.0
    share = read(face, u * s, v * s, 3) * ramp(0.12, 0.42, nz)
    mottle = 1.0 + 0.05 * layers(90.0 * x, 90.0 * y, 90.0 * z) + 0.05 * fine * noise(700.0 * x, 700.0 * y, 700.0 * z)
    # Redder on cheeks, nose and ears.
    ax = abs(x)
    flush = math.exp(-((ax - 0.040) ** 2 + (y + 0.032) ** 2) / 0.0005) + 0.8 * math.exp(
        -(ax * ax + (y + 0.036) ** 2) / 0.00012
    )
    flush += ramp(0.068, 0.078, ax)
    for c in range(3):
        plain = colours[0, c] * (1.0 - (0.0, 0.10, 0.12)[c] * flush)
        out[c] = (plain + (read(face, u * s, v * s, c) - plain) * share) * mottle
    _brow(x, y, z, read(face, u * s, v * s, 1), colours, fine, out)
    beard = (
        colours[5, 1]
        * ramp(-0.040, -0.055, y)
        * ramp(-0.105, -0.06, z)
        * ramp(-0.135, -0.105, y)
        * (0.8 + 0.4 * fine * noise(1400.0 * x, 1400.0 * y, 1400.0 * z))
    )
    for c in range(3):
        out[c] += (0.5 * colours[1, c] + 0.3 * out[c] - out[c]) * beard
    mouth = lips(ax, y, z, p)
    seam = math.exp(-((y + 0.0713 + 0.9 * ax * ax) ** 2) / 0.0000012) * ramp(0.0265, 0.022, ax) * ramp(-0.03, -0.015, z)
    for c in range(3):
        lip = (plain_lip(colours, c) - out[c]) * 0.75 * mouth
        out[c] = (out[c] + lip) * (1.0 - 0.8 * seam)
    # The scalp below cropped hair, and where hair begins.
    cover = ramp(-0.002, 0.010, hairline(x, y, z, p)) * colours[5, 0]
    for c in range(3):
        out[c] += (colours[1, c] * 1.4 + 0.3 * out[c] - out[c]) * cover * 0.75
    oily = math.exp(-(x * x) / 0.0004) * ramp(-0.05, 0.0, y)
    out[3] = 0.52 - 0.08 * oily - 0.08 * mouth


@fast
def eye_colour(x, y, z, colours, gaze, out):
    """White, iris and pupil of an eyeball, with the shade of its lid."""
    side = 1.0 if x > 0 else -1.0
    ex, ey = x - side * EYE_X - gaze[0], y - gaze[1]
    r = math.sqrt(ex * ex + ey * ey)
    turn = math.atan2(ey, ex)
    white = 1.0 - 0.35 * ramp(0.006, 0.013, abs(x - side * EYE_X))
    iris = ramp(0.0064, 0.0057, r)
    rays = 0.75 + 0.45 * noise(7.0 * turn, 300.0 * r, 0.0)
    dark = ramp(0.0062, 0.0046, r)
    pupil = ramp(0.0026, 0.0021, r)
    for c in range(3):
        ball = (0.47, 0.42, 0.39)[c] * white
        ring = colours[3, c] * rays * (0.35 + 0.65 * dark)
        out[c] = (ball + (ring - ball) * iris) * (1.0 - pupil) + 0.004 * pupil
    out[3] = 0.12
