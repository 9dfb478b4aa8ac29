"""A protocol of gallery and probes through the Python mirror of the chain.

    python -m training.evaluation.protocol --models models --protocol ../shared/faces/eval [--single] [--dump DIR]

Prints rank-1 and TPIR at FPIR 1 % by level for raw, enhanced and fused. `--dump` writes
`DIR/{raw,enhanced,fused}/{g,p}.f32` for the independent scorer (NaN rows where `--single` skipped).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from training.evaluation.chain import OnnxChain
from training.evaluation.scoring import score

BRANCHES = ("raw", "enhanced", "fused")


def embed_records(chain: OnnxChain, root: Path, records: list[dict]) -> dict[str, np.ndarray]:
    """Branch -> float32 [N,256]; and `gate`, `quality` [N]."""
    from PIL import Image

    rows = []
    for r in records:
        picture = np.asarray(Image.open(root / r["file"]).convert("RGB"))
        rows.append(chain(picture, np.asarray(r["landmarks"], np.float64).reshape(5, 2)))
    names = (*BRANCHES, "gate", "quality")
    return {k: np.array([getattr(row, k) for row in rows], np.float32) for k in names}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
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
    gallery = embed_records(chain, a.protocol, protocol["gallery"])
    probes = embed_records(chain, a.protocol, [p for p, w in zip(protocol["probes"], wanted) if w])
    kept = [p for p, w in zip(protocol["probes"], wanted) if w]
    gallery_ids = np.array([g["identity"] for g in protocol["gallery"]])
    levels = dict.fromkeys(p["level"] for p in kept)
    for level in levels:
        at = np.array([i for i, p in enumerate(kept) if p["level"] == level and p["single"]])
        ids = np.array([kept[i]["identity"] for i in at])
        row = {b: score(probes[b][at], ids, gallery["fused"], gallery_ids) for b in BRANCHES}
        extra = {
            "gate": round(float(probes["gate"][at].mean()), 3),
            "quality": round(float(probes["quality"][at].mean()), 3),
        }
        print(level, json.dumps(row | extra), flush=True)
    if a.dump:
        for b in BRANCHES:
            folder = a.dump / b
            folder.mkdir(parents=True, exist_ok=True)
            gallery["fused"].astype("<f4").tofile(folder / "g.f32")
            full = np.full((len(wanted), probes[b].shape[1]), np.nan, np.float32)
            full[wanted] = probes[b]
            full.tofile(folder / "p.f32")
            (folder / "dim").write_text(str(full.shape[1]))


if __name__ == "__main__":
    main()
