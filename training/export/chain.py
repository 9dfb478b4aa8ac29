"""Export of the recognition chain: six networks in up to three precisions, manifest entries and cards.

python -m training.export.chain --checkpoint RUN/checkpoint.pt --models models --cache WORK/cache
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.data.crops import embed_crops, held_out_crops
from training.evaluation.calibration import by_resolution, held_out_embeddings, thresholds
from training.evaluation.chain import OnnxChain
from training.evaluation.poor_views import POOR_VIEW
from training.evaluation.rejection import rejection
from training.export import cards, int8
from training.export.manifest import LICENCE, LICENCE_OF_EXPERTS, upsert_model, variant, write_card
from training.export.onnx_files import (
    TOLERANCE,
    casts_left,
    deviation,
    export,
    rounded,
    session,
    store_half,
    to_half,
)
from training.export.positions import with_fixed_positions
from training.networks.chain import Chain, load_chain
from training.networks.expert import DIMENSION
from training.networks.fusion import QUALITY

VERSION = "0.2.0"
#: Most that the folder of models may hold.
LARGEST_FOLDER = 60_000_000
IMAGE = {"layout": "NCHW", "channels": "RGB"}
PIXELS = {"name": "input", **IMAGE, "mean": [0, 0, 0], "scale": [255, 255, 255], "height": None, "width": None}
CROP = {
    "name": "input",
    **IMAGE,
    "mean": [127.5] * 3,
    "scale": [127.5] * 3,
    "height": 112,
    "width": 112,
    "align": "arcface-112",
}


def expert_part(network: nn.Module) -> dict[str, Any]:
    """Export of an expert."""
    return {
        "network": with_fixed_positions(network, (112, 112)),
        "examples": {"input": torch.randn(2, 3, 112, 112)},
        "outputs": ["embedding"],
        "input": CROP,
        "output": {"decode": "embedding", "name": "embedding", "dimension": DIMENSION},
    }


def restorer_part(network: nn.Module, scale: int, **more: Any) -> dict[str, Any]:
    """Export of a network from picture to picture."""
    return {
        "network": network,
        "examples": {"input": torch.rand(2, 3, 32, 32)},
        "outputs": ["output"],
        "dynamic": (0, 2, 3),
        "input": {**PIXELS, **more},
        "output": {"decode": "image", "name": "output", "scale": scale},
    }


def parts(chain: Chain) -> dict[str, dict[str, Any]]:
    """What is exported, by task."""
    unit = lambda: nn.functional.normalize(torch.randn(2, DIMENSION), dim=1)  # noqa: E731
    rows = {"layout": "NC", "dimension": DIMENSION}
    return {
        "embed": expert_part(chain.raw),
        "embed-enhanced": expert_part(chain.enhanced),
        "denoise": restorer_part(chain.denoiser, 1, multiple=8),
        "superresolve": restorer_part(chain.superresolver, 4),
        "fuse": {
            "network": chain.fusion,
            "examples": {"raw": unit(), "enhanced": unit(), "quality": torch.rand(2, len(QUALITY))},
            "outputs": ["fused", "gate", "weight"],
            "input": {"names": ["raw", "enhanced", "quality"], "quality": list(QUALITY), **rows},
            "output": {
                "decode": "fusion",
                "name": "fused",
                "gate": "gate",
                "weight": "weight",
                "dimension": DIMENSION,
            },
        },
        "quality": {
            "network": chain.recognisability,
            "examples": {"embedding": torch.randn(2, DIMENSION)},
            "outputs": ["score"],
            "input": {"name": "embedding", **rows},
            "output": {"decode": "score", "name": "score"},
        },
    }


def cpu_milliseconds(path: Path, examples: dict[str, Tensor], repeats: int = 20) -> float:
    """Median processor time of one pass with a batch of one, one thread."""
    inputs = {k: v[:1].numpy() for k, v in examples.items()}
    s = session(path)
    times = []
    for _ in range(repeats + 3):
        start = time.process_time()
        s.run(None, inputs)
        times.append(1000 * (time.process_time() - start))
    return round(float(np.median(times[3:])), 2)


def export_part(task: str, part: dict[str, Any], models: Path) -> dict[str, Any]:
    """Writes one network's FP32 file, and an FP16 file where that computes the same; returns the manifest entry."""
    network, examples = rounded(part["network"]), part["examples"]
    path = models / f"{task}.onnx"
    export(network, list(examples.values()), path, list(examples), part["outputs"], part.get("dynamic", (0,)))
    half = to_half(path)
    plain_ms = cpu_milliseconds(path, examples)
    own_casts = casts_left(path)
    store_half(path)
    if casts_left(path) > own_casts:
        raise RuntimeError(f"{task}: the runtime does not fold the casts of the stored weights")
    errors = {"fp32": deviation(network, path, examples), "fp16": deviation(network, half, examples)}
    if errors["fp32"] > TOLERANCE["fp32"]:
        raise RuntimeError(f"{task} differs from PyTorch by {errors['fp32']}")
    measured = {
        "params": sum(p.numel() for p in network.parameters()),
        "cpuMs": cpu_milliseconds(path, examples),
        "cpuMsWeightsInFp32": plain_ms,
        "cpuMsFp16": cpu_milliseconds(half, examples),
        "maxDeviation": {k: float(f"{v:.2g}") for k, v in errors.items()},
    }
    variants = [variant(models, path.name, "fp32")]
    # Not `>`: an overflow gives NaN, which is no smaller than anything.
    if errors["fp16"] <= TOLERANCE["fp16"]:
        variants.append(variant(models, half.name, "fp16"))
    else:
        half.unlink()
    return {
        "name": f"nightglass-{task}",
        "task": task,
        "version": VERSION,
        "licence": LICENCE_OF_EXPERTS if task.startswith("embed") else LICENCE,
        "card": f"cards/{task}.md",
        "variants": variants,
        "input": part["input"],
        "output": part["output"],
        "training": cards.DATA,
        "measured": measured,
    }


