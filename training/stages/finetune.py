"""Fine-tunes a published recogniser on degraded faces: one expert a run.

    python -m training.stages.finetune --config training/configs/finetune-poor-xs.yaml

The student sees the degraded face; the target is what the teachers say of the clean one. Loss: cosine to that
target, and cross-entropy against fixed centres of all training people with a margin that grows with quality
(AdaFace, Kim et al. 2022). Faces in which little is left count less. A share of the faces may be blends of two
people (`data/morphs.py`), judged by the teachers on the fly: these know no person.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import lineage
from training.data import batches
from training.data.faces import RIM, Faces, build_cache, load_faces, split_identities
from training.data.morphs import looks_of, morph, partner
from training.data.published import EDGE_TEACHERS, OnTheFly, embed_published, teacher_file
from training.data.samples import Mix, embed_sample
from training.data.targets import identity_centres, joined_targets
from training.data.teachers import embed_all
from training.networks.edgenext import (
    DIMENSION,
    load_published,
    make_edgenext,
    normalise,
    published_file,
)
from training.stages import common
from training.stages.common import Config
from training.stages.group import Group

#: Pixels between the eyes at which a face counts in full, and below which quality makes no difference any more.
FULL, LEAST = 16.0, 6.0
#: Inter-eye distances of the faces by which the curves judge people held out of training.
PROBE_IED = (8.0, 12.0)


@dataclass
class FinetuneOptions:
    """Settings of an expert."""

    network: str = "xs"  # xs | xxs
    start: str = "published"  # or a run, or a checkpoint, whose averaged weights it starts from
    teachers: dict[str, float] = field(
        default_factory=dict
    )  # joined into one target; its own published network if empty
    mix: dict = field(default_factory=dict)
    blends: float = 0.0  # share of faces that are blends of two people
    distil: float = 2.0
    people: float = 0.5
    scale: float = 32.0
    margin: tuple[float, float] = (0.05, 0.15)  # of the worst face, and what a good one has more
    floor: float = 0.03  # of the learning rate at the end
    clip: float = 2.0
    probes: int = 200  # held-out people in the curves

    def weighted_teachers(self) -> dict[str, float]:
        return self.teachers or {f"edge_{self.network}": 1.0}


@dataclass(frozen=True)
class Terms:
    """What the loss over people takes: the logits' scale, the margin of the worst face and what a good one has more."""

    scale: float
    margin: tuple[float, float]


class Maker:
    """Makes the batch of a step (picklable for loader processes)."""

    def __init__(self, config: Config, options: FinetuneOptions, rows: np.ndarray) -> None:
        self.faces, self.rows, self.mix, self.blends = (
            load_faces(config.cache),
            rows,
            Mix(**options.mix),
            options.blends,
        )
        self.looks = looks_of(self.faces, config.cache) if options.blends else None

    def __call__(self, rows: np.ndarray, rng: np.random.Generator, step: int) -> batches.Batch:
        mirrored, blended = rng.random(len(rows)) < 0.5, rng.random(len(rows)) < self.blends
        made, undegraded = [], []
        for row, mirror, blend in zip(rows, mirrored, blended):
            picture = np.array(self.faces.images[row])
            if blend:
                other = partner(self.faces, self.looks, self.rows, int(row), rng)
                picture = morph(picture, np.array(self.faces.images[other]), rng)
                undegraded.append(picture[RIM:-RIM, RIM:-RIM])
            made.append(embed_sample(picture, bool(mirror), self.mix, rng))
        batch = {
            "picture": batches.to_tensor([crop for crop, _ in made]),
            "ied": torch.tensor([ied for _, ied in made], dtype=torch.float32),
            "row": torch.from_numpy(rows),
            "blended": torch.from_numpy(blended),
        }
        return batch | ({"undegraded": batches.to_tensor(undegraded)} if undegraded else {})


