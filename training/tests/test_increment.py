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
from training.evaluation.chain import OnnxChain, unit
from training.export.manifest import read_manifest
from training.export.onnx_files import run
from training.increment import bounds, guard, sets, site, version
from training.increment.__main__ import contradictions, main
from training.increment.bounds import IncrementError
from training.increment.expert import Adapter, CutExpert, entering
from training.increment.features import Adapters, Extractor, Features
from training.increment.forget import forget
from training.increment.gate import gate_of
from training.increment.samples import read_site
from training.increment.stop import Stop
from training.increment.tune import Increment, Known, gates_of, material_of
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


def test_many_small_steps_down_are_a_fall():
    def rows(before: float, after: float) -> dict:
        row = {"before": before, "after": after, "change": after - before, "interval": [-1, 1]}
        site = {"rank1": figure(2.0, 0.1), "tpir": figure(0, -1)}
        return {"protocol L1": {"rank1": row, "tpir": figure(0, -1)}, guard.SITE: site}

    def record(before: float, after: float) -> dict:
        return {"parent": {"version": "0.2.0"}, "guard": {"figures": rows(before, after)}}

    past = [record(50.0, 49.7), record(49.7, 49.6)]
    assert guard.verdict(rows(49.6, 49.5), past)["accepted"]
    fallen = guard.verdict(rows(49.6, 49.4), past)
    assert fallen["reasons"] == ["protocol L1: rank1 -0.60 points since 0.2.0"]
    assert guard.verdict(rows(49.6, 49.4))["accepted"]
    # Another protocol than that of the records: nothing can be said of it.
    assert guard.verdict(rows(60.0, 59.8), past)["accepted"]


def drawn_adapter(cut: CutExpert, bias: float, seed: int = 4) -> Adapter:
    rng = np.random.default_rng(seed)
    layer = 0.02 * rng.standard_normal(cut.weights.shape)
    return Adapter(0.01 * rng.standard_normal(len(layer)).astype(np.float32), bias, layer.astype(np.float32)).rounded()


