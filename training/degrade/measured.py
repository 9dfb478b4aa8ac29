"""What one measured camera does to a picture: the figures of `nightglass cameras profile` as a degradation.

The profile describes what arrives. So light and blur come first, then coding, and noise and pattern are added last, at
the levels that were measured behind the coding. Levels are deviations for values of 0..1.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from training.degrade import blur, codec

Rng = np.random.Generator

#: What a figure of a profile may be; beyond it the file is refused.
BOUNDS = {
    "shot": (0.0, 1.0),
    "read": (0.0, 0.5),
    "column": (0.0, 0.5),
    "row": (0.0, 0.5),
    "rowNoise": (0.0, 0.5),
    "pixel": (0.0, 0.5),
    "hot": (0.0, 0.2),
    "grain": (0.0, 5.0),
}
LARGEST_BLUR = 8.0
LARGEST_FILE = 4 << 20
#: Deviation of luma of noise of deviation one that is independent in red, green and blue.
INDEPENDENT_LUMA = float(np.linalg.norm([0.299, 0.587, 0.114]))
#: A hot pixel stands at least so far above its neighbours.
LEAST_HOT = 16 / 255


@dataclass(frozen=True)
class MeasuredCamera:
    """Figures of one profile; `quantiser` of H.264 0..51 or None where it is unknown, `blur` in pixels."""

    shot: float
    read: float
    column: float
    row: float
    row_noise: float
    pixel: float
    hot: float
    grain: float
    blur: float
    infrared: bool
    quantiser: float | None

    @property
    def fixed_share(self) -> float:
        """Share of the variance at mid grey that stays from picture to picture."""
        fixed = self.column**2 + self.row**2 + self.pixel**2
        changing = 0.5 * self.shot**2 + self.read**2 + self.row_noise**2
        return fixed / max(fixed + changing, 1e-12)


def read_camera(path: Path) -> MeasuredCamera:
    """The file that `nightglass cameras profile --json` wrote. Raises ValueError with what is wrong in it."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path} is no camera profile: it has more than {LARGEST_FILE} bytes")
    try:
        saved = json.loads(path.read_text())
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is no camera profile: {error}") from error
    return camera_of(saved, str(path))


def camera_of(saved: Any, name: str = "profile") -> MeasuredCamera:
    """The camera of a profile's plain values. Raises ValueError."""
    if not isinstance(saved, dict) or saved.get("version") != 1 or not isinstance(saved.get("noise"), dict):
        raise ValueError(f"{name} is no camera profile of version 1")
    found = {
        key: _number(saved["noise"].get(key), low, high, f"{name}: noise.{key}") for key, (low, high) in BOUNDS.items()
    }
    quantiser = saved.get("quantiser")
    if not isinstance(saved.get("infrared"), bool):
        raise ValueError(f"{name}: infrared is no truth value")
    return MeasuredCamera(
        **{("row_noise" if key == "rowNoise" else key): value for key, value in found.items()},
        blur=0.0 if saved.get("blur") is None else _number(saved["blur"], 0, LARGEST_BLUR, f"{name}: blur"),
        infrared=saved["infrared"],
        quantiser=None if quantiser is None else _number(quantiser, 0, 51, f"{name}: quantiser"),
    )


def _number(value: Any, low: float, high: float, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{what} is no number")
    if not low <= value <= high:
        raise ValueError(f"{what} is {value}, not within {low} to {high}")
    return float(value)


def arrives(x: np.ndarray, camera: MeasuredCamera, rng: Rng, spread: float = 0.2) -> np.ndarray:
    """What the camera makes of a lit scene, float32 [h,w,3] 0..1; figures are drawn within `spread` of the measured."""
    about = lambda: float(rng.uniform(1 - spread, 1 + spread))  # noqa: E731
    x = blur.gaussian(x, camera.blur * about())
    if camera.quantiser is not None:
        x = codec.video_still(x, "h264", round(camera.quantiser + rng.uniform(-1, 1)), rng, fixed=True)
    x = changing_noise(np.clip(x, 0, 1), camera, about(), rng)
    return standing_pattern(x, camera, about(), rng)


def changing_noise(x: np.ndarray, camera: MeasuredCamera, strength: float, rng: Rng) -> np.ndarray:
    """Noise that is another in each picture: Poisson-Gaussian, as alike in neighbours as measured, and of rows."""
    h, w = x.shape[:2]
    luma = x @ np.float32([0.299, 0.587, 0.114])
    deviation = np.sqrt(camera.shot**2 * luma + camera.read**2)
    common = _field(rng, (h, w, 1), camera.grain)
    if camera.infrared:
        field = common
    else:
        # A profile measures luma: how alike the channels are is unknown, so any likeness is drawn.
        alone = float(rng.random())
        own = _field(rng, (h, w, 3), camera.grain) / INDEPENDENT_LUMA
        field = math.sqrt(1 - alone) * common + math.sqrt(alone) * own
    rows = camera.row_noise * rng.standard_normal((h, 1, 1), np.float32)
    return x + np.float32(strength) * (deviation[:, :, None].astype(np.float32) * field + rows)


def standing_pattern(x: np.ndarray, camera: MeasuredCamera, strength: float, rng: Rng) -> np.ndarray:
    """A piece of a pattern with the camera's deviations of columns, rows and pixels, and its share of hot pixels."""
    h, w = x.shape[:2]
    pattern = (
        camera.column * rng.standard_normal((1, w), np.float32)
        + camera.row * rng.standard_normal((h, 1), np.float32)
        + camera.pixel * rng.standard_normal((h, w), np.float32)
    )
    out = x + np.float32(strength) * pattern[:, :, None]
    count = int(rng.binomial(h * w, camera.hot))
    if count > 0:
        rows, columns = rng.integers(0, h, count), rng.integers(0, w, count)
        out[rows, columns] += rng.uniform(LEAST_HOT, 0.7, count).astype(np.float32)[:, None]
    return out


def _field(rng: Rng, shape: tuple[int, int, int], grain: float) -> np.ndarray:
    """Noise of deviation one, blurred to `grain` pixels."""
    if grain < 0.2:
        return rng.standard_normal(shape, np.float32)
    rim = math.ceil(4 * grain)
    wide = rng.standard_normal((shape[0] + 2 * rim, shape[1] + 2 * rim, shape[2]), np.float32)
    smooth = cv2.GaussianBlur(wide, (0, 0), grain).reshape(wide.shape)
    # By the kernel, not by this piece: a small piece may be brighter or darker as a whole.
    kernel = cv2.getGaussianKernel(2 * rim + 1, grain)
    return smooth[rim:-rim, rim:-rim] / np.float32((kernel**2).sum())
