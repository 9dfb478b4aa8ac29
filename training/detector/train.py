"""Training of the detector: `python -m training.detector.train --config FILE --out DIR`.

Runs for a budget of wall-clock minutes, to which the learning rate is annealed;
checkpoints every few minutes; started again, it goes on from the last checkpoint.
With `--steps` the schedule counts steps instead, and a run cut in two equals an
uninterrupted one. `python -m torch.distributed.run --standalone --nproc-per-node 2 -m
training.detector.train ...` gives a core a process each (`stages/group.py`).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import torch
import yaml

from training.detector.augment import AugmentConfig, Augmenter
from training.detector.losses import detector_loss
from training.detector.model import Detector
from training.detector.scenes import data_root, load_scenes
from training.detector.targets import Faces
from training.stages.group import Group


@dataclass
class TrainConfig:
    """Settings of a run; the file of `--config` may set any of them."""

    minutes: float = 38.0
    steps: int = 0
    batch: int = 16
    canvas: int = 256
    smallest: float = 9.0
    largest: float = 190.0
    worsen: float = 0.55
    split: tuple[float, float] = (0.4, 0.3)
    surveillance: float = 0.0
    rate: float = 2.5e-3
    floor: float = 0.01
    warmup: int = 200
    decay: float = 0.02
    average: float = 0.999
    seed: int = 1
    save_minutes: float = 3.0
    threads: int = 1
    limit: int = 0
    bfloat16: bool = True
    start: str = ""

    @classmethod
    def load(cls, path: Path | None, **changes) -> TrainConfig:
        """The file's settings with `changes` on top; unknown keys are refused."""
        values = yaml.safe_load(path.read_text()) if path else {}
        values = {**(values or {}), **{k: v for k, v in changes.items() if v is not None}}
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"Cannot load {path}: unknown keys {sorted(unknown)}")
        return cls(**values)


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
    """Network, its running average, optimiser, and the place in the schedule."""

    def __init__(self, config: TrainConfig, augmenter: Augmenter, out: Path, group: Group | None = None):
        torch.manual_seed(config.seed)
        self.config, self.augmenter, self.out = config, augmenter, out
        self.group = group or Group()
        self.net = Detector().to(memory_format=torch.channels_last)
        if config.start:
            start = torch.load(config.start, map_location="cpu", weights_only=True)
            self.net.load_state_dict(start["average"])
        kernels = [p for p in self.net.parameters() if p.ndim > 1]
        others = [p for p in self.net.parameters() if p.ndim <= 1]
        groups = [{"params": kernels, "weight_decay": config.decay}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.98))
        self.average = {k: v.clone() for k, v in self.net.state_dict().items()}
        self.step, self.seconds = 0, 0.0
        self.path = out / "last.pt"

    def resume(self) -> bool:
        """Takes up the last checkpoint if there is one."""
        if not self.path.exists():
            return False
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average = state["average"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        return True

    def save(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        state = {
            "net": self.net.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        part = self.path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.path)

    def progress(self) -> float:
        """How much of the budget is used, 0 to 1."""
        if self.config.steps:
            return min(1.0, self.step / self.config.steps)
        return min(1.0, self.seconds / (60 * self.config.minutes))

    def rate(self) -> float:
        config = self.config
        cosine = 0.5 * (1 + math.cos(math.pi * self.progress()))
        warm = min(1.0, (self.step + 1) / config.warmup)
        return config.rate * warm * (config.floor + (1 - config.floor) * cosine)

    def train_step(self) -> dict[str, float]:
        config = self.config
        image, faces = make_batch(self.augmenter, config.batch, config.seed, self.group.step_of(self.step))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.net.train()
        image = image.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            rows = self.net(image)
        loss, parts = detector_loss(rows, faces, config.canvas)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.group.mean_gradients(self.net.parameters())
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimiser.step()
        self.step += 1
        self._follow()
        return parts

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(self.config.average, (1 + self.step) / (10 + self.step))
        for key, value in self.net.state_dict().items():
            if value.is_floating_point():
                self.average[key].lerp_(value, 1 - keep)
            else:
                self.average[key].copy_(value)

    def run(self, until: int | None = None) -> None:
        """Trains to the end of the budget, or to step `until`."""
        self.out.mkdir(parents=True, exist_ok=True)
        first = self.group.first
        last = saved = time.monotonic()
        sums: dict[str, float] = {}
        with (self.out / "curve.jsonl" if first else Path(os.devnull)).open("a") as log:
            while self.progress() < 1 and (until is None or self.step < until):
                for key, value in self.train_step().items():
                    sums[key] = sums.get(key, 0.0) + value
                now = time.monotonic()
                self.seconds, last = self.group.share(self.seconds + now - last), now
                if self.step % 50 == 0:
                    line = {"step": self.step, "minutes": self.seconds / 60, "rate": self.rate()}
                    line |= {key: value / 50 for key, value in sums.items()}
                    line["total"] = sum(sums.values()) / 50
                    log.write(json.dumps({k: round(v, 6) for k, v in line.items()}) + "\n")
                    log.flush()
                    sums = {}
                if first and now - saved > 60 * self.config.save_minutes:
                    self.save()
                    saved = now
        if first:
            self.save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--data", type=Path, help="folder with faces/; else NIGHTGLASS_SHARED, else ../shared")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints and curve")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--weights", help="checkpoint whose averaged weights begin a fresh schedule")
    args = parser.parse_args()
    config = TrainConfig.load(args.config, minutes=args.minutes, steps=args.steps, start=args.weights)
    torch.set_num_threads(config.threads)
    cv2.setNumThreads(config.threads)
    scenes = load_scenes(data_root(args.data), "train", config.limit or None)
    shape = AugmentConfig(
        config.canvas,
        config.smallest,
        config.largest,
        config.worsen,
        tuple(config.split),
        surveillance=config.surveillance,
    )
    group = Group()
    trainer = Trainer(config, Augmenter(scenes, shape), args.out, group)
    resumed = trainer.resume()
    if group.first:
        print("resumed" if resumed else "fresh", len(scenes), "scenes", flush=True)
    trainer.run()
    group.close()
    if group.first:
        print(f"done: {trainer.step} steps, {trainer.seconds / 60:.1f} minutes")


if __name__ == "__main__":
    main()
