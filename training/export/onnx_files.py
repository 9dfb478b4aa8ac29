"""ONNX files of a trained network: FP32 and FP16, each checked against PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import Tensor, nn

OPSET = 18
#: Largest deviation from PyTorch that an export may show, by precision, for outputs of order one.
TOLERANCE = {"fp32": 1e-3, "fp16": 3e-2}


def export(
    network: nn.Module,
    example: Sequence[Tensor],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Sequence[int] = (0,),
) -> Path:
    """Writes FP32 ONNX with the axes `dynamic` free in all inputs and outputs; batch norm is folded."""
    names = {0: "batch", 2: "height", 3: "width"}
    axes = {n: {a: names[a] for a in dynamic} for n in inputs}
    axes |= {n: {a: names[a] if a == 0 else f"out_{names[a]}" for a in dynamic} for n in outputs}
    torch.onnx.export(
        network.eval().float(),
        tuple(example),
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
        do_constant_folding=True,
    )
    model = onnx.load(path)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def to_half(path: Path) -> Path:
    """`name.onnx` -> `name.fp16.onnx`: half-precision inside, single-precision inputs and outputs."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    model = convert_float_to_float16(onnx.load(path), keep_io_types=True)
    target = path.with_name(f"{path.stem}.fp16.onnx")
    onnx.save(model, target)
    return target


def run(path: Path, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """One pass through ONNX Runtime on one CPU thread."""
    return session(path).run(None, inputs)


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def deviation(network: nn.Module, path: Path, examples: dict[str, Tensor]) -> float:
    """Largest absolute difference between PyTorch and the file over all outputs."""
    expected: Any = network.eval()(*examples.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    got = run(path, {k: v.numpy() for k, v in examples.items()})
    return max(float(np.abs(e.numpy() - g).max()) for e, g in zip(expected, got))
