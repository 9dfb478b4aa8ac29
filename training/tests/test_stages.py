"""Stages on drawn faces: they learn, resume to the bit, and export what they trained."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from training.export.chain import export_files, load_chain
from training.export.manifest import read_manifest, upsert_model, write_card
from training.networks.embedder import Embedder
from training.stages import embed, enhance, imitate, joint
from training.stages.common import Config, learning_rate, make_config

NETWORK = {"stem": 16, "widths": [16, 16], "depths": [2, 1]}
ENLARGER = {"channels": 8, "growth": 4, "groups": 1, "blocks": 1}
CALM = {"widths": [8, 8, 8]}
SHARED = {
    "batch": 8,
    "held_out": 2,
    "workers": 0,
    "ema": 0.9,
    "checkpoint_minutes": 1000.0,
    "denoiser": CALM,
    "superresolver": ENLARGER,
}
MIX = {"profiles": {"generic": 1.0}}


def half_config(work: Path, part: str, steps: int) -> Config:
    values = {
        **SHARED,
        "run": part,
        "part": part,
        "steps": steps,
        "lr": 3e-3,
        "kernel_lr": 0.03,
        "precision": "fp32",
        "network": NETWORK,
        "teachers": {"retail": 0.7, "mobile": 0.3},
        "mix": {**MIX, "clean": 0.5},
        "noise": 0.1,
    }
    return make_config(values, work, work, part)


def embed_config(work: Path, run: str, steps: int) -> Config:
    values = {
        **SHARED,
        "run": run,
        "steps": steps,
        "lr": 3e-3,
        "kernel_lr": 0.03,
        "precision": "fp32",
        "network": NETWORK,
        "teachers": {"retail": 0.7, "mobile": 0.3},
        "halves": {"front": "front", "back": "back"},
        "mix": {**MIX, "clean": 0.5},
        "weights": {"distil": 2.0, "prototype": 0.25, "maps": 0.2},
        "scale": 16.0,
        "margin": 0.1,
        "curriculum_steps": 10,
    }
    return make_config(values, work, work, run)


@pytest.fixture(scope="module")
def halves(drawn_work: Path) -> Path:
    """A working folder in which both halves have learnt from the teacher's maps."""
    for part in ("front", "back"):
        imitate.train(half_config(drawn_work, part, 100))
    return drawn_work


@pytest.fixture(scope="module")
def trained(halves: Path) -> Path:
    """A working folder in which all stages have run."""
    drawn_work = halves
    embed.train(embed_config(drawn_work, "embed", 100))
    weights = {"calm": 1.0, "sharp": 1.0, "identity": 0.1, "perceptual": 0.05, "adversarial": 0.01}
    values = {
        **SHARED,
        "run": "enhance",
        "steps": 60,
        "lr": 2e-3,
        "precision": "fp32",
        "embedder": "embed",
        "sharp_ied": 30,
        "shares": [0.7, 0.3],
        "judge_every": 2,
        "mix": MIX,
        "weights": weights,
    }
    enhance.train(make_config(values, drawn_work, drawn_work, "enhance"))
    joint.train(joint_config(drawn_work, "joint", 12))
    return drawn_work


def joint_config(work: Path, run: str, steps: int) -> Config:
    names = (
        "raw",
        "enhanced",
        "fused",
        "raw_people",
        "enhanced_people",
        "fused_people",
        "harm",
        "sharp",
        "calm",
        "quality",
    )
    values = {
        **SHARED,
        "run": run,
        "steps": steps,
        "lr": 1e-3,
        "precision": "fp32",
        "embedder": "embed",
        "enhancer": "enhance",
        "shares": [0.5, 0.25, 0.25],
        "embedder_factor": 0.5,
        "head_factor": 5.0,
        "scale": 16.0,
        "margin": 0.1,
        "mix": MIX,
        "weights": dict.fromkeys(names, 0.5),
    }
    return make_config(values, work, work, run)


def curve(run: Path, name: str) -> list[float]:
    with open(run / "curves.csv") as f:
        return [float(r["value"]) for r in csv.DictReader(f) if r["name"] == name]


@pytest.mark.parametrize(("part", "name"), [("front", "middle"), ("back", "last"), ("back", "distance")])
def test_halves_learn_by_themselves(halves: Path, part: str, name: str):
    losses = curve(halves / "runs" / part, name)
    assert losses[-1] < losses[0]


def test_embedder_starts_from_the_halves(halves: Path):
    network = Embedder(**NETWORK)
    embed.start(embed_config(halves, "unused", 1), network)
    for part in ("front", "back"):
        saved = torch.load(halves / "runs" / part / "checkpoint.pt", weights_only=True)["average"]
        assert all(torch.equal(v, saved[k]) for k, v in getattr(network, part).state_dict().items())


