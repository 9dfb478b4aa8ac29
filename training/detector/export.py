"""Export of a checkpoint to ONNX: `python -m training.detector.export --checkpoint F --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from training.detector.model import Detector, ExportedDetector


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models"))
    args = parser.parse_args()
    net = load_checkpoint(args.checkpoint)
    path = args.out / "detect.onnx"
    export_onnx(net, path)
    print(f"{path}: {path.stat().st_size} bytes, deviation {deviation(net, path):.2e}")


if __name__ == "__main__":
    main()
