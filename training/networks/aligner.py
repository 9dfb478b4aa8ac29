"""The aligner: how far a face stands off the template, seen in the crop that the detector's five points gave.

Landmarks of a face of ten pixels between the eyes miss by a tenth of that distance, twice as much as the experts were
trained for. The network sees the crop and says which similarity took it off the template, so that the alignment can be
taken back (regression of a warp as in Jaderberg et al. 2015, "Spatial Transformer Networks", here with known truth).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data.align import TEMPLATE, TEMPLATE_SIDE

#: Side of the crop that the aligner sees: the template's 112x112, scaled.
SIDE = 64
#: Rotation and scale are about this template point, the middle of a face, pixels.
CENTRE = (56.0, 72.0)
#: Template pixels of an offset of 1 in x or y.
SPAN = TEMPLATE_SIDE / 2


class Separable(nn.Module):
    """Depthwise and pointwise convolution with batch norm; a residual where the shape stays."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.depth = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.depth_norm = nn.BatchNorm2d(inputs)
        self.point = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.point_norm = nn.BatchNorm2d(outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.point_norm(self.point(F.relu(self.depth_norm(self.depth(x)))))
        return F.relu(x + y if self.residual else y)


class Aligner(nn.Module):
    """[N,3,64,64] as (x - 127.5) / 127.5 -> [N,4]: log scale, angle in radians, shift x and y in units of 56 template
    pixels, of the similarity that took the face off the template."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        w = width
        self.stem = nn.Sequential(nn.Conv2d(3, w, 5, 2, 2, bias=False), nn.BatchNorm2d(w), nn.ReLU())
        widths = ((w, 2 * w, 2), (2 * w, 2 * w, 1), (2 * w, 3 * w, 2), (3 * w, 3 * w, 1), (3 * w, 3 * w, 1))
        last = ((3 * w, 4 * w, 2), (4 * w, 4 * w, 1), (4 * w, 4 * w, 1))
        self.body = nn.Sequential(*(Separable(*each) for each in (*widths, *last)))
        cells = (SIDE // 16) ** 2
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(4 * w * cells, 128), nn.ReLU(), nn.Linear(128, 4))

    def forward(self, x: Tensor) -> Tensor:
        return 0.2 * self.head(self.body(self.stem(x)))


def moved_points(offset: Tensor) -> Tensor:
    """[N,4] -> [N,5,2]: where the template's points lie after the offset, template pixels."""
    template = torch.tensor(TEMPLATE, dtype=offset.dtype, device=offset.device)
    centre = torch.tensor(CENTRE, dtype=offset.dtype, device=offset.device)
    scale = torch.exp(offset[:, 0])
    cosine, sine = scale * torch.cos(offset[:, 1]), scale * torch.sin(offset[:, 1])
    x, y = (template - centre).T
    turned = torch.stack(
        [
            cosine[:, None] * x - sine[:, None] * y,
            sine[:, None] * x + cosine[:, None] * y,
        ],
        -1,
    )
    return turned + centre + SPAN * offset[:, None, 2:]
