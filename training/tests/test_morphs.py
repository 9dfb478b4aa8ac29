"""Blends of two people: nobody in particular, repeatable, and of use to the embedder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.data.faces import load_faces, split_identities
from training.data.morphs import build_morphs, morph, region
from training.data.teachers import MAPS
from training.degrade.sheet import drawn_face
from training.stages import embed
from training.stages.common import make_config


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


def test_parents_are_of_the_rows_given_only(drawn_work: Path, tmp_path: Path):
    faces = load_faces(drawn_work / "cache")
    rows, held_out = split_identities(faces, 8)
    spoilt = faces.images.copy()
    spoilt[held_out] = 255 - spoilt[held_out]  # people kept aside must not matter
    a = build_morphs(faces, rows, tmp_path / "a", 10)
    b = build_morphs(type(faces)(spoilt, faces.identity, faces.source_ied, faces.keys), rows, tmp_path / "b", 10)
    assert np.array_equal(np.load(a / "images.npy"), np.load(b / "images.npy"))


def test_embedder_learns_from_morphs(drawn_work: Path, tmp_path: Path):
    work = tmp_path / "work"
    (work / "cache").mkdir(parents=True)
    for file in (drawn_work / "cache").iterdir():
        if file.is_file():
            (work / "cache" / file.name).symlink_to(file)
    faces, count = load_faces(work / "cache"), 40
    folder = build_morphs(faces, split_identities(faces, 2)[0], work / "cache", count)
    rng = np.random.default_rng(0)
    target = rng.standard_normal((1, 256)).repeat(count, 0).astype(np.float32)
    np.save(folder / "teacher_retail.npy", target / np.linalg.norm(target, axis=1, keepdims=True))
    for name, (_, channels, _, side) in MAPS["retail"].items():
        np.save(folder / f"{name}.npy", np.zeros((count, 2, channels, side, side), np.float16))
    values = {
        "run": "embed",
        "steps": 60,
        "batch": 8,
        "held_out": 2,
        "workers": 0,
        "ema": 0.9,
        "lr": 3e-3,
        "kernel_lr": 0.03,
        "precision": "fp32",
        "network": {"stem": 16, "widths": [16, 16], "depths": [2, 1]},
        "teachers": {"retail": 1.0},
        "mix": {"profiles": {"generic": 1.0}, "clean": 0.5},
        "weights": {"distil": 2.0, "prototype": 0.0, "maps": 0.0},
        "scale": 16.0,
        "margin": 0.1,
        "morphs": count,
    }
    network = embed.train(make_config(values, work, work, "embed"))
    maker = embed.Maker(make_config(values, work, work, "embed"), embed.Mix(clean=1.0), morphs=folder)
    batch = maker(len(faces.images) + np.arange(16), np.random.default_rng(1), 0)
    found = network(embed.batches.normalise(batch["picture"])).detach().numpy()
    cosine = (found * target[0]).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(target[0])
    assert cosine.mean() > 0.3  # all morphs have one target here: it was learnt


def test_morphs_need_the_teacher_whose_maps_there_are(drawn_work: Path):
    config = make_config({"steps": 1, "teachers": {"retail": 0.7, "mobile": 0.3}}, drawn_work, drawn_work, "x")
    faces = load_faces(drawn_work / "cache")
    with pytest.raises(ValueError, match="retail"):
        embed.with_morphs(config, faces, np.arange(4), np.zeros((4, 256), np.float32), 4)


def test_a_finished_folder_is_used_again(drawn_work: Path, tmp_path: Path):
    faces = load_faces(drawn_work / "cache")
    folder = build_morphs(faces, np.arange(20), tmp_path, 3)
    before = (folder / "images.npy").stat().st_mtime_ns
    build_morphs(faces, np.arange(20), tmp_path, 3)
    assert (folder / "images.npy").stat().st_mtime_ns == before
    build_morphs(faces, np.arange(20), tmp_path, 5)
    assert len(json.loads((folder / "index.json").read_text())["keys"]) == 5
