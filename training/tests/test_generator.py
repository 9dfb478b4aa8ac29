"""Generator: latents, shapes, data, teacher graph, resuming, checks, export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

from training.export import onnx_files
from training.generator.blend import blend
from training.generator.check import choose, pictures, similarities
from training.generator.dataset import FaceSet, halve, identity_codes, person_means
from training.generator.embedding import nearest, nearest_other
from training.generator.export import export_files
from training.generator.latents import appearance, identity, mulberry32, normals
from training.generator.model import Double, ExportedGenerator, Generator, face_mask
from training.generator.teacher import OnnxTeacher
from training.generator.train import Trainer
from training.stages.common import make_config


def face_set(people: int = 6) -> FaceSet:
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(people), 2)
    return FaceSet(
        images=rng.integers(60, 200, (2 * people, 3, 72, 72)).astype(np.uint8),
        person=person,
        code=rng.standard_normal((people, 64)).astype(np.float32),
        mobile=rng.standard_normal((people, 128)).astype(np.float32),
        weight=np.full(2 * people, 1 / (2 * people)),
    )


def small_trainer(out: Path, steps: int = 4) -> Trainer:
    values = {"steps": steps, "batch": 2, "drawn": 2, "judged": 0, "critic_from": 0.5, "precision": "fp32"}
    return Trainer(make_config(values, out, out, "generator"), face_set(), None)


def test_mulberry32_gives_the_known_sequence():
    following = mulberry32(42)
    assert [following() for _ in range(3)] == [0.6011037519201636, 0.44829055899754167, 0.8524657934904099]


def test_latents_are_normal_and_belong_to_their_seed():
    many = np.concatenate([identity(s) for s in range(400)])
    assert abs(many.mean()) < 0.02 and abs(many.std() - 1) < 0.02
    assert np.array_equal(appearance(7), normals(7, 16)) and not np.array_equal(identity(1), identity(2))


def test_pictures_have_the_promised_shape_and_range():
    image, alpha = ExportedGenerator(Generator()).eval()(torch.randn(2, 64), torch.randn(2, 16))
    assert image.shape == (2, 3, 144, 144) and alpha.shape == (2, 1, 144, 144)
    for value in (image, alpha):
        assert 0 <= float(value.min()) and float(value.max()) <= 1


def test_mask_covers_the_landmarks_and_not_the_corners():
    mask = face_mask(144)[0, 0]
    for x, y in ((54, 68), (90, 68), (72, 88), (58, 108), (87, 108)):
        assert mask[y, x] > 0.9
    assert mask[0, 0] == mask[-1, -1] == 0


def test_doubling_keeps_constants_and_follows_a_ramp():
    enlarge = Double()
    assert torch.allclose(enlarge(torch.full((1, 3, 8, 8), 0.4)), torch.full((1, 3, 16, 16), 0.4), atol=1e-6)
    ramp = torch.arange(8.0)[None, None, None].expand(1, 3, 8, 8)
    wanted = F.interpolate(ramp, scale_factor=2, mode="bilinear", align_corners=False)
    assert torch.allclose(enlarge(ramp)[..., 4:-4], wanted[..., 4:-4], atol=1e-5)


def test_halving_averages_areas():
    images = np.zeros((1, 144, 144, 3), np.uint8)
    images[0, :2, :2] = [[[0] * 3, [10] * 3], [[20] * 3, [30] * 3]]
    assert halve(images)[0, :, 0, 0].tolist() == [15, 15, 15]


def test_codes_are_white():
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(200), 3)
    means = person_means(rng.standard_normal((600, 80)) @ rng.standard_normal((80, 80)), person, 200)
    codes = identity_codes(means, 16)
    np.testing.assert_allclose(codes.T @ codes / 200, np.eye(16), atol=1e-4)


def test_teacher_graph_equals_onnx_runtime_and_passes_gradients(tmp_path):
    rng = np.random.default_rng(0)
    weight = numpy_helper.from_array(rng.standard_normal((4, 3, 3, 3)).astype(np.float32), "w")
    slope = numpy_helper.from_array(np.full((4, 1, 1), 0.3, np.float32), "s")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("PRelu", ["c", "s"], ["p"]),
        helper.make_node("AveragePool", ["p"], ["a"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Sigmoid", ["a"], ["y"]),
    ]
    entry = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    leave = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 4, 2, 2])
    graph = helper.make_graph(nodes, "g", [entry], [leave], [weight, slope])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "t.onnx"
    onnx.save(model, path)
    x = torch.randn(1, 3, 8, 8, requires_grad=True)
    inner, last = OnnxTeacher(path, ("p",))(x)
    assert inner.shape == (1, 4, 4, 4)
    np.testing.assert_allclose(last.detach(), onnx_files.run(path, {"x": x.detach().numpy()})[0], atol=1e-5)
    last.sum().backward()
    assert float(x.grad.abs().sum()) > 0


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    whole = small_trainer(tmp_path / "whole")
    whole.run()
    small_trainer(tmp_path / "cut").run(until=3)
    rest = small_trainer(tmp_path / "cut")
    assert rest.checkpoint.resume() and rest.clock.step == 3
    rest.run()
    for name in ("generator", "encoder", "critic"):
        ours, theirs = (getattr(t, name).state_dict() for t in (whole, rest))
        assert all(torch.equal(ours[key], theirs[key]) for key in ours), name


def test_training_lowers_its_pixel_loss(tmp_path):
    trainer = small_trainer(tmp_path, steps=60)
    losses = [trainer.train_step()["pixel"] for _ in range(25)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_neighbours_leave_out_the_own_person():
    stored = np.eye(3, dtype=np.float32)
    queries = np.array([[0.8, 0.6, 0.0]], np.float32)
    assert nearest(queries, stored)[0] == pytest.approx(0.8)
    assert nearest_other(queries, np.array([0]), stored, np.arange(3))[0] == pytest.approx(0.6)


def test_choice_prefers_people_who_differ():
    rows = np.array([[1, 0], [0.99, 0.14], [0, 1]], np.float32)
    assert choose(rows, np.array([True, True, True]), 2) == [0, 2]
    assert choose(rows, np.array([False, True, True]), 3) == [1, 2]


def test_similarities_split_within_and_between():
    rows = np.array([[[1, 0], [1, 0]], [[0, 1], [0, 1]]], np.float32)
    within, between = similarities(rows)
    assert within.tolist() == [1, 1] and between.tolist() == [0, 0, 0, 0]


def test_export_equals_pytorch_and_repeats(tmp_path):
    torch.manual_seed(0)
    deviation = export_files(Generator().eval(), tmp_path)
    assert deviation["fp32"] < 1e-3 and deviation["fp16"] < 3e-2
    a, b = (pictures(tmp_path / "faces.onnx", [1, 2], [5, 5]) for _ in range(2))
    assert np.array_equal(a, b) and a.shape == (2, 144, 144, 3)


def test_blending_lies_between_and_refuses_strangers():
    early, late = {"w": torch.zeros(2)}, {"w": torch.ones(2)}
    assert blend(early, late, 0.25)["w"].tolist() == [0.25, 0.25]
    with pytest.raises(ValueError, match="different networks"):
        blend(early, {"v": torch.ones(2)}, 0.5)
