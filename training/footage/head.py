"""A head as distance fields: skin, eyes, hair, hats. Metres; the eyes' plane is z = 0, its middle the
origin, y up, z out of the face. The generator's five-point template fixes where eyes, nose and mouth are.
"""

from __future__ import annotations

import math

from training.footage.field import ball, carve, clamp, egg, fast, join, layers, noise, ramp, rod

# Places in a person's array of shape numbers.
WIDTH, JAW, CHIN, CHEEK, NOSE, NOSTRIL, BROW, LIPS, EAR, STYLE, VOLUME, HAT, CURL, OPEN, LINE = range(15)
NUMBERS = 16

BALD, SHORT, SWEPT, LONG, BUN = range(5)
NO_HAT, BEANIE, CAP = range(3)

SKIN, EYE, HAIR, WOOL, CLOTH = range(5)
EYE_X, EYE_Z = 0.0315, -0.0135


@fast
def skull(x, y, z, p, more):
    """The round of the head, `more` thicker."""
    w = p[WIDTH]
    return egg(x, y - 0.033, z + 0.088, 0.0735 * w + more, 0.094 + more, 0.098 + more)


@fast
def skin(x, y, z, p):
    ax = abs(x)
    w = p[WIDTH]
    d = skull(x, y, z, p, 0.0)
    # Face below the brows, jaw and chin.
    d = join(d, egg(x, y + 0.030, z + 0.060, 0.0635 * w, 0.082, 0.062), 0.022)
    jaw = rod(ax, y, z, 0.049 * p[JAW], -0.062, -0.072, 0.016, -0.103 - p[CHIN], -0.026, 0.016, 0.0155)
    d = join(d, jaw, 0.028)
    d = join(d, egg(x, y + 0.103 + p[CHIN], z + 0.022, 0.022 * p[JAW], 0.017, 0.017), 0.02)
    d = join(d, egg(ax - 0.042 * w, y + 0.026, z + 0.026, 0.021, 0.019, 0.017 + p[CHEEK]), 0.024)
    d = join(d, egg(x, y + 0.072, z + 0.023, 0.032, 0.024, 0.022), 0.02)
    # Brows, then the sockets below them.
    d = join(d, rod(ax, y, z, 0.012, 0.0165, -0.008, 0.044, 0.017, -0.021, 0.0075 + p[BROW], 0.006), 0.012)
    d = carve(d, ball(ax - EYE_X, y + 0.002, z - 0.0075, 0.0145), 0.012)
    # Lids: balls a little larger than the eyes', open over an almond.
    lid = ball(ax - EYE_X, y, z - EYE_Z, 0.0136)
    d = join(d, lid, 0.004)
    # Nose: bridge, tip, wings, nostrils.
    n = p[NOSE]
    d = join(d, rod(x, y, z, 0.0, 0.010, -0.005, 0.0, -0.030, 0.0135 + n, 0.006, 0.0082), 0.010)
    d = join(d, ball(x, y + 0.0355, z - 0.0135 - n, 0.0098), 0.006)
    d = join(d, egg(ax - 0.0125 * p[NOSTRIL], y + 0.0385, z - 0.004 - 0.5 * n, 0.0075, 0.0068, 0.0098), 0.006)
    d = carve(d, egg(ax - 0.0065 * p[NOSTRIL], y + 0.0455, z - 0.0105 - n, 0.0035, 0.003, 0.0048), 0.003)
    # Lips, the groove between them and the one under the nose.
    lips = p[LIPS]
    curve = 0.9 * ax * ax / 0.03
    d = join(d, rod(ax, y, z, 0.0, -0.0655, -0.0005 + lips, 0.0225, -0.0705, -0.012, 0.0052, 0.0025), 0.005)
    d = join(d, rod(ax, y, z, 0.0, -0.0775, -0.0005 + lips, 0.017, -0.0745, -0.011, 0.0062, 0.003), 0.006)
    d = carve(d, rod(ax, y, z, 0.0, -0.0713 - 0.1 * curve, 0.0085 + lips, 0.026, -0.0718, -0.008, 0.0013, 0.001), 0.003)
    d = carve(d, rod(x, y, z, 0.0, -0.050, 0.010, 0.0, -0.062, 0.0085, 0.0018, 0.002), 0.005)
    # Neck, with its two cords.
    neck = rod(x, y, z, 0.0, -0.06, -0.095, 0.0, -0.20, -0.105, 0.054, 0.060)
    neck = join(neck, rod(ax, y, z, 0.060, -0.055, -0.10, 0.018, -0.19, -0.052, 0.012, 0.011), 0.02)
    d = join(d, neck, 0.018)
    return join(d, ear(ax, y, z, p), 0.006)


