"""Denoiser and super-resolver, with a trained recogniser frozen as judge.

    python -m training.stages.enhance --config training/configs/enhance.yaml

Loss: restoration of the denoised region and of the enlarged frame (eye-weighted), identity (cosine to the target of
the clean face) and perceptual distance (the recogniser's own maps: a face-domain loss, no ImageNet weights) on every
`judge_every`-th step; an adversarial term where its weight is above zero, from the share `adversarial_from` of the
run on. The critic begins a little earlier, so that it knows something when it is listened to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import batches
from training.data.faces import build_cache, load_faces, split_identities
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.data.targets import joined_targets
from training.networks import edgenext
from training.networks.chain import crop_of_frame, eye_weights
from training.networks.denoiser import Denoiser
from training.networks.discriminator import Discriminator, discriminator_loss, generator_loss
from training.networks.losses import cosine_distance, restoration_loss
from training.networks.superresolver import SuperResolver
from training.stages import common
from training.stages.common import Config
from training.stages.steps import run_steps


@dataclass
class EnhanceOptions:
    """Settings of the restorers."""

    embedder: str  # run, or checkpoint, of the recogniser that judges
    weights: dict[str, float]
    denoiser: dict = field(default_factory=dict)
    superresolver: dict = field(default_factory=dict)
    sharp_ied: float = 30.0  # pictures with fewer pixels between the eyes were enlarged: no sharp targets
    shares: tuple[float, float] = (0.75, 0.25)  # batches with regions of 32 px and of 48 px
    judge_every: int = 1
    mix: dict = field(default_factory=dict)
    start: str = ""  # an earlier run of this stage whose averaged weights it starts from
    critic_lr: float = 1e-4
    adversarial_from: float = 0.0
    floor: float = 0.01  # of the learning rate at the end


#: Share of a run for which the critic learns before its term counts.
HEAD_START = 0.08


class Judge(nn.Module):
    """The frozen recogniser: inner maps and embedding of a restored frame."""

    def __init__(self, saved: dict[str, Any]) -> None:
        super().__init__()
        self.network = edgenext.make_edgenext(saved["network"]["edgenext"])
        self.network.load_state_dict(saved["average"])
        self.eval().requires_grad_(False).to(memory_format=torch.channels_last)

    def maps(self, frame: Tensor) -> list[Tensor]:
        """Inner maps of frames [N,3,4S,4S] 0..1, the last of which gives the embedding."""
        return edgenext.stage_maps(self.network, crop_of_frame(frame))

    def embed(self, maps: list[Tensor]) -> Tensor:
        return edgenext.embed_maps(self.network, maps)


def perceptual_distance(maps: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """How far the first two maps are from those of the sharp frame, relative to their size."""
    return sum((a.float() - b.float()).abs().mean() / (b.float().abs().mean() + 1e-3) for a, b in zip(maps[:2], wanted))


class Enhancing:
    """Restorers, judge, critic, and the place in the schedule."""

    def __init__(self, config: Config) -> None:
        self.config, self.options = config, common.options_of(config, EnhanceOptions)
        options = self.options
        self.device = common.prepare(config)
        build_cache(config.data, config.cache)
        faces = load_faces(config.cache)
        rows, _ = split_identities(faces, config.held_out)
        self.rows = rows[faces.source_ied[rows] >= options.sharp_ied]
        saved = common.saved_run(config, options.embedder)
        self.judge = Judge(saved).to(self.device)
        targets = joined_targets(config.cache, saved["teachers"], edgenext.DIMENSION)
        self.targets = torch.from_numpy(targets).to(self.device)
        self.trained = nn.ModuleList([Denoiser(**options.denoiser), SuperResolver(**options.superresolver)])
        if options.start:
            self.trained.load_state_dict(common.averaged_weights(config, options.start))
        self.trained.to(self.device, memory_format=torch.channels_last)
        groups = common.parameter_groups(self.trained, config.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=config.lr, betas=(0.9, 0.99))
        parts: dict[str, Any] = {"trained": self.trained, "optimizer": self.optimizer}
        self.critic = None
        if options.weights.get("adversarial", 0) > 0:
            self.critic = Discriminator().to(self.device)
            self.critic_optimizer = torch.optim.AdamW(self.critic.parameters(), options.critic_lr, (0.5, 0.99))
            parts |= {"critic": self.critic, "critic_optimizer": self.critic_optimizer}
        self.average, self.clock = common.Average(self.trained, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        networks = {"denoiser": options.denoiser, "superresolver": options.superresolver}
        self.checkpoint = common.Checkpoint(config, self.clock, self.average, parts, networks=networks)

    def restore(self, region: Tensor) -> tuple[Tensor, Tensor]:
        """Region [N,3,S,S] 0..1 -> denoised [N,3,S,S] and enlarged [N,3,4S,4S], unclipped."""
        denoiser, superresolver = self.trained
        with common.autocast(self.config, self.device):
            calm = denoiser.unclipped(region.contiguous(memory_format=torch.channels_last))
            sharp = superresolver.unclipped(calm)
        return calm.float(), sharp.float()

    def losses(self, batch: batches.Batch) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """All terms by name, the enlarged frames, and what they should be."""
        region, calm_target, sharp_target = (batch[k].float() / 255 for k in ("region", "calm", "sharp"))
        calm, sharp = self.restore(region)
        eyes = eye_weights(sharp.shape[-1]).to(self.device)
        values = {"calm": (calm - calm_target).abs().mean(), "sharp": restoration_loss(sharp, sharp_target, eyes)}
        if self.clock.step % self.options.judge_every == 0:
            with common.autocast(self.config, self.device):
                maps = self.judge.maps(sharp)
                embedding = self.judge.embed(maps)
                with torch.no_grad():
                    wanted = self.judge.maps(sharp_target)
            values["identity"] = cosine_distance(embedding, self.targets[batch["row"]]).mean()
            values["perceptual"] = perceptual_distance(maps, wanted)
        if self.critic is not None and self.clock.progress >= self.options.adversarial_from:
            values["adversarial"] = generator_loss(self.critic, sharp)
        return values, sharp, sharp_target

    def step(self, batch: batches.Batch) -> dict[str, float]:
        """One step of training; returns the terms of the loss."""
        progress = self.clock.progress
        for group in self.optimizer.param_groups:
            group["lr"] = common.learning_rate(progress, self.config.lr, floor=self.options.floor)
        values, sharp, sharp_target = self.losses(batch)
        loss = sum(self.options.weights[k] * v for k, v in values.items())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained.parameters(), 1.0)
        self.optimizer.step()
        if self.critic is not None and progress >= self.options.adversarial_from - HEAD_START:
            self.critic_optimizer.zero_grad(set_to_none=True)
            discriminator_loss(self.critic, sharp_target, sharp).backward()
            self.critic_optimizer.step()
        self.average.update(self.trained, self.clock.step)
        self.clock.step += 1
        before = F.l1_loss(batch["region"].float() / 255, batch["calm"].float() / 255)
        return {k: v.item() for k, v in values.items()} | {"loss": loss.item(), "before": before.item()}

    def run(self) -> nn.ModuleList:
        """Trains to the end of the budget and returns the averaged restorers."""
        config, clock = self.config, self.clock
        maker = PairMaker(config.cache, Mix(**self.options.mix), self.options.shares)
        steps = batches.Steps(self.rows, config.batch, config.seed, maker)
        source = batches.stream(steps, clock.step, config.workers)
        run_steps(self.step, source, config, self.device, clock, self.curves, self.checkpoint)
        self.trained.load_state_dict(self.average.state)
        return self.trained.eval()


def train(config: Config) -> nn.ModuleList:
    """Trains, or resumes, and returns denoiser and super-resolver with averaged weights."""
    run = Enhancing(config)
    run.checkpoint.resume()
    return run.run()


if __name__ == "__main__":
    train(common.parse(__doc__))
