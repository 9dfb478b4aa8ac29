"""Fast worsening of a whole picture: what a poor camera does, at a few milliseconds.

The full degradation model lives elsewhere; the detector needs breadth and speed,
so each step is one OpenCV call on the uint8 picture.
"""

from __future__ import annotations

import cv2
import numpy as np


def blur(image: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Defocus, or with one chance in four motion."""
    if rng.random() < 0.25:
        length = int(rng.integers(2, 3 + int(5 * strength)))
        angle = rng.uniform(0, np.pi)
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        start = (round(length - dx), round(length - dy))
        cv2.line(kernel, start, (round(length + dx), round(length + dy)), 1.0)
        return cv2.filter2D(image, -1, kernel / kernel.sum())
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 0.4 + 1.8 * strength))


def shrink(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Down and up again: detail is lost, places stay."""
    height, width = image.shape[:2]
    factor = rng.uniform(0.4, 0.85)
    small = (max(8, int(width * factor)), max(8, int(height * factor)))
    low = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    way = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    return cv2.resize(low, (width, height), interpolation=way)


def light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gain, gamma, contrast and colour cast through a table."""
    ramp = np.arange(256, dtype=np.float32) / 255
    dark = rng.random() < 0.6
    gain = rng.uniform(0.2, 0.8) if dark else rng.uniform(0.8, 1.4)
    gamma = np.exp(rng.normal(0, 0.3))
    lift = rng.uniform(0, 0.25) if rng.random() < 0.3 else 0.0
    tables = []
    for _ in range(3):
        cast = np.exp(rng.normal(0, 0.06))
        tables.append(np.clip((lift + (1 - lift) * gain * cast * ramp**gamma) * 255, 0, 255))
    table = np.stack(tables, axis=-1).round().astype(np.uint8)
    return cv2.LUT(image, table[None])


def grey(image: np.ndarray) -> np.ndarray:
    """Monochrome, as at night."""
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def noise(image: np.ndarray, rng: np.random.Generator, most: float = 24.0) -> np.ndarray:
    """Gaussian noise, sometimes alike in all channels, sometimes coarse."""
    height, width = image.shape[:2]
    sigma = np.exp(rng.uniform(np.log(2.0), np.log(most)))
    mono = rng.random() < 0.4
    coarse = rng.random() < 0.25
    shape = (height // 2, width // 2) if coarse else (height, width)
    grain = np.empty(shape if mono else (*shape, 3), np.int16)
    cv2.setRNGSeed(int(rng.integers(2**31)))
    cv2.randn(grain, 0, sigma)
    if coarse:
        grain = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    if mono:
        grain = cv2.merge([grain] * 3)
    return cv2.add(image, grain, dtype=cv2.CV_8U)


def jpeg(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Compression with visible blocks."""
    quality = int(rng.integers(15, 80))
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


def worsen(image: np.ndarray, rng: np.random.Generator, gentle: bool = False, whole: bool = False) -> np.ndarray:
    """A random chain of the steps above, in the order in which a camera applies them.

    `gentle` is for small faces, of which the full strength would leave nothing to learn from; `whole`
    takes blur, light, noise and compression all, as a surveillance camera at night does.
    """
    if whole or rng.random() < 0.65:
        image = blur(image, rng, strength=0.4 if gentle else rng.choice([0.5, 1.0]))
    if not gentle and rng.random() < 0.35:
        image = shrink(image, rng)
    if whole or rng.random() < 0.65:
        image = light(image, rng)
    if rng.random() < 0.25:
        image = grey(image)
    if whole or rng.random() < 0.65:
        image = noise(image, rng, most=18.0 if gentle else 24.0)
    if whole or rng.random() < 0.5:
        image = jpeg(image, rng)
    return image
