"""The alignment: geometry, sampling, and the golden values that other implementations check against."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.data import align

GOLDEN = Path(__file__).parent / "golden_align.json"


def pattern(h: int, w: int) -> np.ndarray:
    """uint8 [h,w,3]: gradients and a checker, the same formula as in golden_align.json."""
    y, x = np.mgrid[0:h, 0:w]
    checker = ((x // 3 + y // 3) % 2) * 40
    return np.stack([(x * 5 + checker) % 256, (y * 7 + x) % 256, (x * y + checker) % 256], 2).astype(np.uint8)


def golden() -> dict:
    """Corner samples and sums of both alignments for three scales."""
    cases = []
    for scale, angle, shift, size in (
        (0.25, 12.0, (6.0, 4.0), (48, 44)),
        (0.6, -8.0, (9.0, 12.0), (100, 90)),
        (1.7, 3.0, (20.0, 15.0), (240, 230)),
    ):
        a = np.deg2rad(angle)
        turn = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        landmarks = (align.TEMPLATE @ turn.T + shift).round(2)
        picture = pattern(*size)
        crop, region = align.align_template(picture, landmarks), align.align_region(picture, landmarks, 32)
        cases.append(
            {
                "height": size[0],
                "width": size[1],
                "landmarks": landmarks.tolist(),
                "matrix": align.similarity(landmarks, align.TEMPLATE).round(9).tolist(),
                "template": {"sum": int(crop.sum()), "row0": crop[0, :8].tolist(), "row56": crop[56, 52:60].tolist()},
                "region32": {
                    "sum": int(region.sum()),
                    "row0": region[0, :8].tolist(),
                    "row16": region[16, 12:20].tolist(),
                },
            }
        )
    return {
        "picture": "c = 40 * ((x div 3 + y div 3) mod 2); R = (5x + c) mod 256; G = (7y + x) mod 256; B = (xy + c) mod 256",
        "cases": cases,
    }


def test_golden_values():
    stored = json.loads(GOLDEN.read_text())
    for want, got in zip(stored["cases"], golden()["cases"]):
        assert np.allclose(want["matrix"], got["matrix"], atol=1e-8)
        for part in ("template", "region32"):
            for key, value in want[part].items():
                assert np.allclose(value, got[part][key], atol=1 if key != "sum" else 60)


def test_similarity_recovers_a_similarity():
    matrix = np.array([[1.2, -0.4, 7.0], [0.4, 1.2, -3.0]])
    moved = align.TEMPLATE @ matrix[:, :2].T + matrix[:, 2]
    assert np.allclose(align.similarity(align.TEMPLATE, moved), matrix)
    assert np.allclose(align.compose(align.invert(matrix), matrix), [[1, 0, 0], [0, 1, 0]])


def test_identity_warp_changes_nothing():
    picture = pattern(112, 112)
    assert np.array_equal(align.align_template(picture, align.TEMPLATE), picture)


def test_area_warp_of_a_ramp_is_a_ramp():
    ramp = np.repeat(np.arange(0, 240, 2, dtype=np.uint8)[None, :, None], 120, 0).repeat(3, 2)
    half = align.warp(ramp, np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]]), 60)
    assert np.abs(half[30, 5:55, 0].astype(int) - (np.arange(5, 55) * 4 + 1)).max() <= 1


@pytest.mark.parametrize("ied,side", [(6, 32), (11, 32), (11.5, 48), (24, 48), (25, None)])
def test_region_sides(ied, side):
    assert align.region_side(ied) == side


def test_frame_cut_is_exact_for_128():
    a = align.frame_to_template(128)
    assert np.array_equal(a, np.eye(128, dtype=np.float32)[8:120])
    for side in (64, 192):
        assert np.allclose(align.frame_to_template(side).sum(1), 1)


def test_frame_cut_agrees_with_the_warp():
    frame = pattern(192, 192)
    a = align.frame_to_template(192)
    cut = np.einsum("us,stc,vt->uvc", a, frame.astype(np.float32), a)
    matrix = align.invert(align.template_to_region(192))
    assert np.abs(cut - align.warp(frame, matrix, 112, cubic=False)).max() <= 0.51
