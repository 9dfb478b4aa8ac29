"""Stage 3: the recognition loss reaches denoiser, super-resolver, embedder, gate and head together.

    python -m training.stages.joint --config training/configs/joint.yaml

Loss: cosine to the clean face's target and cross-entropy over people on the raw, the enhanced and the
fused embedding; no harm (the fused embedding may not be further from the target than the raw one);
small pixel terms that keep pictures faithful; recognisability towards the raw embedding's similarity
to its target. Batch norm keeps its statistics: batches here are small and of two kinds.
"""

from __future__ import annotations

import time

import torch
from torch import nn
from torch.nn import functional as F

from training.data import batches
from training.data.faces import RIM, build_cache, load_faces, split_identities
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.data.targets import identity_centres, joined_targets
from training.networks.chain import Chain, eye_weights
from training.networks.embedder import Embedder
from training.networks.losses import cosine_distance, prototype_loss, restoration_loss
from training.stages import common
from training.stages.common import Config
from training.stages.group import Group


def start(config: Config) -> tuple[Chain, dict]:
    """A chain from the checkpoints of the earlier stages, and what says how its embedder is built and was taught."""
    enhanced = common.load_checkpoint(config.run.parent / config.options["enhancer"] / "checkpoint.pt")
    embedded = embedder_of(config)
    chain = Chain(embedded["network"], config.options.get("denoiser"), config.options.get("superresolver"))
    chain.embedder.load_state_dict(embedded["average"])
    if enhanced is not None:
        nn.ModuleList([chain.denoiser, chain.superresolver]).load_state_dict(enhanced["average"])
    return chain, embedded


def embedder_of(config: Config) -> dict:
    """`network`, `average` and `teachers` of the run that `embedder` names, or of several as a `Twin`.

    Several: `embedder: {runs: [a, b], shares: [0.5, 0.5], mirrored: [false, true]}`.
    """
    wanted = config.options["embedder"]
    names = wanted["runs"] if isinstance(wanted, dict) else [wanted]
    found = [common.load_checkpoint(config.run.parent / name / "checkpoint.pt") for name in names]
    if missing := [name for name, one in zip(names, found) if one is None]:
        raise FileNotFoundError(f"no checkpoint of {', '.join(missing)}: run training.stages.embed first")
    if not isinstance(wanted, dict):
        return found[0]
    lengths = [usual_length(config, one) for one in found]
    weights = [share * lengths[0] / length for share, length in zip(wanted["shares"], lengths)]
    state = {f"members.{i}.{k}": v for i, one in enumerate(found) for k, v in one["average"].items()}
    network = {"members": [one["network"] for one in found], "weights": weights, "mirrored": wanted["mirrored"]}
    return {"network": network, "average": state, "teachers": found[0]["teachers"]}


