"""Faces and non-faces as the raw branch would see them, for the recognisability head and its cut.

    python -m training.data.crops --data ../shared --cache CACHE

Writes `crops.npz`: degraded crops of training and of held-out people, the same faces turned, shifted, cut to a part
or far too small in the crop, and pieces of scenes in which there is no face, some of them beside one (hair, neck,
hands, cloth). What a detector may give by mistake is in there, so that the head learns to give it nearly 0.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from training.data.align import TEMPLATE, TEMPLATE_IED, TEMPLATE_SIDE, similarity, warp
from training.data.faces import SIDE, load_faces, split_identities
from training.data.samples import Mix, embed_sample

Rng = np.random.Generator
#: People kept out of training; their crops are those of the kinds that begin with `held_`.
HELD_OUT = 400
MIX = Mix(clean=0.25, ied=(4.5, 32.0), landmark_error=1.2)
MIDDLE = SIDE / 2


@dataclass(frozen=True)
class Crops:
    """Rows of `crops.npz`; `kind` without its `held_`."""

    pictures: np.ndarray  # uint8 [N,112,112,3]
    kind: np.ndarray  # [N]: face, turned, part, shift, small, scene
    ied: np.ndarray  # [N] pixels between the eyes, or what the crop takes for them
    row: np.ndarray  # [N] row of the cached face, -1 for a scene

    def cosine(self, cache: Path, basis: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        """[N]: of experts' outputs to the clean face's place in the joint space; 0 for a scene."""
        from training.networks.expert import joint_targets

        rows = np.maximum(self.row, 0)
        wanted = joint_targets(*(np.load(cache / f"teacher_edge_{s}.npy")[rows] for s in ("xs", "xxs")), basis)
        unit = outputs / np.linalg.norm(outputs, axis=1, keepdims=True)
        return np.where(self.row >= 0, (unit * wanted).sum(1), 0.0)


def load_crops(cache: Path) -> tuple[Crops, np.ndarray]:
    """All crops, and which of them are of held-out people or scenes."""
    with np.load(Path(cache) / "crops.npz") as stored:
        kind = stored["kind"]
        held = np.char.startswith(kind, "held_")
        plain = np.where(held, np.char.replace(kind, "held_", ""), kind)
        return Crops(stored["x"], plain, stored["ied"], stored["row"]), held


def chosen(crops: Crops, rows: np.ndarray) -> Crops:
    """Some of the crops."""
    return Crops(crops.pictures[rows], crops.kind[rows], crops.ied[rows], crops.row[rows])


def held_out_crops(cache: Path) -> Crops:
    """The crops of people and scenes that the head has not learnt from."""
    crops, held = load_crops(cache)
    return chosen(crops, held)


def embed_crops(embed: Callable[[np.ndarray], np.ndarray], pictures: np.ndarray, batch: int = 32) -> np.ndarray:
    """[N,D]: an expert's outputs, a batch at a time."""
    return np.concatenate([embed(pictures[i : i + batch]) for i in range(0, len(pictures), batch)])


def turned(face: np.ndarray, rng: Rng) -> np.ndarray:
    """A quarter, a half or three quarters of a turn."""
    return np.ascontiguousarray(np.rot90(face, int(rng.integers(1, 4))))


