"""Training of the adapters: the site's pictures towards their enrolled ones, the old data where it was.

Terms: cross-entropy of the site's recorded faces over the site's and replayed people (cosines, with a margin), and three
that hold the old data: embeddings stay where the parent puts them; a poor face comes no nearer to strangers, those of the
site above all, and goes no further from its own person than by the parent, even were the gates open to it (relational
distillation, Park et al. 2019, of the nearest strangers and of one side only): strangers before the site's cameras must
not turn into the people whom it learnt; the added layer stays near the parent's (L2-SP, Li et al. 2018). All features are in memory; a batch is a
function of seed and step, so that a run that was stopped goes on to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.increment.expert import Adapter
from training.increment.features import Adapters, Extractor, Features
from training.increment.gate import gate_of
from training.increment.sets import Replayed
from training.increment.stop import Stop
from training.stages import common
from training.stages.common import Config


@dataclass
class IncrementOptions:
    """Settings of an increment."""

    site: float = 1.0  # weights of the terms
    anchor: float = 300.0
    strangers: float = 300.0
    weights: float = 0.1  # of the squared distance to the parent's added layer, relative to the layer's square
    scale: float = 32.0
    margin: float = 0.1
    site_batch: int = 64
    nearest: float = 20.0  # sharpness by which a face's nearest strangers count more


@dataclass(frozen=True)
class Known:
    """Faces as tensors: what the layers give, what enters the adapters, opened by their gates, and the parent's result."""

    raw: Tensor  # [N,D]
    enhanced: Tensor  # [N,D]
    raw_opened: Tensor  # [N,W]
    enhanced_opened: Tensor  # [N,W]
    small: Tensor  # [N,1]
    gate: Tensor  # [N,1], the chain's own
    parent: Tensor  # [N,D]

    @classmethod
    def of(cls, features: Features, extractor: Extractor, gates: Adapters | None) -> Known:
        """Without `gates` the adapters are open to all."""
        opened = [np.ones(len(features), np.float32)] * 2
        if gates is not None:
            opened = [gates.raw.opened(features.raw), gates.enhanced.opened(features.enhanced)]
        parent, gate = extractor.fused(features, extractor.parent)
        numbers = (
            features.raw @ extractor.base[0],
            features.enhanced @ extractor.base[1],
            features.raw * opened[0][:, None],
            features.enhanced * opened[1][:, None],
            features.small[:, None],
            gate[:, None],
            parent.astype(np.float32),
        )
        return cls(*(torch.from_numpy(n) for n in numbers))

    def rows(self, at: Tensor) -> Known:
        return Known(*(getattr(self, f.name)[at] for f in fields(self)))


class AddedLayers(nn.Module):
    """Both added layers, and the fused embedding with the chain's gate as it was."""

    def __init__(self, adapters: Adapters) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.from_numpy(adapters.raw.layer.copy()))
        self.enhanced = nn.Parameter(torch.from_numpy(adapters.enhanced.layer.copy()))

    def forward(self, known: Known) -> Tensor:
        raw = F.normalize(known.raw + known.raw_opened @ self.raw, dim=1)
        enhanced = F.normalize(known.enhanced + known.enhanced_opened @ self.enhanced, dim=1, eps=1e-6)
        fused = torch.where(known.small, known.gate * raw + (1 - known.gate) * enhanced, raw)
        return F.normalize(fused, dim=1)


@dataclass(frozen=True)
class Material:
    """What is learnt from: the site's people and recorded pictures (`own`: whose row), and old data."""

    portraits: Known
    recorded: Known
    own: Tensor
    old: tuple[Known, Known, Known]  # clean, poor, at one of the protocol's levels
    open: tuple[Known, Known]  # the latter two, were the gates open to them
    gates: Adapters  # as they are to be, with the parent's layers
    sizes: tuple[float, float]  # squared norms of the layers that the adapters add to


class Increment:
    """Layers, optimizer and place in the schedule."""

    def __init__(self, config: Config, material: Material) -> None:
        self.config, self.options, self.material = config, common.options_of(config, IncrementOptions), material
        common.prepare(config)
        self.layers = AddedLayers(material.gates)
        self.start = AddedLayers(material.gates).requires_grad_(False)
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
        at = torch.from_numpy(rng.permutation(len(m.old[0].gate))[: self.config.batch])
        old = [known.rows(at) for known in m.old]
        portraits, recorded = self.layers(m.portraits), self.layers(m.recorded.rows(site))
        new = [self.layers(known) for known in old]
        centres, centres_were = torch.cat([portraits, new[0]]), torch.cat([m.portraits.parent, old[0].parent])
        own = len(portraits) + torch.arange(len(at))
        nearer = (self.nearer(k.rows(at), centres, centres_were, own) for k in m.open)
        pairs = zip(self.layers.parameters(), self.start.parameters(), m.sizes)
        return {
            "site": o.site * self.people(recorded, centres, m.own[site]),
            "anchor": o.anchor * sum((1 - (n * k.parent).sum(1)).mean() for n, k in zip(new, old)),
            "strangers": o.strangers * sum(nearer),
            "weights": o.weights * sum((p - q).square().sum() / size for p, q, size in pairs),
        }

    def nearer(self, faces: Known, centres: Tensor, centres_were: Tensor, own: Tensor) -> Tensor:
        """By how much faces come nearer to the strangers who are nearest, and go further from themselves; squared."""
        before, now = faces.parent @ centres_were.T, self.layers(faces) @ centres.T
        change, mine = now - before, own[:, None]
        others = torch.maximum(before, now.detach()).scatter(1, mine, -9.0)
        share = torch.softmax(self.options.nearest * others, 1)
        return (share * F.relu(change).square()).sum(1).mean() + F.relu(-change.gather(1, mine)).square().mean()

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

    def run(self, stop: Stop) -> Adapters:
        """Trains to the end, or on from where it was stopped; returns the averaged layers behind their gates."""
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
        state, gates = self.average.state, self.material.gates
        return Adapters(
            Adapter(gates.raw.gate, gates.raw.bias, state["raw"].numpy().copy()),
            Adapter(gates.enhanced.gate, gates.enhanced.bias, state["enhanced"].numpy().copy()),
        )


def gates_of(extractor: Extractor, portraits: Features, recorded: Features, old: Replayed) -> Iterator[Adapters]:
    """Gates to train behind, with the parent's layers: learnt anew, then the parent's where it has any."""
    shut, parent = (portraits, old.clean, old.poor, old.level), extractor.parent
    raw = gate_of(np.concatenate([f.raw for f in shut]), recorded.raw)
    enhanced = gate_of(np.concatenate([f.enhanced[f.small] for f in shut]), recorded.enhanced[recorded.small])
    yield Adapters(Adapter(*raw, parent.raw.layer), Adapter(*enhanced, parent.enhanced.layer))
    if not (parent.raw.empty and parent.enhanced.empty):
        # Another gate alone changes embeddings, however short the way: behind this one nothing changes at no way at all.
        yield parent


def material_of(
    extractor: Extractor, gates: Adapters, portraits: Features, recorded: Features, own: np.ndarray, old: Replayed
) -> Material:
    """`own`: the row of the portrait of each recorded picture."""
    replayed = (old.clean, old.poor, old.level)
    first, second, *rest = (Known.of(f, extractor, gates) for f in (portraits, recorded, *replayed))
    sizes = tuple(float(np.square(b).sum()) for b in extractor.base)
    opened = tuple(Known.of(f, extractor, None) for f in (old.poor, old.level))
    return Material(first, second, torch.from_numpy(own), tuple(rest), opened, gates, sizes)
