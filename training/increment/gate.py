"""The gate of an adapter: which faces it is for.

A linear discriminant between what enters the layer for the site's recorded faces and for old faces and the site's
enrolled pictures: shut for nearly all of the latter. It tells the site's camera and people apart as well as that can be
told; faces of the site that look like old ones are left to the version that the increments began with.
"""

from __future__ import annotations

import numpy as np

#: Share of the old faces for which the gate stays shut.
SHUT = 0.9
#: The site's faces from this quantile on open it wholly.
OPEN = 0.75
#: Added to the covariance, in mean variances: there are fewer faces than numbers.
RIDGE = 0.3
#: Faces of either kind below which nothing is told.
LEAST = 10


def gate_of(old: np.ndarray, site: np.ndarray) -> tuple[np.ndarray, float]:
    """float32 [N,W] and [M,W] -> gate [W] and bias, for `clip(x @ gate + bias, 0, 1)`."""
    shut = np.zeros(old.shape[1], np.float32), 0.0
    if min(len(old), len(site)) < LEAST:
        return shut
    covariance = np.cov(old.T) + 0.5 * np.cov(site.T)
    ridge = RIDGE * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    direction = np.linalg.solve(covariance + ridge, site.mean(0) - old.mean(0))
    low, high = np.quantile(old @ direction, SHUT), np.quantile(site @ direction, OPEN)
    # Faces that cannot be told from old ones: it stays shut.
    if not high > low:
        return shut
    return (direction / (high - low)).astype(np.float32), float(-low / (high - low))
