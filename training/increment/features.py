"""What enters the last layers of both experts for a set of faces, kept on disk: computed once, and after a stop from
where it was."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from training.data.align import align_region, align_template, inter_eye_distance, region_side
from training.evaluation.chain import OnnxChain, unit
from training.increment.expert import Adapter, CutExpert, entering
from training.increment.stop import Stop
from training.lineage import sha256_of
from training.networks.fusion import picture_quality, quality_vectors

#: Picture, uint8 RGB, and landmarks [5,2] of a face when it is asked for.
Face = Callable[[], tuple[np.ndarray, np.ndarray]]
#: Seconds between two saves, and faces between two looks at the clock.
SAVE_EVERY, PIECE = 60.0, 16


@dataclass(frozen=True)
class Features:
    """Rows correspond; `enhanced` is zero where a face is not enhanced."""

    raw: np.ndarray  # float32 [N,W]
    enhanced: np.ndarray  # float32 [N,W]
    small: np.ndarray  # bool [N]: enhanced
    ied: np.ndarray  # float32 [N]
    picture: np.ndarray  # float32 [N,3]

    def __len__(self) -> int:
        return len(self.ied)

    def rows(self, at: np.ndarray | slice) -> Features:
        return Features(*(getattr(self, f.name)[at] for f in fields(self)))


@dataclass(frozen=True)
class Adapters:
    """Of both experts."""

    raw: Adapter
    enhanced: Adapter


class Extractor:
    """The chain up to the last layers, and what follows them; `folder` keeps the features."""

    def __init__(self, models: Path, folder: Path, cores: int, stop: Stop) -> None:
        self.chain, self.folder, self.cores, self.stop = OnnxChain(models), folder, cores, stop
        cut = [CutExpert(models / f"{task}.onnx") for task in ("embed", "embed-enhanced")]
        self.base, self.parent = [c.weights for c in cut], Adapters(cut[0].adapter, cut[1].adapter)
        self.trunks = [c.trunk() for c in cut]
        before = [sha256_of(models / f"{task}.onnx") for task in ("denoise", "superresolve")]
        self.digest = hashlib.sha256(" ".join([*(c.digest() for c in cut), *before]).encode()).hexdigest()

    def of(self, key: str, faces: Sequence[Face]) -> Features:
        """The features of `faces`; `key` stands for all that decides their pixels."""
        name = key.split(" ")[0] + "-" + hashlib.sha256(f"{self.digest} {key} {len(faces)}".encode()).hexdigest()[:32]
        self.folder.mkdir(parents=True, exist_ok=True)
        path, part = self.folder / f"{name}.npz", self.folder / f"{name}.part.npz"
        if path.exists():
            return Features(**np.load(path))
        width = len(self.base[0])
        rows = [np.zeros((0, n), np.float32) for n in (width, width, 1, 1, 3)]
        if part.exists():
            kept = Features(**np.load(part))
            rows = [kept.raw, kept.enhanced, kept.small[:, None], kept.ied[:, None], kept.picture]
        saved = time.monotonic()
        with ThreadPoolExecutor(self.cores) as pool:
            while len(rows[0]) < len(faces):
                piece = list(pool.map(self._one, faces[len(rows[0]) : len(rows[0]) + PIECE]))
                rows = [np.concatenate([a, np.stack(b)]) for a, b in zip(rows, zip(*piece))]
                if self.stop.asked or time.monotonic() - saved > SAVE_EVERY:
                    _save(part, rows)
                    saved = time.monotonic()
                    print(f"{key.split(' ')[0]}: {len(rows[0])} of {len(faces)} faces", flush=True)
                self.stop.check()
        _save(path, rows)
        part.unlink(missing_ok=True)
        return Features(**np.load(path))

    def forget(self, kind: str) -> None:
        """Removes what is kept of sets whose key begins with `kind`."""
        for path in self.folder.glob(f"{kind}-*"):
            path.unlink(missing_ok=True)

    def _one(self, face: Face) -> tuple[np.ndarray, ...]:
        picture, landmarks = face()
        crop, ied = align_template(picture, landmarks), inter_eye_distance(landmarks)
        raw, side = entering(self.trunks[0], crop), region_side(ied)
        enhanced = np.zeros_like(raw)
        if side:
            region = align_region(picture, landmarks, side)
            enhanced = entering(self.trunks[1], self.chain.enhance(region))
        return raw, enhanced, np.float32([side is not None]), np.float32([ied]), picture_quality(crop)

    def fused(self, features: Features, adapters: Adapters) -> tuple[np.ndarray, np.ndarray]:
        """Embeddings [N,D] of unit length as the whole chain gives them with these adapters, and its gate [N]."""
        raw_out = features.raw @ self.base[0] + adapters.raw.added(features.raw)
        enhanced_out = features.enhanced @ self.base[1] + adapters.enhanced.added(features.enhanced)
        small = features.small
        raw, enhanced = unit(raw_out), np.where(small[:, None], unit(enhanced_out), unit(raw_out))
        score = np.where(small, self.chain.score(enhanced_out), 0)
        quality = quality_vectors(features.ied, self.chain.score(raw_out), score, features.picture)
        inputs = {"raw": raw, "enhanced": enhanced, "quality": quality}
        made, gate, _ = self.chain.fuser.run(None, {k: v.astype(np.float32) for k, v in inputs.items()})
        return np.where(small[:, None], made, raw), np.where(small, gate[:, 0], 1).astype(np.float32)


def _save(path: Path, rows: Sequence[np.ndarray]) -> None:
    """Atomically: a kill leaves the file whole."""
    raw, enhanced, small, ied, picture = rows
    temporary = path.with_suffix(".tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
        np.savez(f, raw=raw, enhanced=enhanced, small=small[:, 0] > 0, ied=ied[:, 0], picture=picture)
    os.replace(temporary, path)
