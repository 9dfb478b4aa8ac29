"""A virtual site: exports as `nightglass learning export` writes them, of people whom no training has seen.

    python -m training.increment.site --out DIR [--profile FILE] [--people 20] [--increments 3]

Writes `DIR/increment-1` and so on, each with all days up to its own, and `DIR/poisoned`: the last one with every
person's recorded pictures under another's name. Faces are those held out of the recogniser's training, degraded with
one camera: `--profile` of `nightglass cameras profile --json`, else the night profile. Without research faces
(`--drawn`) they are people of the shipped generator.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.align import TEMPLATE, inter_eye_distance
from training.data.faces import RIM, build_cache, load_faces, split_identities
from training.degrade.measured import read_camera
from training.degrade.pipeline import degrade
from training.degrade.profiles import NIGHT_IR, Profile, profile_of
from training.evaluation.calibration import HELD_OUT
from training.generator.check import pictures
from training.increment.samples import FORMAT

#: Pixels between the eyes of recorded faces, log-uniform; and in the source of clear pictures.
IED, SHARP = (9.0, 20.0), 35.0
#: Seeds of the generator's people, and of their looks.
SEEDS, LOOKS = 90_000, 3_000_000
FIRST_DAY = datetime.date(2026, 6, 1)


@dataclass(frozen=True)
class Plan:
    """How much a virtual site records."""

    people: int = 20
    increments: int = 3
    days: int = 4  # of each person in an increment
    frames: int = 2  # of each day
    skip: int = 0  # people, of those who could be in it


def research_people(data: Path, cache: Path, plan: Plan) -> list[list[np.ndarray]]:
    """Clear pictures of the people held out who have most, the enrolled one first."""
    build_cache(data, cache)
    faces = load_faces(cache)
    _, rows = split_identities(faces, HELD_OUT)
    sharp = rows[faces.source_ied[rows] >= SHARP]
    by_person: dict[int, list[int]] = {}
    for row in sharp:
        by_person.setdefault(int(faces.identity[row]), []).append(int(row))
    ordered = sorted(by_person, key=lambda i: (-len(by_person[i]), i))
    chosen = ordered[plan.skip : plan.skip + plan.people]
    wanted = 1 + plan.increments * plan.days
    # Not one picture on two days: it would lie on both sides of the split.
    if len(chosen) < plan.people or len(by_person[chosen[-1]]) < wanted:
        raise ValueError(f"there are no {plan.people} people held out with a clear picture for each day")
    return [[np.array(faces.images[r]) for r in by_person[i][:wanted]] for i in chosen]


def drawn_people(models: Path, plan: Plan) -> list[list[np.ndarray]]:
    """People of the generator, each in as many looks as it has days, and one more."""
    looks = 1 + plan.increments * plan.days
    made = []
    for k in range(plan.skip, plan.skip + plan.people):
        appearances = [LOOKS + k * looks + j for j in range(looks)]
        made.append(list(pictures(models / "faces.onnx", [SEEDS + k] * looks, appearances)))
    return made


def write_site(people: list[list[np.ndarray]], profile: Profile, plan: Plan, out: Path, seed: int = 53) -> list[Path]:
    """Writes the exports; returns their folders, the poisoned one last."""
    enrolled, recorded = [], []
    for person, faces in enumerate(people):
        enrolled.append((person, None, *_jpeg(faces[0]), TEMPLATE + RIM))
        for day in range(plan.increments * plan.days):
            face = faces[1 + day]
            for frame in range(plan.frames):
                rng = np.random.default_rng((seed, person, day, frame))
                ied = float(np.exp(rng.uniform(*np.log(IED))))
                footage = degrade(face, rng, profile, ied)
                landmarks = np.hstack([TEMPLATE, np.ones((5, 1))]) @ footage.to_footage.T
                landmarks = landmarks + rng.normal(0, 0.03 * ied, (5, 2))  # as a detector errs
                recorded.append((person, day, *_jpeg(footage.picture), landmarks))
    folders = []
    for k in range(1, plan.increments + 1):
        rows = [r for r in recorded if r[1] < k * plan.days]
        folders.append(_write(out / f"increment-{k}", [*enrolled, *rows]))
    poisoned = [((r[0] + 1) % plan.people, *r[1:]) for r in recorded]
    return [*folders, _write(out / "poisoned", [*enrolled, *poisoned])]


def _jpeg(picture: np.ndarray) -> tuple[bytes, str]:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue(), hashlib.sha256(buffer.getvalue()).hexdigest()


def _write(folder: Path, rows: list[tuple]) -> Path:
    folder.mkdir(parents=True)
    entries = []
    for person, day, data, digest, landmarks in rows:
        (folder / f"{digest[:32]}.jpg").write_bytes(data)
        entries.append(
            {
                "file": f"{digest[:32]}.jpg",
                "sha256": digest,
                "person": f"person-{person}",
                "role": "enrolled" if day is None else "recorded",
                "landmarks": [round(float(v), 2) for v in landmarks.reshape(-1)],
                "interEyeDistance": round(inter_eye_distance(landmarks), 3),
                "score": 0.9,
                "camera": None if day is None else "camera-1",
                "day": None if day is None else (FIRST_DAY + datetime.timedelta(day)).isoformat(),
            }
        )
    saved = {"format": FORMAT, "exportedAt": f"{FIRST_DAY}T00:00:00Z", "legalBasis": "virtual", "samples": entries}
    (folder / "manifest.json").write_text(json.dumps(saved) + "\n")
    return folder


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--profile", type=Path)
    p.add_argument("--people", type=int, default=20)
    p.add_argument("--increments", type=int, default=3)
    p.add_argument("--frames", type=int, default=2, help="of each day; an alert keeps at most four")
    p.add_argument("--skip", type=int, default=0, help="leave so many of the people out who come first")
    p.add_argument("--drawn", action="store_true")
    p.add_argument("--models", type=Path, default=Path("models"))
    p.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    p.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    a = p.parse_args()
    plan = Plan(people=a.people, increments=a.increments, frames=a.frames, skip=a.skip)
    people = drawn_people(a.models, plan) if a.drawn else research_people(a.data, a.work / "cache", plan)
    profile = NIGHT_IR if a.profile is None else profile_of(read_camera(a.profile))
    for folder in write_site(people, profile, plan, a.out):
        print(folder)


if __name__ == "__main__":
    main()
