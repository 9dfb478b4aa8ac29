"""Training of the detector: `python -m training.detector.train --config training/configs/detector.yaml`.

Budget, checkpoints and resuming are those of every stage (`stages/common.py`): a run cut in two equals an
uninterrupted one where the schedule counts steps. `python -m torch.distributed.run --standalone --nproc-per-node 2
-m training.detector.train ...` gives a core a process each (`stages/group.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from training.detector.augment import AugmentConfig, Augmenter
from training.detector.from_onnx import load_folded, restore_norms
from training.detector.losses import detector_loss
from training.detector.model import Detector
from training.detector.scenes import load_scenes
from training.detector.targets import Faces
from training.stages import common
from training.stages.common import Config
from training.stages.group import Group


@dataclass
class DetectorOptions:
    """Settings that only the detector has; pixels are those of the canvas."""

    canvas: int = 256
    smallest: float = 9.0
    largest: float = 190.0
    worsen: float = 0.55
    split: tuple[float, float] = (0.4, 0.3)
    surveillance: float = 0.0
    nonface: float = 0.0
    fill: float = 0.85
    limit: int = 0  # scenes that are loaded, 0 for all
    start: str = ""  # run, checkpoint or exported ONNX file whose weights a new schedule begins with

    def augmentation(self) -> AugmentConfig:
        return AugmentConfig(
            self.canvas,
            self.smallest,
            self.largest,
            self.worsen,
            tuple(self.split),
            surveillance=self.surveillance,
            nonface=self.nonface,
            fill=self.fill,
        )


def make_batch(augmenter: Augmenter, batch: int, seed: int, step: int) -> tuple[torch.Tensor, Faces]:
    """Batch number `step`: the same for the same seed, however the run was cut."""
    rng = np.random.default_rng([seed, step])
    samples = [augmenter.sample(rng) for _ in range(batch)]
    image = torch.from_numpy(np.stack([s.image for s in samples])).permute(0, 3, 1, 2)
    picture = np.concatenate([np.full(len(s.boxes), i) for i, s in enumerate(samples)])

    def joined(name: str) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([getattr(s, name) for s in samples]))

    faces = Faces(torch.from_numpy(picture), joined("boxes"), joined("points"), joined("score"), joined("ignore"))
    return image.float(), faces


class Trainer:
    """Network, its running average, optimizer, and the place in the schedule."""

    def __init__(self, config: Config, augmenter: Augmenter, group: Group | None = None):
        self.device = common.prepare(config)
        self.config, self.options = config, common.options_of(config, DetectorOptions)
        self.augmenter, self.group = augmenter, group or Group()
        self.net = Detector().to(self.device, memory_format=torch.channels_last)
        if self.options.start.endswith(".onnx"):
            self._begin_from_export(Path(self.options.start))
        elif self.options.start:
            self.net.load_state_dict(common.averaged_weights(config, self.options.start))
        groups = common.parameter_groups(self.net, config.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=config.lr, betas=(0.9, 0.98))
        self.average, self.clock = common.Average(self.net, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        parts = {"net": self.net, "optimizer": self.optimizer}
        self.checkpoint = common.Checkpoint(config, self.clock, self.average, parts)

    def _begin_from_export(self, path: Path) -> None:
        """Weights of an exported file; the statistics of its norms come from the first canvases."""
        load_folded(self.net, path)
        config = self.config
        batches = (make_batch(self.augmenter, config.batch, config.seed, step)[0] for step in range(24))
        restore_norms(self.net, (image.to(self.device) for image in batches))

    def train_step(self) -> dict[str, float]:
        """One batch; returns the terms of the loss."""
        config, canvas = self.config, self.options.canvas
        step = self.group.step_of(self.clock.step)
        image, faces = make_batch(self.augmenter, config.batch, config.seed, step)
        rate = common.learning_rate(self.group.share(self.clock.progress), config.lr)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.net.train()
        image = image.to(self.device).contiguous(memory_format=torch.channels_last)
        with common.autocast(config, self.device):
            rows = self.net(image)
        loss, terms = detector_loss([row.cpu() for row in rows], faces, canvas)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.group.mean_gradients(self.net.parameters())
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.net, self.clock.step)
        return terms

    def run(self, until: int | None = None) -> None:
        """Trains to the end of the budget, or to step `until`."""
        clock, first = self.clock, self.group.first
        while self.group.share(clock.progress) < 1 and (until is None or clock.step < until):
            terms = self.train_step()
            if not first:
                continue
            self.curves.collect(**terms, total=sum(terms.values()))
            if clock.step % 50 == 0:
                self.curves.add_means(clock.step, minutes=clock.seconds / 60)
            self.checkpoint.save_when_due()
        if first:
            self.checkpoint.save()


def train(config: Config) -> Detector:
    """Trains, or resumes, and returns the detector with averaged weights."""
    cv2.setNumThreads(config.threads)
    options, group = common.options_of(config, DetectorOptions), Group()
    scenes = load_scenes(config.data, "train", options.limit or None)
    trainer = Trainer(config, Augmenter(scenes, options.augmentation()), group)
    resumed = trainer.checkpoint.resume()
    if group.first:
        print("resumed" if resumed else "fresh", len(scenes), "scenes", flush=True)
    trainer.run()
    group.close()
    if group.first:
        trainer.curves.plot()
        print(f"done: {trainer.clock.step} steps, {trainer.clock.seconds / 60:.1f} minutes")
    trainer.net.load_state_dict(trainer.average.state)
    return trainer.net.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
