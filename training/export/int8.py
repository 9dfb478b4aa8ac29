"""INT8 variants of the networks that gain by it: experts, denoiser, super-resolver.

Static quantisation (QDQ, per channel) with ONNX Runtime; ranges come from faces held out of training.
Measured for each: milliseconds a pass (median, one thread, batch of one), and how far the result moves:
for an expert the mean cosine to its FP32 self and rank-1 of held-out people with both, for pictures
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
from training.evaluation.calibration import HELD_OUT
from training.evaluation.chain import OnnxChain
from training.evaluation.scoring import score
from training.export.onnx_files import session

#: By how much rank-1 of held-out people may move.
RANK1_POINTS = 0.5
SIDE = 32  # of the regions that denoiser and super-resolver see


class Ranges(CalibrationDataReader):
    """Gives the quantiser one input after the other."""

    def __init__(self, inputs: list[np.ndarray]) -> None:
        self.rest = iter(inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        following = next(self.rest, None)
        return None if following is None else {"input": following}


def as_input(crops: list[np.ndarray]) -> np.ndarray:
    """[112,112,3] crops, 0..255 -> an expert's input."""
    return ((np.stack(crops).transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 127.5).copy()


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
    enhanced: np.ndarray  # [R,3,112,112]: crops of the regions, enhanced
    enhanced_ids: np.ndarray


def held_out_inputs(chain: OnnxChain, cache: Path, probes: int = 400, regions: int = 240, seed: int = 5) -> HeldOut:
    """Pictures of people that no stage has seen, degraded; `chain` enhances the regions."""
    faces, rng = load_faces(cache), np.random.default_rng(seed)
    _, rows = split_identities(faces, HELD_OUT)
    first = {int(faces.identity[r]): int(r) for r in reversed(rows)}
    others = rng.permutation([r for r in rows if first[int(faces.identity[r])] != r])[:probes]
    mix = Mix(clean=0.3, ied=(8.0, 30.0))
    crops = [embed_sample(np.array(faces.images[r]), False, mix, rng)[0] for r in others]
    pairs = [enhance_sample(np.array(faces.images[r]), False, SIDE, 9.0, mix, rng) for r in others[:regions]]
    return HeldOut(
        gallery=as_input([np.array(faces.images[r][RIM:-RIM, RIM:-RIM]) for r in first.values()]),
        owners=np.array(list(first)),
        probes=as_input(crops),
        ids=faces.identity[others],
        regions=[p.region.transpose(2, 0, 1)[None].astype(np.float32) / 255 for p in pairs],
        enhanced=as_input([chain.enhance(p.region) for p in pairs]),
        enhanced_ids=faces.identity[others[:regions]],
    )


def compare(
    task: str, path: Path, small: Path, held: HeldOut, milliseconds: Callable[[Path], float]
) -> dict[str, float]:
    """Time of both files and what INT8 changes."""
    row = {"cpuMs": milliseconds(path), "cpuMsInt8": milliseconds(small)}
    if task in ("embed", "embed-enhanced"):
        crops, ids = (held.probes, held.ids) if task == "embed" else (held.enhanced, held.enhanced_ids)
        # Enrolled pictures are clear ones: the expert of the raw branch embeds them, in the precision that ships.
        gallery = embed_with(path.with_name("embed.onnx"), held.gallery)
        full, less = embed_with(path, crops), embed_with(small, crops)
        row["rank1"] = score(full, ids, gallery, held.owners)["rank1"]
        own = gallery if task == "embed-enhanced" else embed_with(small, held.gallery)
        row["rank1Int8"] = score(less, ids, own, held.owners)["rank1"]
        row["cosine"] = round(float((full * less).sum(1).mean()), 4)
    else:
        both, regions = (session(path), session(small)), held.regions[:64]
        pictures = [[s.run(None, {"input": x})[0] for s in both] for x in regions]
        row["psnr"] = round(float(-10 * np.log10(np.mean([np.square(a - b).mean() for a, b in pictures]))), 1)
    return row


def pays(row: dict[str, float]) -> bool:
    """Faster by a third, and the result is the same for all that it is used for."""
    same = row.get("cosine", 1) >= 0.99 and row.get("psnr", 99) >= 45
    recognises = abs(row.get("rank1", 0) - row.get("rank1Int8", 0)) <= RANK1_POINTS
    return row["cpuMsInt8"] <= 0.67 * row["cpuMs"] and same and recognises
