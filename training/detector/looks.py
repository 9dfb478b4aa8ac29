"""How the product looks at a picture: `src/inference/detector.ts` with the same numbers.

One look at the whole picture, one at the picture brought down to a quarter for faces that fill it,
then one box a face, and a look of its own at each large face for its landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.detector.decode import Found, OnnxDetector, pair_iou, pair_shares, suppress

#: What two finds of one look may overlap, and the longer side of the model's input.
OVERLAP, LONGEST = 0.3, 640


@dataclass(frozen=True)
class Rules:
    """What is done against several boxes on one face; sides are pixels of the full look's input."""

    #: How much smaller the coarse look is; 0: there is none.
    coarse: int = 4
    #: From this share of the smaller box inside the larger one, two finds are one face; 1: never.
    inside: float = 0.5
    #: The same where the larger box has `much` times the area of the smaller one, or more.
    inside_much: float = 0.25
    much: float = 3.0
    #: Beside a face of this side and more, pixels of the full look's input, and `larger` times the area, a find
    #: below this score is part of it (hair, an ear, the neck) from this share on.
    great: float = 130.0
    larger: float = 1.8
    doubtful: float = 0.75
    beside: float = 0.05
    #: Faces whose side in the coarse look's input is smaller are left to the full look.
    least: float = 20.0
    #: Inter-eye distances above which a face is looked at again, and at which: the manifest's `secondLook`.
    above: float = 56.0
    at: float = 36.0


def side_of(boxes: np.ndarray) -> np.ndarray:
    """Geometric mean of width and height."""
    return np.sqrt(boxes[:, 2] * boxes[:, 3])


def find_at(detector: OnnxDetector, image: np.ndarray, scale: float, floor: float) -> Found:
    """Finds of one look at the picture scaled by `scale`, in pixels of the picture."""
    if scale != 1:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    found = suppress(detector.find(image, floor), OVERLAP)
    return Found(found.boxes / scale, found.points / scale, found.score)


def joined(*finds: Found) -> Found:
    """Finds of several looks in one list."""
    return Found(*(np.concatenate([getattr(f, name) for f in finds]) for name in ("boxes", "points", "score")))


def one_box_a_face(found: Found, rules: Rules, scale: float = 1.0) -> Found:
    """Keeps the best of finds that overlap, or of which one lies in the other."""
    order = np.argsort(-found.score, kind="stable")
    iou, shares = pair_iou(found.boxes, found.boxes), pair_shares(found.boxes, found.boxes)
    area = found.boxes[:, 2:].prod(1)
    much = np.maximum.outer(area, area) >= rules.much * np.minimum.outer(area, area)
    limit = np.where(much, min(rules.inside, rules.inside_much), rules.inside) if rules.inside < 1 else 1.0
    share = np.maximum(shares, shares.T)
    smaller = np.minimum.outer(area, area)
    great = np.maximum.outer(area, area) * scale**2 >= np.maximum(rules.great**2, rules.larger * smaller * scale**2)
    doubtful = np.where(area[:, None] < area[None], found.score[:, None], found.score[None]) < rules.doubtful
    same = (iou > OVERLAP) | (share > limit) | (great & doubtful & (share > rules.beside))
    kept: list[int] = []
    for index in order:
        if not same[index, kept].any():
            kept.append(int(index))
    return Found(found.boxes[kept], found.points[kept], found.score[kept])


def look(detector: OnnxDetector, image: np.ndarray, floor: float, rules: Rules = Rules()) -> Found:
    """Faces of a BGR picture, as the product finds them."""
    scale = LONGEST / max(image.shape[:2])
    full = find_at(detector, image, scale, floor)
    found = full
    if rules.coarse:
        coarse = find_at(detector, image, scale / rules.coarse, floor)
        keep = side_of(coarse.boxes) * scale / rules.coarse >= rules.least
        found = joined(full, Found(coarse.boxes[keep], coarse.points[keep], coarse.score[keep]))
    found = one_box_a_face(found, rules, scale)
    return again(detector, image, found, scale, floor, rules) if rules.at else found


def again(detector: OnnxDetector, image: np.ndarray, found: Found, scale: float, floor: float, rules: Rules) -> Found:
    """The four largest faces looked at once more, each at the size at which its landmarks are best."""
    between = np.linalg.norm(found.points[:, 0] - found.points[:, 1], axis=1)
    chosen = [i for i in np.argsort(-found.boxes[:, 2:].prod(1)) if between[i] * scale > rules.above]
    for index in chosen[:4]:
        x, y, width, height = found.boxes[index]
        low = np.maximum(0, np.floor([x - width / 2, y - height / 2])).astype(int)
        high = np.minimum(image.shape[1::-1], np.ceil([x + 1.5 * width, y + 1.5 * height])).astype(int)
        if (high <= low).any():
            continue
        crop = image[low[1] : high[1], low[0] : high[0]]
        shrink = min(1.0, max(32.0, max(crop.shape[:2]) * rules.at / max(between[index], 1e-3)) / max(crop.shape[:2]))
        seen = find_at(detector, crop, shrink, floor)
        boxes = seen.boxes + [low[0], low[1], 0, 0]
        fit = np.where(pair_iou(boxes, found.boxes[index : index + 1])[:, 0] > 0.4, seen.score, -1.0)
        if len(fit) and fit.max() >= 0:
            best = int(fit.argmax())
            found.boxes[index], found.points[index] = boxes[best], seen.points[best] + low
            found.score[index] = max(found.score[index], seen.score[best])
    return found
