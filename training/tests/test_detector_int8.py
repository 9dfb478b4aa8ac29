"""INT8 variant of the detector: when it ships, and what the card says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from training.detector.card import add_int8
from training.detector.export import export_onnx
from training.detector.int8 import calibration_inputs, pays, quantise
from training.detector.model import Detector
from training.detector.scenes import Scene


def row(ms: float = 6.0, recall: float = 0.9, error: float = 0.1) -> dict:
    full = {"recall": 0.9, "landmarkError": 0.1, "falsePerPicture": 0.1}
    less = {"recall": recall, "landmarkError": error, "falsePerPicture": 0.1}
    return {"cpuMs": 12.0, "cpuMsInt8": ms, "size": [384, 640], "levels": {"clean": {"fp32": full, "int8": less}}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, True), ({"ms": 9.0}, False), ({"recall": 0.89}, False), ({"error": 0.104}, False), ({"error": 0.09}, True)],
)
def test_it_ships_only_where_it_pays(given: dict, expected: bool):
    assert pays(row(**given)) is expected


def test_the_card_has_one_chapter_of_it(tmp_path: Path):
    card = tmp_path / "detect.md"
    card.write_text("# title\n\ntext\n\n## Limits\n\nsome\n")
    add_int8(card, row(), True)
    once = card.read_text()
    assert once.count("## INT8") == 1 and "6.0 ms against 12.0" in once and "Ships" in once
    add_int8(card, row(), True)
    assert card.read_text() == once


def test_quantised_detector_sees_nearly_the_same(tmp_path: Path):
    torch.manual_seed(0)
    path = tmp_path / "detect.onnx"
    export_onnx(Detector().eval(), path)
    rng = np.random.default_rng(0)
    none = np.zeros((0, 4), np.float32)
    scenes = [
        Scene(
            str(i),
            "drawn",
            rng.integers(0, 256, (90, 130, 3)).astype(np.uint8),
            none,
            np.zeros((0, 5, 2), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, bool),
        )
        for i in range(4)
    ]
    inputs = calibration_inputs(scenes, 128)
    assert all(side % 32 == 0 for x in inputs for side in x.shape[2:])
    small = quantise(path, inputs)
    assert small.stat().st_size < 0.6 * path.stat().st_size
    full, less = (onnxruntime.InferenceSession(str(p), providers=["CPUExecutionProvider"]) for p in (path, small))
    for a, b in zip(full.run(None, {"input": inputs[0]}), less.run(None, {"input": inputs[0]})):
        assert np.abs(a - b).mean() <= 0.1 * (np.abs(a).mean() + np.abs(a).std()) + 1e-3
