"""Increments: what they take, what they learn, when they are accepted, and what is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from training.degrade.profiles import NIGHT_IR
from training.evaluation.chain import OnnxChain
from training.export.manifest import read_manifest
from training.export.onnx_files import run
from training.increment import bounds, guard, sets, site, version
from training.increment.__main__ import contradictions
from training.increment.bounds import IncrementError
from training.increment.expert import CutExpert, entering, rounded
from training.increment.features import Extractor, Features, Layers
from training.increment.samples import read_site
from training.increment.stop import Stop
from training.increment.tune import Increment, Known, material_of
from training.lineage import sha256_of
from training.stages.common import make_config

MODELS = Path(__file__).parents[2] / "models"
PLAN = site.Plan(people=6, increments=2, days=3, frames=2)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two increments of a virtual site of the generator's people, and a poisoned one."""
    out = tmp_path_factory.mktemp("site")
    return site.write_site(site.drawn_people(MODELS, PLAN), NIGHT_IR, PLAN, out)


def edited(folder: Path, out: Path, change) -> Path:
    """A copy of an export whose manifest `change` has altered."""
    out.mkdir()
    for file in folder.iterdir():
        (out / file.name).write_bytes(file.read_bytes())
    saved = json.loads((out / "manifest.json").read_text())
    change(saved)
    (out / "manifest.json").write_text(json.dumps(saved))
    return out


def code_of(folder: Path) -> str:
    with pytest.raises(IncrementError) as found:
        read_site(folder)
    return found.value.code


def test_the_split_never_parts_a_persons_day_and_is_the_same_in_every_export(exports: list[Path], tmp_path: Path):
    found = read_site(exports[1])
    days = [{(s.person, s.day) for s in part} for part in (found.training, found.held_out)]
    assert days[0] and days[1] and not days[0] & days[1]
    assert not {s.sha256 for s in found.training} & {s.sha256 for s in found.held_out}

    def renamed(saved):
        for entry in saved["samples"]:
            entry["person"] = f"drawn-anew-{entry['person'][-1]}"
        saved["samples"].reverse()

    again = read_site(edited(exports[1], tmp_path / "renamed", renamed))
    assert {s.sha256 for s in again.held_out} == {s.sha256 for s in found.held_out}
    earlier = {e["sha256"] for e in json.loads((exports[0] / "manifest.json").read_text())["samples"]}
    later = {s.sha256 for s in found.held_out} & earlier
    training = {s.sha256 for s in found.training}
    assert later and not later & training


def test_exports_that_are_too_small_or_hold_something_else_are_refused(exports: list[Path], tmp_path: Path):
    recorded = lambda e: e["role"] == "recorded"  # noqa: E731

    def few_people(saved):
        gone = {f"person-{k}" for k in range(PLAN.people - bounds.LEAST_PEOPLE + 1)}
        saved["samples"] = [e for e in saved["samples"] if e["person"] not in gone]

    def few_pictures(saved):
        kept = [e for e in saved["samples"] if recorded(e)][: bounds.LEAST_PICTURES - 1]
        saved["samples"] = [e for e in saved["samples"] if not recorded(e)] + kept

    def no_portrait(saved):
        saved["samples"] = saved["samples"][1:]

    def outside(saved):
        saved["samples"][0]["file"] = "../manifest.json"

    def doubled(saved):
        saved["samples"].append(saved["samples"][-1])

    def elsewhere(saved):
        saved["samples"][0]["landmarks"] = [0.0] * 10

    def another(saved):
        saved["format"] = "something/1"

    for name, change, code in (
        ("people", few_people, "SAMPLES_TOO_FEW"),
        ("pictures", few_pictures, "SAMPLES_TOO_FEW"),
        ("portrait", no_portrait, "SAMPLES_INVALID"),
        ("outside", outside, "SAMPLES_INVALID"),
        ("doubled", doubled, "SAMPLES_INVALID"),
        ("elsewhere", elsewhere, "SAMPLES_INVALID"),
        ("another", another, "SAMPLES_INVALID"),
    ):
        assert code_of(edited(exports[1], tmp_path / name, change)) == code, name
    assert code_of(tmp_path) == "SAMPLES_INVALID"
    changed = edited(exports[1], tmp_path / "changed", lambda saved: None)
    file = changed / json.loads((changed / "manifest.json").read_text())["samples"][3]["file"]
    file.write_bytes(b"no picture")
    assert code_of(changed) == "SAMPLES_CHANGED"

    def rehashed(saved):
        saved["samples"][3]["sha256"] = sha256_of(file)

    assert code_of(edited(changed, tmp_path / "none", rehashed)) == "SAMPLES_NOT_PICTURES"


