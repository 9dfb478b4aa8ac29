"""Who walks where and when in the demo's two scenes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from training.footage.layer import Pose


@dataclass(frozen=True)
class Walk:
    person: str
    #: Time, x, z: seconds and metres.
    way: tuple[tuple[float, float, float], ...]
    #: Where the face turns to besides the way: radians, slowly changing.
    glance: float = 0.12
    step: float = 1.0
    #: When they turn their back to the camera, seconds.
    leaves: float = math.inf


LOBBY = (
    Walk(
        "robin",
        (
            (0, -2.6, 6.9),
            (1.2, -1.2, 6.2),
            (2.4, -0.15, 4.9),
            (4.2, 0.15, 2.7),
            (5.4, 0.3, 1.7),
            (6.3, 0.75, 1.05),
            (6.8, 1.25, 0.8),
        ),
    ),
    Walk(
        "jonas",
        (
            (3.2, 2.7, 7.9),
            (4.6, 1.2, 7.2),
            (7.6, -0.6, 4.4),
            (9.2, -0.55, 3.3),
            (10.4, -0.5, 2.5),
            (11.9, -0.42, 1.6),
            (12.8, -0.85, 1.05),
            (13.3, -1.25, 0.8),
        ),
    ),
    Walk(
        "noor",
        (
            (6.4, -2.6, 6.9),
            (7.6, -1.3, 6.3),
            (9.8, 0.5, 4.2),
            (11.8, 0.62, 2.4),
            (13.0, 0.55, 1.9),
            (14.0, 0.6, 1.75),
            (15.2, 1.05, 1.1),
            (15.8, 1.55, 0.8),
        ),
    ),
    Walk(
        "kim",
        (
            (0.2, 2.7, 7.9),
            (1.4, 1.5, 7.6),
            (3.0, 0.7, 6.9),
            (5.0, 0.55, 5.2),
            (6.6, 0.95, 3.6),
            (8.2, 1.15, 2.5),
            (9.2, 1.35, 1.9),
            (9.8, 1.75, 1.5),
        ),
    ),
    Walk(
        "olaf",
        ((8.2, 2.7, 7.9), (9.6, 1.3, 7.3), (12.4, 0.55, 5.6), (14.0, 0.1, 4.9), (15.4, -1.9, 5.9), (15.9, -2.7, 6.6)),
    ),
)

STREET = (
    Walk(
        "tian",
        (
            (0, -2.9, 6.3),
            (1.2, -1.3, 5.8),
            (3, -0.3, 4.2),
            (4.6, -0.05, 2.6),
            (5.6, -0.3, 1.75),
            (6.3, -0.85, 1.15),
            (6.7, -1.35, 0.85),
        ),
    ),
    Walk(
        "alba",
        (
            (1.4, -2.9, 6.3),
            (2.8, -1.0, 5.8),
            (4.6, 0.42, 4.6),
            (6.6, 0.3, 3.2),
            (7.8, 0.2, 2.5),
            (8.9, 0.18, 2.22),
            (9.7, 0.2, 2.2),
            (10.7, 0.75, 2.5),
            (12.2, 2.2, 3.2),
            (12.6, 2.6, 3.4),
        ),
        glance=0.08,
        leaves=9.8,
    ),
    Walk(
        "sami",
        (
            (6.6, -2.9, 6.3),
            (8, -1.2, 5.6),
            (9.8, -0.75, 4.1),
            (11.4, -0.5, 2.6),
            (12.5, -0.6, 1.75),
            (13.2, -1.05, 1.15),
            (13.7, -1.6, 0.85),
        ),
    ),
)


def _between(way, time, axis, at):
    """Cubic Hermite through the waypoints, slopes from their neighbours in time."""
    a, b = way[at], way[at + 1]
    before, behind = way[max(at - 1, 0)], way[min(at + 2, len(way) - 1)]
    span = b[0] - a[0]
    s = (time - a[0]) / span
    m0 = (b[axis] - before[axis]) / (b[0] - before[0]) * span
    m1 = (behind[axis] - a[axis]) / (behind[0] - a[0]) * span
    s2, s3 = s * s, s * s * s
    return (2 * s3 - 3 * s2 + 1) * a[axis] + (s3 - 2 * s2 + s) * m0 + (3 * s2 - 2 * s3) * b[axis] + (s3 - s2) * m1


def place(way, time) -> tuple[float, float] | None:
    for at in range(len(way) - 1):
        if way[at][0] <= time < way[at + 1][0]:
            return _between(way, time, 1, at), _between(way, time, 2, at)
    return None


def pose(walk: Walk, time: float) -> Pose | None:
    """Where somebody is, which way body and head point, and how far the stride is."""
    here = place(walk.way, time)
    if here is None:
        return None
    x, z = here
    after = place(walk.way, time + 0.15) or here
    before = place(walk.way, time - 0.15) or here
    vx, vz = after[0] - before[0], after[1] - before[1]
    # Headings over 70 degrees to the camera's axis turn shoulders first; heads look ahead and to the camera.
    heading = max(-1.3, min(1.3, math.atan2(vx, max(-vz, 0.05))))
    phase = walk.way[0][2] * 3.0 + walk.way[0][0]
    travelled = _length(walk.way, time)
    stride = travelled / (0.72 * walk.step) * math.pi
    towards = math.atan2(-x, z)
    yaw = -0.62 * heading + 0.35 * towards + walk.glance * math.sin(0.9 * time + phase)
    gone = max(0.0, min(1.0, (time - walk.leaves) / 0.45))
    heading += gone * (2.0 - heading)
    yaw += gone * (0.25 - yaw)
    pitch = 0.05 + 0.05 * math.sin(1.3 * time + 2 * phase)
    roll = 0.03 * math.sin(stride + 0.6)
    return Pose(
        x,
        z,
        heading,
        yaw,
        pitch,
        roll,
        stride,
        min(1.0, math.hypot(vx, vz) / 0.3 / 0.8),
        (0.0012 * math.sin(1.1 * time + phase), 0.0),
    )


def _length(way, time) -> float:
    total, last, t = 0.0, None, way[0][0]
    while t <= time:
        here = place(way, t)
        if here is not None and last is not None:
            total += math.hypot(here[0] - last[0], here[1] - last[1])
        last = here or last
        t += 0.1
    return total
