"""An exported expert, cut before its last layer: what enters the layer, its weights, files with other weights.

The layer is the joint space's basis (`networks/expert.py`): embedding = [unit outputs of the members] @ basis * length.
All before it stays as it is, so what enters the layer is computed once for all increments of a parent.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

from training.export.onnx_files import session_options
from training.increment.bounds import IncrementError


class CutExpert:
    """The graph of a file, by precision as it is stored. Raises IncrementError where it is no expert of ours."""

    def __init__(self, path: Path) -> None:
        self.path, self.model = path, onnx.load(str(path))
        graph = self.model.graph
        made = {output: node for node in graph.node for output in node.output}
        self.stored = {i.name: i for i in graph.initializer}
        last = made[graph.output[0].name]
        while last.op_type == "Cast" and last.input[0] in made:
            last = made[last.input[0]]
        if last.op_type != "Mul":
            raise self._other()
        self.entering: list[str] = []
        self.layers: list[str] = []
        self.length = last.input[1]
        self._walk(last.input[0], made)
        if not self.layers:
            raise self._other()

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
        """Hex digest of all but the layer."""
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

    def write(self, weights: np.ndarray, path: Path) -> None:
        """The same file with another layer, stored in the type that it had."""
        changed = onnx.ModelProto()
        changed.CopyFrom(self.model)
        start = 0
        for name in self.layers:
            rows = self.stored[name].dims[0]
            target = next(i for i in changed.graph.initializer if i.name == name)
            kind = numpy_helper.to_array(self.stored[name]).dtype
            target.CopyFrom(numpy_helper.from_array(weights[start : start + rows].astype(kind), name))
            start += rows
        onnx.save(changed, str(path))


def entering(trunk: ort.InferenceSession, crop: np.ndarray) -> np.ndarray:
    """uint8 or float [112,112,3] 0..255 -> float32 [W]: the layer's input times the length."""
    x = (crop.astype(np.float32) - 127.5) / 127.5
    *parts, length = trunk.run(None, {"input": np.ascontiguousarray(x.transpose(2, 0, 1)[None])})
    return (np.concatenate(parts, 1) * length)[0]


def rounded(weights: np.ndarray) -> np.ndarray:
    """As the files store them."""
    return weights.astype(np.float16).astype(np.float32)
