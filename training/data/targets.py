"""Where a student should land: the teachers' embeddings, joined into one space."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def joined_targets(cache: Path, weights: dict[str, float], dimension: int = 256) -> np.ndarray:
    """float32 [M,dimension], unit length: the teachers' embeddings of the cached faces, joined."""
    parts = [np.load(Path(cache) / f"teacher_{name}.npy") for name, w in weights.items() if w > 0]
    return join(parts, weights, joining_rotation(cache, weights, dimension))


def joining_rotation(cache: Path, weights: dict[str, float], dimension: int) -> np.ndarray | None:
    """float32 [total,dimension] by uncentred PCA over all cached faces; None where the teachers' numbers fit.

    It is drawn from embeddings only, no labels; cosine between two rows then approximates the weighted mean of
    the teachers' cosines.
    """
    parts = [np.load(Path(cache) / f"teacher_{name}.npy") for name, w in weights.items() if w > 0]
    joined = weighted(parts, weights)
    if joined.shape[1] <= dimension:
        return None
    _, vectors = np.linalg.eigh(joined.T @ joined)
    return np.ascontiguousarray(vectors[:, ::-1][:, :dimension])


def weighted(parts: list[np.ndarray], weights: dict[str, float]) -> np.ndarray:
    """[M,total]: embeddings side by side, each by the root of its teacher's weight."""
    shares = [w for w in weights.values() if w > 0]
    return np.concatenate([np.sqrt(w) * part for w, part in zip(shares, parts)], 1)


def join(parts: list[np.ndarray], weights: dict[str, float], rotation: np.ndarray | None) -> np.ndarray:
    """float32 [M,d], unit length: the teachers' unit embeddings of the same faces as one target each."""
    joined = weighted(parts, weights)
    joined = joined if rotation is None else joined @ rotation
    return (joined / np.linalg.norm(joined, axis=1, keepdims=True)).astype(np.float32)


def identity_centres(targets: np.ndarray, identity: np.ndarray) -> np.ndarray:
    """float32 [identities,d], unit length: mean target of a person's pictures."""
    centres = np.zeros((int(identity.max()) + 1, targets.shape[1]), np.float32)
    np.add.at(centres, identity, targets)
    return centres / (np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9)
