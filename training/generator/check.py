"""Who the generator shows: `python -m training.generator.check --model F --cache DIR --out REPORT`.

Answers, with teachers that did not see the generator's output in training or, for
`mobile`, did: is any training picture recognisable in it (nearest neighbour), does
an identity stay itself under other appearances, are identities distinct, does an
independent detector find the faces. Chooses seeds of distinct people for demos.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import numpy as np

from training.data.faces import load_faces
from training.detector.decode import OnnxDetector
from training.generator.dataset import normalise
from training.generator.embedding import embed_pictures, nearest, nearest_other, spread
from training.generator.latents import appearance, identity

#: Above this similarity of the `retail` teacher two pictures may well show one person; the data
#: set itself counts such pairs as near duplicates.
SAME_PERSON = 0.57
#: Appearance seeds start here, so that they never coincide with identity seeds.
APPEARANCE_BASE = 1_000_000
DETECTED = 0.6


def pictures(model: Path, identities: list[int], appearances: list[int]) -> np.ndarray:
    """uint8 [len, 144,144,3]: identity seed k with appearance seed k of the two lists."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    result = []
    for start in range(0, len(identities), 16):
        feed = {
            "identity": np.stack([identity(s) for s in identities[start : start + 16]]),
            "appearance": np.stack([appearance(s) for s in appearances[start : start + 16]]),
        }
        image = session.run(["image"], feed)[0]
        result.append((image.transpose(0, 2, 3, 1) * 255 + 0.5).clip(0, 255).astype(np.uint8))
    return np.concatenate(result)


def detector_scores(model: Path, images: np.ndarray) -> np.ndarray:
    """Best score of the teacher detector on each picture, in a grey frame."""
    detector = OnnxDetector(model)
    scores = []
    for image in images:
        frame = np.full((192, 192, 3), 110, np.uint8)
        frame[24:168, 24:168] = image[:, :, ::-1]
        found = detector.find(frame)
        scores.append(found.score.max() if len(found.score) else 0.0)
    return np.array(scores)


def choose(embeddings: np.ndarray, good: np.ndarray, count: int) -> list[int]:
    """Greedily the identities least like those already chosen; rows of mean embeddings."""
    left = list(np.flatnonzero(good))
    chosen = [left.pop(0)]
    while left and len(chosen) < count:
        worst = (embeddings[left] @ embeddings[chosen].T).max(1)
        chosen.append(left.pop(int(worst.argmin())))
    return [int(x) for x in chosen]


def real_people(cache: Path, teacher: str, sample: int, seed: int) -> tuple[dict, np.ndarray]:
    """What similarities between real pictures look like, and the stored embeddings."""
    faces = load_faces(cache)
    stored = normalise(np.load(cache / f"teacher_{teacher}.npy").astype(np.float32))
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(stored), sample, replace=False)
    other = nearest_other(stored[rows], faces.identity[rows], stored, faces.identity)
    pairs = rng.integers(len(stored), size=(20000, 2))
    pairs = pairs[faces.identity[pairs[:, 0]] != faces.identity[pairs[:, 1]]]
    different = (stored[pairs[:, 0]] * stored[pairs[:, 1]]).sum(1)
    order = np.argsort(faces.identity, kind="stable")
    twins = order[:-1][faces.identity[order[:-1]] == faces.identity[order[1:]]]
    after = order[1:][faces.identity[order[:-1]] == faces.identity[order[1:]]]
    same = (stored[twins] * stored[after]).sum(1)
    report = {
        "nearestOtherPerson": spread(other),
        "differentPeople": spread(different),
        "samePerson": spread(same),
    }
    return report, stored


def similarities(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[people, looks, d] -> similarities within a person, and between people."""
    people, looks, width = rows.shape
    flat = rows.reshape(-1, width)
    table = flat @ flat.T
    owner = np.repeat(np.arange(people), looks)
    upper = np.triu(np.ones_like(table, bool), 1)
    alike = owner[:, None] == owner[None]
    return table[upper & alike], table[upper & ~alike]


def check(model: Path, data: Path, cache: Path, people: int, looks: int, seeds: int) -> dict:
    """The report; `people` identities with `looks` appearances each, `seeds` of them chosen."""
    identities = [s for s in range(1, people + 1) for _ in range(looks)]
    appearances = [APPEARANCE_BASE + i for i in range(people * looks)]
    images = pictures(model, identities, appearances)
    scores = detector_scores(data / "models" / "yunet_n_dynamic.onnx", images)
    report: dict = {
        "people": people,
        "picturesEach": looks,
        "detected": round(float((scores >= DETECTED).mean()), 4),
        "detectorScore": spread(scores),
        "samePersonLevel": SAME_PERSON,
    }
    for teacher in ("retail", "mobile"):
        real, stored = real_people(cache, teacher, 1000, 3)
        rows = embed_pictures(data, teacher, images)
        near = nearest(rows, stored)
        within, between = similarities(rows.reshape(people, looks, -1))
        report[teacher] = {
            "nearestTrainingPicture": spread(near),
            "sameIdentity": spread(within),
            "differentIdentities": spread(between),
            "real": real,
        }
        if teacher == "retail":
            report["aboveSamePersonLevel"] = round(float((near >= SAME_PERSON).mean()), 4)
            means = normalise(rows.reshape(people, looks, -1).mean(1))
            good = (scores.reshape(people, looks).min(1) >= DETECTED) & (
                near.reshape(people, looks).max(1) < SAME_PERSON
            )
            chosen = choose(means, good, seeds) if good.any() else []
            report["seeds"] = [c + 1 for c in chosen]
            if len(chosen) > 1:
                picked = rows.reshape(people, looks, -1)[chosen]
                inside, across = similarities(picked)
                report["chosen"] = {"sameIdentity": spread(inside), "differentIdentities": spread(across)}
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--cache", type=Path, required=True, help="cache of training.data.teachers")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--looks", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--out", type=Path, required=True, help="JSON report")
    args = parser.parse_args()
    report = check(args.model, args.data, args.cache, args.people, args.looks, args.seeds)
    args.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
