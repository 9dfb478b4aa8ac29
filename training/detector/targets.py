"""Which cells answer for which face: centre sampling by scale range."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from training.detector.model import STRIDES

#: Sizes (geometric mean of the sides, pixels) for which a stride is responsible; they overlap.
RANGES = ((0.0, 48.0), (32.0, 160.0), (120.0, math.inf))
OFFSETS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]


@dataclass
class Faces:
    """The faces of a batch as flat tensors; `picture` says whose they are."""

    picture: Tensor
    boxes: Tensor
    points: Tensor
    score: Tensor
    ignore: Tensor


@dataclass
class Assignment:
    """For one stride: flat indices of the positive cells, their faces, and the cells left out."""

    cells: Tensor
    face: Tensor
    left_out: Tensor


def cell_origins(rows: int, columns: int, stride: int) -> Tensor:
    """Upper left corners of the cells, [rows*columns, 2] as x, y."""
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], -1).float() * stride


def assign(faces: Faces, pictures: int, size: int) -> list[Assignment]:
    """One assignment a stride, for square canvases of `size`.

    The cell under a face's centre and those of its eight neighbours whose middle
    lies well inside the box are positive. Where two faces claim a cell, the
    smaller one has it.
    """
    certain = torch.nonzero(~faces.ignore).flatten()
    unsure = torch.nonzero(faces.ignore).flatten()
    return [
        _assign_stride(faces, certain, unsure, pictures, size // stride, stride, limits)
        for stride, limits in zip(STRIDES, RANGES)
    ]


def _assign_stride(faces, certain, unsure, pictures, side, stride, limits) -> Assignment:
    box = faces.boxes[certain]
    area = (box[:, 2] * box[:, 3]).sqrt()
    here = (area >= limits[0]) & (area < limits[1])
    chosen, box = certain[here], box[here]
    centre = box[:, :2] + box[:, 2:] / 2
    base = (centre / stride).floor()
    cells, owner, rank = [], [], []
    for dy, dx in OFFSETS:
        place = base + torch.tensor([dx, dy])
        middle = (place + 0.5) * stride
        within = ((place >= 0) & (place < side)).all(1)
        if dy or dx:
            away = ((middle - centre).abs() / box[:, 2:]).amax(1)
            within &= away < 0.32
        flat = (faces.picture[chosen] * side + place[:, 1].long()) * side + place[:, 0].long()
        cells.append(flat[within])
        owner.append(chosen[within])
        rank.append(box[within, 2] * box[within, 3] + (1e6 if dy or dx else 0.0))
    cell, face = torch.cat(cells), torch.cat(owner)
    order = torch.argsort(torch.cat(rank), descending=True, stable=True)
    claim = torch.full((pictures * side * side,), -1, dtype=torch.long)
    for index, value in zip(cell[order].tolist(), face[order].tolist()):
        claim[index] = value
    positive = torch.nonzero(claim >= 0).flatten()
    left_out = _covered(faces, unsure, pictures, side, stride)
    left_out[positive] = False
    return Assignment(positive, claim[positive], left_out)


def _covered(faces, unsure, pictures, side, stride) -> Tensor:
    """Cells whose middle lies in an unsure face, or within one cell of it."""
    mask = torch.zeros(pictures, side, side, dtype=torch.bool)
    low = ((faces.boxes[unsure, :2]) / stride - 1.0).floor().clamp(min=0).int().tolist()
    high = ((faces.boxes[unsure, :2] + faces.boxes[unsure, 2:]) / stride + 1.0).ceil().int().tolist()
    for picture, (x0, y0), (x1, y1) in zip(faces.picture[unsure].tolist(), low, high):
        mask[picture, y0:y1, x0:x1] = True
    return mask.flatten()
