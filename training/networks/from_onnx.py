"""Networks from their exported files, where no checkpoint is at hand.

Denoiser and super-resolver are read back by the names of their weights. The experts' graphs have lost names and had
parts folded: `OnnxNetwork` computes such a graph with PyTorch, so that gradient passes through a frozen judge.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

#: Of `torch.dtype` by ONNX's element type, as far as our graphs have them.
TYPES = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool, 10: torch.float16, 11: torch.float64}


def load_named(network: nn.Module, path: Path) -> nn.Module:
    """Puts the file's weights into a network of the same names and shapes. Raises ValueError where they differ."""
    stored = {i.name.removesuffix(".half"): numpy_helper.to_array(i) for i in onnx.load(str(path)).graph.initializer}
    wanted = network.state_dict()
    different = [k for k, v in wanted.items() if k not in stored or stored[k].shape != tuple(v.shape)]
    if different:
        raise ValueError(f"Cannot load {path}: it is not this network ({', '.join(different[:3])})")
    network.load_state_dict({k: torch.from_numpy(stored[k].astype(np.float32)) for k in wanted})
    return network


class OnnxNetwork(nn.Module):
    """A graph with one output, computed node by node. Its numbers are constants; raises ValueError on unknown nodes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self.input, self.output = graph.input[0].name, graph.output[0].name
        self.constants = {i.name: _tensor(numpy_helper.to_array(i)) for i in graph.initializer}
        self.nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        for node in graph.node:
            values = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            inputs, outputs = list(node.input), list(node.output)
            if node.op_type == "Constant":
                self.constants[outputs[0]] = _tensor(numpy_helper.to_array(values["value"]))
            elif node.op_type == "Cast" and inputs[0] in self.constants:
                self.constants[outputs[0]] = self.constants[inputs[0]].to(TYPES[values["to"]])
            elif node.op_type in OPERATORS:
                self.nodes.append((node.op_type, inputs, outputs, values))
            else:
                raise ValueError(f"Cannot load {path}: {node.op_type} is not known")
        self.last_use = {name: k for k, (_, inputs, _, _) in enumerate(self.nodes) for name in inputs}

    def forward(self, x: Tensor) -> Tensor:
        values: dict[str, Any] = {self.input: x}
        for k, (kind, inputs, outputs, attributes) in enumerate(self.nodes):
            given = [None if n == "" else values[n] if n in values else self.constants[n] for n in inputs]
            result = OPERATORS[kind](*given, **attributes)
            values.update(zip(outputs, result if isinstance(result, tuple) else (result,)))
            for name in inputs:
                if self.last_use[name] == k:
                    values.pop(name, None)
        return values[self.output]


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(values))


def _ints(value: Tensor) -> list[int]:
    return [int(v) for v in value.reshape(-1)]


def _conv(x: Tensor, weight: Tensor, bias: Tensor | None = None, **a: Any) -> Tensor:
    pads, k = a.get("pads", [0, 0, 0, 0]), len(weight.shape) - 2
    if pads[:k] != pads[k:]:
        raise ValueError("uneven padding is not known")
    return F.conv2d(x, weight, bias, a.get("strides", 1), pads[:k], a.get("dilations", 1), a.get("group", 1))


def _slice(x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor | None = None, steps: Tensor | None = None) -> Tensor:
    where = _ints(axes) if axes is not None else list(range(len(starts)))
    by = _ints(steps) if steps is not None else [1] * len(where)
    for axis, first, last, step in zip(where, _ints(starts), _ints(ends), by):
        if step == -1 and first == -1:
            x = x.flip(axis)
            continue
        index = [slice(None)] * x.ndim
        index[axis] = slice(first, min(last, x.shape[axis]) if last >= 0 else last, step)
        x = x[tuple(index)]
    return x


def _squeeze(x: Tensor, axes: Tensor | None = None) -> Tensor:
    return x.squeeze() if axes is None else x.squeeze(tuple(_ints(axes)))


def _unsqueeze(x: Tensor, axes: Tensor) -> Tensor:
    for axis in sorted(_ints(axes)):
        x = x.unsqueeze(axis)
    return x


def _reshape(x: Tensor, shape: Tensor, allowzero: int = 0) -> Tensor:
    return x.reshape([x.shape[i] if n == 0 and not allowzero else n for i, n in enumerate(_ints(shape))])


def _reduce(kind: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def run(x: Tensor, axes: Tensor | None = None, keepdims: int = 1, **a: Any) -> Tensor:
        over = a.get("axes") or (_ints(axes) if axes is not None else list(range(x.ndim)))
        return kind(x, tuple(over), bool(keepdims))

    return run


def _gather(x: Tensor, index: Tensor, axis: int = 0) -> Tensor:
    return x.select(axis, int(index)) if index.ndim == 0 else x.index_select(axis, index)


def _gemm(a: Tensor, b: Tensor, c: Tensor | None = None, **v: Any) -> Tensor:
    y = v.get("alpha", 1.0) * ((a.T if v.get("transA") else a) @ (b.T if v.get("transB") else b))
    return y if c is None else y + v.get("beta", 1.0) * c


def _divide(a: Tensor, b: Tensor) -> Tensor:
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode="trunc")


OPERATORS: dict[str, Callable[..., Any]] = {
    "Add": lambda a, b: a + b,
    "Mul": lambda a, b: a * b,
    "Div": _divide,
    "MatMul": lambda a, b: a @ b,
    "Gemm": _gemm,
    "Conv": _conv,
    "Erf": lambda x: torch.erf(x),
    "Sqrt": lambda x: torch.sqrt(x),
    "Identity": lambda x: x,
    "Cast": lambda x, to: x.to(TYPES[to]),
    "Clip": lambda x, low=None, high=None: torch.clamp(x, low, high),
    "Softmax": lambda x, axis=-1: torch.softmax(x, axis),
    "LayerNormalization": lambda x, w, b, axis=-1, epsilon=1e-5, **_: F.layer_norm(x, x.shape[axis:], w, b, epsilon),
    "Transpose": lambda x, perm: x.permute(perm),
    "Shape": lambda x: torch.tensor(x.shape),
    "Gather": _gather,
    "Concat": lambda *x, axis: torch.cat(x, axis),
    "Split": lambda x, sizes=None, axis=0, **_: tuple(torch.split(x, _ints(sizes), axis)),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Reshape": _reshape,
    "Flatten": lambda x, axis=1: x.flatten(axis),
    "Expand": lambda x, shape: x * torch.ones(_ints(shape), dtype=x.dtype),
    "ConstantOfShape": lambda shape, value=None: torch.full(
        _ints(shape), _tensor(numpy_helper.to_array(value)).item() if value is not None else 0.0
    ),
    "Equal": lambda a, b: a == b,
    "Where": lambda c, a, b: torch.where(c, a, b),
    "GlobalAveragePool": lambda x: x.mean((2, 3), keepdim=True),
    "ReduceL2": _reduce(lambda x, over, keep: x.norm(dim=over, keepdim=keep)),
    "ReduceSum": _reduce(lambda x, over, keep: x.sum(over, keep)),
}
