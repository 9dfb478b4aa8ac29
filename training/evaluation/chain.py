"""The recognition chain on ONNX files, landmarks given: the Python mirror of the live path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.align import align_region, align_template, frame_to_template, inter_eye_distance, region_side
from training.export.onnx_files import session
from training.networks.fusion import picture_quality, quality_vectors


def unit(x: np.ndarray) -> np.ndarray:
    """Rows of unit length."""
    return x / (np.linalg.norm(x, axis=-1, keepdims=True) + 1e-9)


@dataclass(frozen=True)
class Result:
    raw: np.ndarray  # [D] unit length
    enhanced: np.ndarray  # [D]; equal to raw where there is no enhancement
    fused: np.ndarray  # [D]
    gate: float
    weight: float  # of this keyframe in its track's template
    quality: float  # recognisability of the raw branch


class OnnxChain:
    """Models of a folder by their contract names; `suffix` `.fp16` picks the half-precision ones."""

    def __init__(self, models: Path, suffix: str = "", denoise: bool = True, superresolve: bool = True) -> None:
        load = lambda name: session(Path(models) / f"{name}{suffix}.onnx")  # noqa: E731
        self.raw, self.fuser, self.judge = load("embed"), load("fuse"), load("quality")
        # Without an expert of their own, enhanced pictures go to the one of the raw branch.
        expert = (Path(models) / f"embed-enhanced{suffix}.onnx").exists()
        self.enhanced = load("embed-enhanced") if expert else self.raw
        self.denoiser = load("denoise") if denoise else None
        self.superresolver = load("superresolve") if superresolve else None

    def embed(self, crops: np.ndarray, enhanced: bool = False) -> np.ndarray:
        """uint8 or float [N,112,112,3] 0..255 -> [N,D], not normalised."""
        x = (crops.astype(np.float32) - 127.5) / 127.5
        expert = self.enhanced if enhanced else self.raw
        return expert.run(None, {"input": np.ascontiguousarray(x.transpose(0, 3, 1, 2))})[0]

    def enhance(self, region: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3] -> the template crop of the enhanced frame, float32 [112,112,3] 0..255."""
        x = np.ascontiguousarray(region.astype(np.float32).transpose(2, 0, 1)[None] / 255)
        if self.denoiser:
            x = self.denoiser.run(None, {"input": x})[0]
        return self.enlarged(x)

    def enlarged(self, x: np.ndarray) -> np.ndarray:
        """Denoised region [1,3,S,S] 0..1 -> as `enhance`."""
        if self.superresolver:
            x = self.superresolver.run(None, {"input": x})[0]
        a = frame_to_template(x.shape[-1])
        return (a @ x[0] @ a.T).transpose(1, 2, 0) * 255

    def score(self, embedding: np.ndarray) -> np.ndarray:
        """Recognisability [N] of experts' outputs [N,D]."""
        return self.judge.run(None, {"embedding": embedding})[0][:, 0]

    def __call__(self, picture: np.ndarray, landmarks: np.ndarray) -> Result:
        """uint8 RGB [H,W,3] and landmarks [5,2] in its pixels."""
        crop, ied = align_template(picture, landmarks), inter_eye_distance(landmarks)
        raw_out = self.embed(crop[None])
        side = region_side(ied)
        raw_score, enhanced_score = self.score(raw_out), np.zeros(1, np.float32)
        raw = enhanced = unit(raw_out)
        if side:
            enhanced_out = self.embed(self.enhance(align_region(picture, landmarks, side))[None], True)
            enhanced, enhanced_score = unit(enhanced_out), self.score(enhanced_out)
        quality = quality_vectors(np.array([ied]), raw_score, enhanced_score, picture_quality(crop)[None])
        fused, gate, weight = self.fuser.run(None, {"raw": raw, "enhanced": enhanced, "quality": quality})
        if not side:  # the model runs for the weight only
            fused, gate = raw, np.ones((1, 1), np.float32)
        return Result(raw[0], enhanced[0], fused[0], float(gate[0, 0]), float(weight[0, 0]), float(raw_score[0]))
