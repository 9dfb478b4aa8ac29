"""Experts for enhanced pictures, and the restorers with them, by the recognition loss.

    python -m training.stages.experts --config training/configs/expert-xs.yaml

The expert for poor faces goes on learning on what denoiser and super-resolver make of degraded regions: cosine to the
clean face's target and cross-entropy against the people's centres, as in `stages/finetune.py`. With `joint` the
restorers learn by the same loss, held near the sharp frame by pixels and edges; otherwise they stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import torch
from torch import Tensor, nn

from training.data import batches
from training.data.faces import build_cache, load_faces, split_identities
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.data.targets import identity_centres, joined_targets
from training.networks.chain import crop_of_frame, eye_weights
from training.networks.denoiser import Denoiser
from training.networks.edgenext import DIMENSION, make_edgenext
from training.networks.losses import restoration_loss
from training.networks.superresolver import SuperResolver
from training.stages import common, finetune
from training.stages.common import Config
from training.stages.steps import run_steps


@dataclass
class ExpertOptions:
    """Settings of an expert for enhanced pictures."""

    start: str  # run of `stages/finetune.py`, or its checkpoint
    restorers: str  # run of `stages/enhance.py` or of this stage, or its checkpoint
    joint: bool = True
    restorers_factor: float = 1.5  # of the learning rate
    pixels: float = 2.0
    distil: float = 2.0
    people: float = 0.5
    scale: float = 32.0
    margin: tuple[float, float] = (0.05, 0.15)
    shares: tuple[float, float] = (0.75, 0.25)
    smallest: float = 5.5  # pixels between the eyes
    mix: dict = field(default_factory=dict)
    floor: float = 0.02
    clip: float = 2.0


def restorers_of(saved: Mapping[str, Any]) -> nn.ModuleList:
    """Denoiser and super-resolver of a run of `stages/enhance.py` or of this stage, with averaged weights."""
    networks, average = saved["networks"], saved["average"]
    own = {k.removeprefix("restorers."): v for k, v in average.items() if k.startswith("restorers.")}
    restorers = nn.ModuleList([Denoiser(**networks["denoiser"]), SuperResolver(**networks["superresolver"])])
    restorers.load_state_dict(own or average)
    return restorers


def expert_of(saved: Mapping[str, Any]) -> nn.Module:
    """The recogniser of a run of `stages/finetune.py` or of this stage, with averaged weights."""
    average = saved["average"]
    own = {k.removeprefix("expert."): v for k, v in average.items() if k.startswith("expert.")}
    network = make_edgenext(saved["network"]["edgenext"])
    network.load_state_dict(own or average)
    return network


class Experts:
    """Expert, restorers, targets, and the place in the schedule."""

    def __init__(self, config: Config) -> None:
        self.config, self.options = config, common.options_of(config, ExpertOptions)
        options = self.options
        self.device = common.prepare(config)
        cv2.setNumThreads(config.threads)
        build_cache(config.data, config.cache)
        faces = load_faces(config.cache)
        self.rows, _ = split_identities(faces, config.held_out)
        start, restorers = common.saved_run(config, options.start), common.saved_run(config, options.restorers)
        targets = joined_targets(config.cache, start["teachers"], DIMENSION)
        centres = identity_centres(targets[self.rows], faces.identity[self.rows])
        self.targets, self.centres, self.identity = (
            torch.from_numpy(a).to(self.device) for a in (targets, centres, faces.identity)
        )
        self.trained = nn.ModuleDict({"expert": expert_of(start), "restorers": restorers_of(restorers)})
        self.trained.to(self.device, memory_format=torch.channels_last)
        self.trained["restorers"].requires_grad_(options.joint)
        self.optimizer = torch.optim.AdamW(self._groups(), lr=config.lr, betas=(0.9, 0.98))
        self.average, self.clock = common.Average(self.trained, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        self.checkpoint = common.Checkpoint(
            config,
            self.clock,
            self.average,
            {"trained": self.trained, "optimizer": self.optimizer},
            network=start["network"],
            networks=restorers["networks"],
            teachers=start["teachers"],
        )

    def _groups(self) -> list[dict[str, Any]]:
        """The expert's parameters, and the restorers' with their own share of the learning rate."""
        options = self.options
        groups = [
            g | {"factor": 1.0} for g in common.parameter_groups(self.trained["expert"], self.config.weight_decay)
        ]
        if options.joint:
            own = list(self.trained["restorers"].parameters())
            groups.append({"params": own, "weight_decay": 0.0, "factor": options.restorers_factor})
        return groups

    def restore(self, region: Tensor) -> Tensor:
        """Region [N,3,S,S] 0..1 -> the enlarged frame [N,3,4S,4S], unclipped."""
        denoiser, superresolver = self.trained["restorers"]
        with torch.set_grad_enabled(self.options.joint), common.autocast(self.config, self.device):
            calm = denoiser.unclipped(region.contiguous(memory_format=torch.channels_last))
            return superresolver.unclipped(calm).float()

    def losses(self, batch: batches.Batch) -> dict[str, Tensor]:
        """All terms by name."""
        options, row = self.options, batch["row"]
        sharp = self.restore(batch["region"].float() / 255)
        with common.autocast(self.config, self.device):
            embedding = self.trained["expert"](crop_of_frame(sharp))
        known = torch.ones(len(row), dtype=torch.bool, device=row.device)
        terms = finetune.Terms(options.scale, options.margin)
        ied = batch["ied"].float()
        values = finetune.losses(embedding, self.targets[row], self.centres, self.identity[row], known, ied, terms)
        if options.joint:
            values["pixels"] = restoration_loss(
                sharp, batch["sharp"].float() / 255, eye_weights(sharp.shape[-1]).to(sharp.device)
            )
        return values

    def step(self, batch: batches.Batch) -> dict[str, float]:
        """One step of training; returns the terms of the loss."""
        options = self.options
        rate = common.learning_rate(self.clock.progress, self.config.lr, floor=options.floor)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        values = self.losses(batch)
        loss = options.distil * values["distance"] + options.people * values["people"]
        if options.joint:
            loss = loss + options.pixels * values["pixels"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained.parameters(), options.clip)
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.trained, self.clock.step)
        return {k: v.item() for k, v in values.items()} | {"loss": loss.item()}

    def run(self) -> nn.ModuleDict:
        """Trains to the end of the budget and returns expert and restorers with averaged weights."""
        config, clock, options = self.config, self.clock, self.options
        maker = PairMaker(config.cache, Mix(**options.mix), options.shares, options.smallest)
        source = batches.stream(batches.Steps(self.rows, config.batch, config.seed, maker), clock.step, config.workers)
        self.trained.train()
        run_steps(self.step, source, config, self.device, clock, self.curves, self.checkpoint)
        self.trained.load_state_dict(self.average.state)
        return self.trained.eval()


def train(config: Config) -> nn.ModuleDict:
    """Trains, or resumes, and returns the expert and the restorers with averaged weights."""
    run = Experts(config)
    run.checkpoint.resume()
    return run.run()


if __name__ == "__main__":
    train(common.parse(__doc__))
