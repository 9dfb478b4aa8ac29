"""Distance fields of simple bodies, and noise: compiled, scalar, used by all that is marched."""

from __future__ import annotations

import math

import numba

fast = numba.njit(fastmath=True, nogil=True, inline="never")


@fast
def clamp(value, low, high):
    return low if value < low else high if value > high else value


@fast
def ramp(low, high, value):
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = clamp((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


@fast
def join(a, b, k):
    """Union of two distances, rounded over about `k`."""
    h = clamp(0.5 + 0.5 * (b - a) / k, 0.0, 1.0)
    return b + (a - b) * h - k * h * (1.0 - h)


@fast
def carve(a, b, k):
    """`a` without `b`, rounded over about `k`."""
    return -join(-a, b, k)


@fast
def ball(x, y, z, r):
    return math.sqrt(x * x + y * y + z * z) - r


@fast
def egg(x, y, z, rx, ry, rz):
    """An ellipsoid; exact near its surface."""
    ux, uy, uz = x / rx, y / ry, z / rz
    k0 = math.sqrt(ux * ux + uy * uy + uz * uz)
    vx, vy, vz = ux / rx, uy / ry, uz / rz
    k1 = math.sqrt(vx * vx + vy * vy + vz * vz)
    return k0 * (k0 - 1.0) / (k1 + 1e-9)


@fast
def rod(x, y, z, ax, ay, az, bx, by, bz, ra, rb):
    """A capsule from a to b whose radius goes from `ra` to `rb`."""
    px, py, pz = x - ax, y - ay, z - az
    dx, dy, dz = bx - ax, by - ay, bz - az
    h = clamp((px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz), 0.0, 1.0)
    px -= dx * h
    py -= dy * h
    pz -= dz * h
    return math.sqrt(px * px + py * py + pz * pz) - (ra + (rb - ra) * h)


@fast
def box(x, y, z, hx, hy, hz, r):
    """A box of half sizes, its edges rounded by `r`."""
    qx, qy, qz = abs(x) - hx + r, abs(y) - hy + r, abs(z) - hz + r
    ox, oy, oz = max(qx, 0.0), max(qy, 0.0), max(qz, 0.0)
    return math.sqrt(ox * ox + oy * oy + oz * oz) + min(max(qx, max(qy, qz)), 0.0) - r


@fast
def _corner(ix, iy, iz):
    h = (ix * 374761393 + iy * 668265263 + iz * 2147483647) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 32767.5 - 1.0


@fast
def noise(x, y, z):
    """Value noise, -1..1, one wave a unit."""
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    ix, iy, iz = int(fx), int(fy), int(fz)
    tx, ty, tz = x - fx, y - fy, z - fz
    tx = tx * tx * (3.0 - 2.0 * tx)
    ty = ty * ty * (3.0 - 2.0 * ty)
    tz = tz * tz * (3.0 - 2.0 * tz)
    a = _corner(ix, iy, iz)
    b = _corner(ix + 1, iy, iz)
    c = _corner(ix, iy + 1, iz)
    d = _corner(ix + 1, iy + 1, iz)
    e = _corner(ix, iy, iz + 1)
    f = _corner(ix + 1, iy, iz + 1)
    g = _corner(ix, iy + 1, iz + 1)
    h = _corner(ix + 1, iy + 1, iz + 1)
    near = (a + (b - a) * tx) * (1.0 - ty) + (c + (d - c) * tx) * ty
    far = (e + (f - e) * tx) * (1.0 - ty) + (g + (h - g) * tx) * ty
    return near + (far - near) * tz


@fast
def layers(x, y, z):
    """Three octaves of noise, about -1..1."""
    return (
        0.57 * noise(x, y, z)
        + 0.29 * noise(2.1 * x + 7.3, 2.1 * y, 2.1 * z)
        + 0.14 * noise(4.3 * x, 4.3 * y + 3.1, 4.3 * z)
    )
