"""Export of the aligner: FP32 and FP16 files, manifest entry and card.

python -m training.export.aligner --checkpoint RUN/checkpoint.pt --models models --cache WORK/cache
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from training.data.align import TEMPLATE, TEMPLATE_IED
from training.data.alignments import AlignmentMaker, Misses, corrected, offset_matrix
from training.data.faces import load_faces, split_identities
from training.data.samples import Mix
from training.export.chain import IMAGE, export_part
from training.export.manifest import LICENCE, upsert_model, write_card
from training.export.onnx_files import session
from training.networks.aligner import SIDE, Aligner
from training.stages.common import load_checkpoint

VERSION = "0.3.0"
#: How often the product looks: a second look brings a little, a third nothing.
PASSES = 2
#: Larger faces, by inter-eye distance, keep the detector's landmarks: there the aligner brings nothing to
#: recognition, and it makes turned and part faces look more like faces.
MAX_IED = 12
#: Inter-eye distances of the card's rows, pixels.
SIZES = (8.0, 10.0, 14.0, 35.0)
DATA = (
    "Aligned faces of public research sets (CelebA, LFW, a sample of Glint360K), degraded synthetically and moved off "
    "the template by draws as wide as the detector's misses; 400 people are held out. Trained from nothing. The sets "
    "are for research only: the weights carry no commercial clearance."
)


def held_out_misses(path: Path, cache: Path, count: int = 600) -> list[dict[str, float]]:
    """Median miss of the template's points, in shares of the inter-eye distance, before and after one look."""
    faces = load_faces(cache)
    _, held = split_identities(faces, 400)
    run, rows = session(path), []
    for ied in SIZES:
        rng = np.random.default_rng(11)
        maker = AlignmentMaker(faces, Mix(clean=0.0, ied=(ied, ied)), Misses())
        batch = maker(rng.choice(held, count), rng)
        x = (batch["picture"].numpy().astype(np.float32) - 127.5) / 127.5
        said = run.run(None, {"input": np.ascontiguousarray(x)})[0]
        misses = []
        for truth, offset in zip(batch["offset"].numpy(), said):
            move = offset_matrix(truth)
            seen = TEMPLATE @ move[:, :2].T + move[:, 2]  # where the template's points lie in the crop
            left = corrected(TEMPLATE, offset)
            misses.append([np.linalg.norm(seen - p, axis=1).mean() / TEMPLATE_IED for p in (TEMPLATE, left)])
        before, after = np.median(np.array(misses), axis=0)
        rows.append({"px": ied, "before": round(float(before), 4), "after": round(float(after), 4)})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--cache", type=Path, required=True)
    a = parser.parse_args()
    saved = load_checkpoint(a.checkpoint)
    if saved is None:
        raise SystemExit(f"no checkpoint at {a.checkpoint}: train it first")
    network = Aligner()
    network.load_state_dict(saved["average"])
    part = {
        "network": network,
        "examples": {"input": torch.randn(2, 3, SIDE, SIDE)},
        "outputs": ["offset"],
        "input": {
            "name": "input",
            **IMAGE,
            "mean": [127.5] * 3,
            "scale": [127.5] * 3,
            "height": SIDE,
            "width": SIDE,
        },
        "output": {"decode": "offset", "name": "offset", "passes": PASSES},
    }
    entry = export_part("align", part, a.models) | {"version": VERSION, "licence": LICENCE, "training": DATA}
    entry["maxIed"] = MAX_IED
    misses = held_out_misses(a.models / "align.onnx", a.cache)
    entry["measured"]["heldOutMiss"] = misses
    table = ["| inter-eye distance | miss before | after one look |", "|---|---|---|"]
    table += [f"| {m['px']:g} px | {100 * m['before']:.1f} % | {100 * m['after']:.1f} % |" for m in misses]
    write_card(
        a.models,
        "align",
        {
            "title": "Aligner",
            "summary": "`nightglass-align`: from the template crop, scaled to 64x64, to how far the face stands off "
            "the template: log scale, angle, shift. The product moves the landmarks of a camera's keyframe by it, "
            f"{PASSES} times, before either branch aligns the face, up to {MAX_IED} px between the eyes. Enrolled pictures stay as detected.",
            "Data": DATA,
            "Measured": "600 draws a row of people held out; the miss is that of the template's five points, in shares "
            "of the inter-eye distance. The truth is itself a detector's alignment: what is left at 35 px is mostly "
            "its noise.\n\n" + "\n".join(table) + f"\n\nOne look takes {entry['measured']['cpuMs']} ms of one CPU "
            "thread. What it brings in recognition stands in `docs/evaluation.md` (ablations).",
            "Limits": "It corrects what detectors of this kind miss by: up to some 15 degrees and a third of the "
            "inter-eye distance. A face that was found in the wrong place stays there.",
            "Licence": LICENCE,
        },
    )
    upsert_model(a.models, entry)
    print(misses, entry["measured"]["cpuMs"])


if __name__ == "__main__":
    main()
