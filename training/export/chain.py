"""Export of the recognition chain: five networks in up to three precisions, manifest entries and cards.

python -m training.export.chain --checkpoint RUN/checkpoint.pt --models models --cache WORK/cache
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.evaluation.calibration import by_resolution, held_out_embeddings, thresholds
from training.evaluation.chain import OnnxChain
from training.export import cards, int8
from training.export.manifest import LICENCE, read_manifest, upsert_model, variant, write_card
from training.export.onnx_files import TOLERANCE, deviation, export, session, to_half
from training.export.slopes import with_slopes
from training.networks.chain import Chain
from training.networks.embedder import Embedder, Mirrored, parameters_of
from training.networks.fusion import Fusion
from training.networks.twin import Twin

VERSION = "0.1.0"
#: Added to the gate's logit at export: no harm comes before a gain that is within noise (docs/models.md).
CAUTION = 1.0
IMAGE = {"layout": "NCHW", "channels": "RGB"}
PIXELS = {"name": "input", **IMAGE, "mean": [0, 0, 0], "scale": [255, 255, 255], "height": None, "width": None}


def exported(embedder: Embedder | Twin) -> nn.Module:
    """One network looks at a face twice; of two, each looks at its own view already."""
    return with_slopes(embedder if isinstance(embedder, Twin) else Mirrored(embedder)).eval()


def cautious(fusion: Fusion) -> Fusion:
    """A copy of the gate that leans further to the raw branch."""
    leaning = copy.deepcopy(fusion)
    with torch.no_grad():
        leaning.gate[2].bias += CAUTION
    return leaning


def parts(chain: Chain) -> dict[str, dict[str, Any]]:
    """What is exported, by task."""
    unit = lambda: nn.functional.normalize(torch.randn(2, 256), dim=1)  # noqa: E731
    return {
        "embed": {
            "network": exported(chain.embedder),
            "trained": chain.embedder,
            "examples": {"input": torch.randn(2, 3, 112, 112)},
            "outputs": ["embedding"],
            "input": {
                "name": "input",
                **IMAGE,
                "mean": [127.5] * 3,
                "scale": [128] * 3,
                "height": 112,
                "width": 112,
                "align": "arcface-112",
            },
            "output": {"decode": "embedding", "name": "embedding", "dimension": 256},
        },
        "denoise": {
            "network": chain.denoiser,
            "examples": {"input": torch.rand(2, 3, 32, 32)},
            "outputs": ["output"],
            "dynamic": (0, 2, 3),
            "input": {**PIXELS, "multiple": 8},
            "output": {"decode": "image", "name": "output", "scale": 1},
        },
        "superresolve": {
            "network": chain.superresolver,
            "examples": {"input": torch.rand(2, 3, 32, 32)},
            "outputs": ["output"],
            "dynamic": (0, 2, 3),
            "input": PIXELS,
            "output": {"decode": "image", "name": "output", "scale": 4},
        },
        "fuse": {
            "network": cautious(chain.fusion),
            "examples": {"raw": unit(), "enhanced": unit()},
            "outputs": ["fused", "gate"],
            "input": {"names": ["raw", "enhanced"], "layout": "NC", "dimension": 256},
            "output": {"decode": "fusion", "name": "fused", "gate": "gate", "dimension": 256},
        },
        "quality": {
            "network": chain.recognisability,
            "examples": {"embedding": torch.randn(2, 256)},
            "outputs": ["score"],
            "input": {"name": "embedding", "layout": "NC", "dimension": 256},
            "output": {"decode": "score", "name": "score"},
        },
    }


def load_chain(checkpoint: Path) -> Chain:
    """The averaged chain of a joint run, or an untrained remainder about an embedding run."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if "networks" in saved:
        chain = Chain(**saved["networks"])
        chain.load_state_dict(saved["average"])
    else:
        chain = Chain(saved["network"])
        chain.embedder.load_state_dict(saved["average"])
    return chain.eval()


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


def export_files(chain: Chain, models: Path) -> dict[str, dict[str, Any]]:
    """Writes both precisions of every part; returns the entries, not yet in the manifest."""
    models.mkdir(parents=True, exist_ok=True)
    entries = {}
    for task, part in parts(chain).items():
        path = export(
            part["network"],
            list(part["examples"].values()),
            models / f"{task}.onnx",
            list(part["examples"]),
            part["outputs"],
            part.get("dynamic", (0,)),
        )
        half = to_half(path)
        errors = {
            "fp32": deviation(part["network"], path, part["examples"]),
            "fp16": deviation(part["network"], half, part["examples"]),
        }
        for precision, error in errors.items():
            if error > TOLERANCE[precision]:
                raise RuntimeError(f"{task} {precision} differs from PyTorch by {error}")
        measured = {
            "params": parameters_of(part.get("trained", part["network"])),
            "cpuMs": cpu_milliseconds(path, part["examples"]),
            "cpuMsFp16": cpu_milliseconds(half, part["examples"]),
            "maxDeviation": {k: float(f"{v:.2g}") for k, v in errors.items()},
        }
        entries[task] = {
            "name": f"nightglass-{task}",
            "task": task,
            "version": VERSION,
            "licence": LICENCE,
            "card": f"cards/{task}.md",
            "variants": [variant(models, path.name, "fp32"), variant(models, half.name, "fp16")],
            "input": part["input"],
            "output": part["output"],
            "training": cards.DATA,
            "measured": measured,
        }
    return entries


def add_int8(entries: dict[str, dict[str, Any]], models: Path, cache: Path) -> dict[str, dict[str, float]]:
    """Writes INT8 variants where they pay and adds them to the entries; returns what was measured."""
    held, measured = int8.held_out_inputs(cache), {}
    inputs = {"embed": [x[None] for x in held.probes[:128]], "denoise": held.regions, "superresolve": held.regions}
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


def export_chain(
    checkpoint: Path, models: Path, cache: Path, calibrate: bool = True, notes: dict | None = None
) -> None:
    """Files, calibration, cards and manifest of a trained chain."""
    entries = export_files(load_chain(checkpoint), models)
    figures: dict[str, Any] = dict(notes or {})
    if calibrate:
        print({"int8": add_int8(entries, models, cache)})
        held = held_out_embeddings(OnnxChain(models), cache)
        record = {"fused": thresholds(held, "fused"), "raw": thresholds(held, "raw")}
        entries["embed"]["calibration"], entries["fuse"]["calibration"] = record["raw"], record["fused"]
        figures["heldOut"] = by_resolution(held)
        print(json.dumps(figures["heldOut"], indent=1))
        print(json.dumps(record["fused"]))
        place = {int(identity): i for i, identity in enumerate(held["gallery_ids"])}
        own = held["gallery"][[place[int(i)] for i in held["ids"]]]
        genuine = (held["fused"] * own).sum(1)
        figures["qualityCorrelation"] = round(float(np.corrcoef(held["quality"], genuine)[0, 1]), 3)
    for task, entry in entries.items():
        write_card(models, task, cards.sections(task, entry, figures))
        upsert_model(models, entry)
    print({m["name"]: m["measured"] for m in read_manifest(models)["models"] if "measured" in m})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--notes", type=Path, help="JSON of figures for the cards, e.g. of the development protocol")
    parser.add_argument("--no-calibration", action="store_true")
    a = parser.parse_args()
    notes_value = json.loads(a.notes.read_text()) if a.notes else None
    export_chain(a.checkpoint, a.models, a.cache, not a.no_calibration, notes_value)
