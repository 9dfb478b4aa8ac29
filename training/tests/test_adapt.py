"""A denoiser for one camera: what it learns from, when it is accepted, and how it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.adapt import judge, variant
from training.adapt.batch import AdaptBatches, look_at
from training.adapt.still import SIDE, is_still, still_pairs
from training.adapt.tune import Adapting
from training.degrade.measured import camera_of
from training.degrade.profiles import profile_of
from training.export.onnx_files import session
from training.networks.denoiser import Denoiser
from training.networks.from_onnx import OnnxNetwork, load_named
from training.networks.superresolver import SuperResolver
from training.stages.common import make_config
from training.tests.test_measured import saved

MODELS = Path(__file__).parents[2] / "models"
NOISY = saved({"column": 0.08, "read": 0.02}, infrared=False)


def config_of(work: Path, run: str, **more):
    values = {"batch": 4, "workers": 0, "precision": "fp32", "device": "cpu", "ema": 0.9, "lr": 5e-4}
    values |= {"held_out_people": 4, "sharp_ied": 35.0, "judged": 2, "judge_every": 2, "steps": 4}
    return make_config(values | more, work, work, run)


def test_networks_read_back_from_their_files_compute_what_the_files_compute():
    x = torch.rand(2, 3, 32, 32)
    for task, network in (("denoise", Denoiser()), ("superresolve", SuperResolver())):
        load_named(network, MODELS / f"{task}.onnx").eval()
        with torch.no_grad():
            made = network(x).numpy()
        assert np.abs(made - session(MODELS / f"{task}.onnx").run(None, {"input": x.numpy()})[0]).max() < 1e-5
    face = (torch.rand(2, 3, 112, 112) * 2 - 1).requires_grad_(True)
    made = OnnxNetwork(MODELS / "embed-enhanced.onnx")(face)
    stored = session(MODELS / "embed-enhanced.onnx").run(None, {"input": face.detach().numpy()})[0]
    assert np.abs(made.detach().numpy() - stored).max() < 1e-4
    made.sum().backward()
    assert face.grad is not None and face.grad.abs().sum() > 0
    with pytest.raises(ValueError, match="is not this network"):
        load_named(Denoiser(), MODELS / "superresolve.onnx")


def test_still_pairs_leave_out_what_moves(tmp_path: Path):
    rng = np.random.default_rng(0)
    scene = np.kron(rng.integers(60, 180, (12, 20, 3)), np.ones((16, 16, 1))).astype(np.float32)
    for k in range(7):
        picture = scene.copy()
        picture[20:120, 40 + 12 * k : 100 + 12 * k] = 220  # somebody walks along the top
        noisy = np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(tmp_path / f"{k:03}.png")
    pairs = still_pairs(tmp_path)
    assert pairs.shape[1:] == (2, SIDE, SIDE, 3)
    change = np.abs(pairs[:, 0].astype(float) - pairs[:, 1].astype(float))
    assert 4 < change.mean() < 12 and np.quantile(change, 0.999) < 60
    assert not is_still(np.stack([pairs[0, 0], np.roll(pairs[0, 0], 12, 1)]))
    first, second = look_at(pairs[0], 32, rng)
    assert first.shape == (32, 32, 3) and np.abs(first.astype(int) - second.astype(int)).mean() < 12
    for file in sorted(tmp_path.iterdir())[3:]:
        file.unlink()
    with pytest.raises(ValueError, match="still square"):
        still_pairs(tmp_path)


def test_training_lowers_the_loss_holds_identity_and_resumes_to_the_bit(drawn_work: Path):
    camera, still = camera_of(NOISY), np.random.default_rng(0).integers(90, 110, (5, 2, SIDE, SIDE, 3), np.uint8)
    whole = Adapting(config_of(drawn_work, "adapt-whole"), MODELS, camera, still)
    batch = AdaptBatches(drawn_work / "cache", profile_of(camera), still, (1.0, 0.0))(
        whole.rows[:4], np.random.default_rng(1)
    )
    values = whole.losses(batch)
    assert set(values) == {"calm", "identity", "still"}
    values["identity"].backward()
    assert sum(float(p.grad.abs().sum()) for p in whole.denoiser.parameters()) > 0
    assert all(p.grad is None for p in whole.enlarge.parameters())
    before = float(values["calm"])
    for _ in range(12):
        whole.step(batch)
    assert float(whole.losses(batch)["calm"]) < 0.95 * before

    straight = Adapting(config_of(drawn_work, "adapt-straight"), MODELS, camera).run().state_dict()
    cut = Adapting(config_of(drawn_work, "adapt-cut", checkpoint_minutes=0.0), MODELS, camera)
    step = cut.step

    def stopped(given):
        if cut.clock.step == 2:
            raise KeyboardInterrupt
        return step(given)

    cut.step = stopped
    with pytest.raises(KeyboardInterrupt):
        cut.run()
    resumed = Adapting(config_of(drawn_work, "adapt-cut"), MODELS, camera).run().state_dict()
    assert all(torch.equal(v, resumed[k]) for k, v in straight.items())


def row(psnr=(20.0, 21.5), rank1=(60.0, 60.0), tpir=(40.0, 40.0)) -> dict:
    pick = lambda k: {"psnr": psnr[k], "rank1": rank1[k], "tpir": tpir[k], "enhancedRank1": 50.0}  # noqa: E731
    return {"probes": 100, "recorded": {"psnr": 19.0}, "shipped": pick(0), "variant": pick(1)}


def found(**rows: dict) -> dict:
    return {"held-out": {"L1": rows.get("one", row()), "L2": row()}, "protocol": {"L2": rows.get("other", row())}} | {
        "generic": {"L2": rows.get("generic", row(psnr=(22.0, 21.0)))}
    }


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({}, None),
        ({"one": row(psnr=(20.0, 20.2), rank1=(60.0, 62.4))}, None),
        ({"one": row(psnr=(20.0, 20.2))}, "neither PSNR"),
        ({"other": row(rank1=(60.0, 59.4))}, "protocol L2: rank1 -0.60"),
        ({"other": row(rank1=(60.0, 59.5))}, None),
        ({"other": row(psnr=(20.0, 19.4))}, "protocol L2: psnr"),
        ({"one": row(tpir=(40.0, 37.0))}, "held-out: mean TPIR -1.50"),
        ({"generic": row(rank1=(60.0, 57.0))}, "generic L2: rank1 -3.00"),
    ],
)
def test_the_rule_of_acceptance(rows: dict, reason: str | None):
    verdict = judge.verdict(found(**rows))
    assert verdict["accepted"] == (reason is None), verdict
    assert reason is None or any(reason in each for each in verdict["reasons"]), verdict
    assert "60.0 → " in judge.table(found(**rows))


def test_psnr_counts_neither_brightness_nor_contrast():
    rng = np.random.default_rng(0)
    clean = rng.random((3, 16, 16))
    noisy = clean + rng.normal(0, 0.1, clean.shape)
    assert judge.psnr(0.4 * noisy + 0.3, clean) == pytest.approx(judge.psnr(noisy, clean))
    assert judge.psnr(clean, clean) > 60 > judge.psnr(noisy, clean)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of models: the shipped ones, a manifest of its own."""
    models = tmp_path / "models"
    (models / "cards").mkdir(parents=True)
    for file in MODELS.glob("*.onnx"):
        (models / file.name).symlink_to(file)
    (models / "manifest.json").write_text((MODELS / "manifest.json").read_text())
    return models


