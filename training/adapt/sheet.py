"""What a camera records, what the shipped denoiser and the camera's own make of it, and the clean face.

    python -m training.adapt.sheet --profile FILE --run RUN --out sheet.jpg

RUN is the folder of the adaptation, `$NIGHTGLASS_TRAINING/runs/adapt-denoise-NAME`. The people are the generator's
(`models/faces.onnx`) and do not exist. Columns: three faces each at 14, 10 and 8 px between the eyes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from training.data.align import region_side
from training.data.samples import Mix, enhance_sample
from training.degrade.measured import read_camera
from training.degrade.profiles import Profile, profile_of
from training.evaluation.contact_sheet import MARK, shown
from training.generator.check import APPEARANCE_BASE, pictures
from training.networks.denoiser import Denoiser
from training.networks.from_onnx import load_named
from training.stages.common import load_checkpoint

IEDS = (14.0, 14.0, 14.0, 10.0, 10.0, 10.0, 8.0, 8.0, 8.0)


def adapted(run: Path) -> nn.Module:
    """The averaged denoiser of a run. Raises ValueError where it has none."""
    saved = load_checkpoint(run / "checkpoint.pt")
    if saved is None:
        raise ValueError(f"{run} holds no checkpoint")
    network = Denoiser()
    network.load_state_dict(saved["average"])
    return network.eval()


@torch.no_grad()
def sheet(models: Path, run: Path, profile: Profile, seed: int = 5) -> np.ndarray:
    """uint8 RGB [448, columns*112, 3]."""
    networks = (load_named(Denoiser(), models / "denoise.onnx").eval(), adapted(run))
    people = list(range(1, len(IEDS) + 1))
    faces = pictures(models / "faces.onnx", people, [APPEARANCE_BASE + p for p in people])
    mix, columns = Mix(profiles={"measured": 1.0}, measured=profile), []
    for i, (face, ied) in enumerate(zip(faces, IEDS)):
        pair = enhance_sample(
            np.ascontiguousarray(face), False, region_side(ied), ied, mix, np.random.default_rng((seed, i))
        )
        region = torch.from_numpy(pair.region.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        rows = [pair.region, *(as_picture(network(region)) for network in networks), pair.region_clean]
        columns.append(np.vstack([shown(row, cv2.INTER_CUBIC) for row in rows]))
    return np.hstack(columns)


def as_picture(values: Tensor) -> np.ndarray:
    return (values[0].permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    made = sheet(a.models, a.run, profile_of(read_camera(a.profile)))
    Image.fromarray(made).save(a.out, quality=88, xmp=MARK.encode())


if __name__ == "__main__":
    main()
