"""Held-out figures of a detector: `python -m training.detector.evaluate --model F [--model G]`.

Recall of certain faces of 20 px and more at one false find in ten pictures, and the
landmark error, on the scenes as they are and on the same scenes brought down to
surveillance quality. A find that touches an unsure face counts neither way. Further
models are compared with the first, face by face.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from training.detector.decode import Found, OnnxDetector, pair_iou, pair_shares
from training.detector.lowgrade import lowgrade
from training.detector.scenes import Scene, data_root, load_scenes


@dataclass
class Tally:
    """What one pass over the scenes collected."""

    pictures: int = 0
    faces: int = 0
    hits: list[float] = field(default_factory=list)
    #: A wanted face each, in the order of the scenes: the score with which it was found, or nothing.
    of_face: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    false: list[float] = field(default_factory=list)
    false_large: list[float] = field(default_factory=list)

    def at(self, rate: float, large_only: bool = False) -> dict[str, float]:
        """Threshold, recall and landmark error where false finds a picture equal `rate`."""
        wrong = np.sort(self.false_large if large_only else self.false)[::-1]
        allowed = int(rate * self.pictures)
        threshold = float(wrong[allowed]) + 1e-6 if len(wrong) > allowed else 0.05
        return self.above(threshold)

    def above(self, threshold: float) -> dict[str, float]:
        hits, errors = np.array(self.hits), np.array(self.errors)
        kept = hits >= threshold
        return {
            "threshold": round(threshold, 4),
            "recall": round(float(kept.sum()) / max(self.faces, 1), 4),
            "landmarkError": round(float(np.median(errors[kept])), 4) if kept.any() else float("nan"),
            "falsePerPicture": round(float((np.array(self.false) >= threshold).sum()) / self.pictures, 4),
            "faces": self.faces,
            "pictures": self.pictures,
        }


def count(tally: Tally, scene: Scene, found: Found, smallest: float = 20.0) -> None:
    """Adds one picture: each certain face takes the best find that overlaps it."""
    certain = ~scene.ignore
    wanted = certain & (scene.boxes[:, 2:].min(1) >= smallest) if len(certain) else certain
    iou = pair_iou(found.boxes, scene.boxes)
    taken = np.zeros(len(found.score), bool)
    of_face = np.full(len(certain), -np.inf)
    for face in np.flatnonzero(certain):
        fit = np.where(taken, 0, iou[:, face])
        fit = np.where(fit >= 0.4, found.score, -1)
        best = int(fit.argmax()) if len(fit) else -1
        if best < 0 or fit[best] < 0:
            continue
        taken[best] = True
        if wanted[face]:
            tally.hits.append(float(found.score[best]))
            of_face[face] = found.score[best]
            points = scene.points[face]
            between = np.linalg.norm(points[0] - points[1])
            miss = np.linalg.norm(found.points[best] - points, axis=1).mean()
            tally.errors.append(float(miss / max(between, 0.3 * scene.boxes[face, 2])))
    tally.faces += int(wanted.sum())
    tally.of_face += of_face[wanted].tolist()
    tally.pictures += 1
    excused = (pair_shares(found.boxes, scene.boxes[scene.ignore]).max(1, initial=0) >= 0.4) | (
        pair_iou(found.boxes, scene.boxes[scene.ignore]).max(1, initial=0) >= 0.2
    )
    wrong = ~taken & ~excused
    tally.false += found.score[wrong].tolist()
    tally.false_large += found.score[wrong & (found.boxes[:, 2:].min(1) >= smallest)].tolist()


def evaluate(detector: OnnxDetector, scenes: list[Scene], smallest: float = 20.0) -> Tally:
    tally = Tally()
    for scene in scenes:
        count(tally, scene, detector.find(scene.image), smallest)
    return tally


def milliseconds(detector: OnnxDetector, size: int = 320, runs: int = 80) -> dict[str, float]:
    """CPU time of one picture of `size` on one thread: median and best; other programs hardly count."""
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3)).astype(np.uint8)
    taken = []
    for _ in range(runs):
        start = time.process_time()
        detector.raw(image)
        taken.append((time.process_time() - start) * 1e3)
    return {"median": round(float(np.median(taken)), 2), "best": round(min(taken), 2)}


def tallies(detector: OnnxDetector, scenes: list[Scene], poor: dict[str, list[Scene]]) -> dict[str, Tally]:
    """One for the scenes as they are (`clean`) and one a level."""
    levels = {name: evaluate(detector, degraded, 12.0) for name, degraded in poor.items()}
    return {"clean": evaluate(detector, scenes), **levels}


def report(name: str, time: dict[str, float], counted: dict[str, Tally], rate: float) -> dict:
    rows = {level: tally.at(rate) for level, tally in counted.items()}
    large = counted["clean"].at(rate, large_only=True)
    return {"model": name, "milliseconds320": time, "cleanFalseOf20pxAndMore": large, **rows}


def paired(first: Tally, second: Tally, rate: float) -> dict[str, float]:
    """Faces that only one of two detectors finds, each at its own threshold for `rate`.

    `p` is of the exact two-sided test of McNemar (1947): how likely a lead at least as
    large were, if neither was the better one.
    """
    one, two = (np.array(t.of_face) >= t.at(rate)["threshold"] for t in (first, second))
    alone, other = int((one & ~two).sum()), int((two & ~one).sum())
    count = alone + other
    tail = sum(math.comb(count, k) for k in range(max(alone, other), count + 1)) / 2**count
    return {"alone": alone, "otherAlone": other, "p": round(min(1.0, 2 * tail), 5)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, action="append", required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--false-rate", type=float, default=0.1, help="false finds a picture")
    parser.add_argument("--longest", type=int, help="scale each picture to this longer side first")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--out", type=Path, help="JSON report")
    args = parser.parse_args()
    scenes = load_scenes(data_root(args.data), "heldout")
    poor = {level: lowgrade(scenes, level, args.seed) for level in ("L1", "L2", "L3")}
    detectors = [OnnxDetector(path, args.longest) for path in args.model]
    counted = [tallies(detector, scenes, poor) for detector in detectors]
    results = [
        report(path.name, milliseconds(detector), tally, args.false_rate)
        for path, detector, tally in zip(args.model, detectors, counted)
    ]
    for result, tally in zip(results[1:], counted[1:]):
        result["firstAgainstThis"] = {k: paired(counted[0][k], tally[k], args.false_rate) for k in tally}
    text = json.dumps(results, indent=1)
    if args.out:
        args.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
