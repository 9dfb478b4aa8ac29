"""Puts people into a place, picture by picture, and reads them out as a camera's sensor does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.footage.cast import Model
from training.footage.layer import Camera, Layer, Pose, render_layer


@dataclass(frozen=True)
class Look:
    """How a camera exposes, focuses and spoils a picture."""

    exposure: float
    saturation: float
    tint: tuple[float, float, float]
    #: Distance in focus, and how fast it blurs away from it, pixels.
    focus: float
    defocus: float
    blur: float
    #: Noise: variance is shot * value + read^2, values 0..255; deviation of the fixed columns; black level.
    shot: float
    read: float
    pattern: float
    black: float
    vignette: float
    bloom: float
    #: How much of a figure the floor shows.
    mirror: float


@dataclass(frozen=True)
class Place:
    camera: Camera
    light: np.ndarray
    depth: np.ndarray
    #: Rows of corner, edges, colour, normal, one-sided: see `room`.
    lamps: np.ndarray
    #: Light from the sides: right, left, up, down, far, near.
    sky: np.ndarray
    look: Look


def lights_at(lamps: np.ndarray, x: float, y: float, z: float, count: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The strongest lamps at a point as directions, and the others as light from six sides."""
    rows = []
    for lamp in lamps:
        middle = lamp[:3] + lamp[3:6] / 2 + lamp[6:9] / 2
        to = middle - np.array([x, y, z])
        far = np.linalg.norm(to)
        to /= far
        given = max(0.05, -to @ (lamp[12:15] / np.linalg.norm(lamp[12:15]))) if lamp[15] > 0 else 1.0
        colour = lamp[9:12] * given / (math.pi * max(far * far, 0.3))
        # A lamp above, seen as a disc, casts softer shadows near by.
        rows.append((colour.sum(), [*to, *colour, 5.0 + far]))
    rows.sort(key=lambda row: -row[0])
    sides = np.zeros((6, 3))
    for _, row in rows[count:]:
        for axis in range(3):
            sides[2 * axis + (0 if row[axis] > 0 else 1)] += row[axis] ** 2 * np.array(row[3:6]) * 0.8
    return np.array([row for _, row in rows[:count]]), sides


def compose(place: Place, people: Sequence[tuple[Model, Pose]], samples: int, brightness: float) -> np.ndarray:
    """Linear light of a picture."""
    camera, look = place.camera, place.look
    picture = place.light.copy()
    ordered = sorted(people, key=lambda one: -one[1].z)
    layers = []
    for model, pose in ordered:
        lights, sides = lights_at(place.lamps, pose.x, 1.6, pose.z)
        layer = render_layer(camera, model, pose, lights, place.sky + sides, place.depth, samples)
        layers.append((pose, layer))
    for pose, layer in layers:
        _ground(picture, place, pose, layer, look.mirror)
    for pose, layer in layers:
        if layer is not None:
            _over(picture, layer, min(3.0, look.defocus * abs(look.focus / pose.z - 1.0)))
    return picture * brightness


