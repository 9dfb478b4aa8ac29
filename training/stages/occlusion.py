"""Trains the network that finds masks, dark glasses and headwear, on drawn ones, and on real headwear.

    python -m training.stages.occlusion --config training/configs/occlusion.yaml

Some faces of the set wear dark glasses themselves, and nobody has labelled them. With `suspect_from: RUN` the
network of an earlier, shorter run says which: where it sees a kind in a face as it is, the truth of that kind is open.
Real headwear was looked for by people (`training/occlusion/worn.py`).
The curves show people held out of training, in shapes and patterns held out of training.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import batches
from training.data.faces import RIM, Faces, build_cache, load_faces, split_identities
from training.data.samples import Mix
from training.networks.edgenext import normalise
from training.networks.occlusion import SIDE, OcclusionFinder, from_file, hold_norms
from training.occlusion.draw import KINDS, SHARES, Wish
from training.occlusion.samples import CoveredMaker, points_of
from training.occlusion.worn import headwear_of, named_bare, often, split_for_cut
from training.stages import common
from training.stages.averaged import Averaged
from training.stages.common import Config


@dataclass
class OcclusionOptions:
    mix: dict[str, Any] = field(default_factory=dict)
    wish: dict[str, float] = field(default_factory=dict)
    suspect_from: str | None = None  # run, or exported file (*.onnx)
    start_from: str | None = None  # exported file to train on from, its batch norms held; None: from nothing
    suspect_above: float = 0.2  # probability from which on a face is suspected to wear a kind
    tone: float = 0.15  # spread of gain and offset drawn for half of the batches
    probes: int = 1500
    views: int = 2  # see `CoveredMaker`
    worn: int = 4  # how often a face with real headwear is shown, where others are shown once
    bare: int = 3  # and one that only looked so


def loss_of(logits: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of all outputs, shares as soft targets, over what is known."""
    each = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)


def average_precision(score: np.ndarray, truth: np.ndarray) -> float:
    """Area under the curve of precision over recall."""
    order = np.argsort(-score, kind="stable")
    hit = truth[order] > 0.5
    if not hit.any():
        return 0.0
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    return float(precision[hit].mean())


@torch.no_grad()
def logits_of(network: nn.Module, pictures: Tensor) -> np.ndarray:
    """uint8 [N,3,112,112] -> float32 [N,5]."""
    parts = [network(normalise(p).contiguous(memory_format=torch.channels_last)) for p in pictures.split(250)]
    return torch.cat(parts).float().numpy()


def suspects_of(network: nn.Module, faces: Faces, above: float = 0.2, rows: np.ndarray | None = None) -> np.ndarray:
    """bool [M,3]: kinds that the faces of the set, as they are, seem to wear to a network; False beside `rows`."""
    network = network.eval().to(memory_format=torch.channels_last)
    rows = np.arange(len(faces.images)) if rows is None else np.sort(rows)
    result = np.zeros((len(faces.images), len(KINDS)), bool)
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        crops = faces.images[part, RIM : RIM + SIDE, RIM : RIM + SIDE]
        logits = logits_of(network, torch.from_numpy(crops).permute(0, 3, 1, 2))
        result[part] = logits[:, len(SHARES) :] > np.log(above / (1 - above))
    print("suspected:", dict(zip(KINDS, result[rows].mean(0).round(4).tolist())), flush=True)
    return result


class Covering(Averaged):
    """Network, optimizer, and the place in the schedule."""

    def __init__(self, config: Config) -> None:
        self.config, self.options = config, common.options_of(config, OcclusionOptions)
        self.device = common.prepare(config)
        cv2.setNumThreads(config.threads)
        build_cache(config.data, config.cache)
        faces = load_faces(config.cache)
        points = points_of(faces, config.data / "models", config.cache)
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in self.options.mix.items()}
        mix, wish = Mix(**values), Wish(**self.options.wish)
        run = self.options.suspect_from
        suspected = None
        if run:
            if run.endswith(".onnx"):
                earlier = from_file(Path(run))
            else:
                earlier = OcclusionFinder()
                earlier.load_state_dict(common.averaged_weights(config, run))
            suspected = suspects_of(earlier, faces, self.options.suspect_above)
        worn = headwear_of(faces)
        self.maker = CoveredMaker(
            faces, points, mix, wish, suspected=suspected, views=self.options.views, headwear=worn
        )
        rows, held_out = split_identities(faces, config.held_out)
        rows, cut = split_for_cut(faces, rows)
        self.rows = often(rows, worn, named_bare(faces), self.options.worn, self.options.bare)
        rng = np.random.default_rng(5)
        shown = CoveredMaker(faces, points, mix, wish, held_out=True, suspected=suspected)
        self.probes = shown(rng.choice(held_out, self.options.probes), rng)
        real = CoveredMaker(faces, points, mix, Wish(0, 0, 0, 0, 0), headwear=worn)
        self.real = real(cut, rng)
        start = self.options.start_from
        network = OcclusionFinder() if start is None else from_file(Path(start))
        self.network = network.to(self.device, memory_format=torch.channels_last)
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
        pictures = normalise(batch["picture"].to(self.device))
        if torch.rand(()) < 0.5:
            shape = (len(pictures), 1, 1, 1)
            gain = 1 + options.tone * (2 * torch.rand(shape, device=self.device) - 1)
            pictures = pictures * gain + options.tone * torch.randn(shape, device=self.device)
        if options.start_from is not None:
            hold_norms(self.network)
        with common.autocast(config, self.device):
            said = self.network(pictures.contiguous(memory_format=torch.channels_last))
        loss = loss_of(said.float(), batch["truth"].to(self.device), batch["known"].to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.network, self.clock.step)
        return loss.detach()

    def show_probes(self) -> None:
        """Adds the held-out people's figures to the curves."""
        said = logits_of(self.averaged(), self.probes["picture"])
        truth, known = self.probes["truth"].numpy(), self.probes["known"].numpy() > 0
        shown = {}
        for i, name in enumerate(SHARES):
            error = np.abs(1 / (1 + np.exp(-said[:, i])) - truth[:, i])
            shown[f"{name}, mean error"] = float(error[known[:, i]].mean())
        for i, name in enumerate(KINDS, len(SHARES)):
            shown[f"{name}, AP"] = average_precision(said[known[:, i], i], truth[known[:, i], i])
        said = logits_of(self.averaged(), self.real["picture"])[:, -1]
        truth, known = self.real["truth"].numpy()[:, -1], self.real["known"].numpy()[:, -1] > 0
        above = np.quantile(said[known & (truth < 0.5)], 0.99)
        shown["real headwear, AP"] = average_precision(said[known], truth[known])
        shown["real headwear, found at 1 %"] = float((said[known & (truth > 0.5)] >= above).mean())
        self.curves.add(step=self.clock.step, **shown)
        print(self.clock.step, {k: round(v, 4) for k, v in shown.items()}, flush=True)


def train(config: Config) -> nn.Module:
    """Trains, or resumes, and returns the network with averaged weights."""
    run = Covering(config)
    run.checkpoint.resume()
    return run.run()


if __name__ == "__main__":
    train(common.parse(__doc__))
