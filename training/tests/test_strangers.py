"""Strangers for the evaluation."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from training.data.faces import load_faces, split_identities
from training.evaluation.strangers import LEVELS, worsen, write_strangers


def test_strangers_are_the_people_held_out_at_every_level(drawn_work: Path, tmp_path: Path) -> None:
    faces = load_faces(drawn_work / "cache")
    counts = write_strangers(faces, tmp_path, held_out=6)
    entries = json.loads((tmp_path / "strangers.json").read_text())["strangers"]
    _, held = split_identities(faces, 6)
    people = {f"held-out-{i}" for i in faces.identity[held]}
    assert {e["identity"] for e in entries} == people
    # The clean level has each picture with its mirror image.
    assert counts == {"clean": 48, "L1": 24, "L2": 24, "L3": 24}
    assert all((tmp_path / e["file"]).stat().st_size > 0 for e in entries)


def test_a_level_has_its_pixels_between_the_eyes_and_is_darker(face: np.ndarray) -> None:
    for name in ("L1", "L2", "L3"):
        data, landmarks = worsen(face, LEVELS[name], np.random.default_rng(0))
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert abs(np.hypot(*(landmarks[1] - landmarks[0])) - LEVELS[name].ied) < 0.5
        assert 0.8 < picture.mean() / face.mean() < 0.9
        assert (landmarks > 0).all() and (landmarks < picture.shape[0]).all()


def test_a_clean_stranger_is_the_picture_itself(face: np.ndarray) -> None:
    data, _ = worsen(face, LEVELS["clean"], np.random.default_rng(0))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    assert np.abs(picture.astype(float) - face).mean() < 4
