"""Contact sheet: faces (rows) under the camera profiles and at falling resolution (columns).

    python -m training.degrade.sheet --cache WORK/cache --out sheet.png [--rows 6] [--seed 3]

Shows pictures of the training set: for looking at, not for publishing. `--drawn` uses drawn stand-ins.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from training.data.faces import SIDE
from training.degrade.pipeline import degrade
from training.degrade.profiles import PROFILES

IEDS = (20.0, 12.0, 8.0, 6.0)
CELL = 112


def drawn_face(seed: int) -> np.ndarray:
    """uint8 [144,144,3]: a drawn face in template geometry, for tests and demos without photographs."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIDE, SIDE, 3), rng.integers(60, 200, 3), np.uint8)
    skin = tuple(int(v) for v in rng.integers([140, 100, 80], [235, 190, 170]))
    cv2.ellipse(picture, (72, 84), (40, 56), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (54, 90):
        cv2.ellipse(picture, (x, 68), (8, 5), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 68), 4, (40, 30, 20), -1, cv2.LINE_AA)
        cv2.line(picture, (x - 9, 58), (x + 9, 57), (50, 30, 20), 3, cv2.LINE_AA)
    cv2.line(picture, (72, 72), (70, 88), tuple(int(v * 0.8) for v in skin), 3, cv2.LINE_AA)
    cv2.ellipse(picture, (72, 108), (15, 5), 0, 0, 360, (150, 60, 60), -1, cv2.LINE_AA)
    return picture


def sheet(faces: list[np.ndarray], seed: int) -> np.ndarray:
    """uint8 RGB picture: a row a face, first clean, then each profile at each distance, pixels enlarged."""
    rows = []
    for k, face in enumerate(faces):
        cells = [face]
        for p, profile in enumerate(PROFILES.values()):
            for i, ied in enumerate(IEDS):
                cells.append(degrade(face, np.random.default_rng((seed, k, p, i)), profile, ied).picture)
        rows.append(np.concatenate([cv2.resize(c, (CELL, CELL), interpolation=cv2.INTER_NEAREST) for c in cells], 1))
    return np.concatenate(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=6)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--drawn", action="store_true")
    a = parser.parse_args()
    if a.drawn:
        faces = [drawn_face(a.seed + k) for k in range(a.rows)]
    else:
        from training.data.faces import load_faces

        images = load_faces(a.cache).images
        faces = [np.array(images[i]) for i in np.random.default_rng(a.seed).integers(0, len(images), a.rows)]
    cv2.imwrite(str(a.out), sheet(faces, a.seed)[:, :, ::-1])


if __name__ == "__main__":
    main()
