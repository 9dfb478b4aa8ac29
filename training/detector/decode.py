"""From the twelve outputs to faces, and non-maximum suppression."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

STRIDES = (8, 16, 32)


@dataclass
class Found:
    """Faces of one picture, best first: boxes x, y, w, h; five points; score."""

    boxes: np.ndarray
    points: np.ndarray
    score: np.ndarray


def decode(outputs: dict[str, np.ndarray], width: int, floor: float) -> Found:
    """Decoding `yunet` for the first picture of a batch that is `width` wide."""
    boxes, points, scores = [], [], []
    for stride in STRIDES:
        cls, obj = outputs[f"cls_{stride}"][0, :, 0], outputs[f"obj_{stride}"][0, :, 0]
        score = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1))
        keep = np.flatnonzero(score >= floor)
        cell = np.stack([keep % (width // stride), keep // (width // stride)], 1)
        box, point = outputs[f"bbox_{stride}"][0, keep], outputs[f"kps_{stride}"][0, keep]
        centre, sides = (cell + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride
        boxes.append(np.concatenate([centre - sides / 2, sides], 1))
        points.append((point.reshape(-1, 5, 2) + cell[:, None]) * stride)
        scores.append(score[keep])
    return suppress(Found(np.concatenate(boxes), np.concatenate(points), np.concatenate(scores)))


def pair_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of every box of `a` [A,4] with every box of `b` [B,4]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum((a[:, :2] + a[:, 2:])[:, None], (b[:, :2] + b[:, 2:])[None])
    inner = np.clip(high - low, 0, None).prod(2)
    return inner / np.maximum(a[:, 2:].prod(1)[:, None] + b[:, 2:].prod(1)[None] - inner, 1e-6)


def pair_shares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The share of every box of `a` [A,4] that lies in every box of `b` [B,4]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum((a[:, :2] + a[:, 2:])[:, None], (b[:, :2] + b[:, 2:])[None])
    inner = np.clip(high - low, 0, None).prod(2)
    return inner / np.maximum(a[:, 2:].prod(1), 1e-6)[:, None]


def suppress(found: Found, overlap: float = 0.45) -> Found:
    """Keeps the best of faces that overlap more than `overlap`."""
    order = np.argsort(-found.score, kind="stable")[:1000]
    iou = pair_iou(found.boxes[order], found.boxes[order])
    kept: list[int] = []
    for index in range(len(order)):
        if not kept or iou[index, kept].max() <= overlap:
            kept.append(index)
    chosen = order[kept]
    return Found(found.boxes[chosen], found.points[chosen], found.score[chosen])


class OnnxDetector:
    """A detector of `yunet` decoding in ONNX Runtime, on one thread.

    With `longest` it sees pictures scaled to that longer side; what it finds is in pixels of the picture given.
    """

    def __init__(self, path: Path, longest: int | None = None):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.longest = longest
        self.input = self.session.get_inputs()[0].name
        self.outputs = [o.name for o in self.session.get_outputs()]

    def raw(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs for a BGR picture whose sides are multiples of 32."""
        tensor = np.ascontiguousarray(image.astype(np.float32).transpose(2, 0, 1)[None])
        return dict(zip(self.outputs, self.session.run(None, {self.input: tensor})))

    def find(self, image: np.ndarray, floor: float = 0.02) -> Found:
        """Faces of a BGR picture of any size, at its own scale unless `longest` is set."""
        scale = self.longest / max(image.shape[:2]) if self.longest else 1.0
        if scale != 1:
            way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
        height, width = image.shape[:2]
        padded = np.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), np.uint8)
        padded[:height, :width] = image
        found = decode(self.raw(padded), padded.shape[1], floor)
        return Found(found.boxes / scale, found.points / scale, found.score)
