"""Training of the generator: `python -m training.generator.train --config FILE --cache DIR --out DIR`.

A variational autoencoder whose identity code is given; later a critic of patches
judges reconstructions and people drawn at random alike. Budget, checkpoints and
resuming are as in the detector's training. The cache is that of
`training.data.faces` with the teachers' embeddings beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import Tensor

from training.generator.dataset import FaceSet, load_face_set
from training.generator.latents import APPEARANCE, IDENTITY
from training.generator.losses import LOOK, FaceLoss, critic_loss, divergence, pixel_loss, weights_map
from training.generator.model import Critic, Encoder, Generator
from training.generator.teacher import OnnxTeacher


@dataclass
class TrainConfig:
    """Settings of a run; weights of losses, and the shares of the budget at which the critic enters."""

    minutes: float = 28.0
    steps: int = 0
    batch: int = 16
    judged: int = 6
    drawn: int = 6
    rate: float = 2e-3
    critic_rate: float = 6e-4
    floor: float = 0.05
    warmup: int = 50
    pixel: float = 10.0
    look: float = 1.0
    identity: float = 1.0
    prior: float = 0.004
    critic: float = 0.25
    features: float = 1.0
    critic_from: float = 0.3
    average: float = 0.995
    seed: int = 1
    save_minutes: float = 3.0
    threads: int = 1
    bfloat16: bool = True

    @classmethod
    def load(cls, path: Path | None, **changes) -> TrainConfig:
        """The file's settings with `changes` on top; unknown keys are refused."""
        values = yaml.safe_load(path.read_text()) if path else {}
        values = {**(values or {}), **{k: v for k, v in changes.items() if v is not None}}
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"Cannot load {path}: unknown keys {sorted(unknown)}")
        return cls(**values)


