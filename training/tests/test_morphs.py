"""Blends of two people: nobody in particular, repeatable, and of the people given only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data.faces import load_faces, split_identities
from training.data.morphs import looks_of, morph, partner, region
from training.degrade.sheet import drawn_face


def test_a_morph_is_neither_of_its_parents_and_repeats():
    first, second = drawn_face(1), drawn_face(2)
    for seed in range(12):
        made = morph(first, second, np.random.default_rng(seed))
        assert made.shape == first.shape and made.dtype == np.uint8
        assert np.abs(made.astype(int) - first).mean() > 1
        assert np.abs(made.astype(int) - second).mean() > 1
        assert np.array_equal(made, morph(first, second, np.random.default_rng(seed)))


def test_regions_are_soft_and_leave_something_of_both():
    for seed in range(12):
        share = region(np.random.default_rng(seed))
        assert share.min() >= 0 and share.max() <= 1
        assert 0.2 < share.mean() < 0.8
        assert np.abs(np.diff(share[..., 0], axis=0)).max() < 0.2


def test_a_partner_is_another_person_of_the_rows_given(drawn_work: Path):
    faces = load_faces(drawn_work / "cache")
    looks = looks_of(faces, drawn_work / "cache")
    rows, _ = split_identities(faces, 8)
    for seed in range(20):
        row = int(rows[seed])
        other = partner(faces, looks, rows, row, np.random.default_rng(seed))
        assert other in rows and faces.identity[other] != faces.identity[row]


def test_looks_are_computed_once(drawn_work: Path, tmp_path: Path):
    faces = load_faces(drawn_work / "cache")
    first = looks_of(faces, tmp_path)
    before = (tmp_path / "looks.npy").stat().st_mtime_ns
    assert np.array_equal(looks_of(faces, tmp_path), first)
    assert (tmp_path / "looks.npy").stat().st_mtime_ns == before
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-4)
