"""Stage 2: denoiser and super-resolver, with the embedder frozen as judge.

    python -m training.stages.enhance --config training/configs/enhance.yaml

Loss: restoration of the denoised region and of the enlarged frame (eye-weighted), identity (cosine to the
target of the clean face) and perceptual distance (maps of our own embedder: a face-domain loss, no ImageNet
weights) on every `judge_every`-th step; an adversarial term where its weight is above zero.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch.nn import functional as F

from training.data import batches
from training.data.faces import build_cache, load_faces, split_identities
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.data.targets import joined_targets
from training.networks.chain import Chain, crop_of_frame, eye_weights
from training.networks.discriminator import Discriminator, discriminator_loss, generator_loss
from training.networks.losses import cosine_distance, restoration_loss
from training.stages import common
from training.stages.common import Config


def load_embedder(chain: Chain, checkpoint: Path) -> None:
    """Averaged weights of an embedding run into a chain."""
    saved = common.load_checkpoint(checkpoint)
    if saved is None:
        raise FileNotFoundError(f"no embedder at {checkpoint}: run training.stages.embed first")
    chain.embedder.load_state_dict(saved["average"])


def train(config: Config) -> Chain:
    """Trains, or resumes, and returns the chain with averaged denoiser and super-resolver."""
    device = common.prepare(config)
    options = config.options
    build_cache(config.data, config.cache)
    faces = load_faces(config.cache)
    rows, _ = split_identities(faces, config.held_out)
    rows = rows[faces.source_ied[rows] >= options["sharp_ied"]]  # enlarged pictures are no sharp targets
    embedded = config.run.parent / options["embedder"] / "checkpoint.pt"
    saved_embedder = common.load_checkpoint(embedded)
    chain = Chain(saved_embedder["network"], options.get("denoiser"), options.get("superresolver")).to(device)
    load_embedder(chain, embedded)
    chain.embedder.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    targets = torch.from_numpy(joined_targets(config.cache, saved_embedder["teachers"])).to(device)
    trained = torch.nn.ModuleList([chain.denoiser, chain.superresolver]).to(memory_format=torch.channels_last)
    weights = options["weights"]
    judge = Discriminator().to(device) if weights.get("adversarial", 0) > 0 else None
    judge_optimizer = torch.optim.AdamW(judge.parameters(), 1e-4, (0.5, 0.99)) if judge else None
    optimizer = torch.optim.AdamW(common.parameter_groups(trained, config.weight_decay), betas=(0.9, 0.99))
    average, clock, curves = common.Average(trained, config.ema), common.Clock(config), common.Curves(config.run)
    parts = {"trained": trained, "optimizer": optimizer}
    if judge is not None:
        parts |= {"judge": judge, "judge_optimizer": judge_optimizer}
    checkpoint = common.Checkpoint(config, clock, average, parts)
    if not checkpoint.resume() and "continue" in options:  # another round, from the networks of a joint stage
        joint = common.averaged_weights(config, options["continue"])
        for name in ("denoiser", "superresolver"):
            part = {k.removeprefix(f"{name}."): v for k, v in joint.items() if k.startswith(f"{name}.")}
            getattr(chain, name).load_state_dict(part)
        average.load(trained.state_dict())
    maker = PairMaker(config.cache, Mix(**options["mix"]), (*options["shares"], 0.0))
    source = batches.stream(batches.Steps(rows, config.batch, config.seed, maker), clock.step, config.workers)
    last_log = time.monotonic()
    while not clock.done:
        batch = {k: v.to(device) for k, v in next(source).items()}
        region, calm_target, sharp_target = (batch[k].float() / 255 for k in ("region", "calm", "sharp"))
        for group in optimizer.param_groups:
            group["lr"] = common.learning_rate(clock.progress, config.lr)
        with common.autocast(config, device):
            calm, sharp = chain.restore(region.contiguous(memory_format=torch.channels_last))
        calm, sharp = calm.float(), sharp.float()
        eyes = eye_weights(sharp.shape[-1]).to(device)
        values = {"calm": restoration_loss(calm, calm_target), "sharp": restoration_loss(sharp, sharp_target, eyes)}
        if clock.step % options["judge_every"] == 0:
            with common.autocast(config, device):
                maps = chain.embedder.features(crop_of_frame(sharp))
                embedding = chain.embedder.embed(maps[-1])
                with torch.no_grad():
                    wanted = chain.embedder.features(crop_of_frame(sharp_target))
            values["identity"] = cosine_distance(embedding, targets[batch["row"]]).mean()
            values["perceptual"] = sum(
                (a.float() - b.float()).abs().mean() / (b.float().abs().mean() + 1e-3) for a, b in zip(maps[:2], wanted)
            )
        if judge is not None:
            values["adversarial"] = generator_loss(judge, sharp)
        loss = sum(weights[k] * v for k, v in values.items())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        if judge is not None:
            judge_optimizer.zero_grad(set_to_none=True)
            discriminator_loss(judge, sharp_target, sharp).backward()
            judge_optimizer.step()
        average.update(trained, clock.step)
        clock.step += 1
        if clock.step % 50 == 1:
            seen = {k: v.item() for k, v in values.items()} | {"before": F.l1_loss(region, calm_target).item()}
            curves.add(step=clock.step, loss=loss.item(), **seen)
            rate = 50 * config.batch / (time.monotonic() - last_log)
            last_log = time.monotonic()
            print(f"{clock.progress:.3f} {rate:.0f}/s", {k: round(v, 4) for k, v in seen.items()}, flush=True)
        checkpoint.save_when_due()
    checkpoint.save()
    curves.plot()
    trained.load_state_dict(average.state)
    return chain.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
