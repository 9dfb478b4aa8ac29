"""Rank-1 and TPIR at FPIR 1 % of probes against a gallery, closed set (one template a person)."""

from __future__ import annotations

import numpy as np


def score(probes: np.ndarray, ids: np.ndarray, gallery: np.ndarray, gallery_ids: np.ndarray) -> dict[str, float]:
    """Percentages. False positives: probes searched without their own person, threshold at 1 % of them."""
    similarity = probes @ gallery.T
    own = ids[:, None] == gallery_ids[None]
    impostor = np.where(own, -9, similarity).max(1)
    genuine = np.where(own, similarity, -9).max(1)
    threshold = np.sort(impostor)[::-1][int(len(impostor) * 0.01)]
    hit = genuine > impostor
    return {
        "n": len(probes),
        "rank1": round(100 * float(hit.mean()), 1),
        "tpir": round(100 * float((hit & (genuine > threshold)).mean()), 1),
        "threshold": round(float(threshold), 3),
    }
