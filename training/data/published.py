"""Teachers that run in PyTorch: the published EdgeFace networks, on stored faces and on the fly.

    python -m training.data.published --data ../shared --cache CACHE

The command prepares all that fine-tuning keeps beside the cache, so that several runs can begin side by side.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data.faces import RIM, load_faces
from training.data.morphs import looks_of
from training.data.targets import join, joining_rotation
from training.data.teachers import TEACHERS
from training.networks.edgenext import DIMENSION, SIZES, load_published, normalise, published_file, with_mirror

#: teacher -> size of network; `teacher_<name>.npy` in the cache
EDGE_TEACHERS = {f"edge_{size}": size for size in SIZES}


def teacher_file(data: Path, name: str) -> Path:
    """Where a teacher lies in the data folder, whichever way it runs."""
    if name in EDGE_TEACHERS:
        return published_file(data / "models", EDGE_TEACHERS[name])
    return data / "models" / TEACHERS[name][0]


def embed_published(data: Path, cache: Path, name: str, device: torch.device, batch: int = 64) -> None:
    """Writes `teacher_<name>.npy` float32 [M,512]: the clean face and its mirror image together; once."""
    target = Path(cache) / f"teacher_{name}.npy"
    if target.exists():
        return
    size = EDGE_TEACHERS[name]
    faces, network = load_faces(cache), load_published(published_file(data / "models", size), size).to(device)
    rows = np.zeros((len(faces.images), DIMENSION), np.float32)
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16):
        for start in range(0, len(rows), batch):
            crops = np.ascontiguousarray(faces.images[start : start + batch, RIM:-RIM, RIM:-RIM])
            x = normalise(torch.from_numpy(crops).permute(0, 3, 1, 2).to(device))
            rows[start : start + batch] = with_mirror(network, x).cpu().numpy()
    temporary = target.with_suffix(".tmp.npy")
    np.save(temporary, rows)
    os.replace(temporary, target)


class OnTheFly:
    """The teachers' joined target for faces that are in no cache, such as blends."""

    def __init__(self, data: Path, cache: Path, weights: Mapping[str, float], device: torch.device) -> None:
        others = set(weights) - set(EDGE_TEACHERS)
        if others:
            raise ValueError(
                f"blends are judged by {', '.join(EDGE_TEACHERS)} only, not by {', '.join(sorted(others))}"
            )
        self.weights = dict(weights)
        self.networks: list[nn.Module] = [
            load_published(published_file(data / "models", EDGE_TEACHERS[name]), EDGE_TEACHERS[name]).to(device)
            for name, weight in weights.items()
            if weight > 0
        ]
        self.rotation = joining_rotation(cache, self.weights, DIMENSION)

    @torch.no_grad()
    def __call__(self, crops: Tensor) -> Tensor:
        """uint8 [N,3,112,112] -> float32 [N,512], one view a face."""
        x = normalise(crops)
        with torch.autocast(crops.device.type, torch.bfloat16):
            parts = [F.normalize(network(x).float(), dim=1).cpu().numpy() for network in self.networks]
        return torch.from_numpy(join(parts, self.weights, self.rotation)).to(crops.device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    a = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    for name, size in EDGE_TEACHERS.items():
        if published_file(a.data / "models", size).exists():
            embed_published(a.data, a.cache, name, device)
    looks_of(load_faces(a.cache), a.cache)


if __name__ == "__main__":
    main()
