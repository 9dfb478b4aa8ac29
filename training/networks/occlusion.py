"""The network that finds what covers a face: shares of it that are hidden, and masks, dark glasses, headwear."""

from __future__ import annotations

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
