"""Strangers for the evaluation: people held out of training, degraded as the development protocol's probes are.

    python -m training.evaluation.strangers --cache CACHE --out ../training-runs/strangers

Writes a picture a stranger and level, and `strangers.json`, the list that `nightglass evaluate --strangers` reads:
with some 2,000 searches a level a rate of 0.3 % is a figure with an interval. The levels' blur, noise and JPEG quality
are those whose pictures have the protocol's deviation from the clean frame, gradients and quantisation tables. A face
whose source had fewer than 35 pixels between the eyes was enlarged: at the clean level it would be no clean face, so
there the others stand, each with its mirror image.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.data.align import TEMPLATE
from training.data.crops import HELD_OUT
from training.data.faces import RIM, SIDE, Faces, load_faces, split_identities
from training.degrade.pipeline import place

Rng = np.random.Generator
#: Pixels between the eyes from which on a source counts as clean.
SHARP = 35.0
GAIN = 0.85


@dataclass(frozen=True)
class Level:
    """How a level's pictures come about: scaled down, blurred, darker, noisy, JPEG."""

    ied: float | None  # pixels between the eyes; None leaves the picture as it is
    blur: float = 0.0  # Gaussian, pixels
    noise: float = 0.0  # Gaussian, grey values
    jpeg: int = 95


LEVELS = {
    "clean": Level(None),
    "L1": Level(14.0, 0.6, 5.0, 60),
    "L2": Level(10.0, 0.8, 11.0, 45),
    "L3": Level(8.0, 0.8, 15.0, 35),
}


def worsen(face: np.ndarray, level: Level, rng: Rng) -> tuple[bytes, np.ndarray]:
    """uint8 RGB [144,144,3] -> a JPEG file and the landmarks [5,2] in its pixels."""
    if level.ied is None:
        picture, landmarks = face, TEMPLATE + RIM
    else:
        small, matrix = place(face, level.ied, 0.0, cv2.INTER_AREA)
        blurred = cv2.GaussianBlur(small * 255, (0, 0), level.blur)
        noisy = blurred * GAIN + rng.normal(0, level.noise, blurred.shape)
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
        landmarks = TEMPLATE @ matrix[:, :2].T + matrix[:, 2]
    written, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, level.jpeg])
    if not written:
        raise RuntimeError("OpenCV cannot write JPEG")
    return data.tobytes(), landmarks


def mirrored(face: np.ndarray) -> np.ndarray:
    """The template is all but symmetric: the landmarks stay."""
    return np.ascontiguousarray(face[:, ::-1])


def strangers_of(faces: Faces, held_out: int, level: Level) -> list[tuple[int, bool]]:
    """(row, mirrored) of a level's pictures."""
    _, rows = split_identities(faces, held_out)
    if level.ied is not None:
        return [(int(row), False) for row in rows]
    sharp = rows[faces.source_ied[rows] >= SHARP]
    return [(int(row), mirror) for row in sharp for mirror in (False, True)]


def write_strangers(faces: Faces, out: Path, held_out: int = HELD_OUT, seed: int = 23) -> dict[str, int]:
    """Writes the pictures and `strangers.json`; returns how many pictures each level has."""
    if faces.images.shape[1] != SIDE:
        raise ValueError(f"faces of {SIDE} pixels are needed")
    rng = np.random.default_rng(seed)
    entries: list[dict] = []
    for name, level in LEVELS.items():
        (out / name).mkdir(parents=True, exist_ok=True)
        for row, mirror in strangers_of(faces, held_out, level):
            face = np.array(faces.images[row])
            data, landmarks = worsen(mirrored(face) if mirror else face, level, rng)
            file = f"{name}/{row}{'m' if mirror else ''}.jpg"
            (out / file).write_bytes(data)
            identity = f"held-out-{int(faces.identity[row])}"
            points = [round(float(v), 2) for v in landmarks.reshape(-1)]
            entries.append({"level": name, "identity": identity, "file": file, "landmarks": points, "video": False})
    (out / "strangers.json").write_text(json.dumps({"strangers": entries}))
    return {name: sum(e["level"] == name for e in entries) for name in LEVELS}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="as written by training.data.faces")
    parser.add_argument("--out", type=Path, default=Path("../training-runs/strangers"))
    a = parser.parse_args()
    print(write_strangers(load_faces(a.cache), a.out))
