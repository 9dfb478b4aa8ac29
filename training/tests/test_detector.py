"""Detector: shapes, targets, losses, decoding, resuming, export."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from training.detector.augment import AugmentConfig, Augmenter
from training.detector.decode import Found, OnnxDetector, decode, pair_iou, suppress
from training.detector.evaluate import Tally, count, paired
from training.detector.export import TOLERANCE, export_files
from training.detector.losses import detector_loss
from training.detector.lowgrade import lowgrade
from training.detector.model import Detector, ExportedDetector
from training.detector.repeat import mirrored, misses, summary
from training.detector.scenes import Scene
from training.detector.targets import Faces, assign
from training.detector.train import Trainer, make_batch
from training.detector.worsen import worsen
from training.stages.common import make_config


def drawn_scene(seed: int, size: int = 200) -> Scene:
    """A grey picture with one bright ellipse as its face."""
    rng = np.random.default_rng(seed)
    image = rng.integers(40, 90, (size, size, 3)).astype(np.uint8)
    side = float(rng.uniform(40, 90))
    x, y = rng.uniform(10, size - side - 10, 2)
    centre = (int(x + side / 2), int(y + side / 2))
    cv2.ellipse(image, centre, (int(side / 2.4), int(side / 2)), 0, 0, 360, (140, 170, 210), -1)
    share = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.78], [0.65, 0.78]])
    points = (np.array([x, y]) + share * side).astype(np.float32)[None]
    for px, py in points[0, :2]:
        cv2.circle(image, (int(px), int(py)), max(2, int(side / 14)), (20, 20, 20), -1)
    box = np.array([[x, y, side, side]], np.float32)
    return Scene(f"s{seed}", "lfw", image, box, points, np.ones(1, np.float32), np.zeros(1, bool))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    blank = drawn_scene(99)
    empty = Scene("e", "bsds", blank.image, blank.boxes[:0], blank.points[:0], blank.score[:0], blank.ignore[:0])
    return [drawn_scene(k) for k in range(4)] + [empty]


def small_trainer(scenes, out: Path, steps: int = 4) -> Trainer:
    values = {"steps": steps, "batch": 2, "canvas": 128, "lr": 2.5e-3, "precision": "fp32"}
    return Trainer(make_config(values, out, out, "detector"), Augmenter(scenes, AugmentConfig(canvas=128)))


def test_outputs_have_the_shapes_of_the_yunet_decoding():
    outputs = ExportedDetector(Detector()).eval()(torch.rand(2, 3, 96, 160) * 255)
    shapes = {name: tuple(v.shape) for name, v in zip(ExportedDetector.NAMES, outputs)}
    for stride in (8, 16, 32):
        cells = (96 // stride) * (160 // stride)
        assert shapes[f"cls_{stride}"] == shapes[f"obj_{stride}"] == (2, cells, 1)
        assert shapes[f"bbox_{stride}"] == (2, cells, 4)
        assert shapes[f"kps_{stride}"] == (2, cells, 10)


def test_samples_repeat_for_the_same_seed_and_differ_by_step(scenes):
    augmenter = Augmenter(scenes, AugmentConfig(canvas=128))
    first, faces = make_batch(augmenter, 2, 5, 3)
    again, same = make_batch(augmenter, 2, 5, 3)
    other, _ = make_batch(augmenter, 2, 5, 4)
    assert torch.equal(first, again) and torch.equal(faces.boxes, same.boxes)
    assert not torch.equal(first, other)


def test_warped_labels_follow_the_pixels(scenes):
    augmenter = Augmenter(scenes[:4], AugmentConfig(canvas=128, split=(0.0, 0.0), worsen=0.0, smallest=50, largest=90))
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(20):
        sample = augmenter.sample(rng)
        for points in sample.points[~sample.ignore]:
            for x, y in points[:2]:
                if 2 <= x < 126 and 2 <= y < 126:
                    hits.append(sample.image[int(y), int(x)].max() < 120)
    assert np.mean(hits) > 0.9


def test_worsening_keeps_shape_and_repeats(scenes):
    image = scenes[0].image
    a, b = (worsen(image, np.random.default_rng(4)) for _ in range(2))
    assert a.shape == image.shape and a.dtype == np.uint8 and np.array_equal(a, b)


def test_a_whole_chain_worsens_more_than_a_part_of_it(scenes):
    image = scenes[0].image

    def away(whole: bool) -> float:
        worse = [worsen(image, np.random.default_rng(k), gentle=True, whole=whole) for k in range(40)]
        return float(np.mean([np.abs(w.astype(int) - image).mean() for w in worse]))

    assert away(True) > 1.1 * away(False)


def test_surveillance_canvases_leave_the_labels_alone(scenes):
    plain, poor = (
        Augmenter(scenes[:4], AugmentConfig(canvas=128, worsen=w, surveillance=w)).sample(np.random.default_rng(3))
        for w in (0.0, 1.0)
    )
    assert np.array_equal(plain.boxes, poor.boxes) and not np.array_equal(plain.image, poor.image)


def one_face(box, ignore=False) -> Faces:
    x, y, w, h = box
    points = torch.tensor(
        [[[x + w * s, y + h * t] for s, t in ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))]]
    )
    return Faces(torch.tensor([0]), torch.tensor([box]), points, torch.ones(1), torch.tensor([ignore]))


@pytest.mark.parametrize(("side", "strides"), [(20.0, [0]), (40.0, [0, 1]), (70.0, [1]), (140.0, [1, 2]), (190.0, [2])])
def test_faces_are_assigned_by_size(side, strides):
    found = assign(one_face([30.0, 30.0, side, side]), 1, 256)
    assert [k for k in range(3) if len(found[k].cells)] == strides


def test_unsure_faces_are_left_out_not_learnt():
    found = assign(one_face([40.0, 40.0, 30.0, 30.0], ignore=True), 1, 128)
    assert all(len(f.cells) == 0 for f in found)
    assert found[0].left_out.any() and not found[0].left_out.all()


def perfect_rows(faces: Faces, size: int) -> list[torch.Tensor]:
    """Raw rows that say exactly what the targets want."""
    rows = []
    for stride, found in zip((8, 16, 32), assign(faces, 1, size)):
        side = size // stride
        row = torch.zeros(side * side, 16)
        row[:, :2] = -12.0
        for cell, face in zip(found.cells.tolist(), found.face.tolist()):
            origin = torch.tensor([cell % side, cell // side]) * stride
            box = faces.boxes[face]
            row[cell, :2] = 12.0
            row[cell, 2:4] = (box[:2] + box[2:] / 2 - origin) / stride
            row[cell, 4:6] = (box[2:] / stride).log()
            row[cell, 6:] = ((faces.points[face] - origin) / stride).flatten()
        rows.append(row[None])
    return rows


def test_loss_vanishes_at_the_targets_and_decoding_gives_the_face_back():
    faces = one_face([50.0, 40.0, 40.0, 44.0])
    rows = perfect_rows(faces, 128)
    total, _ = detector_loss(rows, faces, 128)
    assert float(total) < 1e-3
    outputs = {}
    for stride, row in zip((8, 16, 32), rows):
        value = row.numpy()
        outputs[f"cls_{stride}"] = outputs[f"obj_{stride}"] = 1 / (1 + np.exp(-value[..., :1]))
        outputs[f"bbox_{stride}"], outputs[f"kps_{stride}"] = value[..., 2:6], value[..., 6:]
    found = decode(outputs, 128, 0.5)
    assert len(found.score) == 1
    np.testing.assert_allclose(found.boxes[0], faces.boxes[0].numpy(), atol=1e-3)
    np.testing.assert_allclose(found.points[0], faces.points[0].numpy(), atol=1e-3)


def test_suppression_keeps_the_best_of_overlapping_faces():
    boxes = np.array([[0, 0, 10, 10], [1, 1, 10, 10], [40, 0, 10, 10]], float)
    kept = suppress(Found(boxes, np.zeros((3, 5, 2)), np.array([0.5, 0.9, 0.7])))
    assert kept.score.tolist() == [0.9, 0.7]
    assert pair_iou(boxes[:1], boxes[2:]).item() == 0


def test_evaluation_counts_hits_misses_and_excused_finds():
    scene = drawn_scene(1)
    scene.boxes = np.array([[10, 10, 40, 40], [100, 100, 40, 40]], np.float32)
    scene.points = np.repeat(scene.points, 2, 0)
    scene.score, scene.ignore = np.ones(2, np.float32), np.array([False, True])
    found = Found(
        np.array([[11, 11, 40, 40], [102, 100, 40, 40], [10, 120, 30, 30]], float),
        np.repeat(scene.points[:1], 3, 0),
        np.array([0.9, 0.8, 0.7]),
    )
    tally = Tally()
    count(tally, scene, found)
    assert (tally.faces, tally.hits, tally.false) == (1, [0.9], [0.7])
    assert tally.errors == [0.0] and tally.of_face == [0.9]


def test_two_detectors_are_compared_face_by_face():
    ours = Tally(pictures=10, faces=12, of_face=[0.9] * 10 + [-np.inf] * 2, false=[0.5, 0.3])
    theirs = Tally(pictures=10, faces=12, of_face=[0.9] * 2 + [0.2] * 8 + [0.9, -np.inf], false=[0.6, 0.4])
    row = paired(ours, theirs, rate=0.1)
    assert (row["alone"], row["otherAlone"]) == (8, 1)
    assert row["p"] == pytest.approx(2 * (9 + 1) / 2**9, abs=1e-5)
    assert paired(ours, ours, rate=0.1)["p"] == 1.0


def test_low_grade_scenes_shrink_to_the_level_with_their_labels(scenes):
    low = lowgrade(scenes, "L2", 1)[0]
    eyes = np.linalg.norm(low.points[0, 0] - low.points[0, 1])
    assert eyes == pytest.approx(10, rel=0.15)
    assert low.image.shape[0] < scenes[0].image.shape[0]


def test_a_resumed_run_equals_an_uninterrupted_one(scenes, tmp_path):
    whole = small_trainer(scenes, tmp_path / "whole")
    whole.run()
    part = small_trainer(scenes, tmp_path / "cut")
    part.run(until=2)
    rest = small_trainer(scenes, tmp_path / "cut")
    assert rest.checkpoint.resume() and rest.clock.step == 2
    rest.run()
    for key, value in whole.net.state_dict().items():
        assert torch.equal(value, rest.net.state_dict()[key]), key
    for key, value in whole.average.state.items():
        assert torch.equal(value, rest.average.state[key]), key


def test_a_later_schedule_starts_from_the_average_of_an_earlier_run(scenes, tmp_path):
    first = small_trainer(scenes, tmp_path)
    first.run(until=2)
    values = {"steps": 4, "start": "detector", "precision": "fp32"}
    second = Trainer(make_config(values, tmp_path, tmp_path, "second"), first.augmenter)
    for key, value in second.net.state_dict().items():
        assert torch.equal(value, first.average.state[key]), key
    with pytest.raises(FileNotFoundError, match="missing"):
        Trainer(make_config({**values, "start": "missing"}, tmp_path, tmp_path, "third"), first.augmenter)


def test_training_lowers_its_loss(scenes, tmp_path):
    trainer = small_trainer(scenes, tmp_path, steps=40)
    totals = [sum(trainer.train_step().values()) for _ in range(40)]
    assert np.mean(totals[-8:]) < 0.8 * np.mean(totals[:8])


def test_unknown_settings_are_refused(scenes, tmp_path):
    config = make_config({"steps": 1, "speed": 3}, tmp_path, tmp_path, "detector")
    with pytest.raises(ValueError, match="speed"):
        Trainer(config, Augmenter(scenes, AugmentConfig(canvas=128)))


def test_export_equals_pytorch_at_any_size(tmp_path):
    torch.manual_seed(0)
    worst = export_files(Detector().eval(), tmp_path)
    assert worst["fp32"] < TOLERANCE["fp32"] and worst["fp16"] < TOLERANCE["fp16"]
    detector = OnnxDetector(tmp_path / "detect.onnx")
    assert detector.raw(np.zeros((64, 96, 3), np.uint8))["cls_8"].shape == (1, 96, 1)


def test_finds_at_another_scale_come_back_in_pixels_of_the_picture(scenes, tmp_path):
    torch.manual_seed(0)
    export_files(Detector().eval(), tmp_path)
    image = scenes[0].image
    half = OnnxDetector(tmp_path / "detect.onnx", longest=96).find(image, floor=0.0)
    small = cv2.resize(image, (96, 96), interpolation=cv2.INTER_AREA)
    itself = OnnxDetector(tmp_path / "detect.onnx").find(small, floor=0.0)
    np.testing.assert_allclose(half.points, itself.points * 200 / 96, rtol=1e-4, atol=1e-2)


def test_the_noise_of_labels_is_their_distance_from_the_mean_of_other_looks():
    scene = drawn_scene(1)
    scene.points[0, 1] = scene.points[0, 0] + (10, 0)
    found = Found(scene.boxes, scene.points, np.ones(1))
    there_and_back = mirrored(mirrored(found, 200), 200)
    np.testing.assert_allclose(there_and_back.points, scene.points)
    moved = [Found(scene.boxes, scene.points + (d, 0), np.ones(1)) for d in (0, 2, 2, 4)]
    between = max(10.0, 0.3 * scene.boxes[0, 2])
    rows = misses(scene, moved, found)
    np.testing.assert_allclose(rows, [(2 / between, 0.0, 2 / between, between)], rtol=1e-5)
    report = summary(np.array([*rows, (0.5, 0.1, 0.4, 12.0), (0.6, 0.1, 0.4, 12.0)]))
    assert report == {"faces": 3, "labelToMeanOfLooks": 0.5, "modelToLabel": 0.1, "modelToMeanOfLooks": 0.4}
