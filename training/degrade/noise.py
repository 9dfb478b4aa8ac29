"""Sensor noise. Pictures are float32 [h,w,3] in 0..1; levels are standard deviations in that unit."""

from __future__ import annotations

import cv2
import numpy as np

Rng = np.random.Generator


def _normal(rng: Rng, shape: tuple[int, ...]) -> np.ndarray:
    return rng.standard_normal(shape, np.float32)


def poisson_gaussian(picture: np.ndarray, shot: float, read: float, rng: Rng) -> np.ndarray:
    """Noise of variance shot^2 * intensity + read^2 (heteroscedastic Gaussian, each channel alone)."""
    deviation = np.sqrt(shot * shot * np.clip(picture, 0, 1) + read * read)
    return picture + deviation * _normal(rng, picture.shape)


def luma(picture: np.ndarray, level: float, rng: Rng) -> np.ndarray:
    """The same Gaussian noise in all three channels (monochrome sensor, luma after denoising)."""
    return picture + level * _normal(rng, picture.shape[:2])[:, :, None]


def chroma(picture: np.ndarray, level: float, grain: float, rng: Rng) -> np.ndarray:
    """Coarse colour noise without luminance, blotches of `grain` pixels, deviation `level`."""
    h, w = picture.shape[:2]
    size = (max(1, round(w / grain)), max(1, round(h / grain)))
    field = _normal(rng, (size[1], size[0], 3))
    field -= field @ np.float32([0.299, 0.587, 0.114])[:, None]
    return picture + level * cv2.resize(field, (w, h), interpolation=cv2.INTER_LINEAR)


def correlated(picture: np.ndarray, level: float, grain: float, rng: Rng) -> np.ndarray:
    """Grain that in-camera smoothing left: white noise blurred to `grain` pixels, deviation `level`."""
    field = cv2.GaussianBlur(_normal(rng, picture.shape), (0, 0), grain)
    return picture + field * (level / max(float(field.std()), 1e-6))


def fixed_pattern(picture: np.ndarray, column: float, row: float, gain: float, rng: Rng) -> np.ndarray:
    """Column and row offsets and per-pixel gain, all constant over channels."""
    h, w = picture.shape[:2]
    pattern = column * _normal(rng, (1, w)) + row * _normal(rng, (h, 1))
    return picture * (1 + gain * _normal(rng, (h, w)))[:, :, None] + pattern[:, :, None]


def hot_pixels(picture: np.ndarray, rate: float, rng: Rng) -> np.ndarray:
    """A share `rate` of pixels stuck bright (four fifths) or dark (one fifth), one channel or all."""
    h, w = picture.shape[:2]
    n = rng.binomial(h * w, min(rate, 1.0))
    if n == 0:
        return picture
    out = picture.copy()
    y, x = rng.integers(0, h, n), rng.integers(0, w, n)
    value = np.where(rng.random(n) < 0.8, rng.uniform(0.7, 1.0, n), 0.0).astype(np.float32)
    if rng.random() < 0.5:
        out[y, x] = value[:, None]
    else:
        out[y, x, rng.integers(0, 3, n)] = value
    return out
