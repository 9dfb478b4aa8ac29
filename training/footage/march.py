"""Marches rays to a head and shades what they meet, in linear light."""

from __future__ import annotations

import math

import numpy as np

from training.footage.field import clamp, fast, layers, noise, ramp
from training.footage.head import (
    EYE,
    EYE_X,
    EYE_Z,
    HAIR,
    LONG,
    SKIN,
    STYLE,
    hairline,
    head,
    kind,
    opening,
    strands,
)
from training.footage.materials import eye_colour, skin_colour

# Places in a light's row: direction x, y, z, colour r, g, b, softness.
LIGHT_NUMBERS = 7


@fast
def shadow(x, y, z, dx, dy, dz, p, soft):
    light = 1.0
    t = 0.006
    for _ in range(14):
        d = head(x + dx * t, y + dy * t, z + dz * t, p)
        light = min(light, soft * d / t)
        if light < 0.02 or t > 0.3:
            break
        t += clamp(d, 0.006, 0.05)
    return clamp(light, 0.0, 1.0)


@fast
def openness(x, y, z, nx, ny, nz, p):
    """Ambient light that reaches a point, 0..1."""
    shut = 0.0
    weight = 1.0
    for step in range(5):
        h = 0.003 + 0.009 * step
        shut += (h - head(x + nx * h, y + ny * h, z + nz * h, p)) * weight
        weight *= 0.72
    return clamp(1.0 - 9.0 * shut, 0.0, 1.0)


@fast
def ambient(nx, ny, nz, sky, channel):
    """Light of the surroundings on a surface that faces n: `sky` holds right, left, up, down, front, back."""
    return (
        sky[0 if nx > 0 else 1, channel] * nx * nx
        + sky[2 if ny > 0 else 3, channel] * ny * ny
        + sky[4 if nz > 0 else 5, channel] * nz * nz
    )


@fast
def gloss(nx, ny, nz, lx, ly, lz, vx, vy, vz, rough, f0):
    """GGX with its usual approximations, times the cosine."""
    hx, hy, hz = lx + vx, ly + vy, lz + vz
    length = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
    hx, hy, hz = hx / length, hy / length, hz / length
    nl = nx * lx + ny * ly + nz * lz
    nv = max(nx * vx + ny * vy + nz * vz, 0.05)
    if nl <= 0.0:
        return 0.0
    nh = max(nx * hx + ny * hy + nz * hz, 0.0)
    vh = max(vx * hx + vy * hy + vz * hz, 0.0)
    a = rough * rough
    nh = min(nh, 1.0)
    q = nh * nh * (a * a - 1.0) + 1.0
    spread = a * a / (3.14159 * q * q)
    k = 0.5 * a
    seen = 1.0 / ((nl * (1.0 - k) + k) * (nv * (1.0 - k) + k) * 4.0)
    fresnel = f0 + (1.0 - f0) * (1.0 - vh) ** 5
    return spread * seen * fresnel * nl


@fast
def shade(x, y, z, vx, vy, vz, p, face, colours, lights, sky, gaze, pixel, out):
    """Radiance from a point of the head towards the eye at -v; `pixel` is the width
    of a pixel there, metres: finer detail is left out. Writes red, green, blue."""
    fine = clamp(0.0006 / pixel - 0.2, 0.0, 1.0)
    what = kind(x, y, z, p)
    e = 0.0007
    if what == EYE:
        side = 1.0 if x > 0 else -1.0
        nx, ny, nz = x - side * EYE_X, y, z - EYE_Z
    else:
        if what == HAIR:
            e = 0.0015
        nx = head(x + e, y, z, p) - head(x - e, y, z, p)
        ny = head(x, y + e, z, p) - head(x, y - e, z, p)
        nz = head(x, y, z + e, p) - head(x, y, z - e, p)
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    nx, ny, nz = nx / length, ny / length, nz / length
    # A normal of wider reach for light that wanders below the skin.
    wx, wy, wz = nx, ny, nz
    albedo = np.empty(4)
    if what == SKIN:
        e = 0.006
        wx = head(x + e, y, z, p) - head(x - e, y, z, p)
        wy = head(x, y + e, z, p) - head(x, y - e, z, p)
        wz = head(x, y, z + e, p) - head(x, y, z - e, p)
        length = math.sqrt(wx * wx + wy * wy + wz * wz) + 1e-9
        wx, wy, wz = wx / length, wy / length, wz / length
        skin_colour(x, y, z, nz, face, colours, fine, p, albedo)
        b = 0.07 * fine
        nx += b * noise(900.0 * x, 900.0 * y, 900.0 * z)
        ny += b * noise(900.0 * x + 50.0, 900.0 * y, 900.0 * z)
        nz += b * noise(900.0 * x, 900.0 * y + 50.0, 900.0 * z)
        length = math.sqrt(nx * nx + ny * ny + nz * nz)
        nx, ny, nz = nx / length, ny / length, nz / length
    elif what == EYE:
        eye_colour(x, y, z, colours, gaze, albedo)
    elif what == HAIR:
        strand = strands(x, y, z, 600.0)
        lump = layers(70.0 * x, 50.0 * y, 70.0 * z)
        thin = 0.0
        if p[STYLE] != LONG or y > 0.03:
            thin = 1.0 - ramp(-0.004, 0.016, hairline(x, y, z, p))
        for c in range(3):
            albedo[c] = colours[1, c] * max(0.25, 1.0 + 0.8 * strand + 0.3 * lump)
            albedo[c] += (0.4 * colours[0, c] - albedo[c]) * 0.6 * thin * (0.6 + 0.4 * strand)
        albedo[3] = 0.5
    else:
        rib = 1.0
        if what == 3:
            rib = 0.8 + 0.25 * noise(190.0 * x, 14.0 * y, 190.0 * z) + 0.1 * noise(500.0 * x, 500.0 * y, 500.0 * z)
        for c in range(3):
            albedo[c] = colours[2, c] * rib
        albedo[3] = 0.8
    light_open = openness(x, y, z, nx, ny, nz, p)
    if what == EYE:
        light_open *= 0.35 + 0.65 * ramp(0.0005, 0.0035, opening(x, y, p))
    for c in range(3):
        out[c] = (
            albedo[c] * ambient(wx, wy, wz, sky, c) * (light_open if c > 0 or what != SKIN else math.sqrt(light_open))
        )
    _lights(x, y, z, nx, ny, nz, wx, wy, wz, vx, vy, vz, what, albedo, p, lights, light_open, out)
    if what == SKIN:
        # Lashes and the crease of the lid.
        edge = opening(x, y, p)
        if z > -0.03 and edge > -0.0016:
            dark = ramp(-0.0016, -0.0001, edge) * (0.75 if y > 0 else 0.35)
            for c in range(3):
                out[c] *= 1.0 - dark


