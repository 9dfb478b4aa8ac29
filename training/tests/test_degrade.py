"""Every part of the degradation model: deterministic by seed, statistics as specified."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.align import TEMPLATE
from training.degrade import blur, codec, light, noise
from training.degrade.pipeline import degrade, place
from training.degrade.profiles import PROFILES


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", list(PROFILES))
def test_same_seed_same_footage(face, name):
    a, b = (degrade(face, rng(5), PROFILES[name], 10.0) for _ in range(2))
    assert np.array_equal(a.picture, b.picture) and np.array_equal(a.to_footage, b.to_footage)
    assert not np.array_equal(a.picture, degrade(face, rng(6), PROFILES[name], 10.0).picture)


@pytest.mark.parametrize("ied", [6.0, 10.0, 20.0, 32.0])
def test_eyes_lie_where_the_matrix_says(face, ied):
    footage = degrade(face, rng(2), ied=ied)
    eyes = np.hstack([TEMPLATE[:2], np.ones((2, 1))]) @ footage.to_footage.T
    assert np.hypot(*(eyes[1] - eyes[0])) == pytest.approx(ied, rel=0.08)


def test_place_keeps_dark_pupils_at_the_eyes(face):
    small, matrix = place(face, 20.0, 10.0, 3)
    x, y = (matrix[:, :2] @ (TEMPLATE[0]) + matrix[:, 2]).round().astype(int)
    assert small[y - 1 : y + 2, x - 1 : x + 2].min() < 0.35


def test_poisson_gaussian_variance():
    for value in (0.2, 0.7):
        flat = np.full((200, 200, 3), value, np.float32)
        noisy = noise.poisson_gaussian(flat, 0.05, 0.02, rng())
        assert noisy.var() == pytest.approx(0.05**2 * value + 0.02**2, rel=0.03)
        assert noisy.mean() == pytest.approx(value, abs=1e-3)


def test_chroma_noise_keeps_luminance(grey):
    noisy = noise.chroma(grey, 0.05, 3.0, rng())
    assert np.abs((noisy - grey) @ light.LUMA).max() < 1e-5
    assert (noisy - grey).std() > 0.01


def test_correlated_noise_has_the_level_and_neighbours_agree(grey):
    field = noise.correlated(grey, 0.04, 1.0, rng()) - grey
    assert field.std() == pytest.approx(0.04, rel=0.02)
    assert np.corrcoef(field[:, 1:].ravel(), field[:, :-1].ravel())[0, 1] > 0.5


def test_luma_noise_is_the_same_in_all_channels(grey):
    field = noise.luma(grey, 0.05, rng()) - grey
    assert np.allclose(field[..., 0], field[..., 2]) and field.std() == pytest.approx(0.05, rel=0.05)


def test_fixed_pattern_is_constant_along_columns(grey):
    field = noise.fixed_pattern(grey, 0.05, 0.0, 0.0, rng()) - grey
    assert field.std(0).max() < 1e-6 and field[0].std() == pytest.approx(0.05, rel=0.3)


def test_hot_pixel_rate(grey):
    changed = (noise.hot_pixels(grey, 0.02, rng()) != grey).any(2).mean()
    assert changed == pytest.approx(0.02, rel=0.35)


def test_blur_keeps_brightness_and_lowers_contrast(face):
    x = face.astype(np.float32) / 255
    for y in (blur.gaussian(x, 1.5), blur.defocus(x, 2.0), blur.motion(x, 5.0, 30.0)):
        assert y.mean() == pytest.approx(x.mean(), abs=0.01) and y.std() < x.std()


def test_motion_blur_is_along_its_angle():
    kernel = blur.motion_kernel(6.0, 0)
    assert kernel.sum() == pytest.approx(1) and kernel[kernel.shape[0] // 2].sum() == pytest.approx(1, abs=1e-5)


def test_infrared_is_monochrome_and_dark_in_the_corners(grey):
    y = light.night_infrared(grey, 0.8, 1.2, rng())
    assert np.allclose(y[..., 0], y[..., 2]) and y[48, 48, 0] > y[0, 0, 0] + 0.1


def test_low_light_haze_shadow(face):
    x = face.astype(np.float32) / 255
    assert light.low_light(x, 0.4, 1.2).mean() < 0.6 * x.mean()
    assert light.haze(x, 0.5, 0.8).std() == pytest.approx(0.5 * x.std(), rel=1e-3)
    assert light.shadow(x, 0.7, rng()).mean() < x.mean()
    assert light.rain(x, 10, rng()).mean() > x.mean()


def test_jpeg_worsens_with_quality(face):
    x = face.astype(np.float32) / 255
    errors = [np.abs(codec.jpeg(x, q) - x).mean() for q in (90, 50, 15)]
    assert errors == sorted(errors)


@pytest.mark.parametrize("name", ["h264", "h265"])
def test_real_video_compression(face, name):
    x = face[:40, :52].astype(np.float32) / 255
    good, bad = (codec.video([x] * 3, name, crf)[2] for crf in (18, 45))
    assert good.shape == x.shape and np.abs(good - x).mean() < np.abs(bad - x).mean()
    assert np.array_equal(bad, codec.video([x] * 3, name, 45)[2])


def test_interlace_moves_odd_lines_only(face):
    x = face.astype(np.float32) / 255
    y = codec.interlace(x, 2)
    assert np.array_equal(x[::2], y[::2]) and not np.array_equal(x[1::2], y[1::2])
