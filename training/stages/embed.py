"""Stage 1: the embedder, taught by recognisers that see the clean face while it sees the degraded one.

    python -m training.stages.embed --config training/configs/embed.yaml

It starts from the halves of `training.stages.imitate` where the configuration names them. Loss: cosine
to the teacher's embedding of the clean picture, cross-entropy against fixed centres of all people, and
two of the teacher's inner maps. Faces in which hardly anything is left count less (weight by inter-eye
distance): what they ask for cannot be told from noise.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training import lineage
from training.data import batches
from training.data.faces import Faces, build_cache, load_faces, split_identities
from training.data.morphs import build_morphs
from training.data.samples import Mix, embed_sample
from training.data.targets import identity_centres, joined_targets
from training.data.teachers import TEACHERS, embed_all
from training.networks.embedder import Embedder, parameters_of
from training.networks.losses import cosine_distance, prototype_loss
from training.stages import common
from training.stages.common import Config
from training.stages.group import Group
from training.stages.muon import Muon, split_parameters

FILES = {"middle": "maps_retail_16", "last": "maps_retail"}


class Maker:
    """Makes the batch of a step: crops, targets, teacher maps (picklable for loader processes)."""

    def __init__(self, config: Config, mix: Mix, curriculum: int = 0, morphs: Path | None = None) -> None:
        self.faces = load_faces(config.cache)
        self.morphs = None if morphs is None else load_faces(morphs)
        self.mix, self.curriculum = mix, curriculum
        self.maps = {n: batches.TeacherMaps(config.cache, file, morphs) for n, file in FILES.items()}

    def picture(self, row: int) -> np.ndarray:
        """uint8 [144,144,3]: rows beyond the real faces are blends."""
        real = len(self.faces.images)
        return np.array(self.faces.images[row] if row < real else self.morphs.images[row - real])

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int) -> batches.Batch:
        mix = eased(self.mix, step / self.curriculum) if self.curriculum else self.mix
        mirrored = rng.random(len(rows)) < 0.5
        made = [embed_sample(self.picture(int(r)), m, mix, rng) for r, m in zip(rows, mirrored)]
        batch = {
            "picture": batches.to_tensor([crop for crop, _ in made]),
            "ied": torch.tensor([ied for _, ied in made]),
            "row": torch.from_numpy(rows),
        }
        return batch | {name: maps(rows, mirrored) for name, maps in self.maps.items()}


def eased(mix: Mix, progress: float) -> Mix:
    """Starts with mostly clean and larger faces; `mix` itself from progress 1 on.

    A face in which little is left teaches a network little before it knows faces.
    """
    left = max(0.0, 1 - progress)
    return replace(mix, clean=mix.clean + 0.4 * left, ied=(mix.ied[0] * (1 + 1.5 * left), mix.ied[1]))


def with_morphs(
    config: Config, faces: Faces, rows: np.ndarray, targets: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, Path]:
    """Rows, targets and folder, with `count` blends behind the real faces."""
    if list(config.options["teachers"]) != ["retail"]:
        raise ValueError("morphs: the one teacher must be retail (its maps supervise, too)")
    folder = build_morphs(faces, rows, config.cache, count)
    embed_all(config.data, folder, "retail", os.cpu_count() or 1, FILES.values())
    rows = np.concatenate([rows, len(faces.images) + np.arange(count)])
    return rows, np.concatenate([targets, joined_targets(folder, {"retail": 1.0})]), folder


def start(config: Config, network: Embedder) -> None:
    """Puts the averaged halves of earlier runs into the network, where the configuration names them."""
    for part, run in config.options.get("halves", {}).items():
        saved = common.load_checkpoint(config.run.parent / run / "checkpoint.pt")
        if saved is None:
            raise FileNotFoundError(f"no half at {run}: run training.stages.imitate for {part} first")
        getattr(network, part).load_state_dict(saved["average"])


def train(config: Config) -> Embedder:
    """Trains, or resumes, and returns the averaged network."""
    device, group = common.prepare(config), Group()
    options = config.options
    with group.in_turn():
        build_cache(config.data, config.cache)
        for name in options["teachers"]:
            embed_all(config.data, config.cache, name)
            if (file := config.data / "models" / TEACHERS[name][0]).exists():
                lineage.note_input(config.run, f"models/{file.name}", file)
        faces = load_faces(config.cache)
        rows, held_out = split_identities(faces, config.held_out)
        targets_np = joined_targets(config.cache, options["teachers"])
        centres = torch.from_numpy(identity_centres(targets_np[rows], faces.identity[rows])).to(device)
        identity = torch.from_numpy(faces.identity).to(device)
        morphs = None
        if count := options.get("morphs", 0):
            rows, targets_np, morphs = with_morphs(config, faces, rows, targets_np, count)
    targets = torch.from_numpy(targets_np).to(device)

    network = Embedder(**options["network"]).to(device, memory_format=torch.channels_last)
    start(config, network)
    kernels, others = split_parameters(network)
    optimizers = {
        "muon": (Muon(kernels), options["kernel_lr"]),
        "adam": (torch.optim.AdamW(common.decayed(others, config.weight_decay), betas=(0.9, 0.98)), config.lr),
    }
    average, clock, curves = common.Average(network, config.ema), common.Clock(config), common.Curves(config.run)
    checkpoint = config.run / "checkpoint.pt"
    if "continue" in options and not checkpoint.exists():  # another round, with a schedule of its own
        earlier = common.load_checkpoint(config.run.parent / options["continue"] / "checkpoint.pt")
        network.load_state_dict(earlier["average"])
        average.state, clock.step = earlier["average"], earlier["step"]
    if saved := common.load_checkpoint(checkpoint):
        network.load_state_dict(saved["trained"])
        for name, (optimizer, _) in optimizers.items():
            if name in saved.get("optimizers", {}):
                optimizer.load_state_dict(saved["optimizers"][name])
        average.state, clock.step, clock.before = saved["average"], saved["step"], saved["seconds"]

    def forward(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        middle = network.front(network.reduce(x))[1]
        return middle, *network.back(middle)

    def save() -> None:
        common.save_checkpoint(
            checkpoint,
            trained=network,
            optimizers={k: o.state_dict() for k, (o, _) in optimizers.items()},
            average=average.state,
            step=clock.step,
            seconds=clock.seconds,
            network=options["network"],
            teachers=options["teachers"],
        )

    run = torch.compile(forward) if config.compile else forward
    mix = Mix(**options["mix"])
    maker = Maker(config, mix, options.get("curriculum_steps", 0) * group.size, morphs)
    source = batches.stream(
        batches.Steps(rows, config.batch, config.seed, maker), group.step_of(clock.step), config.workers, group.size
    )
    weights, last_save, last_log = options["weights"], time.monotonic(), time.monotonic()
    if group.first:
        print(
            f"{parameters_of(network) / 1e6:.2f} M parameters, {len(rows)} pictures, {len(held_out)} held out",
            flush=True,
        )
    network.train()
    while (progress := group.share(clock.progress)) < 1:
        batch = {k: v.to(device) for k, v in next(source).items()}
        x = batches.normalise(batch["picture"]).contiguous(memory_format=torch.channels_last)
        for optimizer, peak in optimizers.values():
            for settings in optimizer.param_groups:
                settings["lr"] = common.learning_rate(progress, peak)
        with common.autocast(config, device):
            middle, last, embedding = run(x)
        row = batch["row"]
        visible = torch.clamp((batch["ied"] - 3) / 9, 0.2, 1.0)
        distil = cosine_distance(embedding, targets[row])
        known = row < len(identity)  # a blend is nobody: it has no centre
        prototype = torch.zeros_like(distil)
        prototype[known] = prototype_loss(
            embedding[known], centres, identity[row[known]], options["scale"], options["margin"]
        )
        maps = sum(((p.float() - batch[n]) ** 2).mean((1, 2, 3)) for p, n in ((middle, "middle"), (last, "last")))
        fade = 1.0 - 0.7 * progress  # dense supervision leads early, the embedding later
        loss = (
            visible * (weights["distil"] * distil + weights["prototype"] * prototype + weights["maps"] * fade * maps)
        ).mean()
        network.zero_grad(set_to_none=True)
        loss.backward()
        group.mean_gradients(network.parameters())
        for optimizer, _ in optimizers.values():
            optimizer.step()
        clock.step += 1
        if not group.first:
            continue
        average.update(network, clock.step)
        if clock.step % 50 == 0:
            clean = batch["ied"] > 35
            small = batch["ied"] < 12
            values = dict(
                step=clock.step,
                loss=loss.item(),
                cosine=1 - distil.mean().item(),
                cosine_clean=1 - distil[clean].mean().item(),
                cosine_small=1 - distil[small].mean().item(),
                prototype=prototype[known].mean().item(),
                maps=maps.mean().item(),
            )
            curves.add(**values)
            rate = 50 * config.batch * group.size / (time.monotonic() - last_log)
            last_log = time.monotonic()
            print(f"{clock.progress:.3f} {rate:.0f}/s", {k: round(v, 3) for k, v in values.items()}, flush=True)
        if time.monotonic() - last_save > 60 * config.checkpoint_minutes:
            save()
            last_save = time.monotonic()
    group.close()
    if group.first:
        save()
        curves.plot()
    network.load_state_dict(average.state)
    return network.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
