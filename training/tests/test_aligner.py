"""The aligner: its geometry, its samples, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data.align import TEMPLATE, TEMPLATE_IED, similarity
from training.data.alignments import AlignmentMaker, Misses, corrected, offset_matrix
from training.data.faces import Faces
from training.data.samples import Mix
from training.networks.aligner import SIDE, Aligner, moved_points
from training.networks.edgenext import normalise


def faces_of(count: int) -> Faces:
    """Dark dots where the five points of the template are, on a grey ground."""
    y, x = np.mgrid[0:144, 0:144]
    ground = np.full((144, 144, 3), 170.0)
    for i, (px, py) in enumerate(TEMPLATE + 16):
        ground -= (60 + 20 * i) * np.exp(-((x - px) ** 2 + (y - py) ** 2) / 50)[..., None]
    picture = np.clip(ground, 0, 255).astype(np.uint8)
    return Faces(
        np.stack([picture] * count), np.arange(count), np.full(count, 35.0, np.float32), [str(i) for i in range(count)]
    )


def test_points_and_matrix_say_the_same() -> None:
    offset = np.array([0.08, -0.12, 0.05, -0.03], np.float32)
    matrix = offset_matrix(offset)
    points = TEMPLATE @ matrix[:, :2].T + matrix[:, 2]
    assert np.allclose(moved_points(torch.from_numpy(offset)[None])[0].numpy(), points, atol=1e-4)


def test_the_true_offset_brings_the_alignment_back_and_keeps_the_shape() -> None:
    rng = np.random.default_rng(3)
    true = TEMPLATE * 0.3 + np.array([40.0, 25.0]) + rng.normal(0, 0.4, (5, 2))
    right = similarity(true, TEMPLATE)
    offset = np.array([0.06, 0.1, -0.04, 0.05], np.float32)
    # Landmarks that err by the offset: their fit is X after the right one.
    inverse = np.linalg.inv(np.vstack([offset_matrix(offset), [0, 0, 1]]))
    whole = np.vstack([right, [0, 0, 1]])
    move = np.linalg.inv(whole) @ inverse @ whole
    wrong = true @ move[:2, :2].T + move[:2, 2]
    found = corrected(wrong, offset)
    assert np.allclose(similarity(found, TEMPLATE), right, atol=1e-3)
    assert np.allclose(found, true, atol=1e-2)


@pytest.mark.parametrize("ied", [8.0, 30.0])
def test_samples_are_those_of_their_seed_and_misses_grow_on_small_faces(ied: float) -> None:
    maker = AlignmentMaker(faces_of(4), Mix(clean=0.0, ied=(ied, ied)), Misses())
    first, again = (maker(np.arange(4), np.random.default_rng(1)) for _ in range(2))
    assert first["picture"].shape == (4, 3, SIDE, SIDE)
    assert all(torch.equal(first[k], again[k]) for k in first)
    draws = np.stack([Misses().draw(ied, np.random.default_rng(i)) for i in range(400)])
    assert (draws[:, 2].std() > 0.055) == (ied < 14)


def test_a_few_steps_take_most_of_the_miss_away() -> None:
    torch.manual_seed(0)
    maker = AlignmentMaker(faces_of(32), Mix(clean=1.0), Misses())
    network, rng = Aligner(8), np.random.default_rng(2)
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3)
    for _ in range(150):
        batch = maker(np.arange(32), rng)
        loss = (moved_points(network(normalise(batch["picture"]))) - moved_points(batch["offset"])).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    test = maker(np.arange(32), np.random.default_rng(9))
    network.eval()
    with torch.no_grad():
        said = moved_points(network(normalise(test["picture"])))
    truth, template = moved_points(test["offset"]), torch.tensor(TEMPLATE, dtype=torch.float32)
    miss = (said - truth).norm(dim=-1).mean() / TEMPLATE_IED
    before = (template - truth).norm(dim=-1).mean() / TEMPLATE_IED
    assert float(miss) < 0.5 * float(before)
