"""Optical blur. Pictures are float32 [h,w,3] in 0..1; radii and lengths in pixels of the picture."""

from __future__ import annotations

import functools

import cv2
import numpy as np


def gaussian(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of standard deviation `sigma` pixels (atmosphere, small optics)."""
    if sigma < 0.15:
        return picture
    return cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


@functools.lru_cache(256)
def disk_kernel(radius: float) -> np.ndarray:
    """Normalised disk with soft edge, the point spread of an out-of-focus lens."""
    r = int(np.ceil(radius))
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    k = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return k / k.sum()


def defocus(picture: np.ndarray, radius: float) -> np.ndarray:
    """Defocus blur of disk radius `radius` pixels."""
    radius = round(float(radius), 1)
    if radius < 0.3:
        return picture
    return cv2.filter2D(picture, -1, disk_kernel(radius), borderType=cv2.BORDER_REPLICATE)


@functools.lru_cache(2048)
def motion_kernel(length: float, angle: int) -> np.ndarray:
    """Normalised line of `length` pixels at `angle` degrees, through the centre."""
    r = max(1, int(np.ceil(length / 2)))
    k = np.zeros((2 * r + 1, 2 * r + 1), np.float32)
    steps = np.linspace(-length / 2, length / 2, 8 * r + 1)
    x, y = r + steps * np.cos(np.deg2rad(angle)), r + steps * np.sin(np.deg2rad(angle))
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - x0, y - y0
    for dx, dy, weight in ((0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy)):
        np.add.at(k, (np.minimum(y0 + dy, 2 * r), np.minimum(x0 + dx, 2 * r)), weight)
    return k / k.sum()


def motion(picture: np.ndarray, length: float, angle: float) -> np.ndarray:
    """Linear motion blur of `length` pixels along `angle` degrees."""
    length = round(float(length) * 2) / 2
    if length < 1:
        return picture
    kernel = motion_kernel(length, int(round(angle / 5) * 5) % 180)
    return cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REPLICATE)
