"""Whether a camera's denoiser may be used: both denoisers on the same degraded faces of people held out.

PSNR is that of luma after the best gain and offset of each picture: contrast and brightness count for neither.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.data.align import (
    TEMPLATE,
    align_region,
    align_template,
    region_side,
    similarity,
    warp,
)
from training.data.faces import RIM, SIDE, load_faces, split_identities
from training.degrade.pipeline import degrade
from training.degrade.profiles import Profile
from training.evaluation.chain import OnnxChain, unit
from training.evaluation.scoring import score
from training.export.onnx_files import session
from training.networks.fusion import picture_quality, quality_vectors

#: Pixels between the eyes, those of the development protocol's levels.
LEVELS = {"L1": 14.0, "L2": 10.0, "L3": 8.0, "L4": 6.0}
#: Gains of which one is wanted, the loss beyond which a variant is refused, and what it may lose on other cameras.
WANTED_PSNR, WANTED_RANK1, TOLERATED, GENERIC_TOLERATED = 1.0, 1.0, 0.5, 2.0
NAMES = ("shipped", "variant")


@dataclass(frozen=True)
class Person:
    """One clean picture, uint8 RGB [144,144,3] in template geometry."""

    identity: str
    face: np.ndarray


@dataclass(frozen=True)
class People:
    """A gallery and the clean pictures that are degraded into probes."""

    gallery: Sequence[Person]
    probes: Sequence[Person]


def held_out_people(cache: Path, held_out: int, probes: int, sharp: float) -> People:
    """People whom no stage has seen: the best picture of each, and others of them."""
    faces = load_faces(cache)
    _, rows = split_identities(faces, held_out)
    best: dict[int, int] = {}
    for row in rows:
        person = int(faces.identity[row])
        if person not in best or faces.source_ied[row] > faces.source_ied[best[person]]:
            best[person] = int(row)
    others = [int(r) for r in rows if best[int(faces.identity[r])] != r and faces.source_ied[r] >= sharp]
    others = list(np.random.default_rng(19).permutation(others)[:probes])
    person = lambda row: Person(str(faces.identity[row]), np.array(faces.images[row]))  # noqa: E731
    return People([person(r) for r in best.values()], [person(r) for r in others])


def protocol_people(folder: Path, probes: int) -> People:
    """The development protocol's gallery and the pictures of its clean level."""
    from PIL import Image

    protocol = json.loads((folder / "protocol.json").read_text())

    def person(record: dict[str, Any]) -> Person:
        picture = np.asarray(Image.open(folder / record["file"]).convert("RGB"))
        matrix = similarity(np.asarray(record["landmarks"], np.float64).reshape(5, 2), TEMPLATE + RIM)
        return Person(record["identity"], warp(picture, matrix, SIDE))

    clean = [p for p in protocol["probes"] if p["level"] == "clean" and p["single"]]
    return People([person(r) for r in protocol["gallery"]], [person(r) for r in clean[:probes]])


def psnr(made: np.ndarray, clean: np.ndarray) -> float:
    """dB of luma, [3,S,S] 0..1 each, after the gain and offset that fit best."""
    x, y = (np.tensordot(np.float32([0.299, 0.587, 0.114]), p, 1).astype(np.float64).ravel() for p in (made, clean))
    x, y = x - x.mean(), y - y.mean()
    gain = (x @ y) / max(x @ x, 1e-12)
    return float(-10 * np.log10(max(np.square(y - gain * x).mean(), 1e-10)))


