"""The shipped denoiser, trained on by what one camera does to faces.

Loss: the picture before the degradation (pixels and edges), the identity that the frozen expert reads off the enlarged
result, on some faces of every fourth step, and, where there are pictures of the camera itself, Noise2Noise on these:
the less of the noise stands from picture to picture, the more that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training import lineage
from training.adapt.batch import AdaptBatches
from training.data import batches
from training.data.faces import RIM, load_faces, split_identities
from training.degrade.measured import MeasuredCamera
from training.degrade.profiles import profile_of
from training.evaluation.calibration import HELD_OUT
from training.export.onnx_files import session
from training.networks.chain import crop_of_frame
from training.networks.denoiser import Denoiser
from training.networks.from_onnx import OnnxNetwork, load_named
from training.networks.losses import cosine_distance, restoration_loss
from training.networks.superresolver import SuperResolver
from training.stages import common
from training.stages.common import Config
from training.stages.steps import run_steps

#: Pictures with fewer pixels between the eyes were enlarged: no clean targets.
SHARP_IED = 35.0


@dataclass
class AdaptOptions:
    """Settings of an adaptation."""

    judged: int = 4  # faces of a batch whose identity is held
    judge_every: int = 4
    identity: float = 0.1  # weights of the terms; that of the restored picture is one
    still: float = 0.3
    shares: tuple[float, float] = (0.7, 0.3)  # batches with regions of 32 px and of 48 px
    held_out_people: int = HELD_OUT
    sharp_ied: float = SHARP_IED


class Adapting:
    """Denoiser, frozen judge, and the place in the schedule."""

    def __init__(self, config: Config, models: Path, camera: MeasuredCamera, still: np.ndarray | None = None) -> None:
        self.config, self.options = config, common.options_of(config, AdaptOptions)
        self.device = common.prepare(config)
        for task in ("denoise", "superresolve", "embed", "embed-enhanced"):
            lineage.note_input(config.run, f"models/{task}.onnx", models / f"{task}.onnx")
        self.faces = load_faces(config.cache)
        rows, _ = split_identities(self.faces, self.options.held_out_people)
        self.rows = rows[self.faces.source_ied[rows] >= self.options.sharp_ied]
        self.denoiser = load_named(Denoiser(), models / "denoise.onnx").to(memory_format=torch.channels_last)
        self.enlarge = load_named(SuperResolver(), models / "superresolve.onnx").eval().requires_grad_(False)
        self.enlarge.to(memory_format=torch.channels_last)
        self.expert = OnnxNetwork(models / "embed-enhanced.onnx")
        self.raw = session(models / "embed.onnx")
        self.targets: dict[int, Tensor] = {}
        self.maker = AdaptBatches(config.cache, profile_of(camera), still, self.options.shares)
        self.still_weight = self.options.still * (1 - camera.fixed_share) ** 2
        groups = common.parameter_groups(self.denoiser, config.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=config.lr, betas=(0.9, 0.99))
        self.average, self.clock = common.Average(self.denoiser, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        parts = {"denoiser": self.denoiser, "optimizer": self.optimizer}
        self.checkpoint = common.Checkpoint(config, self.clock, self.average, parts)

    def target(self, row: int) -> Tensor:
        """Unit embedding [384] of a clean face; the expert sees its mirror image too, so both have the same."""
        if row not in self.targets:
            crop = np.array(self.faces.images[row])[RIM:-RIM, RIM:-RIM].astype(np.float32)
            x = np.ascontiguousarray(((crop - 127.5) / 127.5).transpose(2, 0, 1)[None])
            self.targets[row] = nn.functional.normalize(torch.from_numpy(self.raw.run(None, {"input": x})[0]), dim=1)[0]
        return self.targets[row]

    def losses(self, batch: batches.Batch) -> dict[str, Tensor]:
        """The terms by name, each with its weight."""
        region, calm = (batch[k].float() / 255 for k in ("region", "calm"))
        made = self.restore(region)
        values = {"calm": restoration_loss(made, calm)}
        if self.options.identity > 0 and self.clock.step % self.options.judge_every == 0:
            n = self.options.judged
            sharp = self.enlarge.unclipped(made[:n])
            wanted = torch.stack([self.target(int(r)) for r in batch["row"][:n]])
            values["identity"] = (
                self.options.identity * cosine_distance(self.expert(crop_of_frame(sharp)), wanted).mean()
            )
        if "noisy" in batch and self.still_weight > 0:
            again = self.restore(batch["noisy"].float() / 255)
            values["still"] = self.still_weight * (again - batch["other"].float() / 255).square().mean().sqrt()
        return values

    def restore(self, region: Tensor) -> Tensor:
        with common.autocast(self.config, self.device):
            made = self.denoiser.unclipped(region.contiguous(memory_format=torch.channels_last))
        return made.float()

    def step(self, batch: batches.Batch) -> dict[str, float]:
        """One step of training; returns the terms of the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = common.learning_rate(self.clock.progress, self.config.lr)
        values = self.losses(batch)
        loss = sum(values.values())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.denoiser.parameters(), 1.0)
        self.optimizer.step()
        self.average.update(self.denoiser, self.clock.step)
        self.clock.step += 1
        return {k: v.item() for k, v in values.items()}

    def run(self) -> Denoiser:
        """Trains to the end of the budget, or on from where it was stopped, and returns the averaged denoiser."""
        self.checkpoint.resume()
        config = self.config
        steps = batches.Steps(self.rows, config.batch, config.seed, self.maker)
        source = batches.stream(steps, self.clock.step, config.workers)
        run_steps(self.step, source, config, self.device, self.clock, self.curves, self.checkpoint)
        self.denoiser.load_state_dict(self.average.state)
        return self.denoiser.eval()
