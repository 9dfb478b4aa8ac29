"""From a clean aligned face to a face in surveillance footage."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.data.align import TEMPLATE_IED
from training.data.faces import RIM, SIDE
from training.degrade import blur, codec, light, noise
from training.degrade.measured import arrives
from training.degrade.profiles import GENERIC, Profile

Rng = np.random.Generator


@dataclass(frozen=True)
class Footage:
    """A degraded face as a camera would give it."""

    picture: np.ndarray  # uint8 [n,n,3] RGB
    clean: np.ndarray  # uint8 [n,n,3] RGB: the same geometry, nothing but scaled
    to_footage: np.ndarray  # 2x3: template coordinates (112 px crop) -> pixels of `picture`
    ied: float  # inter-eye distance in `picture`, pixels


def _between(rng: Rng, limits: tuple[float, float]) -> float:
    return float(rng.uniform(*limits))


def place(face: np.ndarray, ied: float, rotation: float, method: int) -> tuple[np.ndarray, np.ndarray]:
    """Scales uint8 [144,144,3] to `ied` pixels between the eyes, turned by `rotation` degrees.

    Returns float32 [n,n,3] 0..1 and the 2x3 matrix from template coordinates to its pixels.
    """
    n = max(16, round(SIDE * ied / TEMPLATE_IED))
    centre = (SIDE - 1) / 2
    turn = cv2.getRotationMatrix2D((centre, centre), rotation, 1.0)
    turned = (
        cv2.warpAffine(face, turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        if abs(rotation) > 0.05
        else face
    )
    small = cv2.resize(turned, (n, n), interpolation=method) if n != SIDE else turned
    k = n / SIDE
    matrix = turn.copy()
    matrix[:, 2] += turn[:, :2] @ [RIM, RIM]
    matrix *= k
    matrix[:, 2] += 0.5 * k - 0.5
    return small.astype(np.float32) / 255, matrix


def degrade(face: np.ndarray, rng: Rng, profile: Profile = GENERIC, ied: float | None = None) -> Footage:
    """One draw of `profile` for an aligned face, uint8 [144,144,3] RGB. The same `rng` gives the same."""
    if ied is None:
        ied = float(np.exp(rng.uniform(*np.log(profile.ied))))
    method = cv2.INTER_AREA if rng.random() < 0.6 else (cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC)
    clean, matrix = place(face, ied, float(np.clip(rng.normal(0, 6), -20, 20)), method)
    if profile.measured is not None:
        x = lighting(moved(clean, ied, 1.0, profile, rng), profile, rng)
        x = arrives(np.clip(x, 0, 1), profile.measured, rng)
        return Footage(codec.quantise(x), codec.quantise(clean), matrix, ied)
    severity = float(rng.uniform(0.3, 1.0))  # of blur and noise together
    x = optics(clean, ied, severity, profile, rng)
    x = lighting(x, profile, rng)
    x = np.clip(sensor(np.clip(x, 0, 1), severity, profile, rng), 0, 1)
    x = compression(x, profile, rng)
    return Footage(codec.quantise(x), codec.quantise(clean), matrix, ied)


def optics(x: np.ndarray, ied: float, severity: float, p: Profile, rng: Rng) -> np.ndarray:
    """Blur grows with resolution up to twice the range: a small face is rarely blurred by many pixels."""
    size = np.clip(ied / 12, 0.6, 2.0) * severity
    if rng.random() < p.p_gaussian:
        x = blur.gaussian(x, _between(rng, p.gaussian) * size)
    if rng.random() < p.p_defocus:
        x = blur.defocus(x, _between(rng, p.defocus) * size)
    return moved(x, ied, severity, p, rng)


def moved(x: np.ndarray, ied: float, severity: float, p: Profile, rng: Rng) -> np.ndarray:
    """Blur of a face that moves."""
    if rng.random() < p.p_motion:
        size = np.clip(ied / 12, 0.6, 2.0) * severity
        x = blur.motion(x, _between(rng, p.motion) * size, rng.uniform(0, 180))
    return x


def lighting(x: np.ndarray, p: Profile, rng: Rng) -> np.ndarray:
    if rng.random() < p.p_shadow:
        x = light.shadow(x, rng.uniform(0.2, 0.8), rng)
    if rng.random() < p.p_infrared:
        x = light.night_infrared(x, _between(rng, p.vignette), _between(rng, p.skin_gain), rng)
    elif rng.random() < p.p_grey:
        x = light.desaturate(x, 0.0)
    if rng.random() < p.p_tint:
        x = light.tint(x, rng.uniform(0.75, 1.25, 3))
        x = light.desaturate(x, rng.uniform(0.2, 1.2))
    if rng.random() < p.p_low_light:
        x = light.low_light(x, _between(rng, p.exposure), _between(rng, p.gamma))
    if rng.random() < p.p_contrast:
        x = light.contrast(x, _between(rng, p.contrast), rng.uniform(-0.12, 0.12))
    if rng.random() < p.p_haze:
        x = light.haze(x, _between(rng, p.haze), rng.uniform(0.4, 0.9))
    if rng.random() < p.p_rain:
        x = light.rain(x, int(rng.integers(2, 14)), rng)
    return x


def sensor(x: np.ndarray, severity: float, p: Profile, rng: Rng) -> np.ndarray:
    if rng.random() < p.p_shot:
        strength = severity * rng.random() ** 1.5  # weak noise is more common than strong
        shot = p.shot[0] + strength * (p.shot[1] - p.shot[0])
        read = p.read[0] + strength * rng.random() * (p.read[1] - p.read[0])
        x = noise.poisson_gaussian(x, shot, read, rng)
    if rng.random() < p.p_chroma:
        x = noise.chroma(x, severity * _between(rng, p.chroma), rng.uniform(1.5, 4), rng)
    if rng.random() < p.p_grain:
        x = noise.correlated(x, severity * _between(rng, p.grain), rng.uniform(0.5, 1.1), rng)
    if rng.random() < p.p_fixed:
        x = noise.fixed_pattern(
            x, *(severity * _between(rng, r) for r in (p.fixed_column, p.fixed_row, p.fixed_gain)), rng
        )
    if rng.random() < p.p_hot:
        x = noise.hot_pixels(x, _between(rng, p.hot), rng)
    return x


def compression(x: np.ndarray, p: Profile, rng: Rng) -> np.ndarray:
    if rng.random() < p.p_sharpen:
        x = codec.sharpen(x, rng.uniform(0.2, 1.0))
    if rng.random() < p.p_interlace:
        x = codec.interlace(x, int(rng.integers(-2, 3)))
    if rng.random() < p.p_video:
        x = codec.video_still(
            x, "h265" if rng.random() < p.p_h265 else "h264", int(rng.integers(p.crf[0], p.crf[1] + 1)), rng
        )
    for chance in (p.p_jpeg, p.p_second_jpeg):
        if rng.random() < chance:
            x = codec.jpeg(x, int(_between(rng, p.jpeg)))
    return x