@fast
def ear(ax, y, z, p):
    s = p[EAR]
    ex, ey, ez = ax - 0.0755 * p[WIDTH], y + 0.012, z + 0.093
    # It leans back and away from the head.
    lx, lz = ex - 0.35 * ez, ez + 0.35 * ex
    ly = ey - 0.25 * lz
    d = egg(lx, ly, lz, 0.0085 * s, 0.032 * s, 0.020 * s)
    d = carve(d, egg(lx - 0.009, ly - 0.004, lz - 0.003, 0.0065, 0.019 * s, 0.011 * s), 0.004)
    return d


@fast
def lips(ax, y, z, p):
    """How much a point of the skin is lip, 0..1."""
    if z < -0.03 or ax > 0.028 or y > -0.055 or y < -0.09:
        return 0.0
    t = ax / 0.0262
    top = -0.0645 - 0.0055 * t * t * t - 0.0012 * math.exp(-ax * ax / 0.00001) - 0.001 * t
    low = -0.0825 + 0.0105 * t * t
    return ramp(-0.0008, 0.0008, min(top - y, y - low)) * ramp(1.0, 0.9, t)


@fast
def opening(x, y, p):
    """How far a point of the face lies within the almond between the lids: positive inside, metres."""
    dx = abs(x) - EYE_X
    t = clamp(dx / 0.0142, -1.0, 1.0)
    bow = 1.0 - t * t
    top = (0.0052 * p[OPEN]) * bow * (1.0 + 0.12 * t) + 0.0006 * t
    low = -0.0043 * p[OPEN] * bow + 0.0009 * t
    return min(top - y, y - low) if abs(dx) < 0.0142 else -1.0


@fast
def hairline(x, y, z, p):
    """Positive where hair grows, metres along y."""
    ax = abs(x)
    front = 0.068 + p[LINE] + 5.0 * min(ax, 0.045) ** 2
    side = 0.034
    line = front + (side - front) * ramp(0.044, 0.068, ax) * ramp(-0.018, -0.055, z)
    line += (-0.020 - side) * ramp(-0.055, -0.078, z) * ramp(0.045, 0.066, ax)
    line = line + (-0.080 - line) * ramp(-0.098, -0.130, z)
    return y - line + 0.004 * noise(140.0 * x, 60.0 * y, 140.0 * z) + 0.003 * noise(420.0 * x, 90.0 * y, 420.0 * z)


@fast
def strands(x, y, z, fine):
    """Noise drawn out along hair that falls from the crown, -1..1."""
    qx, qy, qz = x - 0.012, y - 0.118, z + 0.118
    reach = math.sqrt(qx * qx + qz * qz) + 0.012
    turn = math.atan2(qx, qz) + 0.35 * noise(14.0 * x, 14.0 * y, 14.0 * z)
    around = turn * (reach + 0.03)
    along = math.sqrt(qx * qx + qy * qy + qz * qz)
    return 0.65 * noise(fine * around, 22.0 * along, 3.0) + 0.35 * noise(2.7 * fine * around, 40.0 * along, 7.0)


