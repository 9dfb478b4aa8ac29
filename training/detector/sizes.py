"""One box a face, at every size, and none without a face: `python -m training.detector.sizes --model F`.

Held-out pictures with a single certain face are brought to sizes from 16 to 1,000 pixels of the camera's picture
and put before a scene without faces; the product's way of looking (`looks.py`) then says how many boxes touch
the face. Next to it: what is found in cuts that hold no face, in parts of faces, in turned faces and in drawn
patterns. Seeded: the same pictures for every detector and every set of rules.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from training.detector.decode import Found, OnnxDetector, pair_iou, pair_shares
from training.detector.evaluate import Tally, count
from training.detector.looks import LONGEST, Rules, look
from training.detector.nonfaces import beside_window, cut, part_window, pattern
from training.detector.scenes import Scene, data_root, load_scenes

#: Pictures whose faces have these heights in pixels: name, width, height, scale to the model's input, heights.
CAMERAS = (
    ("640x360", 640, 360, 1.0, (16, 20, 24, 32, 48, 64, 96, 128, 170, 240, 300, 340)),
    ("1920x1080", 640, 360, 1 / 3, (72, 144, 340, 510, 720, 900, 1000)),
    ("1000x1000", 640, 640, 0.64, (32, 64, 128, 250, 400, 550, 700, 850, 1000)),
)
FRAME = (640, 360)


@dataclass
class SizeTally:
    """Faces of one size and, a face each, the scores of the boxes that touch it and of the one that fits it."""

    touching: list[list[float]]
    fitting: list[float]
    errors: list[float]
    elsewhere: list[float]

    def above(self, threshold: float) -> dict[str, float]:
        """Shares of faces found and of faces with more than one box, boxes a face, landmark error, other finds."""
        boxes = np.array([sum(s >= threshold for s in scores) for scores in self.touching])
        found = np.array(self.fitting) >= threshold
        return {
            "faces": len(boxes),
            "found": round(float(found.mean()), 4),
            "boxesAFace": round(float(boxes.mean()), 3),
            "doubles": round(float((boxes > 1).mean()), 4),
            "landmarkError": round(float(np.median(np.array(self.errors)[found])), 4) if found.any() else None,
            "elsewhere": round(sum(s >= threshold for s in self.elsewhere) / len(boxes), 4),
        }


def single_faces(scenes: list[Scene], smallest: float = 60.0) -> list[Scene]:
    """Pictures with one face alone that the labels are sure of, large enough to be shown at any size."""
    return [s for s in scenes if len(s.boxes) == 1 and not s.ignore[0] and s.boxes[0, 3] >= smallest]


def placed(scene: Scene, backdrop: Scene, size: tuple[int, int], tall: float, rng) -> tuple[np.ndarray, ...]:
    """The scene with its face `tall` pixels high somewhere in a picture of `size`; image, box, points."""
    box = scene.boxes[0]
    scale = tall / float(box[3])
    sides = box[2:] * scale
    room = np.maximum(np.array(size) - sides, 0)
    low = np.where(sides < size, rng.uniform(0, 1, 2) * room, (np.array(size) - sides) / 2)
    shift = low - box[:2] * scale
    source, own = scene.at_scale(scale)
    image = cut(backdrop, np.array([0, 0, *backdrop.image.shape[1::-1]], np.float32), size)
    matrix = np.array([[scale / own, 0, shift[0]], [0, scale / own, shift[1]]])
    cv2.warpAffine(source, matrix, size, image, borderMode=cv2.BORDER_TRANSPARENT)
    return image, np.array([*low, *sides], np.float32), scene.points[0] * scale + shift


def count_face(tally: SizeTally, found: Found, box: np.ndarray, points: np.ndarray) -> None:
    """A find touches the face when their overlap is near a third of the smaller of both."""
    shares = np.maximum(pair_shares(found.boxes, box[None])[:, 0], pair_shares(box[None], found.boxes)[0])
    touching = shares > 0.3
    fit = np.where(pair_iou(found.boxes, box[None])[:, 0] >= 0.4, found.score, -1.0)
    best = int(fit.argmax()) if len(fit) else -1
    tally.touching.append(found.score[touching].tolist())
    tally.elsewhere += found.score[~touching].tolist()
    tally.fitting.append(float(fit[best]) if best >= 0 else -1.0)
    between = np.linalg.norm(points[0] - points[1])
    miss = np.linalg.norm(found.points[best] - points, axis=1).mean() if best >= 0 else np.nan
    tally.errors.append(float(miss / max(between, 0.3 * box[2])))


def count_sizes(detector: OnnxDetector, scenes: list[Scene], rules: Rules, limit: int, floor: float) -> dict:
    """A tally a camera and size; the largest faces come from the pictures that show most."""
    faces = sorted(single_faces(scenes), key=lambda s: -s.boxes[0, 3])
    backdrops = [s for s in scenes if not len(s.boxes)]
    result = {}
    for name, width, height, scale, heights in CAMERAS:
        for tall in heights:
            rng = np.random.default_rng([7, width, tall])
            chosen = faces[:limit] if tall * scale > 120 else rng.permutation(np.arange(len(faces)))[:limit]
            tally = SizeTally([], [], [], [])
            for one in chosen:
                scene = one if isinstance(one, Scene) else faces[one]
                backdrop = backdrops[rng.integers(len(backdrops))]
                image, box, points = placed(scene, backdrop, (width, height), tall * scale, rng)
                count_face(tally, look(detector, image, floor, rules), box, points)
            result[f"{name} {tall}"] = tally
    return result


def nonfaces(scenes: list[Scene], count: int, seed: int = 8) -> dict[str, list[np.ndarray]]:
    """Pictures of `FRAME` without an acceptable face, by kind."""
    rng = np.random.default_rng(seed)
    blank = [s for s in scenes if not len(s.boxes)]
    faces = single_faces(scenes, 80.0)
    sets: dict[str, list[np.ndarray]] = {"scenes": [], "beside": [], "parts": [], "turned": [], "patterns": []}

    def backdrop() -> np.ndarray:
        scene = blank[rng.integers(len(blank))]
        return cut(scene, np.array([0, 0, *scene.image.shape[1::-1]], np.float32), FRAME)

    def inset(scene: Scene, window: np.ndarray) -> np.ndarray:
        side = int(np.exp(rng.uniform(np.log(60), np.log(340))))
        image, x, y = backdrop(), int(rng.integers(FRAME[0] - side)), int(rng.integers(FRAME[1] - side))
        image[y : y + side, x : x + side] = cut(scene, window, (side, side))
        return image

    for scene in blank:
        sets["scenes"].append(cut(scene, np.array([0, 0, *scene.image.shape[1::-1]], np.float32), FRAME))
    while len(sets["beside"]) < count:
        scene = scenes[rng.integers(len(scenes))]
        window = beside_window(scene, rng)
        if window is not None:
            sets["beside"].append(inset(scene, window))
    for _ in range(count):
        scene = faces[rng.integers(len(faces))]
        sets["parts"].append(inset(scene, part_window(scene.boxes[0], rng)))
        scene = faces[rng.integers(len(faces))]
        image, box, points = placed(scene, blank[rng.integers(len(blank))], (640, 640), rng.uniform(40, 300), rng)
        turn = int(rng.integers(3))
        sets["turned"].append(np.ascontiguousarray(np.rot90(image, turn + 1)))
        sets["patterns"].append(pattern(FRAME, rng))
    return sets


def count_nonfaces(detector: OnnxDetector, sets: dict[str, list[np.ndarray]], rules: Rules, floor: float) -> dict:
    """A list of scores a picture, by kind."""
    return {k: [look(detector, image, floor, rules).score.tolist() for image in v] for k, v in sets.items()}


def count_scenes(detector: OnnxDetector, scenes: list[Scene], rules: Rules, floor: float) -> Tally:
    """All held-out scenes as the product looks at them: faces of 20 pixels of its input and more."""
    tally = Tally()
    for scene in scenes:
        scale = LONGEST / max(scene.image.shape[:2])
        count(tally, scene, look(detector, scene.image, floor, rules), 20.0 / scale)
    return tally


def report(sizes: dict[str, SizeTally], wrong: dict[str, list[list[float]]], scenes: Tally, threshold: float) -> dict:
    """Figures at one threshold, and what is accepted where 99 % of the faces of 20 input pixels and more are."""
    usable = np.array([s for name, t in sizes.items() for s in t.fitting if not name.endswith(" 16")])
    strict = float(np.quantile(usable, 0.01))
    kinds = {}
    for kind, pictures in wrong.items():
        kinds[kind] = {
            "pictures": len(pictures),
            "findsAPicture": round(sum(s >= threshold for p in pictures for s in p) / len(pictures), 4),
            "picturesWithFinds": round(sum(any(s >= threshold for s in p) for p in pictures) / len(pictures), 4),
            "where99OfFacesAre": round(sum(any(s >= strict for s in p) for p in pictures) / len(pictures), 4),
        }
    return {
        "threshold": threshold,
        "thresholdFor99": round(strict, 4),
        "sizes": {name: tally.above(threshold) for name, tally in sizes.items()},
        "nonfaces": kinds,
        "scenes": scenes.above(threshold),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/detect.onnx"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--threshold", type=float, default=0.42)
    parser.add_argument("--faces", type=int, default=100, help="faces a size, pictures a kind of what is no face")
    parser.add_argument("--rules", type=json.loads, default={}, help="JSON of other `Rules`")
    parser.add_argument("--out", type=Path, help="JSON report")
    args = parser.parse_args()
    scenes = load_scenes(data_root(args.data), "heldout")
    detector, rules, floor = OnnxDetector(args.model), Rules(**args.rules), 0.2
    sizes = count_sizes(detector, scenes, rules, args.faces, floor)
    wrong = count_nonfaces(detector, nonfaces(scenes, args.faces), rules, floor)
    figures = report(sizes, wrong, count_scenes(detector, scenes, rules, floor), args.threshold)
    result = {"model": args.model.name, "rules": asdict(rules), **figures}
    text = json.dumps(result, indent=1)
    if args.out:
        args.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
