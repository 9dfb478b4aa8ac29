"""Alignment of a face by five points: the warp of the live path, written to be ported literally.

Coordinates are (x, y) in pixels; integers are pixel CENTRES (OpenCV convention); pixels outside the
picture repeat its border. Points in order: left eye, right eye, nose, left and right mouth corner
(left as seen in the picture).

Raw branch:       source -> 112x112 template crop (`align_template`).
Enhanced branch:  source -> SxS region (`align_region`), the same template with a rim of 8 px, i.e. a
                  128x128 frame, scaled by S/128. Template point p lies in the region at
                  q = (p + 8 + 0.5) * S / 128 - 0.5 (edges of the frames coincide).

Sampling (`warp`): let s be the output pixels per source pixel.
  s >= 1  cubic convolution with a = -0.5 (Catmull-Rom) over 4x4 source pixels (`cubic=True`), or
          bilinear over 2x2 (`cubic=False`)
  s < 1   k = min(8, ceil(1/s)); the mean of k x k bilinear samples spread evenly over the output
          pixel (area averaging)
Results are rounded half up and clipped to 0..255.
"""

from __future__ import annotations

import math

import numba
import numpy as np

#: Five points of the template in a 112x112 crop, pixels.
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
TEMPLATE_SIDE = 112
#: Rim of the enhanced frame around the template crop, template pixels.
FRAME_RIM = 8
FRAME_SIDE = TEMPLATE_SIDE + 2 * FRAME_RIM
#: Distance between the template's eyes, pixels.
TEMPLATE_IED = float(np.hypot(*(TEMPLATE[1] - TEMPLATE[0])))
#: (largest inter-eye distance in source pixels, side of the region); beyond the last: no enhancement.
REGION_SIZES = ((11.0, 32), (24.0, 48))


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Least-squares similarity (rotation, scale, shift; no mirror) taking source [n,2] to target [n,2].

    Returns a 2x3 matrix. In the plane Umeyama's solution has this closed form: with centred points,
    a = sum(x.u) / sum(x.x) and b = sum(x cross u) / sum(x.x).
    """
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    ms, mt = source.mean(0), target.mean(0)
    x, u = source - ms, target - mt
    norm = (x * x).sum()
    a = (x * u).sum() / norm
    b = (x[:, 0] * u[:, 1] - x[:, 1] * u[:, 0]).sum() / norm
    return np.array([[a, -b, mt[0] - a * ms[0] + b * ms[1]], [b, a, mt[1] - b * ms[0] - a * ms[1]]])


def invert(matrix: np.ndarray) -> np.ndarray:
    """Inverse of a 2x3 affine matrix."""
    inverse = np.linalg.inv(matrix[:, :2])
    return np.hstack([inverse, -inverse @ matrix[:, 2:]])


def compose(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The 2x3 matrix of p -> outer(inner(p))."""
    return np.hstack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2:] + outer[:, 2:]])


def inter_eye_distance(landmarks: np.ndarray) -> float:
    """Pixels between the eyes of landmarks [5,2]."""
    return float(np.hypot(*(np.asarray(landmarks[1]) - np.asarray(landmarks[0]))))


def region_side(ied: float) -> int | None:
    """Side of the enhanced region for an inter-eye distance in source pixels, None for none."""
    return next((side for limit, side in REGION_SIZES if ied <= limit), None)


def template_to_region(side: int) -> np.ndarray:
    """2x3 matrix from template coordinates to those of the SxS region."""
    k = side / FRAME_SIDE
    shift = (FRAME_RIM + 0.5) * k - 0.5
    return np.array([[k, 0.0, shift], [0.0, k, shift]])


def warp(picture: np.ndarray, matrix: np.ndarray, side: int, cubic: bool = True) -> np.ndarray:
    """Resamples uint8 [H,W,3] by `matrix` (2x3, source to output) into uint8 [side,side,3]."""
    scale = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    inverse = np.ascontiguousarray(invert(matrix), np.float64)
    picture = np.ascontiguousarray(picture)
    if scale >= 1:
        return _warp_cubic(picture, inverse, side) if cubic else _warp_area(picture, inverse, side, 1)
    return _warp_area(picture, inverse, side, min(8, math.ceil(1 / scale)))


