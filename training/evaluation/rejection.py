"""The recognisability below which a crop is taken for no face: from held-out people, scenes without a face, part,
turned and shifted faces.

The cut is the score that 99 % of the usable faces reach. A face is usable where its embedding has a cosine of 0.35 or
more to the undegraded picture's place in the joint space.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Cosine to the clean target from which on a degraded face is of use.
USABLE = 0.35
#: Share of usable faces that the cut keeps, and the most non-faces that it may let through.
KEPT, LET_THROUGH = 0.99, 0.01


def rejection(score: np.ndarray, cosine: np.ndarray, kind: np.ndarray) -> dict[str, Any]:
    """`rejectBelow`, and what it does to each kind of non-face.

    score [N]; cosine [N] to the clean target, only read for faces; kind [N]: `face`, or the name of a non-face.
    """
    face = kind == "face"
    usable = face & (cosine >= USABLE)
    if usable.sum() < 20 or face.all():
        raise ValueError(f"{usable.sum()} usable faces and {(~face).sum()} others are too few for a cut")
    cut = float(np.quantile(score[usable], 1 - KEPT))
    let_through = {str(name): round(float((score[kind == name] >= cut).mean()), 4) for name in np.unique(kind[~face])}
    total = float((score[~face] >= cut).mean())
    return {
        "rejectBelow": float(np.clip(round(cut, 4), 1e-4, 0.9999)),
        "usableFaces": int(usable.sum()),
        "nonFaces": int((~face).sum()),
        "usableKept": KEPT,
        "nonFacesLetThrough": round(total, 4),
        "byKind": let_through,
        "reached": total <= LET_THROUGH,
    }
