"""Tunes the shipped denoiser to one camera, and accepts it only where it is better on people held out.

    python -m training.adapt --profile FILE [--name NAME] [--empty DIR|FILE] [--camera ID] [--install]

FILE is what `nightglass cameras profile --json` wrote; `--empty` names the camera's own pictures of a still scene, a
video or a folder of pictures. Three fifths of `--minutes` are for training, the rest for judging. Stopped, it goes on
where it was. Accepted: PSNR rises by 1 dB or rank-1 by a point, and nothing falls by more than half a point; else the
table is printed, nothing is kept, and the exit code is 3. `--install` copies an accepted variant into the folder of
models, with its manifest entry and card; without it that is a command of its own:

    python -m training.adapt --install-from FOLDER [--models models]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from training import lineage
from training.adapt import judge, variant
from training.adapt.judging import compare_in_processes
from training.adapt.still import still_pairs
from training.adapt.tune import Adapting
from training.data.faces import build_cache
from training.degrade.measured import MeasuredCamera, read_camera
from training.degrade.profiles import profile_of
from training.evaluation.calibration import HELD_OUT
from training.stages import common

#: Exit code of a variant that was refused.
REFUSED = 3
#: Share of the minutes that training gets, and what may be asked for.
TRAINING_SHARE = 0.6
MINUTES = (0.05, 240.0)
PROBES = (20, 5000)
#: What a variant is made with: another of these makes it one that nobody has judged.
MADE_WITH = ("denoise.onnx", "superresolve.onnx", "embed.onnx", "embed-enhanced.onnx", "fuse.onnx", "quality.onnx")
SETTINGS = {"batch": 16, "lr": 5e-4, "weight_decay": 0.0, "precision": "fp32", "ema": 0.995, "checkpoint_minutes": 1.0}


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--profile", type=Path)
    p.add_argument("--name", help="of the variant, denoise-NAME; default that of the profile's file")
    p.add_argument("--empty", type=Path)
    p.add_argument("--minutes", type=float, default=20.0)
    p.add_argument("--steps", type=int, help="of training, in place of its share of the minutes")
    p.add_argument("--cores", type=int, default=2)
    p.add_argument("--probes", type=int, default=600, help="faces a level and set of people, at most")
    p.add_argument("--models", type=Path, default=Path("models"))
    p.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    p.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    p.add_argument("--people", type=int, default=HELD_OUT, help="held out; those of the recogniser's training")
    p.add_argument("--sharp", type=float, default=35.0, help="pixels between the eyes of faces that count as clean")
    p.add_argument("--camera", help="id of the camera, for the line of the configuration")
    p.add_argument("--install", action="store_true")
    p.add_argument("--install-from", type=Path, metavar="FOLDER")
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of training")
    return p


def main() -> int:
    a = parser().parse_args()
    try:
        if a.install_from is not None:
            return installed(a.install_from, a.models, a.camera)
        if a.profile is None:
            raise ValueError("name a profile with --profile FILE")
        for what, (low, high) in (("minutes", MINUTES), ("probes", PROBES)):
            if not low <= getattr(a, what) <= high:
                raise ValueError(f"--{what} is not within {low:g} to {high:g}")
        return adapt(a)
    except (ValueError, OSError) as error:
        print(f"Cannot adapt: {error}", file=sys.stderr)
        return 1


def adapt(a: argparse.Namespace) -> int:
    """Trains, judges, and keeps the variant or not; returns the exit code."""
    began = time.monotonic()
    name, camera = variant.checked_name(a.name or a.profile.stem), read_camera(a.profile)
    config = config_of(a, name)
    out = a.work / "adapted" / name
    variant.discard(out, name)
    build_cache(a.data, config.cache)
    same_profile(config.run, a.profile)
    still = None if a.empty is None else still_pairs(a.empty)
    training = Adapting(config, a.models, camera, still)
    lineage.note_input(config.run, "profile", a.profile)
    denoiser = training.run()
    trained = time.monotonic() - began
    entry, file = variant.write_variant(denoiser, a.models, name, out, facts_of(training, a, still is not None))
    try:
        found = judged(a, config, camera, file)
        verdict = judge.verdict(found)
        figures = judge.table(found)
        report = {"name": name, "seconds": {"training": round(trained), "all": round(time.monotonic() - began)}}
        report |= {"verdict": verdict, "figures": found}
        (config.run / "verdict.json").write_text(json.dumps(report, indent=1) + "\n")
        print(
            f"{figures}\n\nGains on held-out people: {json.dumps(verdict['gains'])}; {json.dumps(report['seconds'])} s"
        )
        if not verdict["accepted"]:
            variant.discard(out, name)
            print("REFUSED: " + "; ".join(verdict["reasons"]))
            return REFUSED
    except BaseException:
        variant.discard(out, name)
        raise
    variant.accept(entry, out, figures, verdict)
    print(f"ACCEPTED: {out}")
    if a.install:
        return installed(out, a.models, a.camera)
    print(f"Install it: python -m training.adapt --install-from {out} --models {a.models}")
    return 0


def config_of(a: argparse.Namespace, name: str) -> common.Config:
    import yaml

    values: dict[str, Any] = dict(SETTINGS) | {"held_out_people": a.people, "sharp_ied": a.sharp}
    values |= {k: yaml.safe_load(v) for k, v in (item.split("=", 1) for item in a.set)}
    values |= {"threads": max(1, a.cores), "run": f"adapt-{name}"}
    budget = {"steps": a.steps} if a.steps is not None else {"minutes": a.minutes * TRAINING_SHARE}
    return common.make_config(values | budget, a.data, a.work, name)


def same_profile(run: Path, profile: Path) -> None:
    """Raises ValueError where the run was begun with another profile."""
    known = lineage.read(run)["inputs"].get("profile")
    if known is not None and known["sha256"] != lineage.sha256_of(profile):
        raise ValueError(f"{run} was begun with another profile: remove it, or give another --name")


def facts_of(training: Adapting, a: argparse.Namespace, still: bool) -> dict[str, Any]:
    """The variant's lineage, as its manifest entry and card hold it."""
    session = lineage.read(training.config.run)["sessions"][-1]
    return {
        "madeWith": {file: lineage.sha256_of(a.models / file) for file in MADE_WITH},
        "profileSha256": lineage.sha256_of(a.profile),
        "ownPictures": still,
        "steps": training.clock.step,
        "faces": training.clock.step * training.config.batch,
        "seconds": round(training.clock.seconds),
        "settings": session["settings"],
        "commit": session["commit"],
        "packages": session["packages"],
        "started": session["started"],
    }


def judged(a: argparse.Namespace, config: common.Config, camera: MeasuredCamera, file: Path) -> dict[str, Any]:
    sets = {"held-out": judge.held_out_people(config.cache, a.people, a.probes, a.sharp)}
    protocol = a.data / "faces" / "eval"
    if (protocol / "protocol.json").exists():
        sets["protocol"] = judge.protocol_people(protocol, a.probes)
    else:
        print(f"{protocol} has no protocol: judged on held-out people alone", flush=True)
    return compare_in_processes(a.models, file, profile_of(camera), sets, a.cores)


def installed(folder: Path, models: Path, camera: str | None) -> int:
    entry = variant.install(folder, models)
    print(f"{entry['name']} is in {models}. For the camera, in the configuration; in use from the next start on:")
    print(f"cameras:\n  - id: {camera or 'ID'}\n    models: {{ denoise: {entry['name']} }}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
