"""Export of the occlusion finder: FP32 and FP16 files, manifest entry and card.

python -m training.export.occlusion --checkpoint RUN/checkpoint.pt --suspects RUN/checkpoint.pt --models models \
    --cache WORK/cache

`--suspects` may be an exported file of an earlier version.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from training.data.faces import load_faces, split_identities
from training.export.chain import CROP, export_part
from training.export.manifest import LICENCE, upsert_model, write_card
from training.export.onnx_files import session
from training.networks.occlusion import SIDE, OcclusionFinder, Probabilities, from_file
from training.occlusion.draw import KINDS
from training.occlusion.evaluate import HELD_OUT, SEEN, drawn_figures, name_of, offsets, seen_figures
from training.occlusion.samples import points_of
from training.stages.common import load_checkpoint
from training.stages.occlusion import logits_of, suspects_of

VERSION = "0.2.0"
DATA = (
    "Aligned faces of public research sets (CelebA, LFW, a sample of Glint360K) with masks, scarves, glasses, headwear "
    f"and hands drawn on them, and with real headwear that somebody labelled by eye, then degraded synthetically; "
    f"{HELD_OUT} people are held out. Trained from nothing on drawings alone (version 0.1.0), then on with real headwear. "
    "No real picture of a masked face was at hand. The sets are for research only: the weights carry no commercial "
    "clearance."
)
TITLES = {"mask": "mask or scarf", "glasses": "dark glasses", "headwear": "cap, hat or hood"}


def network_of(path: Path) -> OcclusionFinder:
    """The averaged network of a checkpoint, or that of an exported file."""
    if path.suffix == ".onnx":
        return from_file(path)
    saved = load_checkpoint(path)
    if saved is None:
        raise SystemExit(f"no checkpoint at {path}: train it first")
    network = OcclusionFinder()
    network.load_state_dict(saved["average"])
    return network.eval()


def drawn_table(rows: list[dict]) -> str:
    """Markdown: what is found of drawn coverings, by size."""
    head = ["| inter-eye distance | hidden share, mean error: eyes / lower face |"]
    head[0] += "".join(f" {TITLES[kind]}: found / falsely |" for kind in KINDS)
    lines = [*head, "|---|---|" + "---|" * len(KINDS)]
    for row in rows:
        cells = "".join(f" {row[kind]['found']} % / {row[kind]['falsely']} % |" for kind in KINDS)
        lines.append(f"| {name_of(row['px'])} | {row['upper']} / {row['lower']} |{cells}")
    return "\n".join(lines)


def seen_table(rows: list[dict]) -> str:
    """Markdown: what is found of real coverings, by size."""
    lines = ["| inter-eye distance | dark glasses | headwear | mask |", "|---|---|---|---|"]
    for row in rows:
        cells = [
            f"{row[k]['found']} of {row[k]['worn']}{per_cent(row[k]['foundInterval'])}, "
            f"falsely {row[k]['falsely']} of {row[k]['without']}{per_cent(row[k]['falselyInterval'])}"
            for k in ("glasses", "headwear")
        ]
        mask = f"none is worn, falsely {row['mask']['falsely']} of {row['mask']['without']}"
        lines.append(f"| {name_of(row['px'])} | {' | '.join(cells)} | {mask} |")
    return "\n".join(lines)


def per_cent(interval: list[float]) -> str:
    """An interval as the table says it."""
    return f" ({interval[0]} to {interval[1]} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument(
        "--suspects", type=Path, required=True, help="checkpoint of the shorter run, or an exported file"
    )
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--cache", type=Path, required=True)
    a = parser.parse_args()
    faces = load_faces(a.cache)
    points = points_of(faces, a.data / "models", a.cache)
    _, held_out = split_identities(faces, HELD_OUT)
    suspected = suspects_of(network_of(a.suspects), faces, rows=held_out)
    finder = network_of(a.checkpoint)
    cut = offsets(faces, points, suspected, lambda pictures: logits_of(finder, torch.from_numpy(pictures)))
    part = {
        "network": Probabilities(finder, torch.from_numpy(cut)),
        "examples": {"input": torch.randn(2, 3, SIDE, SIDE)},
        "outputs": ["occlusion"],
        "input": CROP,
        "output": {"decode": "occlusion", "name": "occlusion"},
    }
    entry = export_part("occlusion", part, a.models) | {"version": VERSION, "licence": LICENCE, "training": DATA}
    run = session(a.models / "occlusion.onnx")
    drawn, seen = drawn_figures(faces, points, suspected, run), seen_figures(faces, run)
    entry["measured"] |= {"drawn": drawn, "seen": seen}
    write_card(
        a.models,
        "occlusion",
        {
            "title": "nightglass-occlusion: what covers a face",
            "summary": "From the template crop that the recogniser sees (112x112) to which share of brows and eyes and "
            "of nose, mouth and chin is hidden, and whether mask or scarf, dark glasses, or headwear are worn: five "
            "numbers, 0..1; a covering counts as found from 0.5 on. It is shown to people, counted and warned of at "
            "enrolment; it decides nothing about a match.",
            "Data": DATA,
            "Measured on drawn coverings": "600 faces a row of 200 people held out, in shapes and patterns held out "
            "of training (duckbill masks, bandanas, aviator and wrap glasses, brimmed hats, headscarves, prints and "
            "checks); falsely: of faces without that kind, others being worn. What counts as found was set on another "
            "200 people at one false find in a hundred; for headwear at two in a hundred real faces of training people kept for that.\n\n"
            + drawn_table(drawn),
            "Measured on real faces": f"{SEEN} faces of held-out people, looked at one by one, for headwear all "
            f"{len(held_out)} of them; at the sizes stated they are degraded. Glasses and headwear are real; nobody of "
            "the set wears a mask, so how well real masks are found is not known. Headwear: caps, hats, helmets, hoods, "
            "headscarves, turbans, bandanas; sports headbands and what is hard to say are left out. Intervals are exact, "
            "of 95 %; several faces of one person are among them.\n\n" + seen_table(seen),
            "Cost": f"{entry['measured']['params']:,} parameters; one face takes {entry['measured']['cpuMs']} ms of one CPU "
            f"thread ({entry['measured']['cpuMsFp16']} ms FP16).",
            "Limits": "Masks and dark glasses were learnt from drawings. Clear glasses are none; beards, hair and microphones before the "
            "mouth may be taken for something that hides. Religious headscarves are headwear like any other: what is "
            "found says nothing about why it is worn. Headwear was labelled by one look at small pictures: athletes, "
            "singers and officials of press photographs, mostly caps and brimmed hats, few hoods and headscarves. The crop "
            "ends one and a half eye distances above the eyes: what sits further back on the head is not seen.",
            "Licence": LICENCE,
            "Reproduce": "`python -m training.stages.occlusion` with `occlusion-headwear.yaml`, from the file of version "
            "0.1.0 (SHA-256 f06cc439, in the repository's history; `--set start_from=FILE --set suspect_from=FILE`), then "
            "`python -m training.export.occlusion --suspects FILE`; from nothing: `occlusion-suspects.yaml`, then "
            "`occlusion.yaml` (see `training/README.md`).",
        },
    )
    upsert_model(a.models, entry)
    print(dict(zip(KINDS, np.round(cut[2:], 3).tolist())), drawn_table(drawn), seen_table(seen), sep="\n")


if __name__ == "__main__":
    main()
