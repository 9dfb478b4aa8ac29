"""How well the labels' landmarks repeat: `python -m training.detector.repeat --teacher YUNET --model F`.

The detector that made the labels looks at each held-out scene at four other sizes, and at the
mirror images: the mean of these eight looks is what it means to say, the distance of the label from
it is the labels' own noise. No detector can be expected to come much closer to the labels than that.
Medians of all faces, and by the distance between the eyes of the label.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import numpy as np

from training.detector.augment import MIRRORED
from training.detector.decode import Found, OnnxDetector, pair_iou
from training.detector.scenes import Scene, data_root, load_scenes

#: Longer sides of the picture at which the teacher looks; the labels are of 640.
LOOKS = (544, 608, 672, 736)
SMALLEST = 20.0
#: Distances between the eyes, pixels, at which the report is split.
BETWEEN = (0.0, 15.0, 25.0, 40.0, float("inf"))
NAMES = ("labelToMeanOfLooks", "modelToLabel", "modelToMeanOfLooks")


def mirrored(found: Found, width: int) -> Found:
    """Finds in the mirror image, as they lie in the picture that is `width` wide."""
    boxes, points = found.boxes.copy(), found.points.copy()
    boxes[:, 0] = width - found.boxes[:, 0] - found.boxes[:, 2]
    points[..., 0] = width - found.points[..., 0]
    return Found(boxes, points[:, MIRRORED], found.score)


def points_of(found: Found, box: np.ndarray) -> np.ndarray | None:
    """Landmarks of the best find that overlaps the box, [5,2]."""
    fit = np.where(pair_iou(found.boxes, box[None])[:, 0] >= 0.4, found.score, -1.0)
    return found.points[fit.argmax()] if len(fit) and fit.max() >= 0.3 else None


def misses(scene: Scene, looks: list[Found], found: Found) -> list[tuple[float, float, float, float]]:
    """A face each: label to mean of the looks, find to label, find to mean, in inter-eye distances, and that distance."""
    rows = []
    for face in np.flatnonzero(~scene.ignore):
        box, label = scene.boxes[face], scene.points[face]
        seen = [p for p in (points_of(look, box) for look in looks) if p is not None]
        ours = points_of(found, box)
        if box[2:].min() < SMALLEST or len(seen) < len(looks) - 2 or ours is None:
            continue
        between = max(float(np.linalg.norm(label[0] - label[1])), 0.3 * float(box[2]))
        mean = np.mean(seen, axis=0)
        pairs = ((label, mean), (ours, label), (ours, mean))
        errors = [float(np.linalg.norm(a - b, axis=1).mean()) / between for a, b in pairs]
        rows.append((errors[0], errors[1], errors[2], between))
    return rows


def summary(rows: np.ndarray) -> dict:
    """Medians of the errors of these faces."""
    return {"faces": len(rows), **dict(zip(NAMES, np.median(rows[:, :3], axis=0).round(4).tolist()))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="the detector that made the labels, any size")
    parser.add_argument("--model", type=Path, default=Path("models/detect.onnx"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, help="JSON report")
    args = parser.parse_args()
    ours, teachers = OnnxDetector(args.model), [OnnxDetector(args.teacher, side) for side in LOOKS]
    rows = []
    for scene in load_scenes(data_root(args.data), "heldout"):
        flipped = np.ascontiguousarray(scene.image[:, ::-1])
        looks = [t.find(scene.image) for t in teachers]
        looks += [mirrored(t.find(flipped), scene.image.shape[1]) for t in teachers]
        rows += misses(scene, looks, ours.find(scene.image))
    table = np.array(rows)
    report = summary(table)
    for low, high in itertools.pairwise(BETWEEN):
        at = (table[:, 3] >= low) & (table[:, 3] < high)
        if at.any():
            report[f"{low:g}-{high:g}px"] = summary(table[at])
    text = json.dumps(report, indent=1)
    if args.out:
        args.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
