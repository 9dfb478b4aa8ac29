"""The recogniser put together: experts in the joint space, recognisability, gate and pooling weight.

    python -m training.stages.recognise --config training/configs/recognise.yaml

No expert is trained here. Their weights are set (`share` of the way from the published to the fine-tuned state), then
the head learns from faces, and from what is none (`data/crops.py`), how well a face can be recognised; the gate and
the weight of a keyframe learn from synthetic tracks. `checkpoint.pt` is what `training.export.chain` reads.

Over 300 lines: one assembly, each part of which learns on the output of the one before.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import batches, crops
from training.data.faces import RIM, Faces, build_cache, load_faces, split_identities
from training.data.published import embed_published
from training.data.samples import Mix
from training.data.targets import identity_centres
from training.data.tracks import Tracks, embed_crops, make_tracks
from training.evaluation.rejection import rejection
from training.networks.chain import Chain
from training.networks.edgenext import load_published, normalise, published_file
from training.networks.expert import Expert, between, joint_basis, joint_targets, member_weights
from training.networks.fusion import Fusion, Recognisability, quality_vectors
from training.stages import common
from training.stages.common import Config
from training.stages.experts import expert_of, restorers_of


@dataclass
class RecogniseOptions:
    """Settings of the assembly. A member: {network: xs | xxs, run: NAME, share: 0..1}; without `run` as published."""

    raw: list[dict]
    enhanced: list[dict]
    restorers: str
    people: int = 1400  # tracks
    length: int = 6  # pictures of a track
    mix: dict = field(default_factory=dict)
    crops: int = 9000
    head_lr: float = 2e-3
    fusion_steps: int = 1500
    fusion_lr: float = 3e-3
    tracks: int = 64  # in a batch
    scale: float = 32.0


#: Target of a face: `FACE` and more, by the cosine to the clean target from `LOW` over the range `RANGE`.
FACE, LOW, RANGE = 0.15, 0.05, 0.65
#: Weight of a non-face in the head's loss.
NONE_WEIGHT = 1.5


def member_of(config: Config, member: dict) -> nn.Module:
    """A member's network, its weights between published and fine-tuned."""
    size = member["network"]
    network = load_published(published_file(config.data / "models", size), size)
    if "run" in member:
        tuned = expert_of(common.saved_run(config, member["run"])).state_dict()
        network.load_state_dict(between(network.state_dict(), tuned, float(member.get("share", 1.0))))
    return network


def expert(config: Config, members: list[dict], basis: Tensor, some: Tensor) -> Expert:
    """An expert with the lengths of its members measured on some clean crops."""
    weights = member_weights([m["network"] for m in members])
    made = Expert([member_of(config, m) for m in members], weights, basis).eval()
    made.measure_lengths(some)
    return made


def face_target(cosine: np.ndarray) -> np.ndarray:
    """What the head should say of faces."""
    return FACE + (1 - FACE) * np.clip((cosine - LOW) / RANGE, 0, 1)


def anneal(optimizer: torch.optim.Optimizer, peak: float, step: int, steps: int) -> None:
    """Falls in a line from `peak` to nearly nothing."""
    for group in optimizer.param_groups:
        group["lr"] = peak * (1 - step / steps) + 1e-5


def train_head(
    outputs: Tensor, target: Tensor, weight: Tensor, steps: int, batch: int, lr: float, seed: int
) -> Recognisability:
    """The recognisability head, from experts' outputs [N,D], targets and weights [N,1]."""
    head, draw = Recognisability().train(), torch.Generator().manual_seed(seed)
    head.ref[:] = outputs.norm(dim=1).mean()
    optimizer = torch.optim.AdamW(head.parameters(), lr, weight_decay=0.02)
    for step in range(steps):
        anneal(optimizer, lr, step, steps)
        i = torch.randint(len(target), (batch,), generator=draw)
        score = head(outputs[i]).clamp(1e-5, 1 - 1e-5)
        loss = (weight[i] * F.binary_cross_entropy(score, target[i], reduction="none")).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head.eval()


@dataclass
class Seen:
    """Tracks as the gate takes them."""

    raw: Tensor  # [N,D] unit
    enhanced: Tensor
    quality: Tensor  # [N,6]
    target: Tensor  # [N,D] of the clean faces
    own: Tensor  # [N] person
    has: Tensor


def seen(tracks: Tracks, head: Recognisability, targets: np.ndarray, identity: np.ndarray) -> Seen:
    """Unit embeddings, quality vectors and targets of tracks."""
    raw, enhanced = torch.from_numpy(tracks.raw), torch.from_numpy(tracks.enhanced)
    with torch.inference_mode():
        scores = head(raw).numpy()[:, 0], head(enhanced).numpy()[:, 0] * tracks.has
    return Seen(
        F.normalize(raw, dim=1),
        F.normalize(enhanced, dim=1),
        torch.from_numpy(quality_vectors(tracks.ied, *scores, tracks.picture)),
        torch.from_numpy(targets[tracks.row]),
        torch.from_numpy(identity[tracks.row]),
        torch.from_numpy(tracks.has),
    )


