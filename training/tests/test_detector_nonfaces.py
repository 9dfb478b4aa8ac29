"""Detector: what is no face in training and in the measurement, one box a face, weights back from an export."""

from __future__ import annotations

import numpy as np
import torch

from training.detector.augment import AugmentConfig, Augmenter
from training.detector.decode import Found
from training.detector.export import deviation, export_onnx
from training.detector.from_onnx import load_folded, restore_norms
from training.detector.looks import Rules, one_box_a_face
from training.detector.model import Detector
from training.detector.nonfaces import LEFT_OVER, beside_window, cut, part_window, pattern
from training.detector.scenes import Scene
from training.detector.sizes import SizeTally, count_face, nonfaces, placed, single_faces
from training.detector.train import Trainer
from training.stages.common import make_config
from training.tests.test_detector import drawn_scene

BOX = np.array([60, 50, 80, 100], np.float32)


def blank_scene() -> Scene:
    base = drawn_scene(5)
    wall = np.full_like(base.image, 90)
    return Scene("b", "bsds", wall, base.boxes[:0], base.points[:0], base.score[:0], base.ignore[:0])


def share_of_face(window: np.ndarray, box: np.ndarray) -> float:
    low, high = np.maximum(window[:2], box[:2]), np.minimum(window[:2] + window[2:], box[:2] + box[2:])
    return float(np.clip(high - low, 0, None).prod() / box[2:].prod())


def test_a_part_shows_at_most_a_third_of_the_face():
    rng = np.random.default_rng(0)
    assert max(share_of_face(part_window(BOX, rng), BOX) for _ in range(200)) < 0.34


def test_a_cut_beside_holds_next_to_nothing_of_any_face():
    rng, scene = np.random.default_rng(0), drawn_scene(3)
    windows = [w for w in (beside_window(scene, rng) for _ in range(60)) if w is not None]
    assert len(windows) > 20
    assert all(share_of_face(w, scene.boxes[0]) <= LEFT_OVER + 1e-6 for w in windows)
    assert all(cut(scene, w, (48, 32)).shape == (32, 48, 3) for w in windows[:3])


def test_patterns_repeat_for_a_seed_and_are_of_many_kinds():
    first = [pattern((64, 48), np.random.default_rng(k)) for k in range(12)]
    again = [pattern((64, 48), np.random.default_rng(k)) for k in range(12)]
    assert all((a == b).all() for a, b in zip(first, again))
    assert len({a.tobytes() for a in first}) == 12


def test_a_canvas_of_what_is_no_face_has_no_labels():
    scenes = [drawn_scene(k) for k in range(3)] + [blank_scene()]
    augmenter = Augmenter(scenes, AugmentConfig(canvas=128, nonface=1.0))
    for seed in range(20):
        assert len(augmenter.sample(np.random.default_rng(seed)).boxes) == 0


def kept(boxes, scores, **rules: float) -> list[int]:
    """Which of the boxes stay, under the rules of the product but for those named."""
    boxes = np.array(boxes, np.float32)
    found = Found(boxes, np.zeros((len(boxes), 5, 2), np.float32), np.array(scores, np.float32))
    stay = one_box_a_face(found, Rules(**rules)).boxes.tolist()
    return [index for index, box in enumerate(boxes.tolist()) if box in stay]


def test_a_part_found_in_a_face_goes_and_a_neighbour_stays():
    boxes = [[0, 0, 100, 120], [20, 20, 30, 30], [80, 0, 60, 70]]
    assert kept(boxes, [0.8, 0.6, 0.7]) == [0, 2]
    assert kept(boxes, [0.8, 0.6, 0.7], inside=1) == [0, 1, 2]


def test_a_chin_found_across_the_border_of_a_much_larger_face_goes():
    face, chin, other = [0, 0, 100, 120], [30, 105, 40, 45], [85, 20, 65, 85]
    assert kept([face, chin, other], [0.9, 0.6, 0.7]) == [0, 2]
    assert kept([face, chin, other], [0.9, 0.6, 0.7], inside_much=0.5) == [0, 1, 2]


def test_the_tally_counts_doubles_and_finds_elsewhere():
    boxes = np.array([[58, 48, 84, 104], [70, 60, 30, 30], [300, 0, 20, 20]], np.float32)
    found = Found(boxes, np.zeros((3, 5, 2), np.float32), np.array([0.9, 0.6, 0.5], np.float32))
    tally = SizeTally([], [], [], [])
    count_face(tally, found, BOX, np.ones((5, 2), np.float32))
    row = tally.above(0.4)
    assert (row["found"], row["boxesAFace"], row["doubles"], row["elsewhere"]) == (1.0, 2.0, 1.0, 1.0)
    assert tally.above(0.7)["doubles"] == 0.0


def test_a_face_is_placed_at_the_size_asked_for():
    scene = drawn_scene(2)
    for tall in (20.0, 90.0, 300.0):
        image, box, points = placed(scene, blank_scene(), (640, 360), tall, np.random.default_rng(1))
        assert image.shape == (360, 640, 3)
        assert abs(box[3] - tall) < 1e-3
        assert (box[:2] >= -1e-3).all() and (box[:2] + box[2:] <= (640.001, 360.001)).all()
        x, y = points[2].astype(int)
        assert image[y, x].max() > 120, "the face's middle is bright"


def test_every_kind_of_what_is_no_face_is_there():
    scenes = [drawn_scene(k) for k in range(4)] + [blank_scene()]
    for scene in scenes[:4]:
        scene.boxes[0, 2:] = np.maximum(scene.boxes[0, 2:], 81)
    assert len(single_faces(scenes, 80.0)) == 4
    sets = nonfaces(scenes, 3)
    assert {kind: len(pictures) for kind, pictures in sets.items()} == {
        "scenes": 1,
        "beside": 3,
        "parts": 3,
        "turned": 3,
        "patterns": 3,
    }


def trained_a_little() -> Detector:
    """Weights and norms that are not those of the start."""
    torch.manual_seed(3)
    net = Detector().train()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
        net(torch.rand(2, 3, 96, 96) * 255)
    return net.eval()


def test_an_exported_file_gives_its_network_back_with_norms_that_fit(tmp_path):
    net = trained_a_little()
    path = tmp_path / "d.onnx"
    export_onnx(net, path)
    back = Detector().eval()
    load_folded(back, path)
    assert deviation(back, path) < 1e-3
    images = [torch.rand(4, 3, 96, 96, generator=torch.Generator().manual_seed(k)) * 255 for k in range(4)]
    restore_norms(back, images)
    assert deviation(back, path) < 1e-3
    norm = back.stem[1]
    seen = back.stem[0]((torch.cat(images) - 127.5) / 64)
    assert torch.allclose(norm.running_mean, seen.mean((0, 2, 3)), atol=1e-4)
    assert torch.allclose(norm.running_var, seen.var((0, 2, 3), unbiased=False), rtol=1e-3, atol=2e-4)


def test_a_schedule_begins_from_an_exported_file(tmp_path):
    path = tmp_path / "d.onnx"
    export_onnx(trained_a_little(), path)
    values = {"steps": 2, "batch": 2, "canvas": 128, "precision": "fp32", "start": str(path)}
    scenes = [drawn_scene(k) for k in range(3)]
    trainer = Trainer(make_config(values, tmp_path, tmp_path, "d"), Augmenter(scenes, AugmentConfig(canvas=128)))
    assert deviation(trainer.net.eval(), path) < 1e-2
    trainer.run()
    assert trainer.clock.step == 2