class Trainer:
    """The three networks, their optimisers, and the place in the schedule."""

    def __init__(self, config: TrainConfig, faces: FaceSet, teacher: OnnxTeacher | None, out: Path):
        torch.manual_seed(config.seed)
        self.config, self.faces, self.out = config, faces, out
        self.cumulative = np.cumsum(faces.weight)
        self.generator, self.encoder, self.critic = Generator(), Encoder(), Critic()
        self._start_from_mean()
        self.face_loss = FaceLoss(teacher) if teacher else None
        self.weights = weights_map()
        makers = [*self.generator.parameters(), *self.encoder.parameters()]
        self.maker = torch.optim.Adam(makers, lr=config.rate, betas=(0.8, 0.99))
        self.judge = torch.optim.Adam(self.critic.parameters(), lr=config.critic_rate, betas=(0.5, 0.99))
        self.average = {k: v.clone() for k, v in self.generator.state_dict().items()}
        self.step, self.seconds = 0, 0.0
        self.path = out / "last.pt"

    @torch.no_grad()
    def _start_from_mean(self) -> None:
        """The colour path begins at the mean picture."""
        some = self.faces.images[:: max(1, len(self.faces.images) // 1000)]
        mean = torch.from_numpy(some.astype(np.float32).mean(0) / 255)[None]
        self.generator.mean.copy_(torch.nn.functional.avg_pool2d(mean, 4).clamp(0.02, 0.98).logit())

    def _parts(self) -> dict:
        return {
            "generator": self.generator,
            "encoder": self.encoder,
            "critic": self.critic,
            "maker": self.maker,
            "judge": self.judge,
        }

    def resume(self) -> bool:
        """Takes up the last checkpoint if there is one."""
        if not self.path.exists():
            return False
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.average = state["average"]
        self.step, self.seconds = state["step"], state["seconds"]
        return True

    def save(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        state = {name: part.state_dict() for name, part in self._parts().items()}
        state |= {"average": self.average, "step": self.step, "seconds": self.seconds}
        part = self.path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.path)

    def progress(self) -> float:
        """How much of the budget is used, 0 to 1."""
        if self.config.steps:
            return min(1.0, self.step / self.config.steps)
        return min(1.0, self.seconds / (60 * self.config.minutes))

    def slowing(self) -> float:
        """Factor of both learning rates."""
        cosine = 0.5 * (1 + math.cos(math.pi * self.progress()))
        warm = min(1.0, (self.step + 1) / self.config.warmup)
        return warm * (self.config.floor + (1 - self.config.floor) * cosine)

    def _batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Pictures, codes, mean embeddings, and two sets of normal numbers, all by step."""
        config, faces = self.config, self.faces
        rng = np.random.default_rng([config.seed, self.step])
        rows = np.searchsorted(self.cumulative, rng.random(config.batch) * self.cumulative[-1])
        images = faces.images[rows].astype(np.float32) / 255
        flip = rng.random(config.batch) < 0.5
        images[flip] = images[flip][..., ::-1]
        person = faces.person[rows]
        noise = rng.standard_normal((config.batch, APPEARANCE)).astype(np.float32)
        drawn = rng.standard_normal((config.drawn, IDENTITY + APPEARANCE)).astype(np.float32)
        arrays = (images, faces.code[person], faces.mobile[person], noise, drawn)
        return tuple(torch.from_numpy(np.ascontiguousarray(a)) for a in arrays)

    def train_step(self) -> dict[str, float]:
        config = self.config
        images, code, mobile, noise, drawn = self._batch()
        for optimiser, rate in ((self.maker, config.rate), (self.judge, config.critic_rate)):
            for group in optimiser.param_groups:
                group["lr"] = rate * self.slowing()
        judging = self.progress() >= config.critic_from
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            mean, log_variance = self.encoder(images, code)
            appearance = mean + noise * (0.5 * log_variance).exp()
            if judging:
                code = torch.cat([code, drawn[:, :IDENTITY]])
                appearance = torch.cat([appearance, drawn[:, IDENTITY:]])
            fakes = self.generator(code, appearance)
            ours = fakes[: config.batch]
            losses = {
                "pixel": config.pixel * pixel_loss(ours, images, self.weights),
                "prior": config.prior * divergence(mean, log_variance),
            }
            if self.face_loss and config.judged:
                few = slice(0, config.judged)
                look, likeness = self.face_loss(ours[few], images[few], mobile[few])
                losses["look"], losses["identity"] = config.look * look, config.identity * likeness
            if judging:
                losses |= self._judged(images, fakes)
        total = sum(losses.values())
        self.maker.zero_grad(set_to_none=True)
        total.backward()
        makers = [*self.generator.parameters(), *self.encoder.parameters()]
        torch.nn.utils.clip_grad_norm_(makers, 5.0)
        self.maker.step()
        self.step += 1
        self._follow()
        return {key: float(value.detach()) for key, value in losses.items()}

    def _judged(self, images: Tensor, fakes: Tensor) -> dict[str, Tensor]:
        """One step of the critic; then its verdict on the fakes, for the generator."""
        real_score, _ = self.critic(images)
        fake_score, _ = self.critic(fakes.detach())
        loss = critic_loss(real_score, fake_score)
        self.judge.zero_grad(set_to_none=True)
        loss.backward()
        self.judge.step()
        self.critic.requires_grad_(False)
        score, inner = self.critic(fakes)
        with torch.no_grad():
            _, wanted = self.critic(images)
        self.critic.requires_grad_(True)
        ramp = min(1.0, (self.progress() - self.config.critic_from) / 0.1)
        near = sum((a[: len(images)].float() - b.float()).abs().mean() for a, b in zip(inner, wanted))
        return {
            "fooled": -self.config.critic * ramp * score.float().mean(),
            "features": self.config.features * ramp * near,
        }

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(self.config.average, (1 + self.step) / (10 + self.step))
        for key, value in self.generator.state_dict().items():
            self.average[key].lerp_(value, 1 - keep)

    def run(self, until: int | None = None) -> None:
        """Trains to the end of the budget, or to step `until`."""
        self.out.mkdir(parents=True, exist_ok=True)
        last = saved = time.monotonic()
        sums: dict[str, float] = {}
        count = 0
        with (self.out / "curve.jsonl").open("a") as log:
            while self.progress() < 1 and (until is None or self.step < until):
                for key, value in self.train_step().items():
                    sums[key] = sums.get(key, 0.0) + value
                count += 1
                now = time.monotonic()
                self.seconds, last = self.seconds + now - last, now
                if self.step % 25 == 0:
                    line = {"step": self.step, "minutes": self.seconds / 60}
                    line |= {key: value / count for key, value in sums.items()}
                    log.write(json.dumps({k: round(v, 5) for k, v in line.items()}) + "\n")
                    log.flush()
                    sums, count = {}, 0
                if now - saved > 60 * self.config.save_minutes:
                    self.save()
                    saved = now
        self.save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--cache", type=Path, required=True, help="cache of training.data.faces")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints and curve")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    args = parser.parse_args()
    config = TrainConfig.load(args.config, minutes=args.minutes, steps=args.steps)
    torch.set_num_threads(config.threads)
    faces = load_face_set(args.data, args.cache)
    teacher = OnnxTeacher(args.data / "models" / "mobilefacenet_foamliu.onnx", LOOK)
    trainer = Trainer(config, faces, teacher, args.out)
    print("resumed" if trainer.resume() else "fresh", len(faces.images), "pictures", flush=True)
    trainer.run()
    print(f"done: {trainer.step} steps, {trainer.seconds / 60:.1f} minutes")


if __name__ == "__main__":
    main()
