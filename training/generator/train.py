"""Training of the face generator: `python -m training.generator.train --config training/configs/generator.yaml`.

A variational autoencoder whose identity code is given; later a critic of patches judges reconstructions and people
drawn at random alike. Budget, checkpoints and resuming are those of every stage (`stages/common.py`). The cache is
that of `training.data.faces` with the teachers' embeddings beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.data.faces import build_cache
from training.data.teachers import TEACHERS, embed_all
from training.generator.dataset import FaceSet, load_face_set
from training.generator.latents import APPEARANCE, IDENTITY
from training.generator.losses import LOOK, FaceLoss, critic_loss, divergence, pixel_loss, weights_map
from training.generator.model import Critic, Encoder, Generator
from training.generator.teacher import OnnxTeacher
from training.stages import common
from training.stages.common import Config


@dataclass
class GeneratorOptions:
    """Settings that only the generator has: weights of losses, and from which share of the budget the critic acts."""

    judged: int = 6
    drawn: int = 6
    critic_lr: float = 6e-4
    floor: float = 0.05
    pixel: float = 10.0
    look: float = 1.0
    identity: float = 1.0
    prior: float = 0.004
    critic: float = 0.25
    features: float = 1.0
    critic_from: float = 0.3


class Trainer:
    """The three networks, their optimisers, and the place in the schedule."""

    def __init__(self, config: Config, faces: FaceSet, teacher: OnnxTeacher | None):
        self.device = common.prepare(config)
        self.config, self.options, self.faces = config, common.options_of(config, GeneratorOptions), faces
        self.cumulative = np.cumsum(faces.weight)
        self.generator, self.encoder, self.critic = Generator(), Encoder(), Critic()
        self._start_from_mean()
        self.networks = torch.nn.ModuleList([self.generator, self.encoder, self.critic]).to(self.device)
        self.face_loss = FaceLoss(teacher).to(self.device) if teacher else None
        self.weights = weights_map().to(self.device)
        self.makers = [*self.generator.parameters(), *self.encoder.parameters()]
        self.maker = torch.optim.Adam(self.makers, lr=config.lr, betas=(0.8, 0.99))
        self.judge = torch.optim.Adam(self.critic.parameters(), lr=self.options.critic_lr, betas=(0.5, 0.99))
        self.average, self.clock = common.Average(self.generator, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        names = ("generator", "encoder", "critic", "maker", "judge")
        parts = {name: getattr(self, name) for name in names}
        self.checkpoint = common.Checkpoint(config, self.clock, self.average, parts)

    @torch.no_grad()
    def _start_from_mean(self) -> None:
        """The colour path begins at the mean picture."""
        some = self.faces.images[:: max(1, len(self.faces.images) // 1000)]
        mean = torch.from_numpy(some.astype(np.float32).mean(0) / 255)[None]
        self.generator.mean.copy_(torch.nn.functional.avg_pool2d(mean, 4).clamp(0.02, 0.98).logit())

    def _batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Pictures, codes, mean embeddings, and two sets of normal numbers, all by step."""
        config, faces = self.config, self.faces
        rng = np.random.default_rng([config.seed, self.clock.step])
        rows = np.searchsorted(self.cumulative, rng.random(config.batch) * self.cumulative[-1])
        images = faces.images[rows].astype(np.float32) / 255
        flip = rng.random(config.batch) < 0.5
        images[flip] = images[flip][..., ::-1]
        person = faces.person[rows]
        noise = rng.standard_normal((config.batch, APPEARANCE)).astype(np.float32)
        drawn = rng.standard_normal((self.options.drawn, IDENTITY + APPEARANCE)).astype(np.float32)
        arrays = (images, faces.code[person], faces.mobile[person], noise, drawn)
        return tuple(torch.from_numpy(np.ascontiguousarray(a)).to(self.device) for a in arrays)

    def train_step(self) -> dict[str, float]:
        """One batch; returns the weighted terms of the loss."""
        config, options = self.config, self.options
        images, code, mobile, noise, drawn = self._batch()
        progress = self.clock.progress
        for optimizer, peak in ((self.maker, config.lr), (self.judge, options.critic_lr)):
            for group in optimizer.param_groups:
                group["lr"] = common.learning_rate(progress, peak, floor=options.floor)
        judging = progress >= options.critic_from
        with common.autocast(config, self.device):
            mean, log_variance = self.encoder(images, code)
            appearance = mean + noise * (0.5 * log_variance).exp()
            if judging:
                code = torch.cat([code, drawn[:, :IDENTITY]])
                appearance = torch.cat([appearance, drawn[:, IDENTITY:]])
            fakes = self.generator(code, appearance)
            ours = fakes[: config.batch]
            losses = {
                "pixel": options.pixel * pixel_loss(ours, images, self.weights),
                "prior": options.prior * divergence(mean, log_variance),
            }
            if self.face_loss and options.judged:
                few = slice(0, options.judged)
                look, likeness = self.face_loss(ours[few], images[few], mobile[few])
                losses["look"], losses["identity"] = options.look * look, options.identity * likeness
            if judging:
                losses |= self._judged(images, fakes, progress)
        total = sum(losses.values())
        self.maker.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.makers, 5.0)
        self.maker.step()
        self.clock.step += 1
        self.average.update(self.generator, self.clock.step)
        return {key: float(value.detach()) for key, value in losses.items()}

    def _judged(self, images: Tensor, fakes: Tensor, progress: float) -> dict[str, Tensor]:
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
        ramp = min(1.0, (progress - self.options.critic_from) / 0.1)
        near = sum((a[: len(images)].float() - b.float()).abs().mean() for a, b in zip(inner, wanted))
        return {
            "fooled": -self.options.critic * ramp * score.float().mean(),
            "features": self.options.features * ramp * near,
        }

    def run(self, until: int | None = None) -> None:
        """Trains to the end of the budget, or to step `until`."""
        clock = self.clock
        while not clock.done and (until is None or clock.step < until):
            self.curves.collect(**self.train_step())
            if clock.step % 25 == 0:
                self.curves.add_means(clock.step, minutes=clock.seconds / 60)
            self.checkpoint.save_when_due()
        self.checkpoint.save()


def train(config: Config) -> Generator:
    """Trains, or resumes, and returns the generator with averaged weights."""
    build_cache(config.data, config.cache)
    for name in TEACHERS:
        embed_all(config.data, config.cache, name)
    faces = load_face_set(config.data, config.cache)
    trainer = Trainer(config, faces, OnnxTeacher(config.data / "models" / "mobilefacenet_foamliu.onnx", LOOK))
    print("resumed" if trainer.checkpoint.resume() else "fresh", len(faces.images), "pictures", flush=True)
    trainer.run()
    trainer.curves.plot()
    print(f"done: {trainer.clock.step} steps, {trainer.clock.seconds / 60:.1f} minutes")
    trainer.generator.load_state_dict(trainer.average.state)
    return trainer.generator.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
