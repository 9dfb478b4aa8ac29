"""The recognition chain on ONNX files, landmarks given: the Python mirror of the live path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.align import align_region, align_template, frame_to_template, inter_eye_distance, region_side
from training.export.onnx_files import session


def unit(x: np.ndarray) -> np.ndarray:
    """Rows of unit length."""
    return x / (np.linalg.norm(x, axis=-1, keepdims=True) + 1e-9)


@dataclass(frozen=True)
class Result:
    raw: np.ndarray  # [256] unit length
    enhanced: np.ndarray  # [256]; equal to raw where there is no enhancement
    fused: np.ndarray  # [256]
    gate: float
    quality: float


class OnnxChain:
    """Models of a folder by their contract names; `suffix` `.fp16` picks the half-precision ones."""

    def __init__(self, models: Path, suffix: str = "", denoise: bool = True, superresolve: bool = True) -> None:
        load = lambda name: session(Path(models) / f"{name}{suffix}.onnx")  # noqa: E731
        self.embedder, self.fuser, self.judge = load("embed"), load("fuse"), load("quality")
        self.denoiser = load("denoise") if denoise else None
        self.superresolver = load("superresolve") if superresolve else None

    def embed(self, crops: np.ndarray) -> np.ndarray:
        """uint8 or float [N,112,112,3] 0..255 -> [N,256], not normalised."""
        x = (crops.astype(np.float32) - 127.5) / 128
        return self.embedder.run(None, {"input": np.ascontiguousarray(x.transpose(0, 3, 1, 2))})[0]

    def enhance(self, region: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> the template crop of the enhanced frame, float32 [112,112,3] 0..255."""
        x = np.ascontiguousarray(region.astype(np.float32).transpose(2, 0, 1)[None] / 255)
        if self.denoiser:
            x = self.denoiser.run(None, {"input": x})[0]
        if self.superresolver:
            x = self.superresolver.run(None, {"input": x})[0]
        a = frame_to_template(x.shape[-1])
        return (a @ x[0] @ a.T).transpose(1, 2, 0) * 255

    def __call__(self, picture: np.ndarray, landmarks: np.ndarray) -> Result:
        """uint8 RGB [H,W,3] and landmarks [5,2] in its pixels."""
        crops = [align_template(picture, landmarks).astype(np.float32)]
        side = region_side(inter_eye_distance(landmarks))
        if side:
            crops.append(self.enhance(align_region(picture, landmarks, side)))
        out = self.embed(np.stack(crops))
        quality = float(self.judge.run(None, {"embedding": out[:1]})[0][0, 0])
        units = unit(out)
        if not side:
            return Result(units[0], units[0], units[0], 1.0, quality)
        fused, gate = self.fuser.run(None, {"raw": units[:1], "enhanced": units[1:]})
        return Result(units[0], units[1], fused[0], float(gate[0, 0]), quality)
