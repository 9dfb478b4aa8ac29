"""INT8 variant of the detector: `python -m training.detector.int8 --models models [--out REPORT]`.

Static quantisation (QDQ, per channel) of `detect.onnx`; ranges come from scenes of the training part, as
they are and at surveillance quality. The last convolutions of the heads stay in FP32: places and
scores come from them. Both files are then measured on the held-out scenes at the threshold that
ships, and the variant enters the manifest only where it pays (`pays`).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.detector.card import add_int8
from training.detector.decode import OnnxDetector
from training.detector.evaluate import evaluate
from training.detector.lowgrade import lowgrade
from training.detector.scenes import Scene, data_root, load_scenes
from training.export import manifest
from training.export.int8 import Ranges

#: Height and width at which the time is taken: what a 16:9 camera is scaled to.
SIZE = (384, 640)
#: What may be lost at any level: of recall (of certain faces) half a point, of the landmark error a thirtieth of it.
LOST_RECALL, LARGER_ERROR = 0.005, 1.03


def calibration_inputs(scenes: list[Scene], side: int = 448) -> list[np.ndarray]:
    """Float32 [1,3,H,W], BGR 0..255, sides multiples of 32, at most `side`."""
    inputs = []
    for scene in scenes:
        height, width = scene.image.shape[:2]
        scale = side / max(height, width)
        size = (max(32, int(width * scale) // 32 * 32), max(32, int(height * scale) // 32 * 32))
        image = cv2.resize(scene.image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        inputs.append(image.transpose(2, 0, 1)[None].astype(np.float32))
    return inputs


def quantise(path: Path, inputs: list[np.ndarray]) -> Path:
    """`detect.onnx` -> `detect.int8.onnx` beside it."""
    target = path.with_name(f"{path.stem}.int8.onnx")
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        heads = [n.name for n in onnx.load(str(prepared)).graph.node if n.op_type == "Conv" and "/out/" in n.name]
        quantize_static(
            str(prepared),
            str(target),
            Ranges(inputs),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Add", "Resize"],
            nodes_to_exclude=heads,
        )
    return target


def milliseconds(path: Path, runs: int = 60) -> float:
    """CPU time of one picture of `SIZE` on one thread, median."""
    detector, image = OnnxDetector(path), np.full((*SIZE, 3), 90, np.uint8)
    times = []
    for _ in range(runs):
        start = time.process_time()
        detector.raw(image)
        times.append((time.process_time() - start) * 1e3)
    return round(float(np.median(times)), 2)


def compare(path: Path, small: Path, levels: dict[str, list[Scene]], threshold: float) -> dict:
    """Time of both, and recall, landmark error and false finds of both at one threshold."""
    row: dict = {"cpuMs": milliseconds(path), "cpuMsInt8": milliseconds(small), "size": list(SIZE), "levels": {}}
    both = OnnxDetector(path), OnnxDetector(small)
    for level, scenes in levels.items():
        smallest = 20.0 if level == "clean" else 12.0
        full, less = (evaluate(d, scenes, smallest).above(threshold) for d in both)
        row["levels"][level] = {"fp32": full, "int8": less}
    return row


def pays(row: dict) -> bool:
    """Faster by a third, and neither recall nor landmarks lose at any level."""
    kept = all(
        both["fp32"]["recall"] - both["int8"]["recall"] <= LOST_RECALL
        and both["int8"]["landmarkError"] <= LARGER_ERROR * both["fp32"]["landmarkError"]
        for both in row["levels"].values()
    )
    return row["cpuMsInt8"] <= 0.67 * row["cpuMs"] and kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--limit", type=int, help="held-out scenes at most")
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    entry = next(m for m in manifest.read_manifest(args.models)["models"] if m["task"] == "detect")
    path = args.models / entry["variants"][0]["file"]
    # Spread over all sources: the scenes are ordered by them.
    train = load_scenes(data_root(args.data), "train")[::40]
    poor = lowgrade(train[::2], "L1", args.seed) + lowgrade(train[1::2], "L2", args.seed)
    small = quantise(path, calibration_inputs(train + poor))
    held_out = load_scenes(data_root(args.data), "heldout", args.limit)
    levels = {"clean": held_out} | {level: lowgrade(held_out, level, args.seed) for level in ("L1", "L2", "L3")}
    row = compare(path, small, levels, entry["scoreThreshold"])
    print(json.dumps(row, indent=1))
    others = [v for v in entry["variants"] if v["precision"] != "int8"]
    shipped = pays(row)
    if shipped:
        others.append(manifest.variant(args.models, small.name, "int8"))
    else:
        small.unlink()
    manifest.upsert_model(args.models, {**entry, "variants": others, "measured": {**entry["measured"], "int8": row}})
    add_int8(args.models / entry["card"], row, shipped)


if __name__ == "__main__":
    main()
