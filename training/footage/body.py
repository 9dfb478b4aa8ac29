"""A walking body in a coat as distance fields. Metres, feet on y = 0, z to where it walks; for 1.78 m."""

from __future__ import annotations

import math

from training.footage.field import box, clamp, egg, fast, join, layers, noise, ramp, rod

# Places in a body's array of numbers; the first two change with time.
STRIDE, PACE, GIRTH, LENGTH, OPENED, SCARF, BAG, SKIRT = range(8)
NUMBERS = 8

COAT, SHIRT, TROUSERS, SHOES, HANDS, KNIT, LEATHER = range(7)


@fast
def _leg(x, y, z, side, b):
    phase = b[STRIDE] + (0.0 if side > 0 else math.pi)
    swing = 0.40 * b[PACE] * math.sin(phase)
    bend = 0.75 * b[PACE] * max(0.0, math.cos(phase - 0.35)) ** 2
    hx = 0.088 * side
    ky, kz = 0.92 - 0.43 * math.cos(swing), 0.43 * math.sin(swing)
    ay, az = ky - 0.41 * math.cos(swing - bend), kz + 0.41 * math.sin(swing - bend)
    d = rod(x, y, z, hx, 0.92, 0.0, hx, ky, kz, 0.088, 0.066)
    return join(d, rod(x, y, z, hx, ky, kz, hx * 0.95, ay, az, 0.064, 0.052), 0.03)


@fast
def _shoe(x, y, z, side, b):
    phase = b[STRIDE] + (0.0 if side > 0 else math.pi)
    swing = 0.40 * b[PACE] * math.sin(phase)
    bend = 0.75 * b[PACE] * max(0.0, math.cos(phase - 0.35)) ** 2
    ky, kz = 0.92 - 0.43 * math.cos(swing), 0.43 * math.sin(swing)
    ay, az = ky - 0.41 * math.cos(swing - bend), kz + 0.41 * math.sin(swing - bend)
    tilt = 0.6 * (swing - bend)
    px, py, pz = x - 0.088 * side, y - ay + 0.03, z - az - 0.06
    qy, qz = py * math.cos(tilt) - pz * math.sin(tilt), py * math.sin(tilt) + pz * math.cos(tilt)
    return max(egg(px, qy, qz, 0.048, 0.055, 0.135), -(qy + 0.045))


@fast
def _arm(x, y, z, side, b, hand):
    """The sleeve, or with `hand` what comes out of it."""
    swing = -0.38 * b[PACE] * math.sin(b[STRIDE] + (0.0 if side > 0 else math.pi))
    sx = (0.168 + 0.02 * b[GIRTH]) * side
    ex, ey, ez = sx + 0.045 * side, 1.42 - 0.28 * math.cos(swing), 0.28 * math.sin(swing) - 0.01
    fold = swing + 0.32
    wx, wy, wz = ex + 0.005 * side, ey - 0.25 * math.cos(fold), ez + 0.25 * math.sin(fold)
    if hand:
        return egg(x - wx, y - wy + 0.055, z - wz - 0.012, 0.030, 0.062, 0.038)
    d = rod(x, y, z, sx, 1.400, 0.0, ex, ey, ez, 0.062, 0.055)
    return join(d, rod(x, y, z, ex, ey, ez, wx, wy, wz, 0.054, 0.044), 0.02)


@fast
def _coat(x, y, z, b):
    g = b[GIRTH]
    ax = abs(x)
    d = egg(x, y - 1.24, z - 0.005, 0.170 + 0.03 * g, 0.285, 0.118 + 0.04 * g)
    d = join(d, egg(x, y - 1.02, z - 0.01 * g, 0.158 + 0.035 * g, 0.23, 0.118 + 0.06 * g), 0.06)
    d = join(d, rod(ax, y, z + 0.01, 0.02, 1.462, 0.0, 0.150, 1.408, 0.0, 0.060, 0.058), 0.04)
    low = b[LENGTH]
    flare = 0.152 + 0.04 * g + 0.05 * clamp((1.0 - y) / 0.5, 0.0, 1.0)
    skirt = (math.sqrt(x * x + 1.7 * z * z) - flare) * 0.8
    skirt = max(skirt, max(y - 1.05, low - y))
    d = join(d, skirt, 0.05)
    d = max(d, low - y)
    if b[OPENED] > 0.0 and y > 1.0 and z > 0.0:
        # Open at the neck, over what is worn below, with lapels.
        v = abs(x) - b[OPENED] * 0.30 * (y - 1.16)
        d = max(d, -max(v, 0.015 - (d + 0.03))) if v < 0.0 else d
        d -= 0.009 * ramp(0.050, 0.040, v) * ramp(0.0, 0.006, v) * ramp(1.14, 1.20, y)
    # Collar, standing, open in front.
    ring = math.sqrt(x * x + (z + 0.035) ** 2 * 1.1)
    collar = max(abs(ring - 0.078 - 0.25 * (y - 1.49)) - 0.009, abs(y - 1.495) - 0.036 - 0.25 * max(0.0, -z))
    collar = max(collar, 0.9 * (z - 0.02) + 0.5 * (0.03 - ax))
    return min(d, collar)


