"""One person seen by a camera: colour and coverage of each pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from training.footage.figure import trace


@dataclass(frozen=True)
class Camera:
    """Level, looking along z, x to the right, y up; as `View` of the demo's scenes."""

    width: int
    height: int
    focal: float
    horizon: float
    above: float


@dataclass(frozen=True)
class Pose:
    """Where somebody stands (metres) and how; angles in radians, 0 is towards the camera."""

    x: float
    z: float
    heading: float
    yaw: float
    pitch: float
    roll: float
    stride: float
    pace: float
    gaze: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Layer:
    left: int
    top: int
    #: Premultiplied by coverage, linear light.
    colour: np.ndarray
    cover: np.ndarray


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """From the turned frame to the outer one."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (math.cos, math.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def to_person(heading: float) -> np.ndarray:
    """From the world to the frame of somebody who looks along `heading`: z out of the chest."""
    c, s = math.cos(heading), math.sin(heading)
    return np.array([[c, 0, s], [0, 1, 0], [s, 0, -c]], float)


@numba.njit(fastmath=True, nogil=True)
def _sample(
    i,
    j,
    k,
    count,
    focal,
    cx,
    cy,
    origin,
    frame,
    turn,
    p,
    b,
    face,
    colours,
    fabric,
    lights,
    sky,
    head_lights,
    head_sky,
    gaze,
    out,
    at,
):
    """One ray through a pixel, from a lattice of rank one; what it meets: 0 nothing, 1 the body, 2 the head."""
    u = (i + (k + 0.5) / count - cx) / focal
    v = (cy - (j + ((k * 0.618034 + 0.5) % 1.0))) / focal
    length = math.sqrt(u * u + v * v + 1.0)
    wx, wy, wz = u / length, v / length, 1.0 / length
    dx = frame[0, 0] * wx + frame[0, 1] * wy + frame[0, 2] * wz
    dy = frame[1, 0] * wx + frame[1, 1] * wy + frame[1, 2] * wz
    dz = frame[2, 0] * wx + frame[2, 1] * wy + frame[2, 2] * wz
    return trace(
        origin[0],
        origin[1],
        origin[2],
        dx,
        dy,
        dz,
        turn,
        p,
        b,
        face,
        colours,
        fabric,
        lights,
        sky,
        head_lights,
        head_sky,
        gaze,
        focal,
        out,
        at,
    )


@numba.njit(parallel=True, fastmath=True)
def _render(
    left,
    top,
    focal,
    cx,
    cy,
    origin,
    frame,
    samples,
    turn,
    p,
    b,
    face,
    colours,
    fabric,
    lights,
    sky,
    head_lights,
    head_sky,
    gaze,
    depth,
    far,
    colour,
    cover,
    met,
):
    """One ray a pixel, then more where the figure ends, and on the head."""
    height, width = cover.shape
    for j in numba.prange(height):
        out = np.empty(4)
        at = np.empty(3)
        for i in range(width):
            if depth[top + j, left + i] < far:
                continue
            what = _sample(
                left + i,
                top + j,
                0,
                1,
                focal,
                cx,
                cy,
                origin,
                frame,
                turn,
                p,
                b,
                face,
                colours,
                fabric,
                lights,
                sky,
                head_lights,
                head_sky,
                gaze,
                out,
                at,
            )
            met[j, i] = what
            if what > 0:
                cover[j, i] = 1.0
                for c in range(3):
                    colour[j, i, c] = min(out[c], 4.0)
    for j in numba.prange(height):
        out = np.empty(4)
        at = np.empty(3)
        for i in range(width):
            if depth[top + j, left + i] < far:
                continue
            mixed = met[j, i] == 2
            for dj in range(max(0, j - 1), min(height, j + 2)):
                for di in range(max(0, i - 1), min(width, i + 2)):
                    mixed = mixed or met[dj, di] != met[j, i]
            if not mixed:
                continue
            colour[j, i, :] = 0.0
            cover[j, i] = 0.0
            for k in range(samples):
                what = _sample(
                    left + i,
                    top + j,
                    k,
                    samples,
                    focal,
                    cx,
                    cy,
                    origin,
                    frame,
                    turn,
                    p,
                    b,
                    face,
                    colours,
                    fabric,
                    lights,
                    sky,
                    head_lights,
                    head_sky,
                    gaze,
                    out,
                    at,
                )
                if what > 0:
                    cover[j, i] += 1.0 / samples
                    for c in range(3):
                        colour[j, i, c] += min(out[c], 4.0) / samples


def render_layer(camera: Camera, person, pose: Pose, lights, sky, depth: np.ndarray, samples: int) -> Layer | None:
    """`lights` and `sky` in the world: rows of direction, colour, softness; see `march`."""
    k = camera.focal / pose.z
    half = 0.56 * person.scale
    left = max(0, int(camera.width / 2 + (pose.x - half) * k))
    right = min(camera.width, int(camera.width / 2 + (pose.x + half) * k) + 1)
    near = pose.z - 0.3
    ground = camera.horizon + camera.above * camera.focal / max(near, 0.2)
    top = max(0, int(camera.horizon + (camera.above - 1.83 * person.scale) * camera.focal / near))
    bottom = min(camera.height, int(ground) + 2)
    if right <= left or bottom <= top:
        return None
    frame = to_person(pose.heading)
    origin = frame @ np.array([-pose.x, camera.above, -pose.z]) / person.scale
    head = rotation(pose.yaw, pose.pitch, pose.roll)
    turn = np.ascontiguousarray(head.T)
    body = person.body.copy()
    body[0], body[1] = pose.stride, pose.pace

    colour = np.zeros((bottom - top, right - left, 3))
    cover = np.zeros((bottom - top, right - left))
    met = np.zeros(cover.shape, np.int8)
    _render(
        left,
        top,
        camera.focal,
        camera.width / 2,
        camera.horizon,
        origin,
        np.ascontiguousarray(frame),
        samples,
        turn,
        person.head,
        body,
        person.face,
        person.colours,
        person.fabric,
        _turned(lights, frame),
        _around(sky, frame),
        _turned(lights, turn @ frame),
        _around(sky, turn @ frame),
        np.array(pose.gaze),
        depth,
        pose.z,
        colour,
        cover,
        met,
    )
    return Layer(left, top, colour, cover)


def _turned(lights, about: np.ndarray) -> np.ndarray:
    """Lights with their directions in another frame."""
    rows = np.array(lights, float)
    rows[:, :3] = rows[:, :3] @ about.T
    return np.ascontiguousarray(rows)


def _around(sides: np.ndarray, about: np.ndarray) -> np.ndarray:
    """Light from the six sides of another frame."""
    rows = np.empty((6, 3))
    for n in range(6):
        axis = about[n // 2] * (1 if n % 2 == 0 else -1)
        rows[n] = np.maximum(np.stack([axis, -axis], 1).ravel(), 0) ** 2 @ sides
    return rows