@fast
def hair(x, y, z, p):
    style = p[STYLE]
    if style == BALD:
        return 1.0
    volume = p[VOLUME]
    grown = hairline(x, y, z, p)
    top = ramp(0.02, 0.10, y)
    root = ramp(-0.002, 0.028, grown)
    thick = (0.001 + volume * (0.30 + 0.70 * top)) * root - 0.002 * ramp(0.004, -0.004, grown)
    d = skull(x, y - 0.002 * top, z, p, thick)
    if style == SWEPT:
        # Hair that stands over the brow and is brushed to a side.
        d = join(d, egg(x - 0.012, y - 0.102, z + 0.040, 0.052, 0.020 + 0.4 * volume, 0.050), 0.026)
        d = carve(d, rod(x, y, z, -0.040, 0.122, 0.0, -0.042, 0.134, -0.12, 0.003, 0.003), 0.006)
    if style != LONG:
        d = max(d, -grown * 0.7 - 0.001)
    if style == LONG:
        d = max(d, -(grown + 0.006) * 0.7)
        curtain = egg(x, y + 0.050, z + 0.104, 0.086 + volume, 0.165, 0.082)
        face = rod(x, y, z, 0.0, 0.03, -0.010, 0.0, -0.25, 0.0, 0.060, 0.075)
        curtain = carve(curtain, face, 0.016)
        curtain = max(curtain, -(y + 0.175 + 0.014 * noise(60.0 * x, 0.0, 60.0 * z)))
        curtain = max(curtain, -(z + 0.215 - 0.1 * y))
        d = join(d, curtain, 0.016)
    if style == BUN:
        d = join(d, egg(x, y - 0.075, z + 0.198, 0.034, 0.032, 0.030), 0.012)
    if d < 0.02:
        c = p[CURL]
        lump = layers(50.0 * x, 34.0 * y, 50.0 * z)
        d += (-0.0016 * strands(x, y, z, 330.0) - (0.002 + 0.004 * c) * lump) * (0.3 + 0.7 * root)
        if c > 0.3:
            d -= 0.003 * c * noise(150.0 * x, 150.0 * y, 150.0 * z)
    return d * 0.75


@fast
def hat(x, y, z, p):
    kind = p[HAT]
    if kind == BEANIE:
        d = skull(x, y - 0.006, z, p, 0.011)
        d = max(d, -(y - 0.044 - 0.35 * (-0.05 - z) * -0.35))
        cuff = skull(x, y, z, p, 0.016)
        cuff = max(cuff, max(y - 0.082 - 0.12 * (z + 0.05), -(y - 0.042 - 0.12 * (z + 0.05))))
        d = join(d, cuff, 0.004)
        if d < 0.02:
            d += 0.0011 * abs(noise(190.0 * x, 14.0 * y, 190.0 * z)) - 0.0006 * noise(240.0 * x, 240.0 * y, 240.0 * z)
        return d * 0.8
    if kind == CAP:
        d = skull(x, y - 0.008, z, p, 0.011)
        d = max(d, -(y - 0.050 - 0.10 * (z + 0.05)))
        vx, vy, vz = x, y - 0.062 + 1.6 * x * x - 0.12 * (0.05 - z), z - 0.028
        visor = max(egg(vx, 0.0, vz, 0.072, 1.0, 0.066), abs(vy + 0.25 * vz) - 0.002)
        visor = max(visor, -(vz + 0.04))
        return min(d, visor) * 0.8
    return 1.0


@fast
def head(x, y, z, p):
    """The nearest of all, without its kind; farther away only a bound."""
    away = egg(x, y + 0.03, z + 0.085, 0.135, 0.20, 0.155)
    if away > 0.06:
        return away * 0.7
    d = skin(x, y, z, p)
    if p[HAT] != NO_HAT:
        d = min(d, hat(x, y, z, p))
    if p[HAT] == NO_HAT or y < 0.06:
        d = min(d, hair(x, y, z, p))
    return d


@fast
def kind(x, y, z, p):
    """What the surface at a point is."""
    s = skin(x, y, z, p)
    if p[HAT] != NO_HAT and hat(x, y, z, p) < s + 0.0004:
        return WOOL if p[HAT] == BEANIE else CLOTH
    if (p[HAT] == NO_HAT or y < 0.06) and hair(x, y, z, p) < s + 0.0004:
        return HAIR
    if z > -0.03 and opening(x, y, p) > 0.0:
        return EYE
    return SKIN
