"""Marches rays to a walking person, head and body, and shades what they meet."""

from __future__ import annotations

import math

import numpy as np

from training.footage import body as bodies
from training.footage.field import clamp, fast, layers, noise, ramp
from training.footage.march import ambient, cast, gloss, shade

#: Where the eyes' middle is in the body's frame, and the joint that the head turns about, for 1.78 m.
EYES = (0.0, 1.668, 0.085)


@fast
def _body_hit(ox, oy, oz, dx, dy, dz, far, b, at):
    t = 0.0
    # Down to a cylinder about the body.
    a = dx * dx + dz * dz
    bq = ox * dx + oz * dz
    c = ox * ox + oz * oz - 0.62 * 0.62
    disc = bq * bq - a * c
    if disc < 0.0:
        return -1.0
    root = math.sqrt(disc)
    t = max(0.0, (-bq - root) / a)
    end = min(far, (-bq + root) / a)
    for _ in range(80):
        y = oy + dy * t
        d = bodies.body(ox + dx * t, y, oz + dz * t, b)
        if d < 0.0009:
            at[0], at[1], at[2] = ox + dx * t, y, oz + dz * t
            return t
        t += d
        if t > end or y < -0.2:
            return -1.0
    return -1.0


@fast
def body_shadow(x, y, z, dx, dy, dz, b, soft):
    """Light that passes body and head, 0..1."""
    light = 1.0
    t = 0.02
    for _ in range(14):
        px, py, pz = x + dx * t, y + dy * t, z + dz * t
        d = bodies.body(px, py, pz, b)
        hx, hy, hz = px, py - 1.68, pz - 0.01
        d = min(d, math.sqrt(hx * hx + 0.7 * hy * hy + hz * hz) - 0.10)
        light = min(light, soft * d / t)
        if light < 0.02 or t > 2.6:
            break
        t += clamp(d, 0.02, 0.4)
    return clamp(light, 0.0, 1.0)


@fast
def _cloth(x, y, z, what, fabric, pixel, out):
    """Albedo, roughness and how much nap, of a kind of cloth."""
    fine = clamp(0.002 / pixel - 0.2, 0.0, 1.0)
    weave = 1.0 + fine * 0.16 * noise(420.0 * x, 420.0 * y, 420.0 * z) + 0.05 * layers(75.0 * x, 75.0 * y, 75.0 * z)
    for c in range(3):
        out[c] = fabric[what, c] * weave
    out[3] = 0.75
    if what == bodies.COAT:
        # The edge of the front, and its buttons.
        if z > 0.0 and abs(abs(x - 0.012) - 0.004) < 0.003 and y < 1.45:
            for c in range(3):
                out[c] *= 0.45
        gap = (y - 0.02) / 0.115
        if z > 0.05 and (x - 0.028) ** 2 + ((gap - math.floor(gap) - 0.5) * 0.115) ** 2 < 0.00012 and y < 1.4:
            for c in range(3):
                out[c] = out[c] * 0.3 + 0.01
    elif what == bodies.KNIT:
        for c in range(3):
            out[c] *= 0.75 + 0.35 * noise(70.0 * x, 150.0 * y, 70.0 * z)
    elif what == bodies.SHOES or what == bodies.LEATHER:
        out[3] = 0.38
    elif what == bodies.HANDS:
        out[3] = 0.5


@fast
def _shade_body(x, y, z, vx, vy, vz, b, fabric, lights, sky, pixel, out):
    what = bodies.kind(x, y, z, b)
    e = max(0.0012, 0.6 * pixel)
    nx = bodies.body(x + e, y, z, b) - bodies.body(x - e, y, z, b)
    ny = bodies.body(x, y + e, z, b) - bodies.body(x, y - e, z, b)
    nz = bodies.body(x, y, z + e, b) - bodies.body(x, y, z - e, b)
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    nx, ny, nz = nx / length, ny / length, nz / length
    albedo = np.empty(4)
    _cloth(x, y, z, what, fabric, pixel, albedo)
    shut = 0.0
    for step in range(3):
        h = 0.012 + 0.045 * step
        shut += (h - bodies.body(x + nx * h, y + ny * h, z + nz * h, b) / 0.75) * (0.8**step)
    # The chin keeps light from the collar, the ground from the legs.
    open_ = clamp(1.0 - 2.2 * shut, 0.05, 1.0) * (0.55 + 0.45 * ramp(0.0, 0.9, y))
    under = x * x + (y - 1.60) ** 2 + (z - 0.02) ** 2
    open_ *= 1.0 - 0.55 * math.exp(-under / 0.018)
    rim = 1.0 + nx * vx + ny * vy + nz * vz
    nap = 0.35 * rim * rim * rim if what <= bodies.TROUSERS or what == bodies.KNIT else 0.0
    for c in range(3):
        out[c] = (albedo[c] + nap * (0.03 + 0.5 * albedo[c])) * ambient(nx, ny, nz, sky, c) * open_
    for i in range(lights.shape[0]):
        lx, ly, lz = lights[i, 0], lights[i, 1], lights[i, 2]
        facing = nx * lx + ny * ly + nz * lz
        if facing <= -0.1:
            continue
        lit = open_
        if i == 0:
            lit = body_shadow(x + 0.012 * nx, y + 0.012 * ny, z + 0.012 * nz, lx, ly, lz, b, lights[i, 6])
        shine = gloss(nx, ny, nz, lx, ly, lz, -vx, -vy, -vz, albedo[3], 0.03)
        for c in range(3):
            spread = albedo[c] * max(0.0, (facing + 0.1) / 1.1) + nap * (0.05 + albedo[c]) * max(0.0, facing)
            out[c] += (spread + shine) * lit * lights[i, 3 + c]


@fast
def trace(
    ox, oy, oz, dx, dy, dz, turn, p, b, face, colours, fabric, lights, sky, head_lights, head_sky, gaze, focal, out, at
):
    """A ray in the body's frame; 0 when it meets nothing, 1 the body, 2 the head, into which `turn` rotates."""
    near = 1e9
    hx, hy, hz = ox, oy - EYES[1], oz - EYES[2]
    # About the joint of the neck.
    jx, jy, jz = 0.0, -0.11, -0.095
    qx, qy, qz = hx - jx, hy - jy, hz - jz
    mx = turn[0, 0] * qx + turn[0, 1] * qy + turn[0, 2] * qz + jx
    my = turn[1, 0] * qx + turn[1, 1] * qy + turn[1, 2] * qz + jy
    mz = turn[2, 0] * qx + turn[2, 1] * qy + turn[2, 2] * qz + jz
    rx = turn[0, 0] * dx + turn[0, 1] * dy + turn[0, 2] * dz
    ry = turn[1, 0] * dx + turn[1, 1] * dy + turn[1, 2] * dz
    rz = turn[2, 0] * dx + turn[2, 1] * dy + turn[2, 2] * dz
    head_met = cast(mx, my, mz, rx, ry, rz, 1e9, p, at)
    if head_met:
        near = math.sqrt((at[0] - mx) ** 2 + (at[1] - my) ** 2 + (at[2] - mz) ** 2)
    hx, hy, hz = at[0], at[1], at[2]
    t = _body_hit(ox, oy, oz, dx, dy, dz, near, b, at)
    if t >= 0.0:
        _shade_body(at[0], at[1], at[2], dx, dy, dz, b, fabric, lights, sky, t / focal, out)
        return 1
    if head_met:
        shade(hx, hy, hz, rx, ry, rz, p, face, colours, head_lights, head_sky, gaze, near / focal, out)
        return 2
    return 0
