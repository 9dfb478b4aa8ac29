"""The whole recognition chain as one differentiable module: what the live path does to a face."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data.align import frame_to_template
from training.networks.denoiser import Denoiser
from training.networks.fusion import Fusion, Recognisability
from training.networks.superresolver import SuperResolver
from training.networks.twin import make_embedder


class Chain(nn.Module):
    """raw crop and region -> raw, enhanced and fused embeddings, gate, recognisability."""

    def __init__(self, embedder: dict, denoiser: dict | None = None, superresolver: dict | None = None) -> None:
        super().__init__()
        self.embedder = make_embedder(embedder)
        self.denoiser = Denoiser(**(denoiser or {}))
        self.superresolver = SuperResolver(**(superresolver or {}))
        self.fusion = Fusion()
        self.recognisability = Recognisability()

    def restore(self, region: Tensor) -> tuple[Tensor, Tensor]:
        """Region [N,3,S,S] 0..1 -> denoised [N,3,S,S] and enlarged [N,3,4S,4S], unclipped."""
        calm = self.denoiser.unclipped(region)
        return calm, self.superresolver.unclipped(calm)

    def forward(self, raw: Tensor, region: Tensor) -> dict[str, Tensor]:
        """raw [N,3,112,112] as the embedder takes it; region [N,3,S,S] RGB 0..1."""
        calm, sharp = self.restore(region)
        both = self.embedder(torch.cat([raw, crop_of_frame(sharp)]))
        raw_out, enhanced_out = both.float().chunk(2)
        raw_unit, enhanced_unit = F.normalize(raw_out, dim=1), F.normalize(enhanced_out, dim=1)
        fused, gate = self.fusion(raw_unit, enhanced_unit)
        return {
            "raw": raw_unit,
            "enhanced": enhanced_unit,
            "fused": fused,
            "gate": gate,
            "calm": calm,
            "sharp": sharp,
            "quality": self.recognisability(raw_out.detach()),
        }


def crop_of_frame(frame: Tensor, scale: float = 128.0) -> Tensor:
    """Enhanced frame [N,3,4S,4S] 0..1 -> the embedder's input (x - 127.5) / scale [N,3,112,112], clipped softly.

    Values beyond 0..1 are clipped as at inference, but gradient passes (straight through).
    """
    frame = frame + (frame.clamp(0, 1) - frame).detach()
    a = torch.from_numpy(frame_to_template(frame.shape[-1])).to(frame)
    crop = a @ frame @ a.T
    return ((crop * 255 - 127.5) / scale).contiguous(memory_format=torch.channels_last)


def eye_weights(side: int, strength: float = 3.0) -> Tensor:
    """[1,1,side,side]: 1 plus `strength` about the eyes of a frame, for the pixel loss."""
    from training.data.align import FRAME_RIM, FRAME_SIDE, TEMPLATE

    k = side / FRAME_SIDE
    grid = torch.arange(side, dtype=torch.float32)
    total = torch.zeros(side, side)
    for x, y in (TEMPLATE[:2] + FRAME_RIM + 0.5) * k - 0.5:
        total += torch.exp(-(((grid[None] - x) / (14 * k)) ** 2 + ((grid[:, None] - y) / (9 * k)) ** 2) / 2)
    return (1 + strength * total)[None, None]
