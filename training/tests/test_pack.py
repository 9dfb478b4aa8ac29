"""The packed faces: within their size, near the source, and a cache again on the other side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training import pack
from training.data.faces import load_faces
from training.networks.edgenext import load_published, published_file


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    pack.write_random_weights(models, ["xxs"])
    return models


def test_what_is_unpacked_is_what_was_packed(source: Path, tmp_path: Path):
    faces = pack.drawn(6)
    limit = published_file(source, "xxs").stat().st_size + 150_000
    measured = pack.create(faces, source, tmp_path / "faces.npz", limit, 144, 1)
    assert (tmp_path / "faces.npz").stat().st_size == measured["bytes"] <= limit
    assert pack.unpack(tmp_path / "faces.npz", tmp_path / "there", 1)["psnr"] == measured["psnr"]
    there = load_faces(tmp_path / "there" / "cache")
    assert np.array_equal(there.identity, faces.identity)
    found = np.mean([pack.psnr(a, b) for a, b in zip(faces.images, there.images)])
    assert found == pytest.approx(measured["psnr"], abs=0.01) and found > 30
    there_models = tmp_path / "there" / "data" / "models"
    assert published_file(there_models, "xxs").read_bytes() == published_file(source, "xxs").read_bytes()
    load_published(published_file(there_models, "xxs"), "xxs")


def test_less_room_means_less_quality(tmp_path: Path):
    faces = pack.drawn(4)
    large, small = (
        pack.create(faces, tmp_path, tmp_path / f"{limit}.npz", limit, side, 1)
        for limit, side in ((150_000, 144), (60_000, 96))
    )
    assert small["bytes"] < large["bytes"] and small["psnr"] < large["psnr"]


def test_a_file_that_cannot_fit_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="Cannot pack 8 faces"):
        pack.create(pack.drawn(2), tmp_path, tmp_path / "x.npz", 2_000, 144, 1)
    assert not list(tmp_path.iterdir())