@torch.no_grad()
def usual_length(config: Config, saved: dict, count: int = 128) -> float:
    """Mean length of an embedder's output over training faces."""
    faces = load_faces(config.cache)
    rows, _ = split_identities(faces, config.held_out)
    network = Embedder(**saved["network"]).eval()
    network.load_state_dict(saved["average"])
    crops = [faces.images[r][RIM:-RIM, RIM:-RIM] for r in rows[:: max(1, len(rows) // count)]]
    return float(network(batches.normalise(batches.to_tensor(crops))).norm(dim=1).mean())


def recognisability_target(similarity: torch.Tensor) -> torch.Tensor:
    """Similarity of a degraded face to its clean target, as 0..1: 0.1 and less is 0, 0.8 and more is 1."""
    return ((similarity - 0.1) / 0.7).clamp(0, 1)


def losses(
    out: dict[str, torch.Tensor],
    batch: batches.Batch,
    target: torch.Tensor,
    centres: torch.Tensor,
    own: torch.Tensor,
    options: dict,
) -> dict[str, torch.Tensor]:
    """All terms of the joint stage, by name; `own` is the person's row in `centres`."""
    visible = torch.clamp((batch["ied"] - 3) / 9, 0.2, 1.0)
    values = {}
    distances = {}
    for name in ("raw", "enhanced", "fused"):
        if name in out:
            distances[name] = cosine_distance(out[name], target)
            values[name] = distances[name].mean()
            people = prototype_loss(out[name], centres, own, options["scale"], options["margin"])
            values[f"{name}_people"] = (visible * people).mean()
    if "fused" in out:
        values["harm"] = F.relu(distances["fused"] - distances["raw"].detach()).mean()
        sharp = batch["sharp"].float() / 255
        values["sharp"] = restoration_loss(out["sharp"], sharp, eye_weights(sharp.shape[-1]).to(sharp))
        values["calm"] = restoration_loss(out["calm"], batch["calm"].float() / 255)
    wanted = recognisability_target(1 - distances["raw"].detach())[:, None]
    values["quality"] = F.mse_loss(out["quality"], wanted)
    return values


def pass_through(chain: Chain, batch: batches.Batch) -> dict[str, torch.Tensor]:
    """Outputs of the chain; without a region only those of the raw branch."""
    raw = batches.normalise(batch["raw"]).contiguous(memory_format=torch.channels_last)
    if "region" in batch:
        region = (batch["region"].float() / 255).contiguous(memory_format=torch.channels_last)
        return {k: v.float() for k, v in chain(raw, region).items()}
    embedding = chain.embedder(raw).float()
    return {"raw": F.normalize(embedding, dim=1), "quality": chain.recognisability(embedding.detach()).float()}


def train(config: Config) -> Chain:
    """Trains, or resumes, and returns the averaged chain."""
    device, processes = common.prepare(config), Group()
    options = config.options
    with processes.in_turn():
        build_cache(config.data, config.cache)
    faces = load_faces(config.cache)
    rows, _ = split_identities(faces, config.held_out)
    chain, embedded = start(config)
    chain = chain.to(device, memory_format=torch.channels_last).eval()  # eval: fixed batch-norm statistics
    targets_np = joined_targets(config.cache, embedded["teachers"])
    targets = torch.from_numpy(targets_np).to(device)
    centres = torch.from_numpy(identity_centres(targets_np[rows], faces.identity[rows])).to(device)
    identity = torch.from_numpy(faces.identity).to(device)
    fast = [p for m in (chain.fusion, chain.recognisability) for p in m.parameters()]
    groups = common.parameter_groups(nn.ModuleList([chain.denoiser, chain.superresolver]), config.weight_decay)
    groups += [
        g | {"factor": options["embedder_factor"]} for g in common.parameter_groups(chain.embedder, config.weight_decay)
    ]
    groups += [{"params": fast, "weight_decay": 0.0, "factor": options["head_factor"]}]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    average, clock, curves = common.Average(chain, config.ema), common.Clock(config), common.Curves(config.run)
    networks = {
        "embedder": embedded["network"],
        "denoiser": options.get("denoiser"),
        "superresolver": options.get("superresolver"),
    }
    parts = {"chain": chain, "optimizer": optimizer}
    notes = {"networks": networks, "teachers": embedded["teachers"]}
    checkpoint = common.Checkpoint(config, clock, average, parts, **notes)
    checkpoint.resume()
    maker = PairMaker(config.cache, Mix(**options["mix"]), tuple(options["shares"]))
    source = batches.stream(
        batches.Steps(rows, config.batch, config.seed, maker),
        processes.step_of(clock.step),
        config.workers,
        processes.size,
    )

    weights = options["weights"]
    last_log = time.monotonic()
    while (progress := processes.share(clock.progress)) < 1:
        batch = {k: v.to(device) for k, v in next(source).items()}
        for group in optimizer.param_groups:
            group["lr"] = common.learning_rate(progress, config.lr) * group.get("factor", 1.0)
        with common.autocast(config, device):
            out = pass_through(chain, batch)
        row = batch["row"]
        values = losses(out, batch, targets[row], centres, identity[row], options)
        loss = sum(weights[k] * v for k, v in values.items())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        processes.mean_gradients(chain.parameters())
        nn.utils.clip_grad_norm_(chain.parameters(), 3.0)
        optimizer.step()
        clock.step += 1
        if not processes.first:
            continue
        average.update(chain, clock.step)
        seen = {k: v.item() for k, v in values.items()}
        if "region" in batch:
            seen["gate"] = out["gate"].mean().item()
            curves.add(step=clock.step, loss=loss.item(), **seen)
        if clock.step % 25 == 0:
            rate = 25 * config.batch * processes.size / (time.monotonic() - last_log)
            last_log = time.monotonic()
            print(f"{clock.progress:.3f} {rate:.0f}/s", {k: round(v, 3) for k, v in seen.items()}, flush=True)
        checkpoint.save_when_due()
    processes.close()
    if processes.first:
        checkpoint.save()
        curves.plot()
    chain.load_state_dict(average.state)
    return chain.eval()


if __name__ == "__main__":
    train(common.parse(__doc__))
