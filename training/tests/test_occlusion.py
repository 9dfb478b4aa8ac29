"""Drawn coverings, what they hide, and that the network learns to find them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data.align import TEMPLATE
from training.data.faces import RIM, Faces
from training.data.samples import Mix
from training.degrade.sheet import drawn_face
from training.networks.edgenext import normalise
from training.networks.occlusion import SIDE, OcclusionFinder, Probabilities
from training.occlusion.draw import OUTPUTS, Wish, cover, regions
from training.occlusion.eyewear import draw_glasses
from training.occlusion.headwear import draw_headwear
from training.occlusion.masks import draw_mask
from training.occlusion.samples import CoveredMaker, open_truth
from training.stages.occlusion import average_precision, loss_of

POINTS = TEMPLATE + RIM
NOTHING = Wish(mask=0, glasses=0, clear=0, headwear=0, other=0)


def only(**worn: float) -> Wish:
    return Wish(**{**NOTHING.__dict__, **worn})


def drawn_faces(count: int) -> tuple[Faces, np.ndarray]:
    images = np.stack([drawn_face(i) for i in range(count)])
    faces = Faces(images, np.arange(count), np.full(count, 40.0, np.float32), [str(i) for i in range(count)])
    return faces, np.repeat(POINTS[None].astype(np.float32), count, 0)


@pytest.mark.parametrize("held_out", [False, True])
def test_masks_hide_the_lower_face_and_dark_glasses_the_eyes(face: np.ndarray, held_out: bool) -> None:
    for seed in range(30):
        truth = cover(face, POINTS, np.random.default_rng(seed), only(mask=1), held_out).truth
        assert truth[OUTPUTS.index("mask")] == 1 and truth[1] > truth[0] and truth[0] < 0.5
        truth = cover(face, POINTS, np.random.default_rng(seed), only(glasses=1), held_out).truth
        assert truth[OUTPUTS.index("glasses")] == 1 and truth[0] > 0.25 and truth[1] < 0.2
        covered = cover(face, POINTS, np.random.default_rng(seed), only(headwear=1), held_out)
        assert covered.truth[OUTPUTS.index("headwear")] == 1 and covered.truth[1] < 0.4


def test_clear_glasses_and_nothing_hide_little_and_are_no_kind(face: np.ndarray) -> None:
    clear = [cover(face, POINTS, np.random.default_rng(s), only(clear=1)).truth for s in range(20)]
    assert max(t[0] for t in clear) < 0.6 and all(t[2:].sum() == 0 for t in clear)
    bare = cover(face, POINTS, np.random.default_rng(0), NOTHING)
    assert np.array_equal(bare.picture, face) and not bare.truth.any() and bare.known.all()


def test_the_same_seed_draws_the_same(face: np.ndarray) -> None:
    one, two = (cover(face, POINTS, np.random.default_rng(4), Wish(1, 1, 0, 1, 1)) for _ in range(2))
    assert np.array_equal(one.picture, two.picture) and np.array_equal(one.truth, two.truth)
    for draw in (draw_mask, draw_headwear):
        assert np.array_equal(*(draw(POINTS, np.random.default_rng(2)).alpha for _ in range(2)))
    assert draw_glasses(POINTS, np.random.default_rng(1), True).alpha.max() > 0.6


def test_a_mask_follows_a_turned_head() -> None:
    turned = POINTS + np.array([[0, 0], [0, 0], [12, 0], [6, 0], [6, 0]])
    x = np.arange(144)
    middle = lambda points: np.mean(  # noqa: E731
        [(a.sum(0) * x).sum() / a.sum() for a in (draw_mask(points, np.random.default_rng(s)).alpha for s in range(20))]
    )
    assert middle(turned) > middle(POINTS) + 4
    upper, lower = regions(POINTS)
    assert (upper * lower).sum() < 0.02 * lower.sum()


def test_what_a_face_wears_itself_is_left_open() -> None:
    none, mask = np.zeros(5, np.float32), np.array([0, 1, 1, 0, 0], np.float32)
    assert open_truth(np.array([True, False, False]), none).tolist() == [1, 0, 0, 1, 1]
    assert open_truth(np.array([True, False, True]), mask).tolist() == [1, 1, 1, 1, 0]
    logits = torch.zeros(1, 5)
    open_kind = torch.tensor([[1.0, 1, 0, 1, 1]])
    assert loss_of(logits, torch.tensor([[0.0, 0, 1, 0, 0]]), open_kind) == loss_of(
        logits, torch.zeros(1, 5), open_kind
    )


def test_batches_are_those_of_their_seed_and_share_a_drawing() -> None:
    faces, points = drawn_faces(8)
    maker = CoveredMaker(faces, points, Mix(clean=0.0, ied=(10.0, 10.0)), views=2)
    one, two = (maker(np.arange(8), np.random.default_rng(1)) for _ in range(2))
    assert one["picture"].shape == (8, 3, SIDE, SIDE) and all(torch.equal(one[k], two[k]) for k in one)
    assert torch.equal(one["truth"][0], one["truth"][3]) and not torch.equal(one["picture"][0], one["picture"][3])


def test_average_precision_of_a_known_order() -> None:
    assert average_precision(np.array([3.0, 2, 1]), np.array([1, 0, 1])) == pytest.approx((1 + 2 / 3) / 2)


def test_a_few_steps_tell_masked_faces_from_others() -> None:
    torch.manual_seed(0)
    faces, points = drawn_faces(16)
    maker = CoveredMaker(faces, points, Mix(clean=1.0), only(mask=0.5))
    network, rng = OcclusionFinder(8), np.random.default_rng(2)
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3)
    for _ in range(40):
        batch = maker(np.repeat(np.arange(16), 2), rng)
        loss = loss_of(network(normalise(batch["picture"])), batch["truth"], batch["known"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval()
    test = maker(np.repeat(np.arange(16), 4), np.random.default_rng(9))
    with torch.no_grad():
        said = Probabilities(network, torch.zeros(5))(normalise(test["picture"])).numpy()
    known = test["known"][:, 2].numpy() > 0
    right = (said[known, 2] > 0.5) == (test["truth"][known, 2].numpy() > 0.5)
    assert right.mean() > 0.85
