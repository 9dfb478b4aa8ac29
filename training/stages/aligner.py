"""Trains the aligner on degraded faces whose alignment is known.

    python -m training.stages.aligner --config training/configs/aligner.yaml

Loss: how far the template's five points, moved by what was said, lie from where they are, smooth L1 in shares of the
distance between the eyes. The curves show the median miss of people held out of training, before and after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import batches
from training.data.align import TEMPLATE_IED
from training.data.alignments import AlignmentMaker, Misses
from training.data.faces import build_cache, load_faces, split_identities
from training.data.samples import Mix
from training.networks.aligner import Aligner, moved_points
from training.networks.edgenext import normalise
from training.stages import common
from training.stages.averaged import Averaged
from training.stages.common import Config

#: Bounds of the inter-eye distances by which the curves are split, pixels.
BANDS = (5.5, 8.0, 12.0, 20.0, 36.0)


@dataclass
class AlignerOptions:
    mix: dict[str, Any] = field(default_factory=dict)
    misses: dict[str, float] = field(default_factory=dict)
    beta: float = 0.03  # where smooth L1 turns from squares to lines, share of the inter-eye distance
    tone: float = 0.2  # spread of gain and offset drawn for half of the batches
    probes: int = 2500


def misses(said: Tensor, truth: Tensor) -> Tensor:
    """[N]: mean miss of the five points, in shares of the inter-eye distance."""
    return (moved_points(said) - moved_points(truth)).norm(dim=-1).mean(1) / TEMPLATE_IED


class Aligning(Averaged):
    """Network, optimizer, and the place in the schedule."""

    def __init__(self, config: Config) -> None:
        self.config, self.options = config, common.options_of(config, AlignerOptions)
        self.device = common.prepare(config)
        cv2.setNumThreads(config.threads)
        build_cache(config.data, config.cache)
        faces = load_faces(config.cache)
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in self.options.mix.items()}
        self.maker = AlignmentMaker(faces, Mix(**values), Misses(**self.options.misses))
        self.rows, held_out = split_identities(faces, config.held_out)
        rng = np.random.default_rng(5)
        self.probes = self.maker(rng.choice(held_out, self.options.probes), rng)
        self.network = Aligner().to(self.device, memory_format=torch.channels_last)
        groups = common.parameter_groups(self.network, config.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=config.lr)
        self.average, self.clock = common.Average(self.network, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        self.checkpoint = common.Checkpoint(
            config, self.clock, self.average, {"trained": self.network, "optimizer": self.optimizer}
        )

    def step(self, batch: batches.Batch) -> Tensor:
        """One step of training; returns the loss."""
        config, options = self.config, self.options
        for settings in self.optimizer.param_groups:
            settings["lr"] = common.learning_rate(self.clock.progress, config.lr)
        pictures, offset = normalise(batch["picture"].to(self.device)), batch["offset"].to(self.device)
        if torch.rand(()) < 0.5:
            shape = (len(pictures), 1, 1, 1)
            gain = 1 + options.tone * (2 * torch.rand(shape, device=self.device) - 1)
            pictures = pictures * gain + options.tone * torch.randn(shape, device=self.device)
        with common.autocast(config, self.device):
            said = self.network(pictures.contiguous(memory_format=torch.channels_last))
        points = moved_points(said.float()) / TEMPLATE_IED
        loss = F.smooth_l1_loss(points, moved_points(offset) / TEMPLATE_IED, beta=options.beta)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.network, self.clock.step)
        return loss.detach()

    @torch.no_grad()
    def show_probes(self) -> None:
        """Adds the held-out people's median misses, by inter-eye distance, to the curves."""
        network, truth, ied = self.averaged(), self.probes["offset"], self.probes["ied"]
        parts = [network(normalise(part.to(self.device))).cpu() for part in self.probes["picture"].split(250)]
        before, after = misses(torch.zeros_like(truth), truth), misses(torch.cat(parts).float(), truth)
        for low, high in zip(BANDS, BANDS[1:]):
            band = (ied >= low) & (ied < high)
            name = f"{low:g} to {high:g} px"
            self.curves.add(step=self.clock.step, **{name: float(after[band].median())})
            print(self.clock.step, name, f"{before[band].median():.4f} -> {after[band].median():.4f}", flush=True)


def train(config: Config) -> nn.Module:
    """Trains, or resumes, and returns the aligner with averaged weights."""
    run = Aligning(config)
    run.checkpoint.resume()
    return run.run()


if __name__ == "__main__":
    train(common.parse(__doc__))