def test_embedder_without_its_halves_says_what_to_run(halves: Path):
    config = embed_config(halves, "unused", 1)
    config.options["halves"] = {"front": "missing"}
    with pytest.raises(FileNotFoundError, match="training.stages.imitate"):
        embed.start(config, Embedder(**NETWORK))


def test_smoke_training_lowers_its_loss(trained: Path):
    losses = curve(trained / "runs" / "embed", "cosine")
    assert losses[-1] > losses[0]
    sharp = curve(trained / "runs" / "enhance", "sharp")
    assert sharp[-1] < sharp[0]
    assert (trained / "runs" / "embed" / "curves.png").exists()


def test_resumed_equals_uninterrupted(halves: Path):
    whole = embed.train(embed_config(halves, "whole", 8)).state_dict()
    half = embed_config(halves, "halves", 8)
    stop_after(half, 4)
    resumed = embed.train(embed_config(halves, "halves", 8)).state_dict()
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


def stop_after(config: Config, steps: int) -> None:
    """Trains to `steps` of the planned ones and dies after a checkpoint, as a kill would have it."""

    class Killed(Exception):
        pass

    original, saved = embed.common.Average.update, []

    def update(self, module, step):
        original(self, module, step)
        saved.append(step)
        if step > steps:
            raise Killed

    config.checkpoint_minutes = 0.0
    embed.common.Average.update = update
    try:
        embed.train(config)
    except Killed:
        pass
    finally:
        embed.common.Average.update = original
    assert saved[-1] == steps + 1


def test_joint_stage_changes_every_network(trained: Path):
    before, _ = joint.start(joint_config(trained, "joint", 12))
    after = load_chain(trained / "runs" / "joint" / "checkpoint.pt")
    for name in ("embedder", "denoiser", "superresolver", "fusion", "recognisability"):
        pairs = zip(getattr(before, name).parameters(), getattr(after, name).parameters())
        assert any(not torch.equal(a, b) for a, b in pairs), name


def test_joint_stage_reaches_both_networks_of_a_twin(trained: Path, tmp_path: Path):
    config = joint_config(trained, "joint-twin", 6)
    config.options["embedder"] = {"runs": ["embed", "whole"], "shares": [0.5, 0.5], "mirrored": [False, True]}
    before, embedded = joint.start(config)
    members, weights = before.embedder.members, embedded["network"]["weights"]
    x = torch.randn(4, 3, 112, 112)
    lengths = [w * m.eval()(x).norm(dim=1).mean() for w, m in zip(weights, members)]
    assert 0.4 < lengths[0] / lengths[1] < 2.5  # neither outweighs the other by length
    joint.train(config)
    after = load_chain(trained / "runs" / "joint-twin" / "checkpoint.pt")
    for a, b in zip(members, after.embedder.members):
        assert any(not torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters()))
    entry = export_files(after, tmp_path)["embed"]
    assert entry["measured"]["maxDeviation"]["fp32"] < 1e-3


def test_joint_stage_names_the_run_that_is_missing(trained: Path):
    config = joint_config(trained, "unused", 1)
    config.options["embedder"] = {"runs": ["embed", "nowhere"], "shares": [0.5, 0.5], "mirrored": [False, True]}
    with pytest.raises(FileNotFoundError, match="no checkpoint of nowhere"):
        joint.start(config)


def test_export_equals_pytorch_and_merges(trained: Path, tmp_path: Path):
    entries = export_files(load_chain(trained / "runs" / "joint" / "checkpoint.pt"), tmp_path)
    for entry in entries.values():
        assert entry["measured"]["maxDeviation"]["fp32"] < 1e-3
        assert entry["measured"]["maxDeviation"]["fp16"] < 3e-2
        write_card(tmp_path, entry["task"], {"title": entry["name"]})
        upsert_model(tmp_path, entry)
        upsert_model(tmp_path, entry)
    names = [m["name"] for m in read_manifest(tmp_path)["models"]]
    assert len(names) == 5 and names[0] == "nightglass-denoise"
    broken = {**entries["fuse"], "variants": [{**entries["fuse"]["variants"][0], "sha256": "0"}]}
    with pytest.raises(ValueError, match="hash"):
        upsert_model(tmp_path, broken)


def test_learning_rate_rises_then_falls():
    values = [learning_rate(p, 1.0) for p in np.linspace(0, 1, 101)]
    assert max(values) == pytest.approx(1.0, abs=0.01) and values[-1] == pytest.approx(0.01) and values[0] < 0.1