def quality_of(ied: Tensor) -> Tensor:
    """[N] 0..1: how much of a face is left, by the pixels between its eyes."""
    return ied.clamp(LEAST, FULL) / FULL


def losses(
    embedding: Tensor,
    target: Tensor,
    centres: Tensor,
    own: Tensor,
    known: Tensor,
    ied: Tensor,
    options: FinetuneOptions | Terms,
) -> dict[str, Tensor]:
    """`distance` to the target over all faces [N], `people` over those `known` to be somebody (`own`: whose row)."""
    quality = quality_of(ied)
    weight = quality.sqrt()
    unit = F.normalize(embedding.float(), dim=1)
    least, more = options.margin
    logits = unit[known] @ centres.T
    margin = torch.zeros_like(logits).scatter_(1, own[known, None], (least + more * quality[known])[:, None])
    people = F.cross_entropy(options.scale * (logits - margin), own[known], reduction="none")
    return {
        "distance": ((1 - (unit * target).sum(1)) * weight).mean(),
        "people": (people * weight[known]).sum() / max(1, int(known.sum())),
    }


def start_of(config: Config, options: FinetuneOptions) -> nn.Module:
    """The network with the weights that the run starts from."""
    if options.start == "published":
        path = published_file(config.data / "models", options.network)
        lineage.note_input(config.run, f"models/{path.name}", path)
        return load_published(path, options.network)
    network = make_edgenext(options.network)
    network.load_state_dict(common.averaged_weights(config, options.start))
    return network


def prepare_teachers(config: Config, options: FinetuneOptions, device: torch.device) -> None:
    """Sees to it that every teacher's embeddings of the clean faces lie in the cache."""
    for name in options.weighted_teachers():
        file = teacher_file(config.data, name)
        if file.exists():
            lineage.note_input(config.run, f"models/{file.name}", file)
        if name in EDGE_TEACHERS:
            embed_published(config.data, config.cache, name, device)
        else:
            embed_all(config.data, config.cache, name)


class Probes:
    """Faces of people held out of training, degraded once: the curves show their cosine to the clean target."""

    def __init__(self, faces: Faces, rows: np.ndarray, targets: Tensor, count: int, mix: Mix) -> None:
        rng = np.random.default_rng(5)
        chosen = rng.permutation(rows)[:count]
        poor = replace(mix, clean=0.0, ied=PROBE_IED)
        self.pictures = batches.to_tensor(
            [embed_sample(np.array(faces.images[r]), False, poor, rng)[0] for r in chosen]
        )
        self.targets = targets[torch.from_numpy(chosen).to(targets.device)]

    @torch.no_grad()
    def cosine(self, network: nn.Module, config: Config) -> float:
        device, total = self.targets.device, 0.0
        for start in range(0, len(self.pictures), 64):
            part = slice(start, start + 64)
            with common.autocast(config, device):
                embedding = network(normalise(self.pictures[part].to(device)))
            total += float((F.normalize(embedding.float(), dim=1) * self.targets[part]).sum())
        return total / len(self.pictures)


