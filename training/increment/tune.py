"""Training of the last layers: the site's pictures towards their enrolled ones, the old data where it was.

Terms: cross-entropy of the site's recorded faces over the site's and replayed people (cosines, with a margin), the same
of replayed poor faces, and two anchors: replayed embeddings stay where the parent puts them, and weights near the
parent's (L2-SP, Li et al. 2018). All features are in memory; a batch is a function of seed and step, so that a run that
was stopped goes on to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.increment.features import Features, Layers
from training.increment.sets import Pairs
from training.increment.stop import Stop
from training.stages import common
from training.stages.common import Config


@dataclass
class IncrementOptions:
    """Settings of an increment."""

    site: float = 1.0  # weights of the terms
    replayed: float = 0.2
    anchor: float = 150.0
    weights: float = 0.3  # of the squared distance to the parent's layer, relative to that layer's square
    scale: float = 32.0
    margin: float = 0.1
    site_batch: int = 64


@dataclass(frozen=True)
class Known:
    """Features as tensors, with the parent's gate."""

    raw: Tensor
    enhanced: Tensor
    small: Tensor
    gate: Tensor

    @classmethod
    def of(cls, features: Features, gate: np.ndarray) -> Known:
        t = torch.from_numpy
        return cls(t(features.raw), t(features.enhanced), t(features.small)[:, None], t(gate)[:, None])

    def rows(self, at: Tensor) -> Known:
        return Known(self.raw[at], self.enhanced[at], self.small[at], self.gate[at])


class LastLayers(nn.Module):
    """Both layers, and the fused embedding with gates as they were."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.from_numpy(layers.raw.copy()))
        self.enhanced = nn.Parameter(torch.from_numpy(layers.enhanced.copy()))

    def forward(self, known: Known) -> Tensor:
        raw = F.normalize(known.raw @ self.raw, dim=1)
        enhanced = F.normalize(known.enhanced @ self.enhanced, dim=1, eps=1e-6)
        fused = torch.where(known.small, known.gate * raw + (1 - known.gate) * enhanced, raw)
        return F.normalize(fused, dim=1)


@dataclass(frozen=True)
class Material:
    """What is learnt from: the site's people and recorded pictures (`own`: whose row), old data, the parent's gates."""

    portraits: Known
    recorded: Known
    own: Tensor
    clean: Known
    poor: Known


class Increment:
    """Layers, optimizer and place in the schedule."""

    def __init__(self, config: Config, parent: Layers, material: Material) -> None:
        self.config, self.options, self.material = config, common.options_of(config, IncrementOptions), material
        common.prepare(config)
        self.layers, self.start = LastLayers(parent), LastLayers(parent).requires_grad_(False)
        with torch.no_grad():
            self.kept = [self.start(material.clean), self.start(material.poor)]
        self.optimizer = torch.optim.AdamW(self.layers.parameters(), lr=config.lr, weight_decay=0.0)
        self.average, self.clock = common.Average(self.layers, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        parts = {"layers": self.layers, "optimizer": self.optimizer}
        self.checkpoint = common.Checkpoint(config, self.clock, self.average, parts)

    def losses(self, step: int) -> dict[str, Tensor]:
        """The terms of a step, each with its weight."""
        o, m = self.options, self.material
        rng = np.random.default_rng((self.config.seed, step))
        site = torch.from_numpy(rng.integers(0, len(m.own), o.site_batch))
        old = torch.from_numpy(rng.permutation(len(m.clean.gate))[: self.config.batch])
        portraits, clean = self.layers(m.portraits), self.layers(m.clean.rows(old))
        poor, recorded = self.layers(m.poor.rows(old)), self.layers(m.recorded.rows(site))
        centres = torch.cat([portraits, clean])
        count = len(portraits)
        kept = sum((1 - (new * was[old]).sum(1)).mean() for new, was in zip((clean, poor), self.kept))
        moved = sum(
            (p - q).square().sum() / q.square().sum() for p, q in zip(self.layers.parameters(), self.start.parameters())
        )
        return {
            "site": o.site * self.people(recorded, centres, m.own[site]),
            "replayed": o.replayed * self.people(poor, centres, count + torch.arange(len(old))),
            "anchor": o.anchor * kept,
            "weights": o.weights * moved,
        }

    def people(self, faces: Tensor, centres: Tensor, own: Tensor) -> Tensor:
        logits = faces @ centres.T
        margin = torch.zeros_like(logits).scatter_(1, own[:, None], self.options.margin)
        return F.cross_entropy(self.options.scale * (logits - margin), own)

    def step(self) -> dict[str, float]:
        """One step; returns the terms of the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = common.learning_rate(self.clock.progress, self.config.lr)
        values = self.losses(self.clock.step)
        self.optimizer.zero_grad(set_to_none=True)
        sum(values.values()).backward()
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.layers, self.clock.step)
        return {k: v.item() for k, v in values.items()}

    def run(self, stop: Stop) -> Layers:
        """Trains to the end, or on from where it was stopped; returns the averaged layers."""
        self.checkpoint.resume()
        while not self.clock.done:
            self.curves.collect(**self.step())
            if self.clock.step % 50 == 0:
                shown = self.curves.add_means(self.clock.step)
                print(self.clock.step, {k: round(v, 4) for k, v in shown.items()}, flush=True)
            self.checkpoint.save_when_due()
            if stop.asked:
                self.checkpoint.save()
                stop.check()
        self.checkpoint.save()
        state = self.average.state
        return Layers(state["raw"].numpy().copy(), state["enhanced"].numpy().copy())


def material_of(
    portraits: Features, recorded: Features, own: np.ndarray, old: Pairs, gates: list[np.ndarray]
) -> Material:
    """`gates`: the parent's, of the four sets in this order."""
    sets = (portraits, recorded, old.clean, old.poor)
    first, second, clean, poor = (Known.of(f, g) for f, g in zip(sets, gates))
    return Material(first, second, torch.from_numpy(own), clean, poor)
