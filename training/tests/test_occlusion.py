"""Drawn coverings, what they hide, and that the network learns to find them."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import training.occlusion.worn as headwear_module
from training.data.align import TEMPLATE
from training.data.faces import RIM, Faces
from training.data.samples import Mix
from training.degrade.sheet import drawn_face
from training.export.onnx_files import session
from training.networks.edgenext import normalise
from training.networks.occlusion import SIDE, OcclusionFinder, Probabilities, from_file, hold_norms
from training.occlusion.draw import OUTPUTS, Wish, cover, regions
from training.occlusion.evaluate import counted
from training.occlusion.eyewear import draw_glasses
from training.occlusion.headwear import draw_headwear
from training.occlusion.masks import draw_mask
from training.occlusion.samples import CoveredMaker, open_truth
from training.occlusion.worn import headwear_of, named_bare, often, split_for_cut
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


def labels_file(tmp_path: Path, **named: str) -> Path:
    path = tmp_path / "worn.csv"
    path.write_text("key,headwear\n" + "".join(f"{key[1:]},{said}\n" for key, said in named.items()))
    return path


def test_real_headwear_is_taken_from_the_list_and_what_nobody_looked_at_is_bare(tmp_path: Path) -> None:
    faces, _ = drawn_faces(4)
    path = labels_file(tmp_path, k0="1", k1="0", k2="?")
    assert headwear_of(faces, path).tolist() == [1, 0, -1, 0]
    assert named_bare(faces, path).tolist() == [False, True, False, False]
    rows = often(np.arange(4), headwear_of(faces, path), named_bare(faces, path), 3, 2)
    assert np.bincount(rows).tolist() == [3, 2, 1, 1]


def test_who_sets_the_cut_of_headwear_is_in_no_training() -> None:
    faces, _ = drawn_faces(40)
    faces = replace(faces, identity=np.arange(40) // 2)
    learnt, cut = split_for_cut(faces, np.arange(40))
    assert len(cut) == 2 * (20 // 8) and len(learnt) + len(cut) == 40
    assert not set(faces.identity[learnt]) & set(faces.identity[cut])


def test_real_headwear_is_the_truth_and_none_is_drawn_over_it() -> None:
    faces, points = drawn_faces(3)
    mix, worn = Mix(clean=1.0), np.array([1, 0, -1], np.int8)
    at, upper = OUTPUTS.index("headwear"), OUTPUTS.index("upper")
    maker = CoveredMaker(faces, points, mix, only(headwear=1), headwear=worn)
    batch = maker(np.arange(3), np.random.default_rng(3))
    assert batch["truth"][:2, at].tolist() == [1, 1]
    assert batch["known"][:, at].tolist() == [1, 1, 0] and batch["known"][:, upper].tolist() == [0, 1, 0]
    bare = CoveredMaker(faces, points, mix, NOTHING, headwear=worn)
    assert bare(np.arange(3), np.random.default_rng(3))["truth"][:, at].tolist() == [1, 0, 0]
    for row, same in enumerate((True, False, True)):
        one, other = (each(np.array([row]), np.random.default_rng(3))["picture"] for each in (maker, bare))
        assert torch.equal(one, other) == same


def test_the_lists_of_headwear_name_different_faces_and_say_nothing_else() -> None:
    lists = {}
    for name in ("worn.csv", "seen.csv"):
        with open(Path(headwear_module.__file__).with_name(name)) as f:
            rows = list(csv.DictReader(f))
        assert all(re.fullmatch("[0-9a-f]{12}", row["key"]) and row["headwear"] in ("1", "0", "?") for row in rows)
        lists[name] = {row["key"] for row in rows}
        assert len(lists[name]) == len(rows)
    assert not lists["worn.csv"] & lists["seen.csv"]


def test_finds_are_counted_with_exact_intervals() -> None:
    counts = counted(np.array([True] * 7 + [False] * 3), np.zeros(0, bool))
    assert (counts["found"], counts["worn"], counts["without"]) == (7, 10, 0)
    assert counts["foundInterval"] == [34.8, 93.3] and "falselyInterval" not in counts


def test_a_file_gives_back_the_network_that_it_was_made_of() -> None:
    path = Path(__file__).parents[2] / "models" / "occlusion.onnx"
    network, run = from_file(path), session(path)
    offsets = next(i for i in onnx.load(str(path)).graph.initializer if i.name == "offsets")
    x = torch.randn(2, 3, SIDE, SIDE)
    wanted = run.run(None, {"input": x.numpy()})[0]
    with torch.no_grad():
        said = Probabilities(network, torch.tensor(onnx.numpy_helper.to_array(offsets)))(x)
        assert np.abs(said.numpy() - wanted).max() < 1e-4
        network.train()
        hold_norms(network)
        assert torch.allclose(network(x), network.eval()(x))
    with pytest.raises(ValueError, match="not this network"):
        from_file(path.with_name("align.onnx"))
