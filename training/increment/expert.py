"""An exported expert, cut before its last layer: what enters the layer, its weights, files with an adapter beside it.

The layer is the joint space's basis (`networks/expert.py`): embedding = x @ basis, x the members' unit outputs times a
length. An increment adds to it: x @ basis + clip(x @ gate + bias, 0, 1) * (x @ layer). Everything of the parent stays as it
is, so what enters the layer is computed once for all increments, and where the gate is shut the embedding is the one of the
version that they began with, bit for bit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper
from onnx.helper import make_node

from training.export.onnx_files import session_options
from training.increment.bounds import IncrementError

#: First letters of the names of all that an increment adds to a file.
ADDED = "increment_"


@dataclass(frozen=True)
class Adapter:
    """What an increment adds to a last layer."""

    gate: np.ndarray  # float32 [W]
    bias: float
    layer: np.ndarray  # float32 [W,D]

    @classmethod
    def none(cls, width: int, dimension: int) -> Adapter:
        """Adds nothing."""
        return cls(np.zeros(width, np.float32), 0.0, np.zeros((width, dimension), np.float32))

    @property
    def empty(self) -> bool:
        return not self.layer.any()

    def opened(self, x: np.ndarray) -> np.ndarray:
        """float32 [N,W], what enters the layer -> [N], 0 shut to 1 open."""
        return np.clip(x @ self.gate + self.bias, 0, 1).astype(np.float32)

    def added(self, x: np.ndarray) -> np.ndarray:
        """float32 [N,W] -> [N,D]."""
        found, opened = np.zeros((len(x), self.layer.shape[1]), np.float32), self.opened(x)
        at = opened > 0
        found[at] = opened[at, None] * (x[at] @ self.layer)
        return found

    def rounded(self) -> Adapter:
        """As the files store it."""
        return Adapter(_half(self.gate), float(_half(np.float32(self.bias))), _half(self.layer))


class CutExpert:
    """The graph of a file, by precision as it is stored. Raises IncrementError where it is no expert of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        stored = onnx.load(str(path))
        given = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in stored.graph.initializer}
        self.model = _without_adapter(stored)
        graph = self.model.graph
        made = {output: node for node in graph.node for output in node.output}
        self.stored = {i.name: i for i in graph.initializer}
        self.last = made[graph.output[0].name]
        while self.last.op_type == "Cast" and self.last.input[0] in made:
            self.last = made[self.last.input[0]]
        if self.last.op_type != "Mul":
            raise self._other()
        self.entering: list[str] = []
        self.layers: list[str] = []
        self.length = self.last.input[1]
        self._walk(self.last.input[0], made)
        if not self.layers:
            raise self._other()
        self.adapter = Adapter.none(*self.weights.shape)
        if f"{ADDED}layer" in given:
            gate, bias = given[f"{ADDED}gate"][:, 0], float(given[f"{ADDED}bias"])
            self.adapter = Adapter(gate, bias, given[f"{ADDED}layer"])

    def _walk(self, name: str, made: dict[str, onnx.NodeProto]) -> None:
        node = made.get(name)
        if node is None or node.op_type == "Constant":
            return
        if node.op_type == "Add":
            for each in node.input:
                self._walk(each, made)
            return
        weights = node.input[1] if node.op_type == "MatMul" else ""
        cast = made.get(weights)
        weights = cast.input[0] if cast is not None and cast.op_type == "Cast" else weights
        if weights not in self.stored or len(self.stored[weights].dims) != 2:
            raise self._other()
        self.entering.append(node.input[0])
        self.layers.append(weights)

    def _other(self) -> IncrementError:
        return IncrementError("MODEL_NOT_KNOWN", f"{self.path.name} is no expert whose last layer can be trained")

    @property
    def weights(self) -> np.ndarray:
        """float32 [W,D]: the layer, the members' parts one below the other."""
        return np.concatenate([numpy_helper.to_array(self.stored[n]).astype(np.float32) for n in self.layers])

    def digest(self) -> str:
        """Hex digest of all that decides what enters the layer."""
        rest = onnx.ModelProto()
        rest.CopyFrom(self.model)
        for initialiser in rest.graph.initializer:
            if initialiser.name in self.layers:
                initialiser.ClearField("raw_data")
        return hashlib.sha256(rest.SerializeToString(deterministic=True)).hexdigest()

    def trunk(self) -> ort.InferenceSession:
        """Gives what enters the layer and, last, the length; a file of single precision only."""
        cut = onnx.ModelProto()
        cut.CopyFrom(self.model)
        del cut.graph.output[:]
        for name in (*self.entering, self.length):
            cut.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        return ort.InferenceSession(cut.SerializeToString(), session_options(), providers=["CPUExecutionProvider"])

    def write(self, adapter: Adapter, path: Path) -> None:
        """The same file with another adapter, stored as the layer is: in half precision, cast where the graph is in single."""
        changed = onnx.ModelProto()
        changed.CopyFrom(self.model)
        graph = changed.graph
        half = path.name.endswith(".fp16.onnx")
        values = {
            "gate": adapter.gate[:, None],
            "bias": np.float32(adapter.bias),
            "layer": adapter.layer,
            "zero": np.float32(0),
            "one": np.float32(1),
        }
        nodes, names = [], {}
        for name, value in values.items():
            names[name] = f"{ADDED}{name}"
            graph.initializer.append(numpy_helper.from_array(np.asarray(value, np.float16), names[name]))
            if not half:
                single = f"{ADDED}{name}_single"
                nodes.append(make_node("Cast", [names[name]], [single], single, to=onnx.TensorProto.FLOAT))
                names[name] = single

        def add(kind: str, inputs: list[str], output: str, **more: int) -> str:
            nodes.append(make_node(kind, inputs, [f"{ADDED}{output}"], f"{ADDED}{output}", **more))
            return f"{ADDED}{output}"

        x = add("Concat", self.entering, "x", axis=1) if len(self.entering) > 1 else self.entering[0]
        scaled = add("Mul", [x, self.length], "scaled")
        score = add("Add", [add("MatMul", [scaled, names["gate"]], "score"), names["bias"]], "biased")
        opened = add("Clip", [score, names["zero"], names["one"]], "opened")
        own = add("MatMul", [add("Mul", [x, opened], "entering"), names["layer"]], "own")
        at = next(i for i, node in enumerate(graph.node) if node.output[0] == self.last.output[0])
        whole = add("Add", [self.last.input[0], own], "sum")
        for node in reversed(nodes):
            graph.node.insert(at, node)
        graph.node[at + len(nodes)].input[0] = whole
        onnx.save(changed, str(path))


def _without_adapter(model: onnx.ModelProto) -> onnx.ModelProto:
    """As the file was before any increment."""
    graph = model.graph
    before = {node.output[0]: node.input[0] for node in graph.node if node.name == f"{ADDED}sum"}
    for kept in (graph.node, graph.initializer):
        rest = [each for each in kept if not each.name.startswith(ADDED)]
        del kept[:]
        kept.extend(rest)
    for node in graph.node:
        for at, name in enumerate(node.input):
            node.input[at] = before.get(name, name)
    return model


def entering(trunk: ort.InferenceSession, crop: np.ndarray) -> np.ndarray:
    """uint8 or float [112,112,3] 0..255 -> float32 [W]: the layer's input times the length."""
    x = (crop.astype(np.float32) - 127.5) / 127.5
    *parts, length = trunk.run(None, {"input": np.ascontiguousarray(x.transpose(2, 0, 1)[None])})
    return (np.concatenate(parts, 1) * length)[0]


def _half(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float32)
