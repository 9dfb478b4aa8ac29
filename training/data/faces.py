"""Aligned training faces as one memory-mapped array.

Source: `<data>/faces/train` (`index.csv` and tar shards of 144x144 RGB webp). The cache holds
`images.npy` uint8 [M,144,144,3] RGB and `index.json` with one record a row: identity (0-based),
source inter-eye distance in pixels, source name.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SIDE = 144
#: Rim around the 112 px template crop within the 144 px picture.
RIM = 16


@dataclass(frozen=True)
class Faces:
    """The training pictures and what is known of each; rows correspond."""

    images: np.ndarray  # uint8 [M,144,144,3] RGB, memory-mapped
    identity: np.ndarray  # int64 [M]
    source_ied: np.ndarray  # float32 [M], pixels
    keys: list[str]

    @property
    def identities(self) -> int:
        return int(self.identity.max()) + 1


def build_cache(data: Path, cache: Path) -> None:
    """Unpacks the shards once; does nothing where the cache is complete."""
    from PIL import Image

    cache.mkdir(parents=True, exist_ok=True)
    if (cache / "index.json").exists():
        return
    root = Path(data) / "faces" / "train"
    with open(root / "index.csv") as f:
        rows = list(csv.DictReader(f))
    rows.sort(key=lambda r: r["key"])
    place = {r["key"]: i for i, r in enumerate(rows)}
    temporary = cache / "images.tmp.npy"
    images = np.lib.format.open_memmap(temporary, "w+", np.uint8, (len(rows), SIDE, SIDE, 3))
    for shard in sorted(root.glob("faces-*.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                key = Path(member.name).stem
                if member.isfile() and key in place:
                    picture = Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB")
                    images[place[key]] = np.asarray(picture)
    images.flush()
    os.replace(temporary, cache / "images.npy")
    names = {name: i for i, name in enumerate(sorted({r["identity"] for r in rows}))}
    (cache / "index.json").write_text(
        json.dumps(
            {
                "keys": [r["key"] for r in rows],
                "identity": [names[r["identity"]] for r in rows],
                "source_ied": [float(r["source_ied_px"]) for r in rows],
            }
        )
    )


def load_faces(cache: Path) -> Faces:
    """Opens a cache written by `build_cache`."""
    index = json.loads((Path(cache) / "index.json").read_text())
    return Faces(
        images=np.load(Path(cache) / "images.npy", mmap_mode="r"),
        identity=np.asarray(index["identity"], np.int64),
        source_ied=np.asarray(index["source_ied"], np.float32),
        keys=index["keys"],
    )


def split_identities(faces: Faces, held_out: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Row indices (train, held out); `held_out` people with at least two pictures are kept aside.

    People of the held-out part see no training of any stage: calibration and validation use them.
    """
    counts = np.bincount(faces.identity)
    candidates = np.flatnonzero(counts >= 2)
    chosen = np.random.default_rng(seed).permutation(candidates)[:held_out]
    mask = np.isin(faces.identity, chosen)
    return np.flatnonzero(~mask), np.flatnonzero(mask)
