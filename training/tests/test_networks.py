"""Shapes, starting behaviour and gradient flow of the recognition networks."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from training.export.slopes import Slopes, with_slopes
from training.networks.chain import Chain, crop_of_frame, eye_weights
from training.networks.denoiser import Denoiser
from training.networks.discriminator import Discriminator, discriminator_loss, generator_loss
from training.networks.embedder import Embedder, Mirrored, parameters_of
from training.networks.fusion import Fusion, Recognisability
from training.networks.superresolver import SuperResolver
from training.networks.twin import Twin, make_embedder

SMALL = {"stem": 16, "widths": (16, 16), "depths": (2, 1)}


def test_embedder_shapes_and_size():
    network = Embedder()
    maps = network.features(torch.randn(2, 3, 112, 112))
    assert [tuple(m.shape[1:]) for m in maps] == [(64, 16, 16), (128, 16, 16), (128, 8, 8)]
    assert network.embed(maps[-1]).shape == (2, 256)
    assert parameters_of(network) < 5_000_000


def test_embedder_sees_the_middle_columns_upright():
    x = torch.zeros(1, 3, 112, 112)
    x[:, :, 30:60, 60:80] = 1
    x[:, :, :, :8] = x[:, :, :, 104:] = 9
    seen = Embedder(**SMALL).reduce(x)
    wanted = F.interpolate(x[:, :, :, 8:104], (64, 64), mode="bicubic", antialias=True, align_corners=False)
    assert torch.allclose(seen, wanted, atol=1e-4)


def test_mirrored_embedder_does_not_know_left_from_right():
    network = Embedder(**SMALL).eval()
    x = torch.randn(2, 3, 112, 112)
    both = (network(x) + network(x.flip(3))) / 2
    exported = Mirrored(network)
    assert torch.allclose(exported(x), both, atol=1e-5) and torch.allclose(exported(x.flip(3)), both, atol=1e-5)


def test_large_inner_picture_has_the_places_of_the_small_one():
    network = Embedder(**SMALL, inner=128)
    assert [tuple(m.shape[1:]) for m in network.features(torch.randn(1, 3, 112, 112))] == [
        (16, 16, 16),
        (128, 16, 16),
        (128, 8, 8),
    ]


def test_twin_is_the_weighted_sum_and_the_second_sees_the_mirror():
    settings = {"members": [SMALL, {**SMALL, "inner": 128}], "weights": [0.6, 0.3], "mirrored": [False, True]}
    twin = make_embedder(settings).eval()
    assert isinstance(twin, Twin)
    plain = [Embedder(**m).eval() for m in settings["members"]]
    for one, member in zip(plain, twin.members):
        one.load_state_dict(member.state_dict())
    x = torch.randn(2, 3, 112, 112)
    assert torch.allclose(twin(x), 0.6 * plain[0](x) + 0.3 * plain[1](x.flip(3)), atol=1e-5)


def test_slopes_written_out_are_the_same_function():
    network = Embedder(**SMALL).eval()
    for m in network.modules():
        if isinstance(m, torch.nn.PReLU):
            torch.nn.init.uniform_(m.weight, -0.6, 1.5)  # as trained ones are
    x = torch.randn(2, 3, 112, 112)
    written = with_slopes(network)
    assert torch.allclose(written(x), network(x), rtol=1e-4, atol=1e-5)
    assert any(isinstance(m, Slopes) for m in written.modules())
    assert not any(isinstance(m, torch.nn.PReLU) for m in written.modules())


@pytest.mark.parametrize("h,w", [(32, 32), (48, 48), (64, 80)])
def test_untrained_enhancement_changes_nothing(h, w):
    x = torch.rand(2, 3, h, w)
    assert torch.equal(Denoiser()(x), x)
    enlarged = SuperResolver()(x)
    assert enlarged.shape == (2, 3, 4 * h, 4 * w)
    assert torch.allclose(enlarged, F.interpolate(x, scale_factor=4, mode="bilinear"), atol=1e-6)


def test_fusion_favours_raw_and_stays_on_the_sphere():
    raw, enhanced = (F.normalize(torch.randn(5, 256), dim=1) for _ in range(2))
    fused, gate = Fusion()(raw, enhanced)
    assert torch.allclose(fused.norm(dim=1), torch.ones(5), atol=1e-5)
    assert ((gate > 0.7) & (gate < 1)).all() and ((fused * raw).sum(1) > (fused * enhanced).sum(1)).all()


def test_recognisability_is_a_share():
    score = Recognisability()(torch.randn(4, 256) * 10)
    assert score.shape == (4, 1) and ((score > 0) & (score < 1)).all()


def test_recognition_loss_reaches_every_part():
    torch.manual_seed(0)
    chain = Chain(SMALL).eval()
    for p in (chain.denoiser.leave.weight, chain.superresolver.leave.weight):
        torch.nn.init.normal_(p, 0, 0.01)  # a zero start lets gradient through to the last layer only
    out = chain(torch.randn(2, 3, 112, 112), torch.rand(2, 3, 32, 32))
    out["fused"].sum().backward()
    for part in (chain.denoiser, chain.superresolver, chain.embedder, chain.fusion):
        grads = [p.grad for p in part.parameters()]
        assert all(g is not None for g in grads) and sum(g.abs().sum() for g in grads) > 0
    assert chain.denoiser.enter.weight.grad.abs().sum() > 0


def test_crop_clips_the_value_but_not_the_gradient():
    frame = torch.full((1, 3, 128, 128), 1.5, requires_grad=True)
    crop = crop_of_frame(frame)
    assert torch.allclose(crop, torch.full_like(crop, 127.5 / 128))
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
