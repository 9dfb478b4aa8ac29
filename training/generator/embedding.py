"""Teacher embeddings of pictures, plain plus mirrored, through ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data.faces import RIM
from training.data.teachers import open_teacher
from training.generator.dataset import normalise


def embed_pictures(data: Path, name: str, images: np.ndarray) -> np.ndarray:
    """uint8 RGB [N,144,144,3] -> normalised embeddings [N,d], as those of the training cache."""
    run = open_teacher(data, name)
    rows = []
    for image in images:
        crop = np.ascontiguousarray(image[RIM:-RIM, RIM:-RIM])
        plain, mirrored = run(crop), run(np.ascontiguousarray(crop[:, ::-1]))
        rows.append(normalise(plain) + normalise(mirrored))
    return normalise(np.array(rows, np.float32))


def nearest(queries: np.ndarray, stored: np.ndarray) -> np.ndarray:
    """The largest similarity of each query to any stored row."""
    return np.concatenate([(q @ stored.T).max(1) for q in np.array_split(queries, max(1, len(queries) // 256))])


def nearest_other(queries: np.ndarray, owner: np.ndarray, stored: np.ndarray, stored_owner: np.ndarray) -> np.ndarray:
    """As `nearest`, but leaving out rows of the query's own person."""
    result = []
    for query, person in zip(queries, owner):
        similarity = stored @ query
        similarity[stored_owner == person] = -1
        result.append(similarity.max())
    return np.array(result)


def spread(values: np.ndarray) -> dict[str, float]:
    """Percentiles of a distribution, for cards and reports."""
    marks = {"p1": 1, "p5": 5, "median": 50, "p95": 95, "p99": 99}
    result = {key: round(float(np.percentile(values, mark)), 4) for key, mark in marks.items()}
    return result | {"max": round(float(np.max(values)), 4), "count": int(len(values))}