class Comparison:
    """The chain with the shipped denoiser and with the variant."""

    def __init__(self, models: Path, variant: Path) -> None:
        self.chain = OnnxChain(models)
        self.denoisers = {"shipped": session(models / "denoise.onnx"), "variant": session(variant)}

    def gallery(self, people: People) -> tuple[np.ndarray, np.ndarray]:
        rows = [self.chain(p.face, TEMPLATE + RIM).fused for p in people.gallery]
        return np.array(rows), np.array([p.identity for p in people.gallery])

    def probe(self, face: np.ndarray, profile: Profile, ied: float, rng: np.random.Generator) -> dict[str, Any]:
        """Embeddings and PSNR of one degraded face by denoiser; both see the same picture and landmarks."""
        footage = degrade(face, rng, profile, ied)
        landmarks = np.hstack([TEMPLATE, np.ones((5, 1))]) @ footage.to_footage.T
        landmarks = landmarks + rng.normal(0, 0.03 * ied, (5, 2))  # as a detector errs
        side = region_side(ied)
        if side is None:
            raise ValueError(f"faces of {ied} px between the eyes are not enhanced")
        crop = align_template(footage.picture, landmarks)
        region, clean = (
            align_region(p, landmarks, side).transpose(2, 0, 1).astype(np.float32) / 255
            for p in (footage.picture, footage.clean)
        )
        raw_out = self.chain.embed(crop[None])
        raw, raw_score = unit(raw_out), self.chain.score(raw_out)
        found: dict[str, Any] = {"recorded": psnr(region, clean)}
        for name, run in self.denoisers.items():
            calm = run.run(None, {"input": region[None]})[0]
            enhanced_out = self.chain.embed(self.chain.enlarged(calm)[None], True)
            enhanced, enhanced_score = unit(enhanced_out), self.chain.score(enhanced_out)
            quality = quality_vectors(np.array([ied]), raw_score, enhanced_score, picture_quality(crop)[None])
            fused, _, _ = self.chain.fuser.run(None, {"raw": raw, "enhanced": enhanced, "quality": quality})
            found[name] = {"psnr": psnr(calm[0], clean), "enhanced": enhanced[0], "fused": fused[0]}
        return found

    def level(self, people: People, gallery: tuple[np.ndarray, np.ndarray], profile: Profile, ied: float) -> dict:
        """Figures of one level: PSNR in dB, rank-1 and TPIR at FPIR 1 % in per cent."""
        rng = np.random.default_rng((31, round(ied * 10)))
        rows = [self.probe(p.face, profile, ied, rng) for p in people.probes]
        ids = np.array([p.identity for p in people.probes])
        figures: dict[str, Any] = {"probes": len(rows), "recorded": {"psnr": mean([r["recorded"] for r in rows])}}
        for name in NAMES:
            scores = {b: score(np.array([r[name][b] for r in rows]), ids, *gallery) for b in ("enhanced", "fused")}
            figures[name] = {
                "psnr": mean([r[name]["psnr"] for r in rows]),
                "enhancedRank1": scores["enhanced"]["rank1"],
                "rank1": scores["fused"]["rank1"],
                "tpir": scores["fused"]["tpir"],
            }
        return figures


def mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 2)


def gain(row: dict, figure: str) -> float:
    return round(row["variant"][figure] - row["shipped"][figure], 2)


def verdict(found: dict[str, dict[str, dict]]) -> dict[str, Any]:
    """Whether the variant is accepted, its mean gains on held-out people, and each reason against it."""
    levels = list(found["held-out"].values())
    gains = {
        figure: round(float(np.mean([gain(row, figure) for row in levels])), 2) for figure in ("psnr", "rank1", "tpir")
    }
    reasons = []
    if gains["psnr"] < WANTED_PSNR and gains["rank1"] < WANTED_RANK1:
        reasons.append(
            f"neither PSNR ({gains['psnr']:+.2f} dB, wanted +{WANTED_PSNR}) nor rank-1 "
            f"({gains['rank1']:+.2f} points, wanted +{WANTED_RANK1}) rises enough on held-out people"
        )
    for name, rows in found.items():
        tolerated = GENERIC_TOLERATED if name == "generic" else TOLERATED
        for level, row in rows.items():
            for figure, unit_name in (("psnr", "dB"), ("rank1", "points")):
                if gain(row, figure) < -tolerated:
                    reasons.append(f"{name} {level}: {figure} {gain(row, figure):+.2f} {unit_name}")
        tpir = round(float(np.mean([gain(row, "tpir") for row in rows.values()])), 2)
        if tpir < -tolerated:
            reasons.append(f"{name}: mean TPIR {tpir:+.2f} points")
    return {"accepted": not reasons, "gains": gains, "reasons": reasons}


def table(found: dict[str, dict[str, dict]]) -> str:
    """The figures as a Markdown table: shipped, variant."""
    lines = [
        "| people, level | probes | PSNR recorded, dB | PSNR | rank-1, enhanced branch | rank-1 | TPIR at FPIR 1 % |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, rows in found.items():
        for level, row in rows.items():
            cells = [
                " → ".join(str(row[which][figure]) for which in NAMES)
                for figure in ("psnr", "enhancedRank1", "rank1", "tpir")
            ]
            lines.append(f"| {name} {level} | {row['probes']} | {row['recorded']['psnr']} | {' | '.join(cells)} |")
    return "\n".join(lines)
