"""Traces light paths through a place made of boxes: what stands still in a scene, with its light."""

from __future__ import annotations

import math

import numba
import numpy as np

from training.footage.field import fast


@fast
def hit(ox, oy, oz, dx, dy, dz, boxes, at):
    """The first box that a ray meets: its distance (or -1); `at` gets box number and normal's axis and sign."""
    near = 1e9
    which = -1
    for n in range(boxes.shape[0]):
        t0, t1 = -1e9, 1e9
        axis = 0
        for k in range(3):
            o = ox if k == 0 else oy if k == 1 else oz
            d = dx if k == 0 else dy if k == 1 else dz
            inverse = 1.0 / (d if abs(d) > 1e-9 else 1e-9)
            a = (boxes[n, k] - o) * inverse
            b = (boxes[n, 3 + k] - o) * inverse
            if a > b:
                a, b = b, a
            if a > t0:
                t0 = a
                axis = k
            t1 = min(t1, b)
        if t0 < t1 and t0 > 1e-5 and t0 < near:
            near = t0
            which = n
            at[1] = axis
    at[0] = which
    return near if which >= 0 else -1.0


def tracer(albedo, emission):
    """A compiled tracer for a place: `albedo(n, x, y, z, axis, out)` writes colour, mirror share and roughness
    of box n at a point, `emission(n, x, y, z, out)` its own light.
    """

    @numba.njit(fastmath=True, nogil=True)
    def blocked(ox, oy, oz, dx, dy, dz, far, boxes, at):
        t = hit(ox, oy, oz, dx, dy, dz, boxes, at)
        return 0.0 < t < far

    @numba.njit(fastmath=True, nogil=True)
    def radiance(ox, oy, oz, dx, dy, dz, boxes, lamps, bounces, at, look, glow, colour, first):
        """Writes the light along a ray to `colour`; `first` gets albedo, distance and share of mirror."""
        wr, wg, wb = 1.0, 1.0, 1.0
        colour[:] = 0.0
        seen = True
        for depth in range(bounces):
            t = hit(ox, oy, oz, dx, dy, dz, boxes, at)
            if t < 0.0:
                break
            n, axis = int(at[0]), int(at[1])
            x, y, z = ox + dx * t, oy + dy * t, oz + dz * t
            d = dx if axis == 0 else dy if axis == 1 else dz
            sign = -1.0 if d > 0 else 1.0
            nx, ny, nz = 0.0, 0.0, 0.0
            if axis == 0:
                nx = sign
            elif axis == 1:
                ny = sign
            else:
                nz = sign
            emission(n, x, y, z, glow)
            if seen:
                colour[0] += wr * glow[0]
                colour[1] += wg * glow[1]
                colour[2] += wb * glow[2]
            albedo(n, x, y, z, axis, look)
            if depth == 0:
                first[0], first[1], first[2], first[3] = look[0], look[1], look[2], t
                first[4] = glow[0] + glow[1] + glow[2]
            x, y, z = x + nx * 1e-4, y + ny * 1e-4, z + nz * 1e-4
            cosine = -(dx * nx + dy * ny + dz * nz)
            mirror = look[3] * (0.25 + 0.75 * (1.0 - cosine) ** 3)
            if np.random.random() < mirror:
                k = 2.0 * cosine
                r = look[4]
                dx = dx + k * nx + r * np.random.normal(0.0, 1.0)
                dy = dy + k * ny + r * np.random.normal(0.0, 1.0)
                dz = dz + k * nz + r * np.random.normal(0.0, 1.0)
                length = math.sqrt(dx * dx + dy * dy + dz * dz)
                dx, dy, dz = dx / length, dy / length, dz / length
                if dx * nx + dy * ny + dz * nz <= 0.0:
                    break
                ox, oy, oz = x, y, z
                seen = True
                continue
            wr *= look[0]
            wg *= look[1]
            wb *= look[2]
            seen = False
            for i in range(lamps.shape[0]):
                # A point on the lamp's rectangle: corner, two edges, colour.
                a, b = np.random.random(), np.random.random()
                lx = lamps[i, 0] + a * lamps[i, 3] + b * lamps[i, 6] - x
                ly = lamps[i, 1] + a * lamps[i, 4] + b * lamps[i, 7] - y
                lz = lamps[i, 2] + a * lamps[i, 5] + b * lamps[i, 8] - z
                far2 = lx * lx + ly * ly + lz * lz
                far = math.sqrt(far2)
                lx, ly, lz = lx / far, ly / far, lz / far
                facing = nx * lx + ny * ly + nz * lz
                if facing <= 0.0:
                    continue
                given = (
                    max(0.0, -(lx * lamps[i, 12] + ly * lamps[i, 13] + lz * lamps[i, 14])) if lamps[i, 15] > 0 else 1.0
                )
                if given <= 0.0 or blocked(x, y, z, lx, ly, lz, far - 0.02, boxes, at):
                    continue
                k = facing * given / (3.14159 * max(far2, 0.02))
                colour[0] += wr * k * lamps[i, 9]
                colour[1] += wg * k * lamps[i, 10]
                colour[2] += wb * k * lamps[i, 11]
            a, b = 6.28318 * np.random.random(), np.random.random()
            r = math.sqrt(b)
            u, v, w = r * math.cos(a), r * math.sin(a), math.sqrt(1.0 - b)
            if axis == 0:
                dx, dy, dz = sign * w, u, v
            elif axis == 1:
                dx, dy, dz = u, sign * w, v
            else:
                dx, dy, dz = u, v, sign * w
            ox, oy, oz = x, y, z

    @numba.njit(parallel=True, fastmath=True)
    def render(width, height, focal, horizon, above, boxes, lamps, samples, bounces, seed, light, flat, depth):
        for j in numba.prange(height):
            np.random.seed(seed + j)
            at, look, glow = np.empty(2), np.empty(5), np.empty(3)
            colour, first = np.empty(3), np.empty(5)
            for i in range(width):
                for _ in range(samples):
                    u = (i + np.random.random() - width / 2) / focal
                    v = (horizon - j - np.random.random()) / focal
                    length = math.sqrt(u * u + v * v + 1.0)
                    first[:] = 0.0
                    radiance(
                        0.0,
                        above,
                        0.0,
                        u / length,
                        v / length,
                        1.0 / length,
                        boxes,
                        lamps,
                        bounces,
                        at,
                        look,
                        glow,
                        colour,
                        first,
                    )
                    for c in range(3):
                        flat[j, i, c] += first[c] / samples
                        # Lit by others: kept apart from pattern, so that it can be smoothed; own light is not.
                        light[j, i, c] += min(colour[c], 12.0) / samples
                    depth[j, i] += first[3] / length / samples if first[3] > 0 else 60.0 / samples

    return render


def smooth(light: np.ndarray, flat: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Takes the noise of few samples from the light, not from the pattern that it falls on."""
    import cv2

    base = np.maximum(flat, 0.02)
    even = (light / base).astype(np.float32)
    even = np.log1p(even)
    guide = np.concatenate([depth[..., None] * 0.5], -1).astype(np.float32)
    weight_sum = np.zeros(depth.shape, np.float32)
    total = np.zeros_like(even)
    for dy in range(-4, 5):
        for dx in range(-4, 5):
            moved = np.roll(even, (dy, dx), (0, 1))
            near = np.roll(guide, (dy, dx), (0, 1))
            w = np.exp(-((dx * dx + dy * dy) / 12.0) - np.sum((near - guide) ** 2, -1) * 200.0)
            w *= np.exp(
                -np.mean((cv2.GaussianBlur(moved, (5, 5), 1.5) - cv2.GaussianBlur(even, (5, 5), 1.5)) ** 2, -1) * 60.0
            )
            total += moved * w[..., None]
            weight_sum += w
    return np.expm1(total / weight_sum[..., None]) * base
