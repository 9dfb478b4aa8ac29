"""INT8 variants of the networks that gain by it: embedder, denoiser, super-resolver.

Static quantisation (QDQ, per channel) with ONNX Runtime; ranges come from faces held out of training.
Measured for each: milliseconds a pass (median, one thread, batch of one), and how far the result moves:
for the embedder the mean cosine to its FP32 self and rank-1 of held-out people with both, for pictures
the PSNR between both. The export writes a variant only where it is faster by a third or more and moves
little (`pays`). Gate and recognisability stay in FP32: small and delicate; the detector has its own
(`training.detector.int8`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.data.faces import RIM, load_faces, split_identities
from training.data.samples import Mix, embed_sample, enhance_sample
from training.evaluation.scoring import score
from training.export.onnx_files import session

SIDE = 32  # of the regions that denoiser and super-resolver see


class Ranges(CalibrationDataReader):
    """Gives the quantiser one input after the other."""

    def __init__(self, inputs: list[np.ndarray]) -> None:
        self.rest = iter(inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        following = next(self.rest, None)
        return None if following is None else {"input": following}


def as_input(crops: list[np.ndarray]) -> np.ndarray:
    """uint8 [112,112,3] crops -> the embedder's input."""
    return ((np.stack(crops).transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 128).copy()


def quantise(path: Path, inputs: list[np.ndarray]) -> Path:
    """`name.onnx` -> `name.int8.onnx`, with ranges from `inputs`."""
    target = path.with_name(f"{path.stem}.int8.onnx")
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Ranges(inputs),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    return target


def embed_with(path: Path, crops: np.ndarray) -> np.ndarray:
    """[N,3,112,112] -> unit rows [N,d]."""
    run = session(path)
    rows = np.concatenate([run.run(None, {"input": crops[i : i + 32]})[0] for i in range(0, len(crops), 32)])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass(frozen=True)
class HeldOut:
    """Inputs from people held out of training."""

    gallery: np.ndarray  # [G,3,112,112]
    owners: np.ndarray
    probes: np.ndarray  # [P,3,112,112], degraded
    ids: np.ndarray
    regions: list[np.ndarray]  # [1,3,32,32] each, degraded


def held_out_inputs(cache: Path, probes: int = 400, seed: int = 5) -> HeldOut:
    faces, rng = load_faces(cache), np.random.default_rng(seed)
    _, rows = split_identities(faces, 500)
    first = {int(faces.identity[r]): int(r) for r in reversed(rows)}
    others = rng.permutation([r for r in rows if first[int(faces.identity[r])] != r])[:probes]
    mix = Mix(clean=0.3, ied=(8.0, 30.0))
    crops = [embed_sample(np.array(faces.images[r]), False, mix, rng)[0] for r in others]
    pairs = [enhance_sample(np.array(faces.images[r]), False, SIDE, 9.0, mix, rng) for r in others[:64]]
    return HeldOut(
        gallery=as_input([np.array(faces.images[r][RIM:-RIM, RIM:-RIM]) for r in first.values()]),
        owners=np.array(list(first)),
        probes=as_input(crops),
        ids=faces.identity[others],
        regions=[p.region.transpose(2, 0, 1)[None].astype(np.float32) / 255 for p in pairs],
    )


def compare(
    task: str, path: Path, small: Path, held: HeldOut, milliseconds: Callable[[Path], float]
) -> dict[str, float]:
    """Time of both files and what INT8 changes."""
    row = {"cpuMs": milliseconds(path), "cpuMsInt8": milliseconds(small)}
    if task == "embed":
        full, less = ([embed_with(file, x) for x in (held.gallery, held.probes)] for file in (path, small))
        row["rank1"] = score(full[1], held.ids, full[0], held.owners)["rank1"]
        row["rank1Int8"] = score(less[1], held.ids, less[0], held.owners)["rank1"]
        row["cosine"] = round(float((full[1] * less[1]).sum(1).mean()), 4)
    else:
        both = session(path), session(small)
        pictures = [[s.run(None, {"input": x})[0] for s in both] for x in held.regions]
        row["psnr"] = round(float(-10 * np.log10(np.mean([np.square(a - b).mean() for a, b in pictures]))), 1)
    return row


def pays(row: dict[str, float]) -> bool:
    """Faster by a third, and the result is the same for all that it is used for."""
    same = row.get("cosine", 1) >= 0.99 and row.get("psnr", 99) >= 45
    return row["cpuMsInt8"] <= 0.67 * row["cpuMs"] and same
