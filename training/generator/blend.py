"""Weights between two checkpoints of one run: `python -m training.generator.blend A B --share S --out F`.

Late in training the critic overdraws contrast and edges, early on faces are blurred;
the straight line between the two averages has a stretch where both faults are small.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor


def blend(early: dict[str, Tensor], late: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`early` at share 0, `late` at share 1."""
    if early.keys() != late.keys():
        raise ValueError("Cannot blend checkpoints: they are of different networks")
    return {key: torch.lerp(early[key], late[key], share) for key in early}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("early", type=Path)
    parser.add_argument("late", type=Path)
    parser.add_argument("--share", type=float, default=0.65)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    early, late = (torch.load(p, map_location="cpu", weights_only=True) for p in (args.early, args.late))
    torch.save({"average": blend(early["average"], late["average"], args.share)}, args.out)


if __name__ == "__main__":
    main()
