"""The network that finds what covers a face: shares of it that are hidden, and masks, dark glasses, headwear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.networks.aligner import Separable

#: Side of what it sees: the template crop of the recognisers.
SIDE = 112
OUTPUTS = 5


class OcclusionFinder(nn.Module):
    """[N,3,112,112] as (x - 127.5) / 127.5 -> [N,5] logits, in the order of `training.occlusion.draw.OUTPUTS`."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        w = width
        self.stem = nn.Sequential(nn.Conv2d(3, w, 7, 4, 3, bias=False), nn.BatchNorm2d(w), nn.ReLU())
        widths = ((w, 2 * w, 2), (2 * w, 2 * w, 1), (2 * w, 2 * w, 1), (2 * w, 4 * w, 2), (4 * w, 4 * w, 1))
        self.body = nn.Sequential(*(Separable(*each) for each in (*widths, (4 * w, 4 * w, 1))))
        # What is hidden depends on where it is: the places stay apart up to the last layers.
        cells = (SIDE // 16) ** 2
        self.narrow = nn.Sequential(nn.Conv2d(4 * w, w, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(w * cells, 64), nn.ReLU(), nn.Linear(64, OUTPUTS))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.narrow(self.body(self.stem(x))))


class Probabilities(nn.Module):
    """What is exported: logits less `offsets` [5], as probabilities, so that 0.5 is where a kind counts as found."""

    def __init__(self, network: nn.Module, offsets: Tensor) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("offsets", offsets)

    def forward(self, x: Tensor) -> Tensor:
        return (self.network(x) - self.offsets).sigmoid()


def from_file(path: Path) -> OcclusionFinder:
    """The network of an exported file, whose batch norms were folded into the convolutions before them.

    They come back as shifts: in evaluation the network gives the file's logits, before its offsets are taken away.
    Trained on, they must stay in evaluation. Raises ValueError where the file is of another network.
    """
    stored = [(i.name, numpy_helper.to_array(i).astype(np.float32)) for i in onnx.load(str(path)).graph.initializer]
    folded = iter([values for name, values in stored if name.startswith("onnx::Conv")])
    network, named = OcclusionFinder(), {name.removesuffix(".half"): values for name, values in stored}
    modules = list(network.modules())
    state = network.state_dict()
    places = {id(module): name for name, module in network.named_modules()}
    convolutions = [module for module in modules if isinstance(module, nn.Conv2d)]
    norms = [module for module in modules if isinstance(module, nn.BatchNorm2d)]
    try:
        for convolution, norm in zip(convolutions, norms, strict=True):
            state[f"{places[id(convolution)]}.weight"] = torch.from_numpy(next(folded))
            at = places[id(norm)]
            state[f"{at}.bias"] = torch.from_numpy(next(folded))
            state[f"{at}.running_var"] = torch.full_like(state[f"{at}.running_var"], 1 - norm.eps)
        for name in ("head.1.weight", "head.1.bias", "head.3.weight", "head.3.bias"):
            state[name] = torch.from_numpy(named[f"network.{name}"])
        network.load_state_dict(state)
    except (StopIteration, KeyError, RuntimeError) as error:
        raise ValueError(f"Cannot load {path}: it is not this network") from error
    return network.eval()


def hold_norms(network: nn.Module) -> None:
    """Batch norms keep their statistics, whatever else is trained."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