@fast
def _folds(x, y, z):
    return 0.006 * noise(5.0 * x + 4.0 * y, 4.0 * y - 3.0 * x, 6.0 * z) + 0.003 * noise(
        9.0 * x, 13.0 * y + 8.0 * abs(x), 11.0 * z
    )


@fast
def body(x, y, z, b):
    """The nearest of all but the head."""
    away = egg(x, y - 0.85, z, 0.50, 1.05, 0.62)
    if away > 0.1:
        return away * 0.6
    d = _coat(x, y, z, b)
    if y > 0.55:
        side = 1.0 if x > 0 else -1.0
        arm = min(_arm(x, y, z, side, b, False), _arm(x, y, z, -side, b, False) if abs(x) < 0.05 else 1.0)
        d = join(d, arm, 0.018)
        d = min(d, _arm(x, y, z, side, b, True))
    if d < 0.06:
        # Faded out: where it began at once, shadows had rings.
        d -= _folds(x, y, z) * ramp(0.06, 0.025, d)
    if y < 0.95:
        d = min(d, join(_leg(x, y, z, 1.0, b), _leg(x, y, z, -1.0, b), 0.02))
        if y < 0.3:
            d = min(d, min(_shoe(x, y, z, 1.0, b), _shoe(x, y, z, -1.0, b)))
    d = min(d, _extras(x, y, z, b))
    return d * 0.75


@fast
def _extras(x, y, z, b):
    d = 1.0
    if b[SCARF] > 0.0 and y > 1.2:
        ring = math.sqrt(x * x + (z + 0.03) ** 2) - 0.074
        d = math.sqrt(ring * ring + 0.6 * (y - 1.487 - 0.15 * z) ** 2) - 0.032
        tail = box(x - 0.045, y - 1.34, z - 0.128, 0.032, 0.14, 0.012, 0.008)
        d = join(d, tail, 0.02)
        if d < 0.02:
            d += 0.003 * noise(60.0 * x, 90.0 * y, 60.0 * z) + 0.003 * layers(22.0 * x, 30.0 * y, 22.0 * z)
    if b[BAG] > 0.0:
        side = b[BAG] - 1.5
        d = min(d, box(x - side * 0.52, y - 0.98, z + 0.02, 0.055, 0.13, 0.16, 0.02))
        # Its strap, over the shoulder.
        d = min(d, max(abs(x * 0.8 - side * 0.40 + (y - 1.1) * side * 0.36 * 2.0) - 0.016, _coat(x, y, z, b) - 0.006))
    return d


@fast
def kind(x, y, z, b):
    """What the surface at a point is."""
    here = body(x, y, z, b) / 0.75 + 0.0015
    if _extras(x, y, z, b) < here:
        return KNIT if b[SCARF] > 0.0 and y > 1.18 and abs(x) < 0.13 else LEATHER
    side = 1.0 if x > 0 else -1.0
    if y > 0.55 and _arm(x, y, z, side, b, True) < here:
        return HANDS
    if y < 0.3 and min(_shoe(x, y, z, 1.0, b), _shoe(x, y, z, -1.0, b)) < here:
        return SHOES
    if y < 0.95 and min(_leg(x, y, z, 1.0, b), _leg(x, y, z, -1.0, b)) < here + 0.004 and _coat(x, y, z, b) > 0.012:
        return TROUSERS
    if b[OPENED] > 0.0 and z > 0.02 and y < 1.52 and abs(x) < b[OPENED] * 0.30 * (y - 1.16):
        return SHIRT
    return COAT