def fusion_loss(fusion: Fusion, data: Seen, i: Tensor, on: Tensor, centres: Tensor, scale: float) -> Tensor:
    """Of tracks `i` [T,L] (rows of pictures), of which the pictures `on` [T,L] are pooled."""
    flat, has = i.reshape(-1), data.has[i.reshape(-1)]
    fused, _, weight = fusion(data.raw[flat], data.enhanced[flat], data.quality[flat])
    fused = torch.where(has[:, None], fused, data.raw[flat])
    people = F.cross_entropy(scale * (fused @ centres.T), data.own[flat], reduction="none")
    share = has.sum().clamp(min=1)
    distance = (1 - (fused * data.target[flat]).sum(1)) * has
    loss = (people * has).sum() / share + 2 * distance.sum() / share
    # The gate is not taught by pooling: each picture has to be its best on its own.
    parts = (fused.detach() * weight).reshape(*i.shape, -1) * on[..., None]
    template = F.normalize(parts.sum(1), dim=1)
    pooled = F.cross_entropy(scale * (template @ centres.T), data.own[i[:, 0]])
    return loss + pooled + 0.01 * torch.log(weight).square().mean()


def train_fusion(data: Seen, centres: Tensor, length: int, options: RecogniseOptions, seed: int) -> Fusion:
    """Gate and pooling weight."""
    fusion, draw = Fusion().train(), torch.Generator().manual_seed(seed)
    fusion.qm[:], fusion.qs[:] = data.quality.mean(0), data.quality.std(0) + 1e-3
    optimizer = torch.optim.AdamW(fusion.parameters(), options.fusion_lr, weight_decay=0.02)
    count = len(data.own) // length
    for step in range(options.fusion_steps):
        anneal(optimizer, options.fusion_lr, step, options.fusion_steps)
        track = torch.randint(count, (options.tracks,), generator=draw)
        pictures = torch.randint(2, length + 1, (options.tracks, 1), generator=draw)
        on = torch.rand(options.tracks, length, generator=draw).argsort(1) < pictures
        i = track[:, None] * length + torch.arange(length)
        loss = fusion_loss(fusion, data, i, on, centres, options.scale)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return fusion.eval()


