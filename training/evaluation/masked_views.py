"""Masked faces: what is left of recognition, and what comparing the visible part brings.

    python -m training.evaluation.masked_views --models models --protocol ../shared/faces/eval [--levels clean L1 L2]

Masks are drawn on the single probes of a protocol (`training.occlusion.masks`, seeded) by the landmarks given: on the
clean frame, which is then brought to the level's frame with the level's own blur, light and noise. Three ways, rank-1
and TPIR at FPIR 1 % each, strangers masked as well: `clear` compares masked probes with enrolled faces as they are;
`view` with enrolled faces on which a plain mask was drawn; `covered` draws the same plain mask on the probe, too. A
share mixes the masked view of an enrolled face with the clear one. `free` is the same probes without masks.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.data.align import TEMPLATE, TEMPLATE_SIDE, compose, invert, similarity, warp
from training.data.faces import RIM, SIDE
from training.evaluation.chain import OnnxChain, unit
from training.evaluation.scoring import score
from training.occlusion.layers import light_of
from training.occlusion.masks import draw_mask

SHARES = (0.2, 0.35, 0.5, 0.7, 1.0)
#: Recognisability below which the shipped models take a face for none.
REJECT_BELOW = 0.2732
#: Plain masks, template pixels: below the eyes, along the cheeks, to the chin.
OUTLINE = np.array([[14, 66], [56, 58], [98, 66], [94, 96], [78, 116], [56, 122], [34, 116], [18, 96]], np.float64)


@dataclass(frozen=True)
class Probe:
    """A probe free and masked, with its landmarks."""

    identity: str
    free: np.ndarray
    masked: np.ndarray
    landmarks: np.ndarray
    alpha: np.ndarray


def to_canvas(landmarks: np.ndarray) -> np.ndarray:
    """2x3 from a picture to the 144x144 canvas on which occluders are drawn."""
    return compose(np.array([[1.0, 0, RIM], [0, 1.0, RIM]]), similarity(landmarks, TEMPLATE))


def masked(picture: np.ndarray, landmarks: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """uint8 RGB with a mask drawn on the face, and its alpha, float32 [H,W]."""
    matrix = to_canvas(landmarks)
    points = np.hstack([landmarks, np.ones((5, 1))]) @ matrix.T
    face = warp(picture, matrix, SIDE).astype(np.float32) / 255
    layer = draw_mask(points, rng, held_out=bool(rng.random() < 0.5))
    colour = np.clip(layer.colour * light_of(face, rng), 0, 1)
    size = (picture.shape[1], picture.shape[0])
    back = lambda x: cv2.warpAffine(x, invert(matrix), size, flags=cv2.INTER_LINEAR)  # noqa: E731
    alpha, shown = back(layer.alpha), back(colour.astype(np.float32))
    mixed = picture * (1 - alpha[..., None]) + 255 * shown * alpha[..., None]
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8), alpha


def at_level(clean: np.ndarray, covered: np.ndarray, alpha: np.ndarray, way: np.ndarray, level: np.ndarray, rng):
    """The level's frame with the mask of the clean one, seen as that frame sees the rest.

    Blur and light are fitted channel by channel to what the frame made of the clean one; noise under the mask is the
    frame's own, drawn from other places, so that nothing of the hidden face is left.
    """
    size, scale = (level.shape[1], level.shape[0]), float(np.sqrt(abs(np.linalg.det(way[:, :2]))))
    down = lambda x: cv2.warpAffine(  # noqa: E731
        cv2.GaussianBlur(x.astype(np.float32), (0, 0), 0.45 / scale), way, size, borderMode=cv2.BORDER_REPLICATE
    )
    small, small_covered, a = down(clean), down(covered), down(alpha)[..., None]
    best = None
    for sigma in (0.3, 0.6, 0.9, 1.3, 1.8):
        seen, seen_covered = (cv2.GaussianBlur(x, (0, 0), sigma) for x in (small, small_covered))
        fitted, changed = np.empty_like(seen), np.empty_like(seen)
        for c in range(3):
            gain, offset = np.polyfit(seen[..., c].ravel(), level[..., c].astype(np.float64).ravel(), 1)
            fitted[..., c], changed[..., c] = gain * seen[..., c] + offset, gain * seen_covered[..., c] + offset
        rest = level - fitted
        error = float((rest**2).mean())
        if best is None or error < best[0]:
            best = error, changed, rest, cv2.GaussianBlur(a[..., 0], (0, 0), sigma)[..., None]
    _, changed, rest, a = best
    rest = rest - cv2.GaussianBlur(rest, (0, 0), 1.0)
    noise = rest.reshape(-1, 3)[rng.permutation(rest.shape[0] * rest.shape[1])].reshape(rest.shape)
    mixed = level * (1 - a) + (changed + noise) * a
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8), a[..., 0]


def probes_of(root: Path, protocol: dict, level: str, seed: int) -> list[Probe]:
    """The single probes of a level, free and masked; the same mask at every level."""
    from PIL import Image

    read = lambda r: np.asarray(Image.open(root / r["file"]).convert("RGB"))  # noqa: E731
    points = lambda r: np.asarray(r["landmarks"], np.float64).reshape(5, 2)  # noqa: E731
    wanted = [p for p in protocol["probes"] if p["single"]]
    clean_of = {(p["track"], Path(p["file"]).name): p for p in wanted if p["level"] == "clean"}
    made = []
    for p in (p for p in wanted if p["level"] == level):
        key = (p["track"], Path(p["file"]).name)
        rng = np.random.default_rng([seed, *"".join(key).encode()])
        clean, at = read(clean_of[key]), points(clean_of[key])
        covered, alpha = masked(clean, at, rng)
        free, landmarks = read(p), points(p)
        if level != "clean":
            covered, alpha = at_level(clean, covered, alpha, similarity(at, landmarks), free, rng)
        made.append(Probe(p["identity"], free, covered, landmarks, alpha))
    return made


def plainly_masked(picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """uint8 RGB with the plain mask drawn on the face."""
    outline = np.hstack([OUTLINE, np.ones((len(OUTLINE), 1))]) @ invert(similarity(landmarks, TEMPLATE)).T
    # As bright as what stays visible: a cloth of no colour in the same light.
    grey = float(warp(picture, similarity(landmarks, TEMPLATE), TEMPLATE_SIDE)[24:60, 16:96].mean())
    result = np.ascontiguousarray(picture).copy()
    cv2.fillPoly(result, [np.round(outline * 16).astype(np.int32)], (grey,) * 3, cv2.LINE_8, 4)
    return result


def at_threshold(
    probes: np.ndarray, owners: np.ndarray, gallery: np.ndarray, ids: np.ndarray, threshold: float
) -> dict[str, float]:
    """TPIR and FPIR at a given threshold, per cent."""
    scores, own = probes @ gallery.T, owners[:, None] == ids[None]
    impostor, genuine = np.where(own, -9, scores).max(1), np.where(own, scores, -9).max(1)
    hit = (genuine > impostor) & (genuine > threshold)
    return {"tpir": round(100 * float(hit.mean()), 1), "fpir": round(100 * float((impostor > threshold).mean()), 1)}


def embedded(chain: OnnxChain, pictures: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Fused embeddings [N,D] and recognisability [N]."""
    found = [chain(picture, landmarks) for picture, landmarks in pictures]
    return np.array([f.fused for f in found]), np.array([f.quality for f in found])


