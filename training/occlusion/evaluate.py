"""How well coverings are found: on drawn ones that training never saw, and on real ones that somebody has looked at.

Half of the held-out people sets where masks and glasses count as found (one false find in a hundred faces without
them), the other half is what the figures are of. Where headwear does, people say who are kept from training and are none
of the held-out ones, by their real headwear. Drawn coverings are of the shapes and patterns held out of training. The
real ones are faces of the held-out people, looked at one by one before this network had seen them: the first `SEEN` of a
draw for dark glasses, all for headwear. `seen.csv` names those with dark glasses or headwear (1), and those of which it
is hard to say (?, or empty where nobody looked); all others have neither, and none of the first `SEEN` wears a mask.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from training.data.align import TEMPLATE_IED, TEMPLATE_SIDE, compose, invert, warp
from training.data.alignments import Misses
from training.data.faces import RIM, Faces, split_identities
from training.data.samples import Mix
from training.degrade.pipeline import degrade
from training.evaluation.groups import exact_interval
from training.occlusion.draw import KINDS, OUTPUTS, SHARES, Wish
from training.occlusion.samples import CoveredMaker
from training.occlusion.worn import BARE, OPEN, headwear_of, split_for_cut

HELD_OUT = 400
#: Inter-eye distances of the figures, pixels; None: as they are.
SIZES = (8.0, 10.0, 14.0, None)
#: False finds among faces without a kind, at which it counts as found.
FALSE_FINDS = 0.01
#: The same for headwear, of which three in a hundred were the most that was wanted.
FALSE_HEADWEAR = 0.02
#: Faces that were looked at for all kinds, of a draw with this seed; for headwear all were.
SEEN, SEEN_SEED = 864, 17


def halves(faces: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Rows of both halves of the held-out people."""
    _, rows = split_identities(faces, HELD_OUT)
    people = np.random.default_rng(9).permutation(np.unique(faces.identity[rows]))
    first = np.isin(faces.identity[rows], people[: len(people) // 2])
    return rows[first], rows[~first]


def say(run, pictures: np.ndarray) -> np.ndarray:
    """uint8 [N,3,112,112] through the exported file or its like: float32 [N,5]."""
    x = (pictures.astype(np.float32) - 127.5) / 127.5
    parts = [run.run(None, {"input": np.ascontiguousarray(x[i : i + 200])})[0] for i in range(0, len(x), 200)]
    return np.concatenate(parts)


def offsets(faces: Faces, points: np.ndarray, suspected: np.ndarray, logits, count: int = 2000) -> np.ndarray:
    """float32 [5]: the logits at which kinds count as found; 0 for shares.

    Masks and glasses: from the first half of the held-out people, drawn as in training, so that what is worn beside the
    kind is there, too. Headwear: `headwear_cut`. `logits` takes pictures, uint8 [N,3,112,112].
    """
    rng = np.random.default_rng(21)
    rows, _ = halves(faces)
    maker = CoveredMaker(faces, points, Mix(clean=0.2, ied=(7.0, 35.0)), Wish(), suspected=suspected)
    batch = maker(rng.choice(rows, count), rng)
    said, truth, known = logits(batch["picture"].numpy()), batch["truth"].numpy(), batch["known"].numpy()
    result = np.zeros(len(OUTPUTS), np.float32)
    for i in (OUTPUTS.index("mask"), OUTPUTS.index("glasses")):
        without = said[(known[:, i] > 0) & (truth[:, i] < 0.5), i]
        result[i] = np.quantile(without, 1 - FALSE_FINDS)
    result[OUTPUTS.index("headwear")] = headwear_cut(faces, points, logits)
    return result


def headwear_cut(faces: Faces, points: np.ndarray, logits) -> float:
    """The logit at which headwear counts as found, from all faces of the people kept for it, at sizes as in training."""
    rows = split_for_cut(faces, split_identities(faces, HELD_OUT)[0])[1]
    bare_of_drawings = Wish(mask=0, glasses=0, clear=0, headwear=0, other=0)
    mix = Mix(clean=0.2, ied=(7.0, 35.0))
    batch = CoveredMaker(faces, points, mix, bare_of_drawings, headwear=headwear_of(faces))(
        rows, np.random.default_rng(22)
    )
    at = OUTPUTS.index("headwear")
    said, truth, known = (batch[k].numpy() for k in ("picture", "truth", "known"))
    said, worn = logits(said)[:, at], truth[:, at] > 0.5
    cut = float(np.quantile(said[(known[:, at] > 0) & ~worn], 1 - FALSE_HEADWEAR))
    print(f"headwear that sets the cut: {(said[worn] >= cut).mean():.3f} of {worn.sum()} found", flush=True)
    return cut


def drawn_figures(faces: Faces, points: np.ndarray, suspected: np.ndarray, run, count: int = 600) -> list[dict]:
    """A row a size: shares' mean errors, and of each kind what is found of those worn and falsely of those not worn."""
    _, rows = halves(faces)
    seen = labels_of(Path(__file__).with_name("seen.csv"))
    # What people wear themselves is neither drawn over nor counted.
    real = np.array([BARE if seen.get(k, {}).get("headwear", "0") == "0" else OPEN for k in faces.keys], np.int8)
    table = []
    for size in SIZES:
        rng = np.random.default_rng(31)
        mix = Mix(clean=1.0) if size is None else Mix(clean=0.0, ied=(size, size))
        maker = CoveredMaker(faces, points, mix, Wish(), Misses(), held_out=True, suspected=suspected, headwear=real)
        batch = maker(rng.choice(rows, count), rng)
        said = say(run, batch["picture"].numpy())
        truth, known = batch["truth"].numpy(), batch["known"].numpy() > 0
        row: dict[str, Any] = {"px": size}
        for i, name in enumerate(SHARES):
            row[name] = round(float(np.abs(said[:, i] - truth[:, i])[known[:, i]].mean()), 3)
        for i, name in enumerate(KINDS, len(SHARES)):
            worn, bare = known[:, i] & (truth[:, i] > 0.5), known[:, i] & (truth[:, i] < 0.5)
            row[name] = {"found": share(said[worn, i]), "falsely": share(said[bare, i]), "worn": int(worn.sum())}
        table.append(row)
    return table


def share(said: np.ndarray) -> float:
    """Of those at which a kind counts as found, per cent."""
    return round(100 * float((said >= 0.5).mean()), 1)


def seen_figures(faces: Faces, run, labels: Path | None = None) -> list[dict]:
    """A row a size, of real faces: how many of the worn are found, how many falsely, of how many."""
    seen = labels_of(labels or Path(__file__).with_name("seen.csv"))
    _, held = split_identities(faces, HELD_OUT)
    rows = np.random.default_rng(SEEN_SEED).permutation(held)
    keys = [faces.keys[row] for row in rows]
    table = []
    for size in SIZES:
        said = say(run, np.stack([crop_at(np.array(faces.images[row]), size, int(row)) for row in rows]))
        row: dict[str, Any] = {"px": size}
        for i, kind in enumerate(KINDS, len(SHARES)):
            label = np.array([seen[key].get(kind, "0") if key in seen else "0" for key in keys])
            if kind != "headwear":
                label[SEEN:] = ""
            row[kind] = counted(said[label == "1", i] >= 0.5, said[label == "0", i] >= 0.5)
        table.append(row)
    return table


def labels_of(path: Path) -> dict[str, dict[str, str]]:
    """A list of faces that somebody looked at, by key."""
    with open(path) as f:
        return {row["key"]: row for row in csv.DictReader(f)}


def counted(worn: np.ndarray, bare: np.ndarray) -> dict[str, Any]:
    """Finds among faces that wear a kind and faces that do not, with exact intervals of 95 % of both shares, per cent."""
    counts: dict[str, Any] = {
        "found": int(worn.sum()),
        "worn": len(worn),
        "falsely": int(bare.sum()),
        "without": len(bare),
    }
    for name, said in (("foundInterval", worn), ("falselyInterval", bare)):
        if len(said):
            counts[name] = [round(100 * v, 1) for v in exact_interval(int(said.sum()), len(said))]
    return counts


def crop_at(face: np.ndarray, size: float | None, seed: int) -> np.ndarray:
    """uint8 [3,112,112]: the face as it is, or as a camera shows it."""
    if size is None:
        crop = face[RIM : RIM + TEMPLATE_SIDE, RIM : RIM + TEMPLATE_SIDE]
    else:
        footage = degrade(face, np.random.default_rng(seed), ied=size)
        crop = warp(footage.picture, compose(np.eye(2, 3), invert(footage.to_footage)), TEMPLATE_SIDE)
    return crop.transpose(2, 0, 1)


def name_of(size: float | None) -> str:
    """A size as the tables say it."""
    return f"as it is ({TEMPLATE_IED:.0f} px)" if size is None else f"{size:g} px"