def test_an_expert_cut_before_its_last_layer_computes_what_it_computed(tmp_path: Path):
    crop = np.random.default_rng(2).integers(0, 256, (112, 112, 3)).astype(np.uint8)
    x = np.ascontiguousarray(((crop.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None])
    cut = CutExpert(MODELS / "embed.onnx")
    given = entering(cut.trunk(), crop)
    stored = run(MODELS / "embed.onnx", {"input": x})[0][0]
    assert np.abs(given @ cut.weights - stored).max() < 1e-4 and cut.adapter.empty
    half_open = drawn_adapter(cut, 0.5)
    wanted = given @ cut.weights + half_open.added(given[None])[0]
    for file, tolerance in (("embed.onnx", 1e-4), ("embed.fp16.onnx", 3e-2)):
        CutExpert(MODELS / file).write(half_open, tmp_path / file)
        made = run(tmp_path / file, {"input": x})[0][0]
        assert np.abs(made - wanted).max() < tolerance < np.abs(made - stored).max()
        again = CutExpert(tmp_path / file)
        assert again.digest() == CutExpert(MODELS / file).digest()
        assert np.array_equal(again.weights, cut.weights) and np.array_equal(again.adapter.layer, half_open.layer)
        # A second increment takes the place of the first.
        again.write(drawn_adapter(cut, 0.5, seed=5), tmp_path / f"second-{file}")
        CutExpert(MODELS / file).write(drawn_adapter(cut, 0.5, seed=5), tmp_path / f"direct-{file}")
        assert sha256_of(tmp_path / f"second-{file}") == sha256_of(tmp_path / f"direct-{file}")
    cut.write(drawn_adapter(cut, -9.0), tmp_path / "shut.onnx")
    assert np.array_equal(run(tmp_path / "shut.onnx", {"input": x})[0][0], stored), "to the bit where the gate is shut"
    with pytest.raises(IncrementError, match="MODEL_NOT_KNOWN"):
        CutExpert(MODELS / "fuse.onnx")


def test_the_gate_is_shut_for_old_faces_and_open_for_the_sites():
    rng = np.random.default_rng(7)
    old, site_ = rng.standard_normal((400, 24)), rng.standard_normal((80, 24)) + 0.8
    gate, bias = gate_of(old, site_)
    opened = Adapter(gate, bias, np.zeros((24, 2), np.float32)).opened
    assert (opened(old) > 0).mean() <= 0.101 and (opened(site_) > 0).mean() > 0.9
    for few in (gate_of(old, site_[:5]), gate_of(old, old[:0])):
        assert not few[0].any() and few[1] == 0


def drawn_features(count: int, rng: np.random.Generator, about: np.ndarray | None = None, noise: float = 1.0):
    def part():
        rows = noise * rng.standard_normal((count, 24)).astype(np.float32)
        return rows if about is None else (rows + about).astype(np.float32)

    return Features(part(), part(), np.ones(count, bool), np.ones(count, np.float32), np.zeros((count, 3), np.float32))


class DrawnChain:
    """The fused embedding of numbers that stand for features, with a gate of one half."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.base = [rng.standard_normal((24, 16)).astype(np.float32) for _ in range(2)]
        self.parent = Adapters(Adapter.none(24, 16), Adapter.none(24, 16))

    def fused(self, features: Features, adapters: Adapters) -> tuple[np.ndarray, np.ndarray]:
        parts = ((features.raw, self.base[0], adapters.raw), (features.enhanced, self.base[1], adapters.enhanced))
        fused = sum(unit(x @ base + adapter.added(x)) for x, base, adapter in parts)
        return unit(fused), np.full(len(features), 0.5, np.float32)


def drawn_increment(work: Path, name: str, **more) -> Increment:
    """A small increment on numbers that stand for features: five people, whose pictures are moved alike."""
    rng = np.random.default_rng(6)
    chain = DrawnChain(rng)
    people, own = rng.standard_normal((5, 24)), np.repeat(np.arange(5), 8)
    shift = 1.5 * rng.standard_normal(24)
    portraits = drawn_features(5, rng, people, 0.1)
    recorded = drawn_features(40, rng, people[own] + shift, 0.5)
    clean = drawn_features(60, rng)
    poor, level = (drawn_features(60, rng, clean.raw, 0.5) for _ in range(2))
    old = sets.Replayed(clean, poor, level, np.arange(60), "drawn")
    values = {"batch": 32, "steps": 60, "lr": 1e-2, "precision": "fp32", "ema": 0.9, "device": "cpu", "site_batch": 16}
    config = make_config(values | more, work, work, name)
    [gates] = gates_of(chain, portraits, recorded, old)
    return Increment(config, material_of(chain, gates, portraits, recorded, own, old))


def test_strangers_are_held_while_the_sites_people_are_learnt(tmp_path: Path):
    def site_loss(run_: Increment) -> float:
        with torch.no_grad():
            m = run_.material
            return float(run_.people(run_.layers(m.recorded), run_.layers(m.portraits), m.own))

    def nearest(run_: Increment, trained: bool) -> float:
        """Mean best cosine of old faces to the site's people, were the gates open to them."""
        with torch.no_grad():
            layers, m = run_.layers if trained else run_.start, run_.material
            return float((layers(m.open[0]) @ layers(m.portraits).T).max(1).values.mean())

    held, free = drawn_increment(tmp_path, "held", strangers=300.0), drawn_increment(tmp_path, "free", strangers=0.0)
    before, near = site_loss(held), nearest(held, False)
    for each in (held, free):
        each.run(Stop())
    assert site_loss(held) < 0.9 * before
    assert nearest(held, True) - near < 0.5 * (nearest(free, True) - near)


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
    for one, other in ((resumed.raw, whole.raw), (resumed.enhanced, whole.enhanced)):
        assert np.array_equal(one.layer, other.layer) and one.layer.any()


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
    fused, gate = first.fused(found, first.parent)
    for k in (0, 19):
        wanted = chain(samples[k].picture(), samples[k].landmarks)
        assert np.abs(fused[k] - wanted.fused).max() < 1e-4 and abs(gate[k] - wanted.gate) < 1e-4
    known = Known.of(found, first, None).rows(torch.tensor([3]))
    assert known.raw_opened.shape == (1, found.raw.shape[1]) and abs(float(known.gate[0]) - gate[3]) < 1e-6


def test_a_poisoned_increment_is_refused(
    exports: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    work = tmp_path / "work"
    extractor = Extractor(MODELS, work / "increment-features", 1, Stop())
    found = read_site(exports[1])
    # The same pictures under right names; the command finds their features.
    wrong = contradictions(extractor, found, *sets.site_faces(extractor, found))
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
    assert not list((work / "increment-features").glob("site-*")), "nothing of the site's people stays"
    monkeypatch.setattr(sys, "argv", ["increment", "--samples", str(tmp_path)])
    assert main() == 1 and "SAMPLES_INVALID" in capsys.readouterr().err


def test_an_accepted_increment_is_a_whole_folder_of_models(tmp_path: Path):
    parent = version.parent_of(MODELS)
    cut = [CutExpert(MODELS / f"{task}.onnx") for task in version.TASKS]
    adapters = Adapters(*(drawn_adapter(c, 0.3) for c in cut))
    counts = {"training": 40, "trainingPeople": 6, "heldOut": 20}
    record = {"version": version.next_version(parent["version"], "0123456789"), "parent": parent, "samples": counts}
    record |= {"replay": {"people": 80, "source": "research"}, "started": "today"}
    out = version.write_version(MODELS, tmp_path / "made", adapters, record, "| table |", None, 0)
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
        assert not CutExpert(out / f"{task}.onnx").adapter.empty
        assert "| table |" in (out / manifest[task]["card"]).read_text()
    assert json.loads((out / "lineage.json").read_text())["parent"]["version"] == "0.2.0"
    assert [r["version"] for r in version.increments_of(out)] == [record["version"]]
    assert {p.name for p in out.parent.iterdir()} == {"made"}
    assert version.next_version("0.2.0+site.1.01234567", "ab" * 8) == "0.2.0+site.2.abababab"
    with pytest.raises(IncrementError, match="OUT_EXISTS"):
        version.write_version(MODELS, out, adapters, record, "", None, 0)


def test_forgotten_people_are_in_no_file_byte_by_byte(exports: list[Path], tmp_path: Path):
    work, export = tmp_path / "work", edited(exports[1], tmp_path / "export", lambda saved: None)
    sample = read_site(export).training[0]
    extractor = Extractor(MODELS, work / "increment-features", 1, Stop())
    features = extractor.of("site some", [lambda: (sample.picture(), sample.landmarks)])
    (work / "runs" / "increment-1").mkdir(parents=True)
    (work / "runs" / "increment-1" / "verdict.json").write_text("{}")
    (work / "runs" / "increment-1" / "checkpoint.pt").write_bytes(features.raw.tobytes())
    wanted = [sample.path.read_bytes()[-400:], features.raw[0].tobytes()[:400], features.enhanced[0].tobytes()[:400]]

    def found() -> list[int]:
        held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        return [sum(data.count(piece) for data in held) for piece in wanted]

    assert found() == [1, 2, 1], "the search finds what is there"
    with pytest.raises(ValueError, match="no export"):
        forget(work, [work])
    removed = forget(work, [export, tmp_path / "gone already"])
    assert len(removed) == 3 and found() == [0, 0, 0]
    assert (work / "runs" / "increment-1" / "verdict.json").exists()