def measure(chain: OnnxChain, root: Path, levels: list[str], seed: int, keep: Path | None = None) -> dict:
    """Figures by level and way."""
    from PIL import Image

    protocol = json.loads((root / "protocol.json").read_text())
    gallery = [
        (np.asarray(Image.open(root / g["file"]).convert("RGB")), np.asarray(g["landmarks"], np.float64).reshape(5, 2))
        for g in protocol["gallery"]
    ]
    ids = np.array([g["identity"] for g in protocol["gallery"]])
    clear, _ = embedded(chain, gallery)
    views, _ = embedded(chain, [(plainly_masked(p, at), at) for p, at in gallery])
    result, kept = {}, {"clear": clear, "views": views, "ids": ids}
    for level in levels:
        probes = probes_of(root, protocol, level, seed)
        owners = np.array([p.identity for p in probes])
        free, free_quality = embedded(chain, [(p.free, p.landmarks) for p in probes])
        as_is, quality = embedded(chain, [(p.masked, p.landmarks) for p in probes])
        both, both_quality = embedded(chain, [(plainly_masked(p.masked, p.landmarks), p.landmarks) for p in probes])
        kept |= {f"{level}-free": free, f"{level}-masked": as_is, f"{level}-covered": both, f"{level}-owners": owners}
        kept |= {f"{level}-quality": quality, f"{level}-covered-quality": both_quality}
        row = {"free": score(free, owners, clear, ids), "clear": score(as_is, owners, clear, ids)}
        row["atFree"] = at_threshold(as_is, owners, clear, ids, row["free"]["threshold"])
        row["refused"] = round(100 * float((quality < REJECT_BELOW).mean()), 1)
        for share in SHARES:
            mixed = unit((1 - share) * clear + share * views)
            row[f"view {share:g}"] = score(as_is, owners, mixed, ids)
            row[f"covered {share:g}"] = score(both, owners, mixed, ids)
        row["recognisability"] = {
            name: [round(float(np.quantile(q, at)), 3) for at in (0.05, 0.25, 0.5)]
            for name, q in (("free", free_quality), ("masked", quality), ("covered", both_quality))
        }
        result[level] = row
        print(level, json.dumps(row), flush=True)
        if keep:
            np.savez(keep, **kept)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--protocol", type=Path, default=Path("../shared/faces/eval"))
    parser.add_argument("--levels", nargs="*", default=["clean", "L1", "L2"])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="file for the embeddings, .npz")
    a = parser.parse_args()
    measure(OnnxChain(a.models), a.protocol, a.levels, a.seed, a.keep)
