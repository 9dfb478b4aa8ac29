"""Experts for enhanced pictures and the recogniser, on drawn faces: they learn, resume to the bit, and export."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from training.data import crops
from training.data.pairs import PairMaker
from training.data.samples import Mix
from training.evaluation.chain import OnnxChain
from training.evaluation.rejection import rejection
from training.export import onnx_files
from training.export.chain import export_files
from training.export.manifest import read_manifest, upsert_model, write_card
from training.networks.chain import Chain, load_chain
from training.networks.expert import DIMENSION
from training.stages import common, enhance, experts, finetune, recognise
from training.stages.common import Config, learning_rate, make_config

SHARED = {
    "batch": 4,
    "held_out": 4,
    "workers": 0,
    "ema": 0.9,
    "lr": 1e-3,
    "precision": "fp32",
    "device": "cpu",
    "checkpoint_minutes": 1000.0,
}
MIX = {"profiles": {"generic": 1.0}}
RESTORERS = {
    "denoiser": {"widths": [8, 8, 8]},
    "superresolver": {"channels": 8, "growth": 4, "groups": 1, "blocks": 1},
}
WEIGHTS = {"calm": 1.0, "sharp": 1.0, "identity": 0.1, "perceptual": 0.05, "adversarial": 0.0}


def curve(run: Path, name: str) -> list[float]:
    with open(run / "curves.csv") as f:
        return [float(row["value"]) for row in csv.DictReader(f) if row["name"] == name]


def expert_config(work: Path, run: str, **changes) -> Config:
    values = SHARED | {"steps": 3, "start": "poor", "restorers": "restorers", "mix": MIX, "shares": [1.0, 0.0]}
    return make_config(values | changes, work, work, run)


@pytest.fixture(scope="module")
def started(published_work: Path) -> Path:
    """A folder with an expert for poor faces and with restorers."""
    values = SHARED | {"steps": 2, "network": "xxs", "mix": MIX, "probes": 4}
    finetune.train(make_config(values, published_work, published_work, "poor"))
    values = SHARED | RESTORERS | {"steps": 60, "embedder": "poor", "mix": MIX, "weights": WEIGHTS, "judge_every": 10}
    enhance.train(make_config(values | {"shares": [1.0, 0.0]}, published_work, published_work, "restorers"))
    return published_work


def test_restorers_lower_their_loss(started: Path):
    sharp = curve(started / "runs" / "restorers", "sharp")
    assert sharp[-1] < sharp[0]


@pytest.mark.parametrize("joint", [True, False])
def test_an_expert_learns_and_takes_the_restorers_with_it_if_asked(started: Path, joint: bool):
    run = experts.Experts(expert_config(started, f"expert-{joint}", joint=joint))
    before = {k: v.clone() for k, v in run.trained.state_dict().items()}
    batch = PairMaker(run.config.cache, Mix(**MIX), (1.0, 0.0))(run.rows[:4], np.random.default_rng(0))
    # Warm-up starts small: the rate of the middle of a run.
    run.clock.step = 1
    values = [run.step(batch) for _ in range(2)]
    assert ("pixels" in values[0]) == joint
    changed = {k.split(".")[0] for k, v in run.trained.state_dict().items() if not torch.equal(v, before[k])}
    assert changed == ({"expert", "restorers"} if joint else {"expert"})


def test_a_resumed_expert_equals_an_uninterrupted_one(started: Path, monkeypatch: pytest.MonkeyPatch):
    whole = experts.train(expert_config(started, "whole-expert")).state_dict()
    cut = experts.Experts(expert_config(started, "cut-expert", checkpoint_minutes=0.0))
    original = cut.step

    def step(batch):
        if cut.clock.step == 1:
            raise KeyboardInterrupt
        return original(batch)

    monkeypatch.setattr(cut, "step", step)
    with pytest.raises(KeyboardInterrupt):
        cut.run()
    resumed = experts.train(expert_config(started, "cut-expert")).state_dict()
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


def test_an_expert_names_the_run_that_is_missing(started: Path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        experts.train(expert_config(started, "unused", restorers="nowhere"))


@pytest.fixture(scope="module")
def recognised(started: Path) -> Path:
    """The checkpoint of a recogniser of one member a branch, and its small networks."""
    if not (started / "runs" / "whole-expert" / "checkpoint.pt").exists():
        experts.train(expert_config(started, "whole-expert"))
    values = {
        "steps": 40,
        "batch": 16,
        "held_out": 4,
        "device": "cpu",
        "precision": "fp32",
        "raw": [{"network": "xxs", "run": "poor", "share": 0.5}],
        "enhanced": [{"network": "xxs", "run": "whole-expert", "share": 1.0}],
        "restorers": "whole-expert",
        "people": 6,
        "length": 3,
        "mix": MIX,
        "crops": 240,
        "fusion_steps": 20,
        "tracks": 4,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crops, "HELD_OUT", 4)
        # Untrained networks place no degraded face near its clean target.
        patch.setattr("training.evaluation.rejection.USABLE", -1.0)
        return recognise.train(make_config(values, started, started, "recognise"))


def test_the_checkpoint_is_the_members_between_published_and_tuned(started: Path, recognised: Path):
    chain, about = load_chain(recognised)
    assert {"basis", "training", "step", "seconds"} <= set(about)
    tuned = common.load_checkpoint(started / "runs" / "poor" / "checkpoint.pt")["average"]
    source = recognise.load_published(started / "models" / "edgeface_xxs.npz", "xxs").state_dict()
    name = next(k for k, v in tuned.items() if v.is_floating_point() and not torch.equal(v, source[k]))
    found = chain.raw.members[0].state_dict()[name]
    assert torch.allclose(found, (source[name] + tuned[name]) / 2, atol=1e-6)
    broken = {k: v for k, v in torch.load(recognised, weights_only=True).items() if k != "head"}
    torch.save(broken, recognised.with_name("broken.pt"))
    with pytest.raises(ValueError, match="head"):
        load_chain(recognised.with_name("broken.pt"))


def test_crops_hold_faces_and_what_is_none(recognised: Path):
    every, held = crops.load_crops(recognised.parents[2] / "cache")
    assert {"face", "turned", "part", "shift", "small"} == set(every.kind)
    assert (every.kind == "face").sum() == 280 and 0 < held.sum() < len(held) / 3
    faces = crops.load_faces(recognised.parents[2] / "cache")
    assert not set(faces.identity[every.row[held]]) & set(faces.identity[every.row[~held]])


def test_the_head_tells_separable_rows_apart():
    torch.manual_seed(0)
    faces, others = torch.randn(200, DIMENSION) + 1, torch.randn(200, DIMENSION) - 1
    target = torch.cat([torch.ones(200, 1), torch.zeros(200, 1)])
    head = recognise.train_head(torch.cat([faces, others]), target, torch.ones(400, 1), 60, 64, 2e-3, 1)
    with torch.no_grad():
        assert head(faces).mean() > 0.8 and head(others).mean() < 0.2


def test_the_cut_keeps_usable_faces():
    rng = np.random.default_rng(0)
    kind = np.array(["face"] * 500 + ["scene"] * 300 + ["part"] * 100)
    score = np.concatenate([rng.uniform(0.3, 0.9, 500), rng.uniform(0, 0.2, 300), rng.uniform(0.2, 0.5, 100)])
    found = rejection(score, np.where(kind == "face", 0.6, 0.0), kind)
    assert (score[:500] >= found["rejectBelow"]).mean() == pytest.approx(0.99, abs=0.005)
    assert found["byKind"]["scene"] == 0 and found["byKind"]["part"] > 0.3 and not found["reached"]
    with pytest.raises(ValueError, match="too few"):
        rejection(score, np.zeros(900), kind)


@pytest.fixture(scope="module")
def exported(recognised: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, Chain]:
    folder = tmp_path_factory.mktemp("models")
    chain, _ = load_chain(recognised)
    return folder, export_files(chain, folder), chain


def test_export_equals_pytorch_and_merges(exported: tuple[Path, dict, Chain]):
    folder, entries, _ = exported
    assert list(entries) == ["embed", "embed-enhanced", "denoise", "superresolve", "fuse", "quality"]
    for entry in entries.values():
        assert entry["measured"]["maxDeviation"]["fp32"] < 1e-3
        write_card(folder, entry["task"], {"title": entry["name"]})
        upsert_model(folder, entry)
        upsert_model(folder, entry)
    names = [m["name"] for m in read_manifest(folder)["models"]]
    assert len(names) == 6 and names[0] == "nightglass-denoise"
    broken = {**entries["fuse"], "variants": [{**entries["fuse"]["variants"][0], "sha256": "0"}]}
    with pytest.raises(ValueError, match="hash"):
        upsert_model(folder, broken)


def test_weights_are_stored_in_half_the_bytes(exported: tuple[Path, dict, Chain]):
    folder, entries, _ = exported
    stored = onnx.load(folder / "embed.onnx").graph.initializer
    sizes = {kind: sum(np.prod(i.dims) for i in stored if i.data_type == kind) for kind in (1, 10)}
    assert sizes[10] > 0.9 * (sizes[1] + sizes[10])
    assert entries["embed"]["variants"][0]["bytes"] < 2.7 * entries["embed"]["measured"]["params"]
    assert onnx_files.casts_left(folder / "embed.onnx") == onnx_files.casts_left(folder / "quality.onnx") == 0


def test_mirror_on_files_equals_the_networks(exported: tuple[Path, dict, Chain], face: np.ndarray):
    folder, _, chain = exported
    files, x = OnnxChain(folder), face[16:-16, 16:-16]
    with torch.no_grad():
        wanted = chain.raw(torch.from_numpy((x.astype(np.float32) - 127.5) / 127.5).permute(2, 0, 1)[None])
    assert np.allclose(files.embed(x[None]), wanted.numpy(), atol=2e-2)
    small, points = face[::4, ::4].copy(), (crops.TEMPLATE + 16) / 4
    found, large = files(small, points), files(face, crops.TEMPLATE + 16)
    assert found.weight > 0 and 0 < found.gate < 1 and not np.array_equal(found.raw, found.enhanced)
    assert large.gate == 1 and np.array_equal(large.fused, large.raw) and large.weight > 0
    assert np.linalg.norm(found.fused) == pytest.approx(1, abs=1e-4)


def test_learning_rate_rises_then_falls():
    values = [learning_rate(p, 1.0) for p in np.linspace(0, 1, 101)]
    assert max(values) == pytest.approx(1.0, abs=0.01) and values[-1] == pytest.approx(0.01) and values[0] < 0.1