class Assembly:
    """Experts, restorers, and what the small networks learn from; features are kept in the run's folder."""

    def __init__(self, config: Config) -> None:
        self.config, self.options = config, common.options_of(config, RecogniseOptions)
        if config.steps is None:
            raise ValueError("the budget of this stage is `steps`, those of the head")
        if config.held_out != crops.HELD_OUT:
            raise ValueError(f"held_out is {crops.HELD_OUT} here, as in the crops of data/crops.py")
        self.device = common.prepare(config)
        cv2.setNumThreads(config.threads)
        build_cache(config.data, config.cache)
        for size in ("xs", "xxs"):
            embed_published(config.data, config.cache, f"edge_{size}", self.device)
        crops.build_crops(config.data, config.cache, self.options.crops)
        self.faces: Faces = load_faces(config.cache)
        self.rows, self.held_out = split_identities(self.faces, config.held_out)
        clean = [np.load(config.cache / f"teacher_edge_{size}.npy") for size in ("xs", "xxs")]
        self.basis = joint_basis(*clean)
        self.targets = joint_targets(*clean, self.basis)
        self.chain, self.saved_restorers = self._chain()

    def _chain(self) -> tuple[Chain, dict[str, Any]]:
        options, basis = self.options, torch.from_numpy(self.basis)
        clear = [np.array(self.faces.images[r][RIM:-RIM, RIM:-RIM]) for r in self.rows[::300]]
        some = normalise(batches.to_tensor(clear))
        saved = common.saved_run(self.config, options.restorers)
        raw, enhanced = (expert(self.config, m, basis, some) for m in (options.raw, options.enhanced))
        chain = Chain(raw, enhanced, *restorers_of(saved)).eval().requires_grad_(False)
        return chain.to(self.device, memory_format=torch.channels_last), saved["networks"]

    def tracks(self, name: str, rows: np.ndarray, people: int, seed: int) -> Tracks:
        """Tracks of some of the people of `rows`, made once."""
        path = self.config.run / f"tracks-{name}.npz"
        if not path.exists():
            rng, options = np.random.default_rng((self.config.seed, seed)), self.options
            chosen = rng.permutation(np.unique(self.faces.identity[rows]))[:people]
            groups = [rows[self.faces.identity[rows] == person] for person in chosen]
            mix = Mix(**options.mix)
            make_tracks(self.chain, self.faces, groups, options.length, mix, rng, self.device).save(path)
        return Tracks.load(path)

    def crop_outputs(self, pictures: np.ndarray) -> np.ndarray:
        """Outputs of the raw expert for `crops.npz`, made once."""
        path = self.config.run / "crops.npy"
        if not path.exists():
            np.save(path, embed_crops(self.chain.raw, pictures, self.device))
        return np.load(path)

    def head(self, tracks: Tracks) -> tuple[Recognisability, dict[str, Any]]:
        """The trained head, and what its cut does to people and scenes that it has not seen."""
        every, held = crops.load_crops(self.config.cache)
        outputs, kind = self.crop_outputs(every.pictures), every.kind
        cosine = every.cosine(self.config.cache, self.basis, outputs)
        own, face = ~held, kind == "face"
        again = np.concatenate([tracks.raw, tracks.enhanced[tracks.has]])
        rows = np.concatenate([tracks.row, tracks.row[tracks.has]])
        unit = again / np.linalg.norm(again, axis=1, keepdims=True)
        target = np.concatenate(
            [np.where(face, face_target(cosine), 0.0)[own], face_target((unit * self.targets[rows]).sum(1))]
        )
        weight = np.concatenate([np.where(face, 1.0, NONE_WEIGHT)[own], np.ones(len(again))])
        tensors = (np.concatenate([outputs[own], again]), target[:, None], weight[:, None])
        config = self.config
        values = (torch.from_numpy(v.astype(np.float32)) for v in tensors)
        head = train_head(*values, config.steps, config.batch, self.options.head_lr, config.seed)
        with torch.inference_mode():
            score = head(torch.from_numpy(outputs[held])).numpy()[:, 0]
        return head, rejection(score, cosine[held], kind[held])

    def run(self) -> Path:
        """Trains head and gate and writes the checkpoint that is exported."""
        start, options, config = time.monotonic(), self.options, self.config
        tracks = self.tracks("training", self.rows, options.people, 1)
        head, cut = self.head(tracks)
        print({"head": cut}, flush=True)
        centres = torch.from_numpy(identity_centres(self.targets, self.faces.identity))
        data = seen(tracks, head, self.targets, self.faces.identity)
        fusion = train_fusion(data, centres, options.length, options, config.seed)
        held = self.tracks("held-out", self.held_out, config.held_out, 2)
        figures = judge(fusion, seen(held, head, self.targets, self.faces.identity), centres, options)
        print({"held out": figures}, flush=True)
        sizes = {name: [m["network"] for m in getattr(options, name)] for name in ("raw", "enhanced")}
        path = config.run / "checkpoint.pt"
        common.save_checkpoint(
            path,
            basis=torch.from_numpy(self.basis),
            raw=self.chain.raw.parts(sizes["raw"]),
            enhanced=self.chain.enhanced.parts(sizes["enhanced"]),
            restorers={
                "denoise": self.chain.denoiser.state_dict(),
                "superresolve": self.chain.superresolver.state_dict(),
            },
            networks=self.saved_restorers,
            head=head.state_dict(),
            fusion=fusion.state_dict(),
            training={"raw": options.raw, "enhanced": options.enhanced, "rejection": cut, "heldOut": figures},
            step=config.steps,
            seconds=time.monotonic() - start,
        )
        return path


@torch.inference_mode()
def judge(fusion: Fusion, data: Seen, centres: Tensor, options: RecogniseOptions) -> dict[str, float]:
    """Cross-entropy over all people: of single pictures that have an enhanced one, and of pooled tracks."""
    entropy = lambda v, own: float(F.cross_entropy(options.scale * (v @ centres.T), own))  # noqa: E731
    fused, _, weight = fusion(data.raw, data.enhanced, data.quality)
    has, length = data.has, options.length
    singles = {
        "raw": data.raw,
        "enhanced": data.enhanced,
        "mean": F.normalize(data.raw + data.enhanced, dim=1),
        "fused": fused,
    }
    found = {name: entropy(v[has], data.own[has]) for name, v in singles.items()}
    fused = torch.where(has[:, None], fused, data.raw)
    own = data.own[::length]
    ways = {"plain": torch.ones_like(weight), "recognisability": data.quality[:, 1:2], "learned": weight}
    for name, w in ways.items():
        template = F.normalize((fused * w).reshape(len(own), length, -1).sum(1), dim=1)
        found[f"tracks, {name}"] = entropy(template, own)
    return {name: round(value, 4) for name, value in found.items()}


def train(config: Config) -> Path:
    """Puts the recogniser together; returns its checkpoint."""
    return Assembly(config).run()


if __name__ == "__main__":
    train(common.parse(__doc__))
