"""A measured camera: its figures are found again in what it does to a picture, and files that are none are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.degrade.measured import arrives, camera_of, changing_noise, read_camera, standing_pattern
from training.degrade.pipeline import degrade
from training.degrade.profiles import profile_of

QUIET = dict.fromkeys(("shot", "read", "column", "row", "rowNoise", "pixel", "hot", "grain"), 0.0)
LUMA = np.float32([0.299, 0.587, 0.114])


def saved(noise: dict | None = None, **more) -> dict:
    return {"version": 1, "noise": QUIET | (noise or {}), "blur": None, "infrared": True, "quantiser": None} | more


@pytest.mark.parametrize("infrared", [True, False])
@pytest.mark.parametrize("grain", [0.0, 0.8])
def test_noise_has_the_measured_variance_at_each_level(infrared: bool, grain: float):
    camera = camera_of(saved({"shot": 0.05, "read": 0.03, "grain": grain}, infrared=infrared))
    for level in (0.2, 0.7):
        grey, made = np.full((160, 160, 3), level, np.float32), []
        for seed in range(6):
            noisy = changing_noise(grey, camera, 1.0, np.random.default_rng(seed))
            made.append((noisy - grey) @ LUMA)
            assert infrared == bool(np.allclose(noisy[:, :, 0], noisy[:, :, 2]))
        wanted = 0.05**2 * level + 0.03**2
        assert np.var(made) == pytest.approx(wanted, rel=0.08)


def test_pattern_rows_and_hot_pixels_are_those_of_the_profile(grey: np.ndarray):
    rng = np.random.default_rng(1)
    columns = camera_of(saved({"column": 0.04}))
    made = np.concatenate([standing_pattern(grey, columns, 1.0, rng) for _ in range(20)], 1) - grey[:, :1]
    assert made[0].std() == pytest.approx(0.04, rel=0.1)
    assert np.allclose(made[0], made[50], atol=1e-6)
    rows = changing_noise(grey, camera_of(saved({"rowNoise": 0.02})), 1.0, rng) - grey
    assert np.allclose(rows[:, 0], rows[:, 60], atol=1e-6) and rows.std() == pytest.approx(0.02, rel=0.3)
    hot = standing_pattern(np.zeros((400, 400, 3), np.float32), camera_of(saved({"hot": 0.01})), 1.0, rng)
    assert (hot[:, :, 0] > 0.05).mean() == pytest.approx(0.01, rel=0.15)


def test_the_coarser_the_quantiser_the_more_is_lost(face: np.ndarray):
    clean = face.astype(np.float32) / 255
    lost = [
        np.abs(arrives(clean, camera_of(saved(quantiser=q)), np.random.default_rng(2), 0.0) - clean).mean()
        for q in (20, 45)
    ]
    assert lost[1] > 2 * lost[0] > 0


def test_a_face_is_degraded_by_the_profile_in_its_light(face: np.ndarray):
    profile = profile_of(camera_of(saved({"read": 0.05})))
    footage = degrade(face, np.random.default_rng(3), profile, 10.0)
    assert footage.picture.shape == footage.clean.shape
    # Infrared: monochrome, noise included; what is wanted of the denoiser is the face in colour.
    assert np.ptp(footage.picture.astype(int), axis=2).max() == 0 < np.ptp(footage.clean.astype(int), axis=2).max()
    again = degrade(face, np.random.default_rng(3), profile, 10.0)
    assert np.array_equal(footage.picture, again.picture)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"version": 2},
        saved({"read": 3.0}),
        saved({"read": float("nan")}),
        saved({"read": True}),
        saved(infrared="yes"),
        saved(quantiser=99),
        saved(blur=-1),
    ],
)
def test_what_is_no_profile_is_refused(wrong, tmp_path: Path):
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match="profile"):
        read_camera(file)
    file.write_bytes(b"\xff{")
    with pytest.raises(ValueError, match="no camera profile"):
        read_camera(file)
