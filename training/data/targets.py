"""Where the student should land: the teachers' embeddings joined into one 256-d space."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def joined_targets(cache: Path, weights: dict[str, float], dimension: int = 256) -> np.ndarray:
    """float32 [M,dimension], unit length: weighted concatenation, reduced by uncentred PCA.

    The rotation is drawn from all rows (embeddings only, no labels); cosine between two rows then
    approximates the weighted mean of the teachers' cosines.
    """
    parts = [np.sqrt(w) * np.load(Path(cache) / f"teacher_{name}.npy") for name, w in weights.items() if w > 0]
    joined = np.concatenate(parts, 1)
    if joined.shape[1] > dimension:
        _, vectors = np.linalg.eigh(joined.T @ joined)
        joined = joined @ vectors[:, ::-1][:, :dimension]
    return (joined / np.linalg.norm(joined, axis=1, keepdims=True)).astype(np.float32)


def identity_centres(targets: np.ndarray, identity: np.ndarray) -> np.ndarray:
    """float32 [identities,d], unit length: mean target of a person's pictures."""
    centres = np.zeros((int(identity.max()) + 1, targets.shape[1]), np.float32)
    np.add.at(centres, identity, targets)
    return centres / (np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9)
