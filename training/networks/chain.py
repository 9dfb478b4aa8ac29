"""The whole recognition chain as one differentiable module, and the one file that it is exported from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data.align import frame_to_template
from training.networks.denoiser import Denoiser
from training.networks.expert import Expert
from training.networks.fusion import Fusion, Recognisability
from training.networks.superresolver import SuperResolver


class Chain(nn.Module):
    """raw crop, region and quality vector -> raw, enhanced and fused embeddings, gate, weight, recognisability."""

    def __init__(self, raw: Expert, enhanced: Expert, denoiser: nn.Module, superresolver: nn.Module) -> None:
        super().__init__()
        self.raw, self.enhanced = raw, enhanced
        self.denoiser, self.superresolver = denoiser, superresolver
        self.fusion, self.recognisability = Fusion(), Recognisability()

    def restore(self, region: Tensor) -> tuple[Tensor, Tensor]:
        """Region [N,3,S,S] 0..1 -> denoised [N,3,S,S] and enlarged [N,3,4S,4S], unclipped."""
        calm = self.denoiser.unclipped(region)
        return calm, self.superresolver.unclipped(calm)

    def forward(self, raw: Tensor, region: Tensor, quality: Tensor) -> dict[str, Tensor]:
        """raw [N,3,112,112] as the experts take it; region [N,3,S,S] RGB 0..1; quality [N,6]."""
        calm, sharp = self.restore(region)
        raw_out, enhanced_out = self.raw(raw), self.enhanced(crop_of_frame(sharp))
        raw_unit, enhanced_unit = F.normalize(raw_out, dim=1), F.normalize(enhanced_out, dim=1)
        fused, gate, weight = self.fusion(raw_unit, enhanced_unit, quality)
        return {
            "raw": raw_unit,
            "enhanced": enhanced_unit,
            "fused": fused,
            "gate": gate,
            "weight": weight,
            "calm": calm,
            "sharp": sharp,
            "quality": self.recognisability(raw_out),
        }

    @classmethod
    def from_parts(cls, saved: Mapping[str, Any]) -> Chain:
        """The chain of a checkpoint that `training.stages.recognise` wrote."""
        networks = saved.get("networks", {})
        chain = cls(
            Expert.from_parts(saved["raw"], saved["basis"]),
            Expert.from_parts(saved["enhanced"], saved["basis"]),
            Denoiser(**networks.get("denoiser", {})),
            SuperResolver(**networks.get("superresolver", {})),
        )
        chain.denoiser.load_state_dict(saved["restorers"]["denoise"])
        chain.superresolver.load_state_dict(saved["restorers"]["superresolve"])
        chain.recognisability.load_state_dict(saved["head"])
        chain.fusion.load_state_dict(saved["fusion"])
        return chain.eval()


def load_chain(checkpoint: Path) -> tuple[Chain, dict[str, Any]]:
    """The chain, and the file's other entries; tensors and plain values only, never code."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    parts = ("raw", "enhanced", "restorers", "head", "fusion")
    missing = [name for name in ("basis", *parts) if name not in saved]
    if missing:
        raise ValueError(f"{checkpoint} lacks {', '.join(missing)}: training.stages.recognise writes what is exported")
    return Chain.from_parts(saved), {k: v for k, v in saved.items() if k not in parts}


def crop_of_frame(frame: Tensor) -> Tensor:
    """Enhanced frame [N,3,4S,4S] 0..1 -> the experts' input (x - 127.5) / 127.5 [N,3,112,112], clipped softly.

    Values beyond 0..1 are clipped as at inference, but gradient passes (straight through).
    """
    frame = frame + (frame.clamp(0, 1) - frame).detach()
    a = torch.from_numpy(frame_to_template(frame.shape[-1])).to(frame)
    crop = a @ frame @ a.T
    return (crop * 2 - 1).contiguous(memory_format=torch.channels_last)


def eye_weights(side: int, strength: float = 3.0) -> Tensor:
    """[1,1,side,side]: 1 plus `strength` about the eyes of a frame, for the pixel loss."""
    from training.data.align import FRAME_RIM, FRAME_SIDE, TEMPLATE

    k = side / FRAME_SIDE
    grid = torch.arange(side, dtype=torch.float32)
    total = torch.zeros(side, side)
    for x, y in (TEMPLATE[:2] + FRAME_RIM + 0.5) * k - 0.5:
        total += torch.exp(-(((grid[None] - x) / (14 * k)) ** 2 + ((grid[:, None] - y) / (9 * k)) ** 2) / 2)
    return (1 + strength * total)[None, None]
