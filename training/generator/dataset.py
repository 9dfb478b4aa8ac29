"""What the generator learns from: sharp faces at 72x72, with whose they are.

The identity code of a person is the whitened principal components of the mean
teacher embedding over that person's pictures, so that a standard normal vector is
a plausible person. Which person a code of the training set belongs to is never
exported.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.faces import load_faces
from training.generator.latents import IDENTITY
from training.generator.model import INNER

#: Detector score and inter-eye distance of the source from which a picture is a sharp target.
SHARP_SCORE = 0.8
SHARP_IED = 30.0


@dataclass
class FaceSet:
    """`images` uint8 [M,3,72,72] RGB; a row's person indexes `code` and `mobile`."""

    images: np.ndarray
    person: np.ndarray
    code: np.ndarray
    mobile: np.ndarray
    weight: np.ndarray


def normalise(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


def person_means(embeddings: np.ndarray, person: np.ndarray, people: int) -> np.ndarray:
    """Normalised mean embedding of each person."""
    sums = np.zeros((people, embeddings.shape[1]), np.float64)
    np.add.at(sums, person, normalise(embeddings.astype(np.float64)))
    return normalise(sums)


def identity_codes(means: np.ndarray, dimensions: int = IDENTITY) -> np.ndarray:
    """Whitened principal components, float32 [people, dimensions]."""
    centred = means - means.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    projected = centred @ axes[:dimensions].T
    return (projected / projected.std(0)).astype(np.float32)


def halve(images: np.ndarray) -> np.ndarray:
    """uint8 [M,144,144,3] -> uint8 [M,3,72,72] by area."""
    result = np.empty((len(images), 3, INNER, INNER), np.uint8)
    for index, image in enumerate(images):
        wide = np.asarray(image, np.uint16)
        total = wide[0::2, 0::2] + wide[1::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 1::2]
        result[index] = ((total + 2) >> 2).astype(np.uint8).transpose(2, 0, 1)
    return result


def sharp_rows(data: Path, keys: list[str]) -> np.ndarray:
    """Rows of the cache that serve as targets."""
    with (data / "faces" / "train" / "index.csv").open() as file:
        good = {
            row["key"]
            for row in csv.DictReader(file)
            if float(row["detector_score"]) >= SHARP_SCORE and float(row["source_ied_px"]) >= SHARP_IED
        }
    return np.flatnonzero([key in good for key in keys])


def load_face_set(data: Path, cache: Path) -> FaceSet:
    """Sharp faces with codes; kept beside the cache, as it takes a minute to build."""
    stored = cache / f"generator{INNER}.npz"
    if stored.exists():
        with np.load(stored) as file:
            return FaceSet(**{name: file[name] for name in FaceSet.__dataclass_fields__})
    faces = load_faces(cache)
    rows = sharp_rows(data, faces.keys)
    _, person = np.unique(faces.identity[rows], return_inverse=True)
    people = int(person.max()) + 1
    retail = person_means(np.load(cache / "teacher_retail.npy")[rows], person, people)
    mobile = person_means(np.load(cache / "teacher_mobile.npy")[rows], person, people)
    weight = 1 / np.sqrt(np.bincount(person)[person])
    result = FaceSet(
        images=halve(faces.images[rows]),
        person=person,
        code=identity_codes(retail),
        mobile=mobile.astype(np.float32),
        weight=weight / weight.sum(),
    )
    np.savez(stored, **vars(result))
    return result
