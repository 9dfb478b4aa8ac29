"""Stage 0: each half of the embedder learns from the teacher's inner maps, by itself.

    python -m training.stages.imitate --config training/configs/imitate-front.yaml
    python -m training.stages.imitate --config training/configs/imitate-back.yaml

The front sees pictures and learns the teacher's map at 16x16; the back sees that map of the teacher
and learns the map at 8x8 and the embedding. Short ways to the loss: a network that is to be built on a
small budget of samples gets further this way than by learning all at once from its end (FitNets,
Romero et al. 2015). The two may run side by side. Weights start from nothing; the teacher is not copied.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn

from training.data import batches
from training.data.faces import build_cache, load_faces, split_identities
from training.data.samples import Mix, embed_sample
from training.data.targets import identity_centres, joined_targets
from training.data.teachers import embed_all
from training.networks.embedder import Embedder, parameters_of
from training.networks.losses import cosine_distance, prototype_loss
from training.stages import common
from training.stages.common import Config
from training.stages.embed import eased
from training.stages.muon import Muon, split_parameters

FILES = {"early": "maps_retail_32", "middle": "maps_retail_16", "last": "maps_retail"}


class Maker:
    """Makes the batch of a step for one half (picklable for loader processes)."""

    def __init__(self, config: Config, part: str, mix: Mix, curriculum: int) -> None:
        self.faces, self.part, self.mix, self.curriculum = load_faces(config.cache), part, mix, curriculum
        names = ("early", "middle") if part == "front" else ("middle", "last")
        self.maps = {n: batches.TeacherMaps(config.cache, FILES[n]) for n in names}

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int) -> batches.Batch:
        mirrored = rng.random(len(rows)) < 0.5
        batch = {"row": torch.from_numpy(rows)} | {n: maps(rows, mirrored) for n, maps in self.maps.items()}
        if self.part == "front":
            mix = eased(self.mix, step / self.curriculum) if self.curriculum else self.mix
            crops = [embed_sample(np.array(self.faces.images[r]), m, mix, rng)[0] for r, m in zip(rows, mirrored)]
            batch["picture"] = batches.to_tensor(crops)
        return batch


def explained(predicted: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean squared error; maps have unit variance, so 1 is nothing learnt and 0 all."""
    return ((predicted.float() - wanted) ** 2).mean()


def train(config: Config) -> nn.Module:
    """Trains, or resumes, and returns the half with averaged weights."""
    device = common.prepare(config)
    options, part = config.options, config.options["part"]
    build_cache(config.data, config.cache)
    embed_all(config.data, config.cache, "retail")
    faces = load_faces(config.cache)
    rows, _ = split_identities(faces, config.held_out)
    targets_np = joined_targets(config.cache, options["teachers"])
    targets = torch.from_numpy(targets_np).to(device)
    centres = torch.from_numpy(identity_centres(targets_np[rows], faces.identity[rows])).to(device)
    identity = torch.from_numpy(faces.identity).to(device)
    whole = Embedder(**options["network"])
    half = (whole.front if part == "front" else whole.back).to(device, memory_format=torch.channels_last)
    hint = nn.Conv2d(options["network"]["widths"][0], 64, 1).to(device)  # onto the teacher's earlier map
    both = nn.ModuleList([half, hint])
    kernels, others = split_parameters(both)
    optimizers = [
        (Muon(kernels), options["kernel_lr"]),
        (torch.optim.AdamW(common.decayed(others, config.weight_decay), betas=(0.9, 0.98)), config.lr),
    ]
    average, clock, curves = common.Average(half, config.ema), common.Clock(config), common.Curves(config.run)
    checkpoint = config.run / "checkpoint.pt"
    if saved := common.load_checkpoint(checkpoint):
        both.load_state_dict(saved["both"])
        for (optimizer, _), state in zip(optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        average.state, clock.step, clock.before = saved["average"], saved["step"], saved["seconds"]
    whole.to(device)

    def front(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        early, middle = half(whole.reduce(x))
        return hint(early), middle

    run = front if part == "front" else half
    run = torch.compile(run) if config.compile else run
    maker = Maker(config, part, Mix(**options.get("mix", {})), options.get("curriculum_steps", 0))
    source = batches.stream(batches.Steps(rows, config.batch, config.seed, maker), clock.step, config.workers)
    print(f"{part}: {parameters_of(half) / 1e6:.2f} M parameters", flush=True)
    last_save = last_log = time.monotonic()
    both.train()
    while not clock.done:
        batch = {k: v.to(device) for k, v in next(source).items()}
        for optimizer, peak in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = common.learning_rate(clock.progress, peak)
        if part == "front":
            x = batches.normalise(batch["picture"]).contiguous(memory_format=torch.channels_last)
            with common.autocast(config, device):
                early, middle = run(x)
            values = {"early": explained(early, batch["early"]), "middle": explained(middle, batch["middle"])}
            loss = 0.3 * values["early"] + values["middle"]
        else:
            noise = options.get("noise", 0.0) * torch.randn_like(batch["middle"])  # the front will not be exact
            with common.autocast(config, device):
                last, embedding = run(batch["middle"] + noise)
            distance = cosine_distance(embedding, targets[batch["row"]]).mean()
            people = prototype_loss(embedding, centres, identity[batch["row"]], 24.0, 0.1).mean()
            values = {"last": explained(last, batch["last"]), "distance": distance, "people": people}
            loss = values["last"] + 2.0 * distance + 0.1 * people
        both.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer, _ in optimizers:
            optimizer.step()
        clock.step += 1
        average.update(half, clock.step)
        if clock.step % 50 == 0:
            seen = {k: v.item() for k, v in values.items()}
            curves.add(step=clock.step, loss=loss.item(), **seen)
            rate = 50 * config.batch / (time.monotonic() - last_log)
            last_log = time.monotonic()
            print(
                f"{clock.progress:.3f} {rate:.0f}/s", clock.step, {k: round(v, 3) for k, v in seen.items()}, flush=True
            )
        if clock.done or time.monotonic() - last_save > 60 * config.checkpoint_minutes:
            common.save_checkpoint(
                checkpoint,
                both=both,
                optimizers=[o.state_dict() for o, _ in optimizers],
                average=average.state,
                step=clock.step,
                seconds=clock.seconds,
                network=options["network"],
                teachers=options["teachers"],
            )
            last_save = time.monotonic()
    curves.plot()
    half.load_state_dict(average.state)
    return half.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
