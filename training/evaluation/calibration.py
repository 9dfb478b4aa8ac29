"""Score thresholds by false match rate, from people held out of training (none of any test protocol).

Gallery: the best picture of each held-out person. Probes: their other pictures, degraded broadly.
All impostor pairs count; beyond one pair in 1e5 the tail is a Gaussian fitted to the upper percent.
"""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np

from training.data.align import TEMPLATE
from training.data.faces import RIM, load_faces, split_identities
from training.degrade.pipeline import degrade
from training.evaluation.chain import OnnxChain
from training.evaluation.scoring import score

#: People kept out of every stage that made the recogniser (`held_out` of their configurations).
HELD_OUT = 400
RATES = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6, 1e-7)


def held_out_embeddings(
    chain: OnnxChain, cache: Path, held_out: int = HELD_OUT, probes: int = 1000, seed: int = 11
) -> dict:
    """Fused and raw embeddings of gallery and degraded probes of held-out people."""
    faces = load_faces(cache)
    _, rows = split_identities(faces, held_out)
    best: dict[int, int] = {}
    for r in rows:
        i = int(faces.identity[r])
        if i not in best or faces.source_ied[r] > faces.source_ied[best[i]]:
            best[i] = int(r)
    others = [int(r) for r in rows if best[int(faces.identity[r])] != r]
    rng = np.random.default_rng(seed)
    others = list(rng.permutation(others)[:probes])
    gallery = [chain(np.array(faces.images[r]), TEMPLATE + RIM) for r in best.values()]
    result: dict = {"gallery": np.array([g.fused for g in gallery]), "gallery_ids": np.array(list(best))}
    made, ieds = [], []
    for r in others:
        footage = degrade(np.array(faces.images[r]), rng)
        landmarks = np.hstack([TEMPLATE, np.ones((5, 1))]) @ footage.to_footage.T
        landmarks = landmarks + rng.normal(0, 0.03 * footage.ied, (5, 2))  # as a detector errs
        made.append(chain(footage.picture, landmarks))
        ieds.append(footage.ied)
    result |= {
        b: np.array([getattr(m, b) for m in made]) for b in ("raw", "enhanced", "fused", "quality", "gate", "weight")
    }
    return result | {"ids": faces.identity[others], "ied": np.array(ieds)}


def thresholds(embeddings: dict, branch: str = "fused") -> dict:
    """The manifest's calibration record: `impostorQuantiles` [[rate, threshold], ...], rates falling."""
    similarity = embeddings[branch] @ embeddings["gallery"].T
    impostor = np.sort(similarity[embeddings["ids"][:, None] != embeddings["gallery_ids"][None]])[::-1]
    mean, deviation = tail_fit(impostor)
    quantiles = []
    for rate in RATES:
        if rate * len(impostor) >= 10:
            value = float(impostor[int(rate * len(impostor))])
        else:
            value = max(mean + deviation * NormalDist().inv_cdf(1 - rate), quantiles[-1][1] + 0.002)
        quantiles.append([rate, round(value, 4)])
    return {
        "protocol": f"{len(embeddings['ids'])} degraded probes against {len(embeddings['gallery_ids'])} people held out "
        f"of training, {len(impostor)} impostor pairs; rates below {10 / len(impostor):.0e} by a Gaussian fitted to the tail",
        "impostorQuantiles": quantiles,
    }


def tail_fit(impostor: np.ndarray) -> tuple[float, float]:
    """Mean and deviation of the Gaussian through the upper tail (rates 1e-2 to 1e-4) of falling scores."""
    rates = np.array([1e-2, 3e-3, 1e-3, 3e-4, 1e-4])
    rates = rates[rates * len(impostor) >= 10]
    z = np.array([NormalDist().inv_cdf(1 - r) for r in rates])
    s = np.array([impostor[int(r * len(impostor))] for r in rates])
    slope, intercept = np.polyfit(z, s, 1)
    return float(intercept), float(slope)


def by_resolution(embeddings: dict) -> dict[str, dict]:
    """Scores of held-out people by inter-eye distance."""
    table = {}
    for low, high in ((4, 7), (7, 9), (9, 12), (12, 18), (18, 36)):
        at = (embeddings["ied"] >= low) & (embeddings["ied"] < high)
        if at.sum() >= 20:
            g = (embeddings["gallery"], embeddings["gallery_ids"])
            table[f"{low}-{high}"] = {
                b: score(embeddings[b][at], embeddings["ids"][at], *g) for b in ("raw", "enhanced", "fused")
            }
    return table


__all__ = ["held_out_embeddings", "thresholds", "by_resolution", "tail_fit"]
