"""A protocol of gallery and probes through the Python mirror of the chain.

    python -m training.evaluation.protocol --models models --protocol ../shared/faces/eval [--single] [--dump DIR]

Prints rank-1 and TPIR at FPIR 1 % by level for raw, enhanced, their plain mean and fused; then, unless `--single`,
of tracks: templates pooled without weights, with recognisability, and with the learned weights, those also of the
raw and the enhanced branch. `--without denoise` or `superresolve` leaves a restorer out. `--dump` writes
`DIR/{raw,enhanced,fused}/{g,p}.f32` for the independent scorer (NaN rows where `--single` skipped).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from training.evaluation.chain import OnnxChain, unit
from training.evaluation.scoring import score

BRANCHES = ("raw", "enhanced", "fused")


def embed_records(chain: OnnxChain, root: Path, records: list[dict]) -> dict[str, np.ndarray]:
    """Branch -> float32 [N,D]; `mean` of both branches; and `gate`, `weight`, `quality` [N]."""
    from PIL import Image

    rows = []
    for r in records:
        picture = np.asarray(Image.open(root / r["file"]).convert("RGB"))
        rows.append(chain(picture, np.asarray(r["landmarks"], np.float64).reshape(5, 2)))
    names = (*BRANCHES, "gate", "weight", "quality")
    found = {k: np.array([getattr(row, k) for row in rows], np.float32) for k in names}
    return found | {"mean": unit(found["raw"] + found["enhanced"])}


def pool(embeddings: np.ndarray, weights: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """[T,D]: a template for each of the sorted names in `tracks`, normalise(sum of weight times embedding)."""
    names, place = np.unique(tracks, return_inverse=True)
    sums = np.zeros((len(names), embeddings.shape[1]), np.float64)
    np.add.at(sums, place, weights[:, None] * embeddings)
    return unit(sums)


def of_tracks(probes: dict[str, np.ndarray], records: list[dict], gallery: np.ndarray, ids: np.ndarray) -> dict:
    """Scores of one level's tracks, by way of pooling."""
    tracks = np.array([r["track"] for r in records])
    first = {r["track"]: r["identity"] for r in records}
    owners = np.array([first[name] for name in np.unique(tracks)])
    ones = np.ones(len(tracks))
    ways = {
        "plain": ("fused", ones),
        "recognisability": ("fused", probes["quality"]),
        "learned": ("fused", probes["weight"]),
        "raw, learned": ("raw", probes["weight"]),
        "enhanced, learned": ("enhanced", probes["weight"]),
    }
    return {name: score(pool(probes[b], w, tracks), owners, gallery, ids) for name, (b, w) in ways.items()}


def dump(folder: Path, gallery: np.ndarray, probes: dict[str, np.ndarray], wanted: np.ndarray) -> None:
    """Files for the independent scorer."""
    for branch in BRANCHES:
        target = folder / branch
        target.mkdir(parents=True, exist_ok=True)
        gallery.astype("<f4").tofile(target / "g.f32")
        full = np.full((len(wanted), probes[branch].shape[1]), np.nan, np.float32)
        full[wanted] = probes[branch]
        full.tofile(target / "p.f32")
        (target / "dim").write_text(str(full.shape[1]))


def chosen(probes: dict[str, np.ndarray], at: np.ndarray) -> dict[str, np.ndarray]:
    """Some of the probes."""
    return {name: values[at] for name, values in probes.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--protocol", type=Path, default=Path("../shared/faces/eval"))
    parser.add_argument("--single", action="store_true", help="only the frames of the single-frame test")
    parser.add_argument("--levels", nargs="*")
    parser.add_argument("--suffix", default="", help=".fp16 for the half-precision files")
    parser.add_argument("--without", choices=["denoise", "superresolve"], action="append", default=[])
    parser.add_argument("--dump", type=Path)
    a = parser.parse_args()
    protocol = json.loads((a.protocol / "protocol.json").read_text())
    chain = OnnxChain(a.models, a.suffix, "denoise" not in a.without, "superresolve" not in a.without)
    wanted = np.array(
        [(not a.single or p["single"]) and (not a.levels or p["level"] in a.levels) for p in protocol["probes"]]
    )
    kept = [p for p, w in zip(protocol["probes"], wanted) if w]
    gallery = embed_records(chain, a.protocol, protocol["gallery"])["fused"]
    probes = embed_records(chain, a.protocol, kept)
    gallery_ids = np.array([g["identity"] for g in protocol["gallery"]])
    for level in dict.fromkeys(p["level"] for p in kept):
        at = np.array([i for i, p in enumerate(kept) if p["level"] == level and p["single"]])
        ids, single = np.array([kept[i]["identity"] for i in at]), chosen(probes, at)
        row = {b: score(single[b], ids, gallery, gallery_ids) for b in (*BRANCHES, "mean")}
        extra = {k: round(float(single[k].mean()), 3) for k in ("gate", "weight", "quality")}
        print(level, json.dumps(row | extra), flush=True)
        video = np.array([i for i, p in enumerate(kept) if p["level"] == level and p["video"]], int)
        if not a.single and len(video):
            found = of_tracks(chosen(probes, video), [kept[i] for i in video], gallery, gallery_ids)
            print(level, "tracks", json.dumps(found), flush=True)
    if a.dump:
        dump(a.dump, gallery, probes, wanted)


if __name__ == "__main__":
    main()
