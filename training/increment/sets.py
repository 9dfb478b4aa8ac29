"""The sets of faces of an increment: the old data that is replayed, the protocol, and the site's.

Old data are the research faces where they are at hand, else people of the shipped generator.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
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
from training.increment.samples import Site
from training.lineage import sha256_of

#: Levels of the development protocol that count.
LEVELS = ("clean", "L1", "L2", "L3")
#: Pixels between the eyes of replayed poor faces, log-uniform.
REPLAY_IED = (6.0, 24.0)
#: Seeds of the generator's people: of the replay from here on, of the protocol in its place from there on.
REPLAY_SEEDS, PROTOCOL_SEEDS = 20_000, 60_000


@dataclass(frozen=True)
class Replayed:
    """Old data, row by row: a clean picture of a person, two poor ones, and whose."""

    clean: Features
    poor: Features  # as some camera records it
    level: Features  # at one of the protocol's levels
    person: np.ndarray  # int64 [N]
    source: str


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


@dataclass(frozen=True)
class Looks:
    """Two clear pictures each of some people, uint8 [144,144,3] when asked for; `key` stands for all of them."""

    first: list[Callable[[], np.ndarray]]
    other: list[Callable[[], np.ndarray]]
    person: np.ndarray
    key: str
    source: str


def old_people(data: Path, cache: Path, models: Path, counts: tuple[int, int], seed: int) -> tuple[Looks, Looks]:
    """People of the old data: as many as `counts` says for the selection, and others for the replay."""
    research = (cache / "index.json").exists() or (data / "faces" / "train" / "index.csv").exists()
    if not research:
        key = f"{sha256_of(models / 'faces.onnx')} {seed}"
        people = np.arange(REPLAY_SEEDS, REPLAY_SEEDS + sum(counts))
        first, second = np.split(people, [counts[0]])
        return drawn_looks(models, first, key), drawn_looks(models, second, key)
    build_cache(data, cache)
    faces = load_faces(cache)
    rows, _ = split_identities(faces, min(HELD_OUT, faces.identities // 4))
    by_person: dict[int, list[int]] = {}
    for row in np.random.default_rng(seed).permutation(rows):
        by_person.setdefault(int(faces.identity[row]), []).append(int(row))
    # Those with two pictures first: a poor picture of another moment says more.
    order = np.array(sorted(by_person, key=lambda i: len(by_person[i]) < 2)[: sum(counts)])
    key, found = f"{sha256_of(cache / 'index.json')} {seed}", []
    look = lambda row: np.array(faces.images[row])  # noqa: E731
    for own in np.split(order, [counts[0]]):
        first, other = ([partial(look, by_person[i][at]) for i in own] for at in (0, -1))
        found.append(Looks(first, other, own, key, "research"))
    return found[0], found[1]


def replay(extractor: Extractor, looks: Looks, seed: int) -> Replayed:
    """The features of what is replayed."""
    levels = np.random.default_rng(seed).choice(LEVELS[1:], len(looks.person))
    key = looks.key
    return Replayed(
        extractor.of(f"replay-clean {key}", [lambda c=c: still(c()) for c in looks.first]),
        extractor.of(
            f"replay-poor {key}", [lambda p=p, i=i: recorded(p(), (seed, i)) for i, p in enumerate(looks.other)]
        ),
        extractor.of(
            f"replay-level {key}", [partial(_worsened, p, v, i) for i, (p, v) in enumerate(zip(looks.other, levels))]
        ),
        looks.person,
        looks.source,
    )


def mirror_of_protocol(extractor: Extractor, looks: Looks, kind: str) -> dict[str, Probes]:
    """As the protocol is made: one picture of each is enrolled, another is looked for at each level."""
    key, ids = looks.key, looks.person
    gallery = extractor.of(f"{kind}-gallery {key}", [lambda f=f: still(f()) for f in looks.first])
    found = {}
    for level in LEVELS:
        faces = [partial(_worsened, f, level, int(p)) for f, p in zip(looks.other, ids)]
        found[level] = Probes(gallery, ids, extractor.of(f"{kind}-{level} {key}", faces), ids)
    return found


def drawn_looks(models: Path, people: np.ndarray, key: str) -> Looks:
    """People of the generator, each in two appearances."""
    made = []
    for look in (0, 1):
        appearances = [APPEARANCE_BASE + 2 * int(p) + look for p in people]
        made.append([partial(np.array, f) for f in pictures(models / "faces.onnx", people.tolist(), appearances)])
    return Looks(made[0], made[1], people, key, "generated")


def protocol(extractor: Extractor, data: Path, models: Path, people: int) -> tuple[str, dict[str, Probes]]:
    """The development protocol's single frames by level; without it, `people` of the generator at the same levels."""
    root = data / "faces" / "eval"
    if not (root / "protocol.json").exists():
        seeds = np.arange(PROTOCOL_SEEDS, PROTOCOL_SEEDS + people)
        made = drawn_looks(models, seeds, sha256_of(models / "faces.onnx"))
        return "generated", mirror_of_protocol(extractor, made, "protocol")
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


def _worsened(face: Callable[[], np.ndarray], level: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    import cv2

    data, landmarks = worsen(face(), STRANGER_LEVELS[level], np.random.default_rng((seed, LEVELS.index(level))))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1].copy(), landmarks


def site_faces(extractor: Extractor, site: Site) -> tuple[Features, Features, Features]:
    """Features of an export's enrolled pictures, those for training, and those held out."""
    parts = (site.portraits, site.training, site.held_out)
    samples = sorted((s for part in parts for s in part), key=lambda s: s.sha256)
    lines = [f"{s.sha256} {np.round(s.landmarks, 3).tolist()}" for s in samples]
    key = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    found = extractor.of(f"site {key}", [lambda s=s: (s.picture(), s.landmarks) for s in samples])
    place = {s.sha256: row for row, s in enumerate(samples)}
    portraits, training, held_out = (found.rows(np.array([place[s.sha256] for s in part])) for part in parts)
    return portraits, training, held_out