def part(face: np.ndarray, rng: Rng) -> np.ndarray:
    """A part of the face fills the picture."""
    zoom = rng.uniform(2.0, 4.5)
    x, y = rng.uniform(40, 104), rng.uniform(40, 118)
    matrix = np.array([[zoom, 0, MIDDLE - x * zoom], [0, zoom, MIDDLE - y * zoom]])
    return cv2.warpAffine(face, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def shifted(face: np.ndarray, rng: Rng) -> np.ndarray:
    """The face lies half outside the picture."""
    angle, way = rng.uniform(0, 2 * np.pi), rng.uniform(30, 60)
    matrix = np.array([[1, 0, way * np.cos(angle)], [0, 1, way * np.sin(angle)]])
    return cv2.warpAffine(face, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)


def shrunk(face: np.ndarray, rng: Rng) -> np.ndarray:
    """The face takes less than half of the side it should take."""
    k = rng.uniform(0.3, 0.5)
    matrix = np.array([[k, 0, MIDDLE * (1 - k)], [0, k, MIDDLE * (1 - k)]])
    return cv2.warpAffine(face, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101)


SPOILT = {"turned": turned, "part": part, "shift": shifted, "small": shrunk}


def of_faces(cache: Path, count: int, rng: Rng) -> Iterator[tuple[np.ndarray, str, float, int]]:
    """(crop, kind, inter-eye distance, row): `count` faces and two thirds as many spoilt ones; a sixth of held-out."""
    faces = load_faces(cache)
    rows, held = split_identities(faces, HELD_OUT)
    for source, name, number in ((rows, "", count), (held, "held_", count // 6)):
        plans = [("face", None)] * number + [(k, f) for k, f in SPOILT.items() for _ in range(number // 6)]
        for kind, spoil in plans:
            row = int(rng.choice(source))
            face = np.array(faces.images[row])
            crop, ied = embed_sample(spoil(face, rng) if spoil else face, False, MIX, rng)
            yield crop, name + kind, ied, row


def overlap(box: tuple[float, float, float, float], faces: np.ndarray) -> float:
    """Largest share of the smaller of both areas that a face [x, y, w, h] and the box (x0, y0, x1, y1) have in common."""
    if not len(faces):
        return 0.0
    x0, y0, x1, y1 = box
    width = np.clip(np.minimum(x1, faces[:, 0] + faces[:, 2]) - np.maximum(x0, faces[:, 0]), 0, None)
    height = np.clip(np.minimum(y1, faces[:, 1] + faces[:, 3]) - np.maximum(y0, faces[:, 1]), 0, None)
    smaller = np.minimum(faces[:, 2] * faces[:, 3], (x1 - x0) * (y1 - y0))
    return float((width * height / (smaller + 1e-6)).max())


def piece(picture: np.ndarray, faces: np.ndarray, rng: Rng) -> tuple[np.ndarray, float] | None:
    """A crop of a scene in which there is no face, half of the time beside one; None where the draw has one."""
    height, width = picture.shape[:2]
    if len(faces) and rng.random() < 0.5:
        x, y, w, h = faces[int(rng.integers(len(faces)))]
        size = w * rng.uniform(0.4, 1.3)
        centre = np.array([x + w / 2 + rng.uniform(-1.8, 1.8) * w, y + h / 2 + rng.uniform(-1.2, 3) * h])
    else:
        size = float(np.exp(rng.uniform(np.log(16), np.log(max(17.0, 0.7 * min(height, width))))))
        centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    (x0, y0), (x1, y1) = centre - size / 2, centre + size / 2
    rim = 0.2 * size
    outside = x0 < -rim or y0 < -rim or x1 > width + rim or y1 > height + rim
    if size < 10 or outside or overlap((x0, y0, x1, y1), faces) > 0.25:
        return None
    scale = 1.1 * size / TEMPLATE_SIDE
    landmarks = (TEMPLATE - [56, 72]) * scale + centre + rng.normal(0, 0.06 * size, (5, 2))
    return warp(picture, similarity(landmarks, TEMPLATE), TEMPLATE_SIDE), TEMPLATE_IED * scale


def of_scenes(data: Path, count: int, rng: Rng) -> Iterator[tuple[np.ndarray, str, float, int]]:
    """(crop, kind, inter-eye distance, -1): about `count` pieces; every sixth scene is held out."""
    root, made = Path(data) / "faces" / "detect", 0
    scenes: dict[str, dict] = {}
    for line in (root / "labels.jsonl").read_text().splitlines():
        label = json.loads(line)
        boxes = [f.get("box") or [f["x"], f["y"], f["w"], f["h"]] for f in label["faces"]]
        scenes.setdefault(label["shard"], {})[label["key"]] = np.array(boxes, np.float64).reshape(-1, 4)
    for shard, labels in scenes.items():
        with tarfile.open(root / shard) as tar:
            for member in tar:
                key = Path(member.name).stem
                if key not in labels or rng.random() > 0.5:
                    continue
                picture = np.asarray(Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB"))
                held = "held_" if zlib.crc32(key.encode()) % 6 == 0 else ""
                for _ in range(6):
                    found = piece(picture, labels[key], rng)
                    if found is not None:
                        made += 1
                        yield found[0], f"{held}scene", found[1], -1
                if made > count:
                    return


def build_crops(data: Path, cache: Path, count: int = 9000, seed: int = 17) -> None:
    """Writes `crops.npz` once; scenes only where the data folder has them."""
    target = Path(cache) / "crops.npz"
    if target.exists():
        return
    rng = np.random.default_rng(seed)
    made = list(of_faces(cache, count, rng))
    if (Path(data) / "faces" / "detect" / "labels.jsonl").exists():
        made += of_scenes(data, count // 2, rng)
    pictures, kind, ied, row = zip(*made)
    temporary = target.with_suffix(".tmp.npz")
    np.savez(temporary, x=np.stack(pictures), kind=np.array(kind), ied=np.array(ied), row=np.array(row))
    os.replace(temporary, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--count", type=int, default=9000)
    a = parser.parse_args()
    build_crops(a.data, a.cache, a.count)
