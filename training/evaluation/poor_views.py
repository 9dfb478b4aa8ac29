"""Poor views: what templates that lean towards a poor camera's picture are worth, on people held out of training.

    python -m training.evaluation.poor_views --models models --cache CACHE [--share 0.35] [--pixels 8]

The gallery is the best picture of each held-out person, once as it is and once mixed with the embedding of the same
face brought down to `pixels` between the eyes (`src/services/faces/poor-view.ts`). Probes are the others' pictures,
degraded broadly, landmarks erring by 3 %. A size each: rank-1 and TPIR at FPIR 1 % with either gallery, the difference
with its 95 % interval (people drawn with replacement), and the scale that takes the scores of strangers with poor views
to those with clear templates: the slope through both scores' quantiles. `scale` of the whole is that of all probes below
the limit, rounded down (a lower scale raises no more alerts): what the manifest states.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import cv2
import numpy as np

from training.data.align import TEMPLATE
from training.data.faces import RIM, load_faces, split_identities
from training.degrade.pipeline import degrade, place
from training.evaluation.calibration import HELD_OUT
from training.evaluation.chain import OnnxChain, unit
from training.evaluation.scoring import score

#: As the manifest states it; `scale` was measured by this command.
POOR_VIEW = {"pixels": 8, "share": 0.35, "below": 9, "scale": 0.88}
SIGMA = 0.8
SIZES = ((6.0, 7.5), (7.5, 9.0), (9.0, 10.0), (10.0, 11.0), (11.0, 13.0))
RATES = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4)


def poor_view(chain: OnnxChain, face: np.ndarray, clear: np.ndarray, pixels: float, share: float) -> np.ndarray:
    """What stands in the template's place for small faces: uint8 [144,144,3] and the clear template."""
    small, matrix = place(face, pixels, 0.0, cv2.INTER_AREA)
    picture = np.clip(cv2.GaussianBlur(small * 255, (0, 0), SIGMA), 0, 255).astype(np.uint8)
    seen = chain(picture, TEMPLATE @ matrix[:, :2].T + matrix[:, 2]).fused
    return unit((1 - share) * clear + share * seen)


def gallery_and_others(faces, held_out: int) -> tuple[list[int], list[int]]:
    """Rows of the best picture of each held-out person, and of all their others."""
    _, rows = split_identities(faces, held_out)
    best: dict[int, int] = {}
    for row in map(int, rows):
        known = best.setdefault(int(faces.identity[row]), row)
        if faces.source_ied[row] > faces.source_ied[known]:
            best[int(faces.identity[row])] = row
    chosen = set(best.values())
    return list(best.values()), [int(r) for r in rows if int(r) not in chosen]


def quantiles(probes: np.ndarray, ids: np.ndarray, gallery: np.ndarray, gallery_ids: np.ndarray) -> np.ndarray:
    """Scores of pairs of different people, at falling rates."""
    scores = (probes @ gallery.T)[ids[:, None] != gallery_ids[None]]
    return np.quantile(scores, 1 - np.array(RATES))


def compare(probes, ids, clear, poor, gallery_ids, draws: int = 300, seed: int = 3) -> dict:
    """Both galleries' figures, the difference with its interval, and the scale of poor views."""
    people = np.unique(ids)
    rows = {p: np.flatnonzero(ids == p) for p in people}
    rng = np.random.default_rng(seed)

    def difference(at: np.ndarray) -> np.ndarray:
        two = [score(probes[at], ids[at], g, gallery_ids) for g in (clear, poor)]
        return np.array([two[1][k] - two[0][k] for k in ("rank1", "tpir")])

    drawn = [difference(np.concatenate([rows[p] for p in rng.choice(people, len(people))])) for _ in range(draws)]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    q_clear, q_poor = (quantiles(probes, ids, g, gallery_ids) for g in (clear, poor))
    return {
        "clear": score(probes, ids, clear, gallery_ids),
        "poor": score(probes, ids, poor, gallery_ids),
        "rank1Gain": [round(float(v), 1) for v in (low[0], high[0])],
        "tpirGain": [round(float(v), 1) for v in (low[1], high[1])],
        "scale": round(slope(q_clear, q_poor), 3),
    }


def slope(q_clear: np.ndarray, q_poor: np.ndarray) -> float:
    """The factor that takes the second quantiles to the first, by least squares."""
    return float((q_clear * q_poor).sum() / (q_poor**2).sum())


def measure(chain: OnnxChain, cache: Path, pixels: float, share: float, draws: int, seed: int = 77) -> dict:
    """Figures by size; `draws` degradations of each picture."""
    faces = load_faces(cache)
    gallery, others = gallery_and_others(faces, HELD_OUT)
    clear = np.array([chain(np.array(faces.images[r]), TEMPLATE + RIM).fused for r in gallery])
    poor = [poor_view(chain, np.array(faces.images[r]), c, pixels, share) for r, c in zip(gallery, clear)]
    rng = np.random.default_rng(seed)
    made, sizes = [], []
    for row in others * draws:
        footage = degrade(np.array(faces.images[row]), rng, ied=float(rng.uniform(SIZES[0][0], SIZES[-1][1])))
        landmarks = np.hstack([TEMPLATE, np.ones((5, 1))]) @ footage.to_footage.T
        made.append(chain(footage.picture, landmarks + rng.normal(0, 0.03 * footage.ied, (5, 2))).fused)
        sizes.append(footage.ied)
    probes, ied = np.array(made), np.array(sizes)
    ids = faces.identity[others * draws]
    gallery_ids, two = faces.identity[gallery], (clear, np.array(poor))
    at = ied < POOR_VIEW["below"]
    q_clear, q_poor = (quantiles(probes[at], ids[at], g, gallery_ids) for g in two)
    factor = slope(q_clear, q_poor)
    result = {
        "scale": math.floor(factor * 100) / 100,
        "quantiles": {
            "rates": RATES,
            "clear": q_clear.round(3).tolist(),
            "poor, scaled": (q_poor * math.floor(factor * 100) / 100).round(3).tolist(),
        },
        "unroundedScale": round(factor, 4),
    }
    for low, high in SIZES:
        at = (ied >= low) & (ied < high)
        result[f"{low:g}-{high:g}"] = compare(probes[at], ids[at], *two, gallery_ids)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, required=True, help="as written by training.data.faces")
    parser.add_argument("--pixels", type=float, default=POOR_VIEW["pixels"])
    parser.add_argument("--share", type=float, default=POOR_VIEW["share"])
    parser.add_argument("--draws", type=int, default=3)
    a = parser.parse_args()
    print(json.dumps(measure(OnnxChain(a.models), a.cache, a.pixels, a.share, a.draws), indent=1))