def export_files(chain: Chain, models: Path) -> dict[str, dict[str, Any]]:
    """Writes the files of every part; returns the entries, not yet in the manifest."""
    models.mkdir(parents=True, exist_ok=True)
    return {task: export_part(task, part, models) for task, part in parts(chain).items()}


def add_int8(entries: dict[str, dict[str, Any]], models: Path, cache: Path) -> dict[str, dict[str, float]]:
    """Writes INT8 variants where they pay and adds them to the entries; returns what was measured."""
    held, measured = int8.held_out_inputs(OnnxChain(models), cache), {}
    inputs = {
        "embed": [x[None] for x in held.probes[:128]],
        "embed-enhanced": [x[None] for x in held.enhanced[:128]],
        "denoise": held.regions[:64],
        "superresolve": held.regions[:64],
    }
    for task, ranges in inputs.items():
        path = models / f"{task}.onnx"
        small = int8.quantise(path, ranges)
        example = {"input": torch.from_numpy(ranges[0])}
        row = measured[task] = int8.compare(task, path, small, held, lambda p: cpu_milliseconds(p, example))  # noqa: B023
        entries[task]["measured"]["int8"] = row
        if int8.pays(row):
            entries[task]["variants"].append(variant(models, small.name, "int8"))
        else:
            small.unlink()
    return measured


def calibrate(
    entries: dict[str, dict[str, Any]], models: Path, cache: Path, basis: np.ndarray, probes: int
) -> dict[str, Any]:
    """Adds calibration records and `rejectBelow` to the entries; returns figures for the cards."""
    chain = OnnxChain(models)
    held = held_out_embeddings(chain, cache, probes=probes)
    entries["embed"]["calibration"], entries["fuse"]["calibration"] = thresholds(held, "raw"), thresholds(held, "fused")
    entries["fuse"]["poorView"] = POOR_VIEW
    crops = held_out_crops(cache)
    outputs = embed_crops(chain.embed, crops.pictures)
    cut = rejection(chain.score(outputs), crops.cosine(cache, basis, outputs), crops.kind)
    entries["quality"]["rejectBelow"] = cut["rejectBelow"]
    entries["quality"]["measured"]["rejection"] = cut
    print(json.dumps(cut), flush=True)
    if not cut["reached"]:
        print("MISSED: more than 1 % of the non-faces get through where 99 % of the usable faces do", flush=True)
    place = {int(identity): i for i, identity in enumerate(held["gallery_ids"])}
    own = held["gallery"][[place[int(i)] for i in held["ids"]]]
    genuine = (held["fused"] * own).sum(1)
    return {
        "heldOut": by_resolution(held),
        "qualityCorrelation": round(float(np.corrcoef(held["quality"], genuine)[0, 1]), 3),
    }


def folder_bytes(models: Path) -> int:
    """Bytes of all model files of a folder."""
    return sum(f.stat().st_size for f in models.glob("*.onnx"))


def export_chain(
    checkpoint: Path,
    models: Path,
    cache: Path,
    calibrated: bool = True,
    notes: dict | None = None,
    probes: int = 1000,
) -> None:
    """Files, calibration, cards and manifest of a trained chain."""
    chain, about = load_chain(checkpoint)
    entries = export_files(chain, models)
    figures: dict[str, Any] = dict(notes or {}) | {"training": about.get("training", {})}
    if calibrated:
        print({"int8": add_int8(entries, models, cache)}, flush=True)
        figures |= calibrate(entries, models, cache, about["basis"].numpy(), probes)
        print(json.dumps(figures["heldOut"], indent=1))
    for task, entry in entries.items():
        write_card(models, task, cards.sections(task, entry, figures))
        upsert_model(models, entry)
        kept = {v["file"] for v in entry["variants"]}
        for precision in ("fp16", "int8"):  # files of an earlier export that this one does not list
            if f"{task}.{precision}.onnx" not in kept:
                (models / f"{task}.{precision}.onnx").unlink(missing_ok=True)
    print(json.dumps({task: entry["measured"] for task, entry in entries.items()}))
    print(f"{folder_bytes(models) / 1e6:.1f} MB in {models}")
    if folder_bytes(models) > LARGEST_FOLDER:
        raise RuntimeError(f"{models} holds more than {LARGEST_FOLDER / 1e6:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--notes", type=Path, help="JSON of figures for the cards, e.g. of the development protocol")
    parser.add_argument("--no-calibration", action="store_true")
    parser.add_argument("--probes", type=int, default=1000, help="of the calibration")
    a = parser.parse_args()
    notes_value = json.loads(a.notes.read_text()) if a.notes else None
    export_chain(a.checkpoint, a.models, a.cache, not a.no_calibration, notes_value, a.probes)