def test_an_accepted_variant_is_installed_whole_and_an_exchanged_one_is_not(folder: Path, tmp_path: Path):
    out, name = tmp_path / "adapted", variant.checked_name("gate")
    network = load_named(Denoiser(), MODELS / "denoise.onnx")
    with torch.no_grad():
        network.leave.bias.add_(0.05)
    digest = variant.lineage.sha256_of(MODELS / "denoise.onnx")
    facts = {"madeWith": {"denoise.onnx": digest}, "profileSha256": "0"}
    entry, file = variant.write_variant(network, folder, name, out, facts)
    with pytest.raises(ValueError, match="no accepted variant"):
        variant.install(out, folder)
    variant.accept(entry, out, judge.table(found()), judge.verdict(found()))
    variant.install(out, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    kept = {m["name"]: m for m in manifest["models"]}
    assert kept[name]["variantOf"] == "nightglass-denoise" and "nightglass-denoise" in kept
    assert kept[name]["input"] == kept["nightglass-denoise"]["input"]
    assert "held-out L1" in (folder / kept[name]["card"]).read_text()
    x = np.full((1, 3, 32, 32), 0.4, np.float32)
    made, usual = (session(f).run(None, {"input": x})[0] for f in (folder / f"{name}.onnx", folder / "denoise.onnx"))
    assert (made - usual).mean() == pytest.approx(0.05, abs=0.01)

    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(ValueError, match="differs from the hash"):
        variant.install(out, folder)
    (folder / "denoise.onnx").unlink()
    (folder / "denoise.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match=r"made with another denoise\.onnx"):
        variant.install(out, folder)
    with pytest.raises(ValueError, match="no name"):
        variant.checked_name("../x")


def test_a_variant_that_is_no_better_is_refused_with_the_table_and_leaves_nothing(
    drawn_work: Path, folder: Path, tmp_path: Path
):
    profile = tmp_path / "gate.json"
    profile.write_text(json.dumps(saved({"read": 0.01})))
    command = [sys.executable, "-m", "training.adapt", "--profile", str(profile), "--models", str(folder)]
    command += ["--data", str(tmp_path), "--work", str(drawn_work), "--people", "6", "--probes", "20", "--cores", "1"]
    command += ["--steps", "1", "--set", "batch=4", "--set", "workers=0", "--install"]
    # A warm-up step moves nothing: the variant is the shipped denoiser.
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=MODELS.parent, env=dict(os.environ), timeout=300, check=False
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "REFUSED: neither PSNR" in done.stdout and "| held-out L4 |" in done.stdout
    assert not list((drawn_work / "adapted" / "denoise-gate").glob("*.*"))
    assert "denoise-gate" not in (folder / "manifest.json").read_text()
    verdict = json.loads((drawn_work / "runs" / "adapt-denoise-gate" / "verdict.json").read_text())
    assert verdict["verdict"]["accepted"] is False

    profile.write_text(json.dumps(saved({"read": 0.02})))
    again = subprocess.run(command, capture_output=True, text=True, cwd=MODELS.parent, timeout=300, check=False)
    assert again.returncode == 1 and "begun with another profile" in again.stderr
