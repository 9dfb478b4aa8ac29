"""The detector's training state from its exported file, where no checkpoint is at hand.

The export has batch norms folded into the convolutions. Their statistics are measured anew on training
canvases and taken out of the folded numbers, so that the network computes what the file computes and its
norms can go on learning.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.detector.model import Detector


def folded_convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias of each convolution, in the order of the graph."""
    graph = onnx.load(str(path)).graph
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    return [(stored[n.input[1]], stored[n.input[2]]) for n in graph.node if n.op_type == "Conv"]


def load_folded(net: Detector, path: Path) -> None:
    """Puts the file's numbers into `net`, its batch norms doing nothing but adding the bias."""
    pairs = list(_convolutions(net))
    stored = folded_convolutions(path)
    if len(pairs) != len(stored) or any(c.weight.shape != w.shape for (c, _), (w, _) in zip(pairs, stored)):
        raise ValueError(f"Cannot load {path}: its convolutions are not this network's")
    with torch.no_grad():
        for (conv, norm), (weight, bias) in zip(pairs, stored):
            conv.weight.copy_(weight)
            if norm is None:
                conv.bias.copy_(bias)
                continue
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)
            norm.bias.copy_(bias)


@torch.no_grad()
def restore_norms(net: Detector, images: Iterable[Tensor]) -> None:
    """Gives each norm the statistics of what reaches it on `images`; what `net` computes stays the same."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    sums: dict[nn.Module, list] = {m: [0.0, 0.0, 0] for m in norms}

    def measure(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].float()
        total = sums[norm]
        total[0] = total[0] + values.sum((0, 2, 3))
        total[1] = total[1] + (values**2).sum((0, 2, 3))
        total[2] += values.numel() // values.shape[1]

    hooks = [m.register_forward_pre_hook(measure) for m in norms]
    was = net.training
    net.eval()
    for image in images:
        net(image)
    net.train(was)
    for hook in hooks:
        hook.remove()
    for norm, (first, second, count) in sums.items():
        mean = first / count
        variance = (second / count - mean**2).clamp(min=1e-4)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)


def _convolutions(net: nn.Module) -> Iterable[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """Each convolution with the norm that follows it, in the order of the graph."""
    modules = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d)]
    for conv, following in zip(modules, [*modules[1:], None]):
        if isinstance(conv, nn.Conv2d):
            yield conv, following if isinstance(following, nn.BatchNorm2d) else None