def figure(change: float, low: float) -> dict:
    return {"before": 50.0, "after": 50.0 + change, "change": change, "interval": [low, low + 5]}


def test_the_guard_decides_at_its_borders():
    def judged(*pairs: tuple[float, float]) -> dict:
        rows = {"protocol L1": {"rank1": figure(0, -1), "tpir": figure(0, -1)}}
        rows["site"] = dict(zip(("rank1", "tpir"), (figure(*p) for p in pairs)))
        return guard.verdict(rows)

    assert judged((2.0, 0.1), (-0.5, -3))["accepted"]
    assert not judged((2.0, 0.1), (-0.501, -3))["accepted"]
    unclear = judged((2.0, 0.0), (1.0, -1))
    assert not unclear["accepted"] and unclear["reasons"] == ["no figure rises by more than its interval"]
    assert judged((0.2, 0.01), (0, 0))["better"] == ["site: rank1 +0.20 points"]


def test_differences_have_intervals_over_people():
    ids = np.repeat(np.arange(20), 5)
    rng = np.random.default_rng(3)
    impostor = rng.uniform(0.2, 0.4, 100)
    before = guard.Outcome(np.where(ids < 10, 0.6, 0.1), impostor)
    better = guard.Outcome(np.where(ids < 15, 0.6, 0.1), impostor)
    found = guard.compared(before, better, ids)
    assert found["rank1"]["before"] == 50 and found["rank1"]["after"] == 75
    low, high = found["rank1"]["interval"]
    assert 0 < low < 25 < high
    assert guard.compared(before, before, ids)["tpir"]["interval"] == [0, 0]
    assert "| 20 | 100 | 50.0 → 75.0 | +25.0 (" in guard.table({"site": found})
    # One person alone who gains is no gain beyond the interval.
    alone = guard.Outcome(np.where(ids < 11, 0.6, 0.1), impostor)
    assert guard.compared(before, alone, ids)["rank1"]["interval"][0] == 0