class Finetuning:
    """Network, optimizer, targets, and the place in the schedule."""

    def __init__(self, config: Config, group: Group) -> None:
        self.config, self.options, self.group = config, common.options_of(config, FinetuneOptions), group
        config, options = self.config, self.options
        self.device = common.prepare(config)
        cv2.setNumThreads(config.threads)
        with group.in_turn():
            build_cache(config.data, config.cache)
            prepare_teachers(config, options, self.device)
            self.maker = Maker(config, options, np.empty(0, np.int64))
        faces = self.maker.faces
        self.rows, held_out = split_identities(faces, config.held_out)
        self.maker.rows = self.rows
        teachers = options.weighted_teachers()
        targets = joined_targets(config.cache, teachers, DIMENSION)
        centres = identity_centres(targets[self.rows], faces.identity[self.rows])
        self.targets, self.centres, self.identity = (
            torch.from_numpy(a).to(self.device) for a in (targets, centres, faces.identity)
        )
        self.judge = OnTheFly(config.data, config.cache, teachers, self.device) if options.blends else None
        self.probes = Probes(faces, held_out, self.targets, options.probes, self.maker.mix)
        self.network = start_of(config, options).to(self.device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(
            common.parameter_groups(self.network, config.weight_decay), lr=config.lr, betas=(0.9, 0.98)
        )
        self.average, self.clock = common.Average(self.network, config.ema), common.Clock(config)
        self.curves = common.Curves(config.run)
        self.checkpoint = common.Checkpoint(
            config,
            self.clock,
            self.average,
            {"trained": self.network, "optimizer": self.optimizer},
            network={"edgenext": options.network},
            teachers=teachers,
        )

    def target_of(self, batch: batches.Batch) -> Tensor:
        """[N,512]: stored targets, those of blends from the teachers at once."""
        target = self.targets[batch["row"]]
        if "undegraded" in batch:
            target[batch["blended"]] = self.judge(batch["undegraded"])
        return target

    def step(self, batch: batches.Batch, progress: float) -> dict[str, Tensor]:
        """One step of training; returns the terms of the loss."""
        config, options = self.config, self.options
        for settings in self.optimizer.param_groups:
            settings["lr"] = common.learning_rate(progress, config.lr, floor=options.floor)
        target = self.target_of(batch)
        with common.autocast(config, self.device):
            embedding = self.network(normalise(batch["picture"]))
        own = self.identity[batch["row"]]
        values = losses(embedding, target, self.centres, own, ~batch["blended"], batch["ied"], options)
        loss = options.distil * values["distance"] + options.people * values["people"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.group.mean_gradients(self.network.parameters())
        nn.utils.clip_grad_norm_(self.network.parameters(), options.clip)
        self.optimizer.step()
        self.clock.step += 1
        self.average.update(self.network, self.clock.step)
        return values | {"loss": loss.detach()}

    def averaged(self) -> nn.Module:
        """A copy of the network with the averaged weights, for inference."""
        network = copy.deepcopy(self.network)
        network.load_state_dict(self.average.state)
        return network.eval()

    def run(self) -> nn.Module:
        """Trains to the end of the budget and returns the averaged network."""
        config, clock, group = self.config, self.clock, self.group
        steps = batches.Steps(self.rows, config.batch, config.seed, self.maker)
        source = batches.stream(steps, group.step_of(clock.step), config.workers, group.size)
        self.network.train()
        last = time.monotonic()
        while (progress := group.share(clock.progress)) < 1:
            values = self.step({k: v.to(self.device) for k, v in next(source).items()}, progress)
            if not group.first:
                continue
            if clock.step % 50 == 0:
                rate = 50 * config.batch * group.size / (time.monotonic() - last)
                last = time.monotonic()
                self.curves.collect(**{k: float(v) for k, v in values.items()})
                shown = self.curves.add_means(clock.step, faces_per_second=rate)
                print(f"{clock.progress:.3f}", clock.step, {k: round(v, 3) for k, v in shown.items()}, flush=True)
            if self.checkpoint.save_when_due():
                self.show_probes()
        if group.first:
            self.checkpoint.save()
            self.show_probes()
            self.curves.plot()
        return self.averaged()

    def show_probes(self) -> None:
        """Adds the held-out people's cosine of the averaged network to the curves."""
        cosine = self.probes.cosine(self.averaged(), self.config)
        self.curves.add(step=self.clock.step, held_out=cosine)
        print(self.clock.step, "steps, held-out cosine", round(cosine, 4), flush=True)


def train(config: Config) -> nn.Module:
    """Trains, or resumes, and returns the expert with averaged weights."""
    group = Group()
    run = Finetuning(config, group)
    run.checkpoint.resume()
    network = run.run()
    group.close()
    return network


if __name__ == "__main__":
    train(common.parse(__doc__))
