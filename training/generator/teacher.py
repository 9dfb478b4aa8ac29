"""A frozen teacher of ours to differentiate through: an ONNX graph run operator by operator.

Knows just the operators of the two recognisers in `models`. The weights stay the
teacher's and are never copied into a network of ours.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn


def _attributes(node: onnx.NodeProto) -> dict:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _conv(args: list[Tensor], attributes: dict) -> Tensor:
    x, weight, bias = args[0], args[1], args[2] if len(args) > 2 else None
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    stride, dilation = attributes.get("strides", [1, 1]), attributes.get("dilations", [1, 1])
    return F.conv2d(x, weight, bias, stride, (top, left), dilation, attributes.get("group", 1))


def _pool(args: list[Tensor], attributes: dict) -> Tensor:
    kernel = attributes["kernel_shape"]
    return F.avg_pool2d(args[0], kernel, attributes.get("strides", [1, 1]))


OPERATORS = {
    "Conv": _conv,
    "AveragePool": _pool,
    "Add": lambda args, _: args[0] + args[1],
    "Mul": lambda args, _: args[0] * args[1],
    "Relu": lambda args, _: F.relu(args[0]),
    "Sigmoid": lambda args, _: torch.sigmoid(args[0]),
    "PRelu": lambda args, _: torch.where(args[0] >= 0, args[0], args[0] * args[1]),
    "Identity": lambda args, _: args[0],
    "Clip": lambda args, _: torch.clamp(args[0], float(args[1]), float(args[2])),
    "Reshape": lambda args, _: args[0].flatten(1),
}


class OnnxTeacher(nn.Module):
    """Runs the graph on a batch; gives the values named in `wanted`, then the final output."""

    def __init__(self, path: Path, wanted: tuple[str, ...] = ()):
        super().__init__()
        graph = onnx.load(path).graph
        self.wanted = (*wanted, graph.output[0].name)
        self.entry = graph.input[0].name
        self.constants: dict[str, Tensor] = {}
        for item in graph.initializer:
            self.constants[item.name] = torch.from_numpy(numpy_helper.to_array(item).copy())
        self.nodes: list[tuple[str, list[str], str, dict]] = []
        for node in graph.node:
            attributes = _attributes(node)
            if node.op_type == "Constant":
                value = numpy_helper.to_array(attributes["value"])
                self.constants[node.output[0]] = torch.from_numpy(np.array(value))
            elif node.op_type.upper() == "PRELU":
                self.nodes.append(("PRelu", list(node.input), node.output[0], attributes))
            else:
                self.nodes.append((node.op_type, list(node.input), node.output[0], attributes))
        unknown = {kind for kind, *_ in self.nodes} - set(OPERATORS)
        if unknown:
            raise ValueError(f"Cannot run {path}: operators {sorted(unknown)}")

    def forward(self, x: Tensor) -> list[Tensor]:
        values = dict(self.constants)
        values[self.entry] = x
        for kind, inputs, output, attributes in self.nodes:
            args = [values[name] for name in inputs if name]
            values[output] = OPERATORS[kind](args, attributes)
        return [values[name] for name in self.wanted]


def mobile_input(picture: Tensor) -> Tensor:
    """RGB 0..1 [N,3,144,144] -> the crop and normalisation of the `mobile` teacher."""
    mean = picture.new_tensor([0.485, 0.456, 0.406])[:, None, None]
    deviation = picture.new_tensor([0.229, 0.224, 0.225])[:, None, None]
    return (picture[:, :, 16:128, 16:128] - mean) / deviation


def retail_input(picture: Tensor) -> Tensor:
    """RGB 0..1 [N,3,144,144] -> BGR 0..255, middle 96 columns stretched to 128x128."""
    crop = picture[:, :, 16:128, 24:120].flip(1) * 255
    return F.interpolate(crop, (128, 128), mode="bilinear", align_corners=False)
