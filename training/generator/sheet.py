"""Contact sheet of generated faces: `python -m training.generator.sheet --model F --out PNG`.

A row a person, a column an appearance. Shows generated faces only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from training.generator.check import APPEARANCE_BASE, pictures


def sheet(model: Path, seeds: list[int], looks: int, side: int = 144) -> np.ndarray:
    """uint8 RGB picture of all seeds with the same appearances."""
    identities = [s for s in seeds for _ in range(looks)]
    appearances = [APPEARANCE_BASE + k for _ in seeds for k in range(looks)]
    images = pictures(model, identities, appearances)
    if side != images.shape[1]:
        images = np.stack([np.asarray(Image.fromarray(i).resize((side, side), Image.BICUBIC)) for i in images])
    rows = images.reshape(len(seeds), looks, side, side, 3)
    return rows.transpose(0, 2, 1, 3, 4).reshape(len(seeds) * side, looks * side, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="*", default=list(range(1, 9)))
    parser.add_argument("--looks", type=int, default=8)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    Image.fromarray(sheet(args.model, args.seeds, args.looks, args.side)).save(args.out)


if __name__ == "__main__":
    main()
