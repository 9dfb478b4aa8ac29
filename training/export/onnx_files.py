"""ONNX files of a trained network: FP32 and FP16, each checked against PyTorch.

The FP32 file keeps its weights as FP16 initialisers, each cast to FP32 in the graph: half the size, and the runtime
folds the casts when it loads the file, so that a pass takes what it took. The network is rounded before it is
exported (`rounded`): what is checked is what ships.
"""

from __future__ import annotations

import copy
import tempfile
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
#: Initialisers of fewer values stay FP32: a Cast node takes more bytes than it saves.
SMALLEST_HALF = 128


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


def rounded(network: nn.Module) -> nn.Module:
    """A copy whose weights and floating-point buffers are numbers that FP16 holds."""
    result = copy.deepcopy(network).float().eval()
    with torch.no_grad():
        for value in (*result.parameters(), *result.buffers()):
            if value.is_floating_point():
                value.copy_(value.half().float())
    return result


def store_half(path: Path) -> Path:
    """Stores in place every FP32 initialiser that loses nothing by it as FP16 with a Cast; returns the path."""
    model = onnx.load(path)
    graph, casts = model.graph, []
    for initialiser in graph.initializer:
        if initialiser.data_type != onnx.TensorProto.FLOAT:
            continue
        values = onnx.numpy_helper.to_array(initialiser)
        half = values.astype(np.float16)
        if values.size < SMALLEST_HALF or not np.array_equal(half.astype(np.float32), values):
            continue
        name = initialiser.name
        initialiser.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def casts_left(path: Path) -> int:
    """Cast nodes that the runtime keeps after it has optimised the graph."""
    with tempfile.TemporaryDirectory() as folder:
        options = session_options()
        options.optimized_model_filepath = str(Path(folder) / "optimised.onnx")
        ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return sum(node.op_type == "Cast" for node in onnx.load(options.optimized_model_filepath).graph.node)


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


def session_options() -> ort.SessionOptions:
    """One thread, and no warnings of the runtime."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return options


def session(path: Path) -> ort.InferenceSession:
    """The file, ready to run on one CPU thread."""
    return ort.InferenceSession(str(path), session_options(), providers=["CPUExecutionProvider"])


@torch.no_grad()
def deviation(network: nn.Module, path: Path, examples: dict[str, Tensor]) -> float:
    """Largest absolute difference between PyTorch and the file over all outputs."""
    expected: Any = network.eval()(*examples.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    got = run(path, {k: v.numpy() for k, v in examples.items()})
    return max(float(np.abs(e.numpy() - g).max()) for e, g in zip(expected, got))
