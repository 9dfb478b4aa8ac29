"""Fixtures: everything here runs without photographs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from training.degrade.sheet import drawn_face
from training.pack import write_random_weights

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def face() -> np.ndarray:
    return drawn_face(1)


@pytest.fixture(scope="session")
def grey() -> np.ndarray:
    return np.full((96, 96, 3), 0.5, np.float32)


@pytest.fixture(scope="session")
def drawn_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a small cache of drawn faces and made-up teachers."""
    work = tmp_path_factory.mktemp("work")
    cache = work / "cache"
    cache.mkdir()
    people, each = 24, 4
    rng = np.random.default_rng(0)
    np.save(cache / "images.npy", np.stack([drawn_face(i) for i in range(people) for _ in range(each)]))
    index = {
        "keys": [str(i) for i in range(people * each)],
        "identity": [i // each for i in range(people * each)],
        "source_ied": [40.0] * (people * each),
    }
    (cache / "index.json").write_text(json.dumps(index))
    for name, dimension in (("retail", 256), ("mobile", 128)):
        base = np.repeat(rng.standard_normal((people, dimension)), each, 0).astype(np.float32)
        np.save(cache / f"teacher_{name}.npy", base / np.linalg.norm(base, axis=1, keepdims=True))
    return work


@pytest.fixture(scope="session")
def published_work(drawn_work: Path) -> Path:
    """The same folder with random networks in the place, and the format, of the published weights."""
    write_random_weights(drawn_work / "models")
    return drawn_work