@fast
def _lights(x, y, z, nx, ny, nz, wx, wy, wz, vx, vy, vz, what, albedo, p, lights, light_open, out):
    for i in range(lights.shape[0]):
        lx, ly, lz = lights[i, 0], lights[i, 1], lights[i, 2]
        lit = shadow(x + 0.003 * nx, y + 0.003 * ny, z + 0.003 * nz, lx, ly, lz, p, lights[i, 6])
        sharp = nx * lx + ny * ly + nz * lz
        wide = wx * lx + wy * ly + wz * lz
        shine = gloss(nx, ny, nz, lx, ly, lz, -vx, -vy, -vz, albedo[3], 0.03 if what != EYE else 0.035)
        for c in range(3):
            if what == SKIN:
                wrap = (0.34, 0.14, 0.08)[c]
                near = (0.35, 0.6, 0.75)[c]
                n = near * sharp + (1.0 - near) * wide
                diffuse = max(0.0, (n + wrap) / (1.0 + wrap))
                # Where the surface turns from the light its own shadow would cut off what wanders below the skin.
                shaded = 1.0 - (1.0 - lit) * ramp((-0.05, 0.0, 0.0)[c], (0.40, 0.30, 0.25)[c], wide)
            elif what == HAIR:
                diffuse = 0.25 + 0.75 * max(0.0, sharp)
                shaded = lit
            else:
                diffuse = max(0.0, sharp)
                shaded = lit
            out[c] += albedo[c] * diffuse * shaded * lights[i, 3 + c]
            if what == HAIR:
                # Light along the strands, which fall.
                tx, ty, tz = -ny * nx, 1.0 - ny * ny, -ny * nz
                length = math.sqrt(tx * tx + ty * ty + tz * tz) + 1e-4
                hx, hy, hz = lx - vx, ly - vy, lz - vz
                hl = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-4
                th = (tx * hx + ty * hy + tz * hz) / (length * hl) + 0.35 * strands(x, y, z, 600.0)
                band = max(0.0, 1.0 - th * th) ** 24
                out[c] += (0.045 + 0.5 * albedo[c]) * band * lit * max(0.0, sharp + 0.2) * lights[i, 3 + c] * light_open
            else:
                out[c] += shine * lit * lights[i, 3 + c] * (0.6 + 0.4 * light_open)


@fast
def cast(ox, oy, oz, dx, dy, dz, far, p, at):
    """Marches; True where the head is met, its place in `at`."""
    # Nothing lies outside this ball.
    bx, by, bz = ox, oy + 0.03, oz + 0.085
    b = bx * dx + by * dy + bz * dz
    c = bx * bx + by * by + bz * bz - 0.24 * 0.24
    if b * b < c:
        return False
    root = math.sqrt(b * b - c)
    t = max(0.0, -b - root)
    end = min(far, -b + root)
    for _ in range(96):
        d = head(ox + dx * t, oy + dy * t, oz + dz * t, p)
        if d < 0.00025:
            at[0], at[1], at[2] = ox + dx * t, oy + dy * t, oz + dz * t
            return True
        t += d * 0.9
        if t > end:
            return False
    return False