def align_template(picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Raw branch: the 112x112 template crop of a face, uint8 RGB."""
    return warp(picture, similarity(landmarks, TEMPLATE), TEMPLATE_SIDE)


def align_region(picture: np.ndarray, landmarks: np.ndarray, side: int) -> np.ndarray:
    """Enhanced branch: the SxS region of a face, uint8 RGB, bilinear or area sampled."""
    matrix = compose(template_to_region(side), similarity(landmarks, TEMPLATE))
    return warp(picture, matrix, side, cubic=False)


@numba.njit(cache=True, nogil=True)
def _warp_cubic(picture, inverse, side):
    h, w, _ = picture.shape
    out = np.empty((side, side, 3), np.uint8)
    wx, wy = np.empty(4), np.empty(4)
    for v in range(side):
        for u in range(side):
            x = inverse[0, 0] * u + inverse[0, 1] * v + inverse[0, 2]
            y = inverse[1, 0] * u + inverse[1, 1] * v + inverse[1, 2]
            x0, y0 = int(np.floor(x)), int(np.floor(y))
            _cubic_weights(x - x0, wx)
            _cubic_weights(y - y0, wy)
            xa, xb = min(max(x0 - 1, 0), w - 1), min(max(x0, 0), w - 1)
            xc, xd = min(max(x0 + 1, 0), w - 1), min(max(x0 + 2, 0), w - 1)
            red = green = blue = 0.0
            for j in range(4):
                line = picture[min(max(y0 - 1 + j, 0), h - 1)]
                a, b, c, d = line[xa], line[xb], line[xc], line[xd]
                red += wy[j] * (wx[0] * a[0] + wx[1] * b[0] + wx[2] * c[0] + wx[3] * d[0])
                green += wy[j] * (wx[0] * a[1] + wx[1] * b[1] + wx[2] * c[1] + wx[3] * d[1])
                blue += wy[j] * (wx[0] * a[2] + wx[1] * b[2] + wx[2] * c[2] + wx[3] * d[2])
            out[v, u, 0] = np.uint8(min(max(np.floor(red + 0.5), 0.0), 255.0))
            out[v, u, 1] = np.uint8(min(max(np.floor(green + 0.5), 0.0), 255.0))
            out[v, u, 2] = np.uint8(min(max(np.floor(blue + 0.5), 0.0), 255.0))
    return out


@numba.njit(cache=True, nogil=True)
def _cubic_weights(t, weights):
    """Catmull-Rom weights of the four neighbours at -1, 0, 1, 2 for the fraction t in [0,1)."""
    weights[0] = ((-0.5 * t + 1.0) * t - 0.5) * t
    weights[1] = (1.5 * t - 2.5) * t * t + 1.0
    weights[2] = ((-1.5 * t + 2.0) * t + 0.5) * t
    weights[3] = (0.5 * t - 0.5) * t * t


@numba.njit(cache=True, nogil=True)
def _warp_area(picture, inverse, side, k):
    h, w, c = picture.shape
    out = np.empty((side, side, c), np.uint8)
    for v in range(side):
        for u in range(side):
            for ch in range(c):
                total = 0.0
                for j in range(k):
                    q = v + (j + 0.5) / k - 0.5
                    for i in range(k):
                        p = u + (i + 0.5) / k - 0.5
                        x = inverse[0, 0] * p + inverse[0, 1] * q + inverse[0, 2]
                        y = inverse[1, 0] * p + inverse[1, 1] * q + inverse[1, 2]
                        x0, y0 = int(np.floor(x)), int(np.floor(y))
                        fx, fy = x - x0, y - y0
                        xa, xb = min(max(x0, 0), w - 1), min(max(x0 + 1, 0), w - 1)
                        ya, yb = min(max(y0, 0), h - 1), min(max(y0 + 1, 0), h - 1)
                        top = picture[ya, xa, ch] * (1 - fx) + picture[ya, xb, ch] * fx
                        bottom = picture[yb, xa, ch] * (1 - fx) + picture[yb, xb, ch] * fx
                        total += top * (1 - fy) + bottom * fy
                out[v, u, ch] = np.uint8(min(max(np.floor(total / (k * k) + 0.5), 0.0), 255.0))
    return out


def frame_to_template(side: int) -> np.ndarray:
    """Matrix A float32 [112,side] that cuts the template crop from an enhanced frame of `side` pixels.

    crop = A @ frame @ A.T for each channel, frame [side,side] being the region enlarged four times.
    The same rule as `warp` with bilinear or area sampling: for side 128 it is the middle 8..120, for
    192 the mean of two bilinear samples an axis, for 64 one bilinear sample.
    """
    k = side / FRAME_SIDE
    samples = 1 if k <= 1 else min(8, math.ceil(k))
    matrix = np.zeros((TEMPLATE_SIDE, side), np.float32)
    for u in range(TEMPLATE_SIDE):
        for i in range(samples):
            p = u + (i + 0.5) / samples - 0.5
            x = (p + FRAME_RIM + 0.5) * k - 0.5
            x0 = math.floor(x)
            for place, weight in ((x0, 1 - (x - x0)), (x0 + 1, x - x0)):
                matrix[u, min(max(place, 0), side - 1)] += weight / samples
    return matrix
