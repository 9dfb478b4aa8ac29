"""The labelled scenes of `faces/detect`, decoded and held in memory."""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np


def data_root(given: str | Path | None = None) -> Path:
    """The folder with `faces/` and `models/`: as given, or `NIGHTGLASS_SHARED`, or `../shared`."""
    return Path(given or os.environ.get("NIGHTGLASS_SHARED") or "../shared")


@dataclass
class Scene:
    """A picture (BGR, halved again and again in `pyramid`) and its faces.

    `boxes` [F,4] are x, y, w, h; `points` [F,5,2]; `score` [F]; `ignore` [F] marks
    faces of which the labels are unsure: neither reward nor punish there. Some of
    these have no landmarks (zeros here).
    """

    key: str
    source: str
    image: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    score: np.ndarray
    ignore: np.ndarray
    pyramid: list[np.ndarray] = field(default_factory=list)

    def at_scale(self, scale: float) -> tuple[np.ndarray, float]:
        """The smallest stored picture not smaller than `scale`, and its own scale."""
        if not self.pyramid:
            self.pyramid = [self.image]
            while min(self.pyramid[-1].shape[:2]) >= 64 and len(self.pyramid) < 4:
                last = self.pyramid[-1]
                half = (last.shape[1] // 2, last.shape[0] // 2)
                self.pyramid.append(cv2.resize(last, half, interpolation=cv2.INTER_AREA))
        level = 0
        while level + 1 < len(self.pyramid) and 0.5 ** (level + 1) >= scale * 0.95:
            level += 1
        return self.pyramid[level], 0.5**level


def _scene(label: dict, image: np.ndarray) -> Scene:
    faces = label["faces"]
    count = len(faces)
    return Scene(
        key=label["key"],
        source=label["source"],
        image=image,
        boxes=np.array([f["box"] for f in faces], np.float32).reshape(count, 4),
        points=np.array([f["landmarks"] or [0.0] * 10 for f in faces], np.float32).reshape(count, 5, 2),
        score=np.array([f["score"] for f in faces], np.float32),
        ignore=np.array([f["ignore"] for f in faces], bool),
    )


def load_scenes(root: Path, part: str, limit: int | None = None) -> list[Scene]:
    """All scenes of `part` (`train` or `heldout`), in the order of their keys."""
    folder = root / "faces" / "detect"
    lines = (folder / "labels.jsonl").read_text().splitlines()
    labels = [x for x in map(json.loads, lines) if x["part"] == part]
    labels.sort(key=lambda x: x["key"])
    labels = labels[:limit]
    wanted = {x["key"]: x for x in labels}
    scenes: dict[str, Scene] = {}
    for shard in sorted({x["shard"] for x in labels}):
        with tarfile.open(folder / shard) as tar:
            for member in tar:
                key = Path(member.name).stem
                if key not in wanted or wanted[key]["shard"] != shard:
                    continue
                packed = np.frombuffer(tar.extractfile(member).read(), np.uint8)
                scenes[key] = _scene(wanted[key], cv2.imdecode(packed, cv2.IMREAD_COLOR))
    return [scenes[x["key"]] for x in labels]
