"""Faces of nobody: blends of two training people, so that the teacher can teach more than it was shown.

A student with a few ten thousand pictures learns them by heart before it has its teacher's function.
Of blends, which the teacher judges on the fly, there is no end (Beyer et al. 2022, "Knowledge distillation: a
good teacher is patient and consistent"). Parents are aligned faces of like pose and light; a smooth warp
moves what a face is recognised by.
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from training.data.faces import SIDE, Faces

Rng = np.random.Generator
#: shares of: whole blends, blends by region, one warped face
KINDS = (0.55, 0.3, 0.15)
CANDIDATES = 24


def looks_of(faces: Faces, cache: Path) -> np.ndarray:
    """float32 [M,256]: `look` of every cached face, computed once."""
    stored = Path(cache) / "looks.npy"
    if not stored.exists():
        temporary = stored.with_suffix(".tmp.npy")
        np.save(temporary, np.stack([look(picture) for picture in faces.images]))
        os.replace(temporary, stored)
    return np.load(stored)


def partner(faces: Faces, looks: np.ndarray, rows: np.ndarray, row: int, rng: Rng) -> int:
    """Row of another person in like pose and light, the best of some that are drawn from `rows`."""
    among = rows[rng.integers(len(rows), size=CANDIDATES)]
    among = among[faces.identity[among] != faces.identity[row]]
    return int(among[np.argmax(looks[among] @ looks[row])]) if len(among) else row


def look(picture: np.ndarray) -> np.ndarray:
    """float32 [256], unit length: pose and light of a face, coarsely."""
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (16, 16), interpolation=cv2.INTER_AREA)
    flat = small.astype(np.float32).ravel()
    flat -= flat.mean()
    return flat / (np.linalg.norm(flat) + 1e-6)


def morph(first: np.ndarray, second: np.ndarray, rng: Rng) -> np.ndarray:
    """uint8 [144,144,3] of two people -> uint8 [144,144,3] of nobody."""
    kind = rng.choice(len(KINDS), p=KINDS)
    if kind == 2:
        return warped(first, rng, 3.0)
    if rng.random() < 0.5:
        second = second[:, ::-1]
    a, b = warped(first, rng, 1.5).astype(np.float32), warped(np.ascontiguousarray(second), rng, 1.5).astype(np.float32)
    b += a[16:-16, 16:-16].mean((0, 1)) - b[16:-16, 16:-16].mean((0, 1))  # no seam by light
    share = rng.uniform(0.3, 0.7) if kind == 0 else region(rng)
    return np.clip(a + (b - a) * share + 0.5, 0, 255).astype(np.uint8)


def region(rng: Rng) -> np.ndarray:
    """float32 [144,144,1], 0..1: a soft part of the face, cut across or along."""
    field = np.zeros((SIDE, SIDE), np.float32)
    cut = int(rng.integers(48, 104))
    field[cut:] = 1
    if rng.random() < 0.25:
        field = np.ascontiguousarray(field.T)
    soft = cv2.GaussianBlur(field, (0, 0), float(rng.uniform(5, 12))).clip(0, 1)[..., None]
    return soft if rng.random() < 0.5 else 1 - soft


def warped(picture: np.ndarray, rng: Rng, amplitude: float) -> np.ndarray:
    """uint8 [144,144,3], moved by a smooth field of about `amplitude` pixels."""
    coarse = rng.normal(0, amplitude, (2, 6, 6)).astype(np.float32)
    dx, dy = (cv2.resize(c, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for c in coarse)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    return cv2.remap(picture, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