def _ground(picture: np.ndarray, place: Place, pose: Pose, layer: Layer | None, mirror: float) -> None:
    """Darkens the floor about the feet and lets it mirror the figure."""
    camera = place.camera
    foot = camera.horizon + camera.above * camera.focal / pose.z
    top, bottom = (
        int(max(0, foot - 0.5 * camera.focal / pose.z)),
        int(min(camera.height, foot + 1.2 * camera.focal / pose.z)),
    )
    if bottom - top < 2:
        return
    rows = np.arange(top, bottom) + 0.5
    z = camera.above * camera.focal / np.maximum(rows - camera.horizon, 1)
    x = (np.arange(camera.width) + 0.5 - camera.width / 2)[None] / camera.focal * z[:, None]
    floor = np.abs(place.depth[top:bottom] - z[:, None]) < 0.04 * z[:, None]
    shade = np.zeros_like(x)
    for side in (-1, 1):
        swing = 0.22 * pose.pace * math.sin(pose.stride + (0 if side > 0 else math.pi))
        fx, fz = pose.x + side * 0.09 + swing * math.sin(pose.heading), pose.z - swing
        shade = np.maximum(shade, 0.62 * np.exp(-((x - fx) ** 2 + (z[:, None] - fz) ** 2) / 0.03))
    shade = np.maximum(shade, 0.42 * np.exp(-((x - pose.x) ** 2 + (z[:, None] - pose.z) ** 2) / 0.22))
    picture[top:bottom] *= (1 - shade * floor)[..., None]
    if layer is None or mirror <= 0:
        return
    height, width = layer.cover.shape
    flipped = cv2.GaussianBlur(layer.colour[::-1], (0, 0), 1.6)
    cover = cv2.GaussianBlur(layer.cover[::-1], (0, 0), 1.6)
    start = int(round(2 * foot)) - (layer.top + height)
    a, b = max(start, top), min(start + height, bottom, camera.height)
    if b - a < 2:
        return
    part = slice(a - start, b - start)
    area = picture[a:b, layer.left : layer.left + width]
    seen = (mirror * floor[a - top : b - top, layer.left : layer.left + width])[..., None]
    area += seen * (flipped[part] - cover[part][..., None] * area * 0.6)


def _over(picture: np.ndarray, layer: Layer, blur: float) -> None:
    pad = 8
    colour = np.pad(layer.colour, ((pad, pad), (pad, pad), (0, 0)))
    cover = np.pad(layer.cover, pad)
    if blur > 0.25:
        colour = cv2.GaussianBlur(colour, (0, 0), blur)
        cover = cv2.GaussianBlur(cover, (0, 0), blur)
    top, left = layer.top - pad, layer.left - pad
    a, b = max(0, top), min(picture.shape[0], top + cover.shape[0])
    c, d = max(0, left), min(picture.shape[1], left + cover.shape[1])
    part = (slice(a - top, b - top), slice(c - left, d - left))
    picture[a:b, c:d] = picture[a:b, c:d] * (1 - cover[part])[..., None] + colour[part]


class Sensor:
    """Exposure, lens and noise of one camera; the same pictures for the same seed."""

    def __init__(self, look: Look, camera: Camera, seed: int) -> None:
        self._look = look
        self._draw = np.random.default_rng(seed)
        self._columns = self._draw.normal(0, look.pattern, camera.width)[None, :, None]
        v, u = np.mgrid[0 : camera.height, 0 : camera.width]
        far = ((u / camera.width - 0.5) ** 2 + (v / camera.height - 0.5) ** 2) * 2
        self._corners = (1 - look.vignette * np.minimum(1, far) ** 1.3)[..., None]

    def read(self, light: np.ndarray) -> np.ndarray:
        look = self._look
        light = light * look.exposure * self._corners
        bright = np.maximum(light - 0.9, 0)
        if look.bloom > 0:
            light = light + look.bloom * (
                cv2.GaussianBlur(bright, (0, 0), 5) + 0.6 * cv2.GaussianBlur(bright, (0, 0), 22)
            )
        if look.blur > 0:
            light = cv2.GaussianBlur(light, (0, 0), look.blur)
        grey = light @ np.array([0.3, 0.59, 0.11])
        light = (grey[..., None] + (light - grey[..., None]) * look.saturation) * np.array(look.tint)
        light = np.maximum(light, 0)
        shoulder = np.where(light < 0.55, light, 0.55 + 0.45 * (1 - np.exp(-(light - 0.55) / 0.45)))
        value = 255 * np.where(shoulder <= 0.0031308, 12.92 * shoulder, 1.055 * shoulder ** (1 / 2.4) - 0.055)
        value = value * (255 - look.black) / 255 + look.black
        deviation = np.sqrt(look.shot * np.maximum(value, 0) + look.read**2)
        common = self._draw.normal(0, 1, value.shape[:2] + (1,))
        chroma = self._draw.normal(0, 0.4 * look.saturation, value.shape)
        return np.clip(value + deviation * (common + chroma) + self._columns + 0.5, 0, 255).astype(np.uint8)
