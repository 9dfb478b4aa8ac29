"""Export of a checkpoint to ONNX: `python -m training.detector.export --checkpoint F --out models`.

With `--report` (of `training.detector.evaluate`), `--repeat` (of `training.detector.repeat`) and `--sizes`
(of `training.detector.sizes`) also manifest entry and card.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from training.detector.card import write_detector_card
from training.detector.model import Detector, ExportedDetector
from training.export import manifest, onnx_files

NAME = "nightglass-detect"
VERSION = "0.1.0"
#: Largest deviation from PyTorch that an export may show; places are in units of the stride.
TOLERANCE = {"fp32": 1e-3, "fp16": 6e-2}


def load_checkpoint(path: Path) -> Detector:
    """The averaged weights of a training checkpoint, ready for inference."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    net = Detector()
    net.load_state_dict(state["average"])
    return net.eval()


def export_onnx(net: Detector, path: Path) -> None:
    """Writes the graph with dynamic batch, height and width, and the `yunet` output names."""
    axes = {name: {0: "batch", 1: "cells"} for name in ExportedDetector.NAMES}
    axes["input"] = {0: "batch", 2: "height", 3: "width"}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        ExportedDetector(net).eval(),
        (torch.zeros(2, 3, 96, 128),),
        str(path),
        input_names=["input"],
        output_names=list(ExportedDetector.NAMES),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def deviation(net: Detector, path: Path, size: tuple[int, int] = (160, 224)) -> float:
    """Largest absolute difference between PyTorch and ONNX Runtime on noise."""
    import onnxruntime

    image = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(1)) * 255
    with torch.no_grad():
        ours = ExportedDetector(net).eval()(image)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    theirs = session.run(list(ExportedDetector.NAMES), {"input": image.numpy()})
    return max(float(np.abs(a.numpy() - b).max()) for a, b in zip(ours, theirs))


def export_files(net: Detector, out: Path) -> dict[str, float]:
    """Writes `detect.onnx` and `detect.fp16.onnx`; gives the deviation of each from PyTorch."""
    path = out / "detect.onnx"
    export_onnx(net, path)
    half = onnx_files.to_half(path)
    return {"fp32": deviation(net, path), "fp16": deviation(net, half)}


def entry(out: Path, card: str, threshold: float, measured: dict) -> dict:
    """The manifest entry."""
    return {
        "name": NAME,
        "task": "detect",
        "version": VERSION,
        "licence": manifest.LICENCE,
        "card": card,
        "variants": [
            manifest.variant(out, "detect.onnx", "fp32"),
            manifest.variant(out, "detect.fp16.onnx", "fp16"),
        ],
        "input": {
            "name": "input",
            "layout": "NCHW",
            "channels": "BGR",
            "mean": [0, 0, 0],
            "scale": [1, 1, 1],
            "height": None,
            "width": None,
        },
        "output": {"decode": "yunet"},
        "scoreThreshold": threshold,
        # Landmark error on photographs, in inter-eye distances: 0.06 at 24 to 56 px, 0.08 at 80, 0.44 at 120.
        "secondLook": {"above": 56, "at": 36},
        "training": "training.detector.train on scenes of research sets; no commercial clearance",
        "measured": measured,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--report", type=Path, help="JSON of training.detector.evaluate, ours first")
    parser.add_argument("--repeat", type=Path, help="JSON of training.detector.repeat")
    parser.add_argument("--sizes", type=Path, help="JSON of training.detector.sizes")
    args = parser.parse_args()
    net = load_checkpoint(args.checkpoint)
    worst = export_files(net, args.out)
    print("deviation from PyTorch", worst)
    for precision, value in worst.items():
        if value > TOLERANCE[precision]:
            raise SystemExit(f"Cannot export {precision}: deviation {value}")
    if args.report and args.repeat and args.sizes:
        reports, repeat, sizes = (json.loads(path.read_text()) for path in (args.report, args.repeat, args.sizes))
        card = write_detector_card(args.out, reports, net, worst, repeat, sizes)
        ours = {k: v for k, v in reports[0].items() if k != "model"}
        if len(reports) > 1:
            ours["comparedWith"] = reports[1]
        ours["landmarksRepeat"] = repeat
        ours["oneBoxAFace"] = {k: v for k, v in sizes.items() if k not in ("model", "rules")}
        threshold = round(reports[0]["clean"]["threshold"], 2)
        manifest.upsert_model(args.out, entry(args.out, card, threshold, ours))


if __name__ == "__main__":
    main()
