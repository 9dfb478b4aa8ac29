"""Shapes, starting behaviour and gradient flow of the recognition networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from training.export.positions import FixedPositions, with_fixed_positions
from training.networks.chain import Chain, crop_of_frame, eye_weights
from training.networks.denoiser import Denoiser
from training.networks.discriminator import Discriminator, discriminator_loss, generator_loss
from training.networks.edgenext import make_edgenext
from training.networks.expert import (
    DIMENSION,
    Expert,
    between,
    joint_basis,
    joint_targets,
    member_weights,
    side_by_side,
)
from training.networks.fusion import QUALITY, Fusion, Recognisability, picture_quality, quality_vectors
from training.networks.superresolver import SuperResolver


def random_basis() -> torch.Tensor:
    return torch.linalg.qr(torch.randn(1024, DIMENSION))[0]


def expert(*sizes: str) -> Expert:
    return Expert([make_edgenext(size) for size in sizes], member_weights(sizes), random_basis()).eval()


def test_basis_keeps_the_cosines_of_clean_faces():
    rng = np.random.default_rng(0)
    mixed = rng.standard_normal((900, 60))  # faces that differ in sixty ways
    xs, xxs = (F.normalize(torch.from_numpy(mixed @ rng.standard_normal((60, 512))), dim=1).numpy() for _ in range(2))
    basis = joint_basis(xs, xxs)
    assert basis.shape == (1024, DIMENSION) and np.allclose(basis.T @ basis, np.eye(DIMENSION), atol=1e-4)
    joined, small = side_by_side(xs, xxs), joint_targets(xs, xxs, basis)
    assert np.abs(joined @ joined.T - small @ small.T).max() < 1e-3


def test_members_of_one_half_share_its_weight():
    assert member_weights(["xs", "xxs", "xxs"]) == [(0, 1.0), (1, 0.4), (1, 0.4)]


def test_weights_between_two_states():
    a, b = {"w": torch.zeros(3), "n": torch.tensor(7)}, {"w": torch.ones(3), "n": torch.tensor(9)}
    assert torch.allclose(between(a, b, 0.35)["w"], torch.full((3,), 0.35)) and between(a, b, 0.35)["n"] == 7


def test_an_expert_does_not_know_left_from_right_and_means_its_members():
    torch.manual_seed(0)
    made = expert("xs", "xxs")
    x = torch.randn(2, 3, 112, 112)
    made.measure_lengths(x)
    with torch.no_grad():
        y = made(x)
        assert torch.allclose(made(x.flip(3)), y, atol=1e-5)
        halves = []
        for m in made.members:
            halves.append((F.normalize(m(x), dim=1) + F.normalize(m(x.flip(3)), dim=1)) / 2)
        basis = [made.basis0, made.basis1]
        wanted = sum(h @ b for h, b in zip(halves, basis))
    assert torch.allclose(F.normalize(y, dim=1), F.normalize(wanted, dim=1), atol=1e-5)
    assert y.shape == (2, DIMENSION)


def test_positions_as_constants_change_nothing():
    network = make_edgenext("xxs").eval()
    fixed = with_fixed_positions(network, (112, 112))
    assert any(isinstance(m, FixedPositions) for m in fixed.modules())
    x = torch.randn(3, 3, 112, 112)
    with torch.no_grad():
        assert torch.equal(fixed(x), network(x))


@pytest.mark.parametrize("h,w", [(32, 32), (48, 48), (64, 80)])
def test_untrained_enhancement_changes_nothing(h, w):
    x = torch.rand(2, 3, h, w)
    assert torch.equal(Denoiser()(x), x)
    enlarged = SuperResolver()(x)
    assert enlarged.shape == (2, 3, 4 * h, 4 * w)
    assert torch.allclose(enlarged, F.interpolate(x, scale_factor=4, mode="bilinear"), atol=1e-6)


def test_fusion_stays_on_the_sphere_and_between_both():
    raw, enhanced = (F.normalize(torch.randn(5, DIMENSION), dim=1) for _ in range(2))
    fusion = Fusion()
    fused, gate, weight = fusion(raw, enhanced, torch.rand(5, len(QUALITY)))
    assert torch.allclose(fused.norm(dim=1), torch.ones(5), atol=1e-5)
    assert torch.allclose(fused, F.normalize(gate * raw + (1 - gate) * enhanced, dim=1), atol=1e-5)
    assert ((gate > 0) & (gate < 1)).all() and (weight > 0).all() and weight.shape == (5, 1)
    fusion.caution[:] = 3.0
    assert (fusion(raw, enhanced, torch.rand(5, len(QUALITY)))[1] > 0.9).all()


def test_recognisability_is_a_share():
    score = Recognisability()(torch.randn(4, DIMENSION) * 10)
    assert score.shape == (4, 1) and ((score > 0) & (score < 1)).all()


def test_quality_vector_of_pictures_that_are_known():
    grey = np.full((1, 112, 112, 3), 128, np.uint8)
    stripes = grey.copy()
    stripes[:, :, ::2] = 0
    flat, lively = picture_quality(grey)[0], picture_quality(stripes)[0]
    assert np.allclose(flat, [128 / 255, 0, 0], atol=1e-5)
    assert np.allclose(lively, [64 / 255, 0.5, np.log10(1 + 128**2) / 3], atol=1e-4)
    vectors = quality_vectors(np.array([2.0, 16.0, 200.0]), *np.float32([[1, 2, 3], [0, 0, 1]]), np.zeros((3, 3)))
    assert vectors.shape == (3, len(QUALITY)) and vectors[:, 0].tolist() == [-2, 0, 2]


def test_recognition_loss_reaches_every_part():
    torch.manual_seed(0)
    chain = Chain(expert("xxs"), expert("xxs"), Denoiser(), SuperResolver()).eval()
    for p in (chain.denoiser.leave.weight, chain.superresolver.leave.weight):
        nn.init.normal_(p, 0, 0.01)  # a zero start lets gradient through to the last layer only
    out = chain(torch.randn(2, 3, 112, 112), torch.rand(2, 3, 32, 32), torch.rand(2, len(QUALITY)))
    out["fused"][:, 0].sum().backward()
    for part in (chain.denoiser, chain.superresolver, chain.raw, chain.enhanced, chain.fusion.gate):
        grads = [p.grad for p in part.parameters() if p.grad is not None]
        assert grads and sum(g.abs().sum() for g in grads) > 0
    assert chain.denoiser.enter.weight.grad.abs().sum() > 0


def test_crop_clips_the_value_but_not_the_gradient():
    frame = torch.full((1, 3, 128, 128), 1.5, requires_grad=True)
    crop = crop_of_frame(frame)
    assert torch.allclose(crop, torch.ones_like(crop))
    crop.sum().backward()
    assert frame.grad[:, :, 20:100, 20:100].abs().min() > 0


def test_eyes_weigh_more():
    weights = eye_weights(128)[0, 0]
    assert weights[60, 46] > 3 and weights[120, 64] < 1.1


def test_adversarial_terms_train_both_sides():
    judge, made = Discriminator(8), torch.rand(2, 3, 64, 64, requires_grad=True)
    discriminator_loss(judge, torch.rand(2, 3, 64, 64), made).backward()
    assert made.grad is None and next(judge.parameters()).grad is not None
    generator_loss(judge, made).backward()
    assert made.grad.abs().sum() > 0
