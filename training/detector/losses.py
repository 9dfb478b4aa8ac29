"""Losses of the detector: focal scores, box overlap, landmarks."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from training.detector.model import STRIDES
from training.detector.targets import Faces, assign, cell_origins

SCORE_WEIGHT = 2.0
BOX_WEIGHT = 3.0
POINT_WEIGHT = 15.0
#: Landmark misses beyond this share of the face's size count linearly.
POINT_BEND = 0.01


def overlap_terms(predicted: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """IoU, and the EIoU loss, of boxes given as centre and sides [K,4]."""
    low_a, high_a = predicted[:, :2] - predicted[:, 2:] / 2, predicted[:, :2] + predicted[:, 2:] / 2
    low_b, high_b = wanted[:, :2] - wanted[:, 2:] / 2, wanted[:, :2] + wanted[:, 2:] / 2
    inner = (torch.minimum(high_a, high_b) - torch.maximum(low_a, low_b)).clamp(min=0).prod(1)
    union = predicted[:, 2:].prod(1) + wanted[:, 2:].prod(1) - inner
    iou = inner / union.clamp(min=1e-6)
    hull = (torch.maximum(high_a, high_b) - torch.minimum(low_a, low_b)).clamp(min=1e-6)
    apart = ((predicted[:, :2] - wanted[:, :2]) ** 2).sum(1) / (hull**2).sum(1)
    sides = (((predicted[:, 2:] - wanted[:, 2:]) / hull) ** 2).sum(1)
    return iou, 1 - iou + apart + sides


def quality_focal(logit: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy towards a soft target, weighted by the squared miss."""
    miss = (torch.sigmoid(logit) - target).abs() ** 2
    return F.binary_cross_entropy_with_logits(logit, target, reduction="none") * miss


def detector_loss(rows: list[Tensor], faces: Faces, size: int) -> tuple[Tensor, dict[str, float]]:
    """The total loss of a batch and its parts. `rows` as the network gives them."""
    pictures = rows[0].shape[0]
    parts = {key: rows[0].new_zeros(()) for key in ("cls", "obj", "box", "points")}
    count, weight_sum = 0, rows[0].new_tensor(1e-6)
    for row, stride, found in zip(rows, STRIDES, assign(faces, pictures, size)):
        flat = row.float().reshape(-1, row.shape[-1])
        cls_target, obj_target = torch.zeros(len(flat)), torch.zeros(len(flat))
        if len(found.cells):
            origin = cell_origins(size // stride, size // stride, stride)
            origin = origin.repeat(pictures, 1)[found.cells]
            hit = flat[found.cells]
            box = faces.boxes[found.face]
            centre = hit[:, 2:4] * stride + origin
            sides = hit[:, 4:6].clamp(max=6).exp() * stride
            wanted = torch.cat([box[:, :2] + box[:, 2:] / 2, box[:, 2:]], 1)
            iou, loss = overlap_terms(torch.cat([centre, sides], 1), wanted)
            weight = faces.score[found.face]
            parts["box"] = parts["box"] + (loss * weight).sum()
            point = hit[:, 6:].reshape(-1, 5, 2) * stride + origin[:, None]
            unit = box[:, 2:].prod(1).sqrt()[:, None, None]
            miss = (point - faces.points[found.face]) / unit
            spread = F.smooth_l1_loss(miss, torch.zeros_like(miss), beta=POINT_BEND, reduction="none")
            parts["points"] = parts["points"] + (spread.mean((1, 2)) * weight).sum()
            cls_target[found.cells] = 1.0
            obj_target[found.cells] = iou.detach().clamp(0, 1)
            count += len(found.cells)
            weight_sum = weight_sum + weight.sum()
        used = (~found.left_out).float()
        parts["cls"] = parts["cls"] + (quality_focal(flat[:, 0], cls_target) * used).sum()
        parts["obj"] = parts["obj"] + (quality_focal(flat[:, 1], obj_target) * used).sum()
    for key in ("cls", "obj"):
        parts[key] = SCORE_WEIGHT * parts[key] / max(count, 1)
    parts["box"] = BOX_WEIGHT * parts["box"] / weight_sum
    parts["points"] = POINT_WEIGHT * parts["points"] / weight_sum
    total = sum(parts.values())
    return total, {key: float(value.detach()) for key, value in parts.items()}