def test_an_expert_cut_before_its_last_layer_computes_what_it_computed(tmp_path: Path):
    crop = np.random.default_rng(2).integers(0, 256, (112, 112, 3)).astype(np.uint8)
    x = np.ascontiguousarray(((crop.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None])
    cut = CutExpert(MODELS / "embed.onnx")
    given = entering(cut.trunk(), crop)
    stored = run(MODELS / "embed.onnx", {"input": x})[0][0]
    assert np.abs(given @ cut.weights - stored).max() < 1e-4
    other = rounded(cut.weights + 0.01 * np.random.default_rng(4).standard_normal(cut.weights.shape))
    for file, tolerance in (("embed.onnx", 1e-4), ("embed.fp16.onnx", 3e-2)):
        CutExpert(MODELS / file).write(other, tmp_path / file)
        made = run(tmp_path / file, {"input": x})[0][0]
        assert np.abs(made - given @ other).max() < tolerance < np.abs(made - stored).max()
        assert CutExpert(tmp_path / file).digest() == CutExpert(MODELS / file).digest()
    with pytest.raises(IncrementError, match="MODEL_NOT_KNOWN"):
        CutExpert(MODELS / "fuse.onnx")


def drawn_features(count: int, rng: np.random.Generator, about: np.ndarray | None = None, noise: float = 1.0):
    def part():
        rows = noise * rng.standard_normal((count, 24)).astype(np.float32)
        return rows if about is None else (rows + about).astype(np.float32)

    return Features(part(), part(), np.ones(count, bool), np.ones(count, np.float32), np.zeros((count, 3), np.float32))


def drawn_increment(work: Path, name: str, **more) -> Increment:
    """A small increment on numbers that stand for features: five people, whose pictures are moved alike."""
    rng = np.random.default_rng(6)
    layers = Layers(*(rng.standard_normal((24, 16)).astype(np.float32) for _ in range(2)))
    people, own = rng.standard_normal((5, 24)), np.repeat(np.arange(5), 8)
    shift = 1.5 * rng.standard_normal(24)
    portraits = drawn_features(5, rng, people, 0.1)
    recorded = drawn_features(40, rng, people[own] + shift, 0.5)
    clean = drawn_features(60, rng)
    old = sets.Pairs(clean, drawn_features(60, rng, clean.raw, 0.5), np.arange(60), "drawn")
    gates = [np.full(n, 0.5, np.float32) for n in (5, 40, 60, 60)]
    values = {"batch": 32, "steps": 60, "lr": 1e-2, "precision": "fp32", "ema": 0.9, "device": "cpu", "site_batch": 16}
    config = make_config(values | more, work, work, name)
    return Increment(config, layers, material_of(portraits, recorded, own, old, gates))


def moved(run_: Increment) -> float:
    """Mean cosine distance by which old faces stand off where the parent put them."""
    with torch.no_grad():
        return float((1 - (run_.layers(run_.material.clean) * run_.kept[0]).sum(1)).mean())


def test_the_anchor_holds_old_faces_while_the_sites_are_learnt(tmp_path: Path):
    def site_loss(run_: Increment) -> float:
        with torch.no_grad():
            m = run_.material
            return float(run_.people(run_.layers(m.recorded), run_.layers(m.portraits), m.own))

    held, free = (
        drawn_increment(tmp_path, "held", anchor=300.0),
        drawn_increment(tmp_path, "free", anchor=0.0, weights=0.0),
    )
    before = site_loss(held)
    for each in (held, free):
        each.run(Stop())
    assert site_loss(held) < 0.9 * before
    assert moved(held) < 0.3 * moved(free)


def test_a_stopped_increment_goes_on_to_the_bit(tmp_path: Path):
    whole = drawn_increment(tmp_path, "whole").run(Stop())
    part, stop = drawn_increment(tmp_path, "part"), Stop()
    step = part.step

    def interrupted():
        if part.clock.step == 22:
            stop._ask(15, None)
        return step()

    part.step = interrupted
    with pytest.raises(SystemExit) as left:
        part.run(stop)
    assert left.value.code == 143
    again = drawn_increment(tmp_path, "part")
    resumed = again.run(Stop())
    assert np.array_equal(resumed.raw, whole.raw) and np.array_equal(resumed.enhanced, whole.enhanced)


def test_features_are_kept_and_go_on_after_a_stop(exports: list[Path], tmp_path: Path):
    samples = read_site(exports[1]).training[:20]
    faces, seen, stop = [lambda s=s: (s.picture(), s.landmarks) for s in samples], [], Stop()

    def counted(face, last: bool):
        seen.append(1)
        stop.asked = last
        return face()

    first = Extractor(MODELS, tmp_path, 1, stop)
    with pytest.raises(SystemExit):
        first.of("some", [lambda f=f, k=k: counted(f, k == 15) for k, f in enumerate(faces)])
    assert len(seen) == 16
    stop.asked = False
    found = first.of("some", [lambda f=f: counted(f, False) for f in faces])
    assert len(seen) == 20 and found.small.all()
    whole = Extractor(MODELS, tmp_path / "other", 2, Stop()).of("some", faces)
    assert np.array_equal(found.raw, whole.raw) and np.array_equal(found.enhanced, whole.enhanced)
    chain = OnnxChain(MODELS)
    fused, gate = first.fused(found, first.layers)
    for k in (0, 19):
        wanted = chain(samples[k].picture(), samples[k].landmarks)
        assert np.abs(fused[k] - wanted.fused).max() < 1e-4 and abs(gate[k] - wanted.gate) < 1e-4
    assert Known.of(found, gate).rows(torch.tensor([3])).raw.shape == (1, found.raw.shape[1])


def test_a_poisoned_increment_is_refused(exports: list[Path], tmp_path: Path):
    work = tmp_path / "work"
    extractor = Extractor(MODELS, work / "increment-features", 1, Stop())
    found = read_site(exports[1])
    parts = [sets.site_faces(extractor, part) for part in (found.portraits, found.training, found.held_out)]
    wrong = contradictions(extractor, found, *parts)
    assert len(wrong) <= bounds.MOST_CONTRADICTED * found.counts["days"]
    command = [sys.executable, "-m", "training.increment", "--samples", str(exports[-1]), "--models", str(MODELS)]
    command += ["--data", str(tmp_path / "none"), "--work", str(work), "--cores", "1", "--minutes", "1"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=MODELS.parent, env=dict(os.environ), timeout=900, check=False
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "REFUSED: LABELS_CONTRADICTED" in done.stdout
    assert not (work / "increments").exists()
    [kept] = (work / "runs").glob("increment-*/verdict.json")
    assert json.loads(kept.read_text())["verdict"]["accepted"] is False
    few = subprocess.run(
        [*command[:4], str(tmp_path), *command[5:]], capture_output=True, text=True, cwd=MODELS.parent, check=False
    )
    assert few.returncode == 1 and "SAMPLES_INVALID" in few.stderr


def test_an_accepted_increment_is_a_whole_folder_of_models(tmp_path: Path):
    parent = version.parent_of(MODELS)
    cut = [CutExpert(MODELS / f"{task}.onnx") for task in version.TASKS]
    rng = np.random.default_rng(8)
    layers = Layers(*(rounded(c.weights + 0.002 * rng.standard_normal(c.weights.shape)) for c in cut))
    counts = {"training": 40, "trainingPeople": 6, "heldOut": 20}
    record = {"version": version.next_version(parent["version"], "0123456789"), "parent": parent, "samples": counts}
    record |= {"replay": {"people": 80, "source": "research"}, "started": "today"}
    out = version.write_version(MODELS, tmp_path / "made", layers, record, "| table |", None, 0)
    manifest = {e["task"]: e for e in read_manifest(out)["models"]}
    assert manifest["embed"]["version"] == "0.2.0+site.1.01234567" == manifest["fuse"]["version"]
    assert manifest["denoise"]["version"] == "0.2.0"
    for entry in manifest.values():
        assert all(sha256_of(out / v["file"]) == v["sha256"] for v in entry["variants"])
        assert (out / entry["card"]).exists()
    for task in version.TASKS:
        assert {v["precision"] for v in manifest[task]["variants"]} == {"fp32", "fp16"}
        assert manifest[task]["variants"][0]["sha256"] != parent["files"][f"{task}.onnx"]
        assert manifest[task]["training"]["increments"][0]["parent"] == parent
        assert "| table |" in (out / manifest[task]["card"]).read_text()
    assert json.loads((out / "lineage.json").read_text())["parent"]["version"] == "0.2.0"
    assert {p.name for p in out.parent.iterdir()} == {"made"}
    assert version.next_version("0.2.0+site.1.01234567", "ab" * 8) == "0.2.0+site.2.abababab"
    with pytest.raises(IncrementError, match="OUT_EXISTS"):
        version.write_version(MODELS, out, layers, record, "", None, 0)
