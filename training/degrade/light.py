"""Light and weather. Pictures are float32 [h,w,3] in 0..1."""

from __future__ import annotations

import cv2
import numpy as np

Rng = np.random.Generator
LUMA = np.float32([0.299, 0.587, 0.114])


def low_light(picture: np.ndarray, exposure: float, gamma: float) -> np.ndarray:
    """Scales light by `exposure` (1 = unchanged), then applies the tone curve x^gamma."""
    return np.power(np.clip(picture * exposure, 0, 1), gamma, dtype=np.float32)


def contrast(picture: np.ndarray, amount: float, offset: float) -> np.ndarray:
    """Contrast about mid grey by the factor `amount`, brightness shifted by `offset`."""
    return (picture - 0.5) * amount + 0.5 + offset


def tint(picture: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """White balance error: a gain a channel."""
    return picture * np.asarray(gains, np.float32)


def desaturate(picture: np.ndarray, keep: float) -> np.ndarray:
    """Moves towards grey; `keep` = 1 unchanged, 0 monochrome."""
    grey = (picture @ LUMA)[:, :, None]
    return grey + (picture - grey) * np.float32(keep)


def night_infrared(picture: np.ndarray, vignette: float, saturation: float, rng: Rng) -> np.ndarray:
    """Active infrared: monochrome, red-weighted, skin bright to clipping, light falling off outwards.

    `vignette` is the light lost in the corners (0..1), `saturation` the gain on the skin's brightness.
    """
    h, w = picture.shape[:2]
    weights = np.float32([0.75, 0.3, -0.05]) + rng.uniform(-0.08, 0.08, 3).astype(np.float32)
    grey = np.clip(picture @ weights, 0, 1)
    grey = np.power(grey, np.float32(0.75)) * np.float32(saturation)
    cx, cy = rng.uniform(0.3, 0.7, 2)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    distance = ((x / w - cx) ** 2 + (y / h - cy) ** 2) / 0.5
    grey = np.clip(grey * (1 - vignette * np.clip(distance, 0, 1)), 0, 1)
    return np.repeat(grey[:, :, None], 3, 2)


def haze(picture: np.ndarray, density: float, airlight: float) -> np.ndarray:
    """Fog: mixes a uniform `airlight` in by `density`."""
    return picture * (1 - density) + airlight * density


def rain(picture: np.ndarray, streaks: int, rng: Rng) -> np.ndarray:
    """`streaks` bright translucent streaks, nearly vertical."""
    if streaks <= 0:
        return picture
    h, w = picture.shape[:2]
    layer = np.zeros((h, w), np.float32)
    slant = rng.uniform(-0.3, 0.3)
    for _ in range(int(streaks)):
        x, y, n = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.08, 0.3) * h
        cv2.line(layer, (int(x), int(y)), (int(x + slant * n), int(y + n)), float(rng.uniform(0.15, 0.5)), 1)
    return picture + layer[:, :, None] * (0.9 - picture)


def shadow(picture: np.ndarray, strength: float, rng: Rng) -> np.ndarray:
    """A soft half-plane shadow at a random angle that takes away the share `strength` of light."""
    h, w = picture.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    d = ((x / w - 0.5) * np.cos(angle) + (y / h - 0.5) * np.sin(angle) + rng.uniform(-0.2, 0.2)) * rng.uniform(4, 20)
    return picture * (1 - strength / (1 + np.exp(-d, dtype=np.float32)))[:, :, None]
