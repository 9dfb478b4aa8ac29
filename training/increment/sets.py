"""The sets of faces of an increment: the old data that is replayed, the protocol, and the site's.

Old data are the research faces where they are at hand, else people of the shipped generator.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from training.data.align import TEMPLATE
from training.data.faces import RIM, build_cache, load_faces, split_identities
from training.degrade.pipeline import degrade
from training.evaluation.calibration import HELD_OUT
from training.evaluation.strangers import LEVELS as STRANGER_LEVELS
from training.evaluation.strangers import worsen
from training.generator.check import APPEARANCE_BASE, pictures
from training.increment.features import Extractor, Face, Features
from training.increment.samples import Sample
from training.lineage import sha256_of

#: Levels of the development protocol that count.
LEVELS = ("clean", "L1", "L2", "L3")
#: Pixels between the eyes of replayed poor faces, log-uniform.
REPLAY_IED = (6.0, 24.0)
#: Seeds of the generator's people: of the replay from here on, of the protocol in its place from there on.
REPLAY_SEEDS, PROTOCOL_SEEDS = 20_000, 60_000


@dataclass(frozen=True)
class Pairs:
    """Old data, row by row: a clean picture of a person, a poor one, and whose."""

    clean: Features
    poor: Features
    person: np.ndarray  # int64 [N]
    source: str

    def part(self, at: np.ndarray) -> Pairs:
        return Pairs(self.clean.rows(at), self.poor.rows(at), self.person[at], self.source)


@dataclass(frozen=True)
class Probes:
    """Faces that are looked for in a gallery, one picture a person."""

    gallery: Features
    gallery_ids: np.ndarray
    probes: Features
    ids: np.ndarray


def still(face: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An aligned picture [144,144,3] with its landmarks."""
    return face, TEMPLATE + RIM


def recorded(face: np.ndarray, seed: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The face as some camera records it, with landmarks that err as a detector's do."""
    rng = np.random.default_rng(seed)
    ied = float(np.exp(rng.uniform(*np.log(REPLAY_IED))))
    footage = degrade(face, rng, ied=ied)
    landmarks = np.hstack([TEMPLATE, np.ones((5, 1))]) @ footage.to_footage.T
    return footage.picture, landmarks + rng.normal(0, 0.03 * ied, (5, 2))


def replay(extractor: Extractor, data: Path, cache: Path, models: Path, count: int, seed: int) -> Pairs:
    """`count` people of the old data, each with a clean and a poor picture."""
    if (cache / "index.json").exists() or (data / "faces" / "train" / "index.csv").exists():
        build_cache(data, cache)
        faces = load_faces(cache)
        rows, _ = split_identities(faces, min(HELD_OUT, faces.identities // 4))
        by_person: dict[int, list[int]] = {}
        for row in np.random.default_rng(seed).permutation(rows):
            by_person.setdefault(int(faces.identity[row]), []).append(int(row))
        # Those with two pictures first: a poor picture of another moment says more.
        people = sorted(by_person, key=lambda i: len(by_person[i]) < 2)[:count]
        first, other = [by_person[i][0] for i in people], [by_person[i][-1] for i in people]
        key, source = f"{sha256_of(cache / 'index.json')} {seed}", "research"
        look = lambda row: np.array(faces.images[row])  # noqa: E731
        clean, poor = [partial(look, r) for r in first], [partial(look, r) for r in other]
    else:
        people = list(range(REPLAY_SEEDS, REPLAY_SEEDS + count))
        made, again = drawn(models, people, 0), drawn(models, people, 1)
        key, source = f"{sha256_of(models / 'faces.onnx')} {seed}", "generated"
        clean, poor = [partial(np.array, f) for f in made], [partial(np.array, f) for f in again]
    stills: Sequence[Face] = [lambda c=c: still(c()) for c in clean]
    footage: Sequence[Face] = [lambda p=p, i=i: recorded(p(), (seed, i)) for i, p in enumerate(poor)]
    return Pairs(
        extractor.of(f"replay-clean {key}", stills),
        extractor.of(f"replay-poor {key}", footage),
        np.array(people),
        source,
    )


def drawn(models: Path, people: list[int], look: int) -> np.ndarray:
    """uint8 [N,144,144,3] of the generator's people, each in an appearance of its own."""
    return pictures(models / "faces.onnx", people, [APPEARANCE_BASE + 2 * p + look for p in people])


def protocol(extractor: Extractor, data: Path, models: Path, people: int) -> tuple[str, dict[str, Probes]]:
    """The development protocol's single frames by level; without it, `people` of the generator at the same levels."""
    root = data / "faces" / "eval"
    if not (root / "protocol.json").exists():
        return "generated", generated_protocol(extractor, models, people)
    saved = json.loads((root / "protocol.json").read_text())
    digest = sha256_of(root / "protocol.json")

    def faces(records: list[dict]) -> list[Face]:
        return [partial(_of_record, root, r) for r in records]

    gallery = extractor.of(f"gallery {digest}", faces(saved["gallery"]))
    gallery_ids = np.array([g["identity"] for g in saved["gallery"]])
    found = {}
    for level in LEVELS:
        records = [p for p in saved["probes"] if p["level"] == level and p["single"]]
        ids = np.array([r["identity"] for r in records])
        found[level] = Probes(gallery, gallery_ids, extractor.of(f"{level} {digest}", faces(records)), ids)
    return "protocol", found


def _of_record(root: Path, record: dict) -> tuple[np.ndarray, np.ndarray]:
    from PIL import Image

    picture = np.asarray(Image.open(root / record["file"]).convert("RGB"))
    return picture, np.asarray(record["landmarks"], np.float64).reshape(5, 2)


def generated_protocol(extractor: Extractor, models: Path, people: int) -> dict[str, Probes]:
    """A gallery of the generator's people, and another look of each, worsened as the protocol's levels are."""
    seeds = list(range(PROTOCOL_SEEDS, PROTOCOL_SEEDS + people))
    key, ids = sha256_of(models / "faces.onnx"), np.array(seeds)
    enrolled, others = drawn(models, seeds, 0), drawn(models, seeds, 1)
    gallery = extractor.of(f"gallery {key}", [partial(still, f) for f in enrolled])
    found = {}
    for level in LEVELS:
        faces = [partial(_worsened, f, level, seed) for f, seed in zip(others, seeds)]
        found[level] = Probes(gallery, ids, extractor.of(f"{level} {key}", faces), ids)
    return found


def _worsened(face: np.ndarray, level: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    import cv2

    data, landmarks = worsen(face, STRANGER_LEVELS[level], np.random.default_rng((seed, LEVELS.index(level))))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1].copy(), landmarks


def site_faces(extractor: Extractor, samples: Sequence[Sample]) -> Features:
    """Features of an export's pictures."""
    import hashlib

    lines = [f"{s.sha256} {np.round(s.landmarks, 3).tolist()}" for s in samples]
    key = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return extractor.of(f"site {key}", [lambda s=s: (s.picture(), s.landmarks) for s in samples])
