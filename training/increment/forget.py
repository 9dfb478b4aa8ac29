"""Removes what training keeps of a site's people: exports, features of a run that was stopped, checkpoints.

    python -m training.increment.forget [--work DIR] [--samples DIR ...]

For when somebody was deleted or excluded: then export anew and train anew. A finished run has kept no features. Verdicts
and lineages stay: they hold counts and hashes alone. Models that were accepted stay too, and were trained with that person:
go back to the version before (`nightglass models back`), or train the next one from that version.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path


def forget(work: Path, exports: Sequence[Path]) -> list[Path]:
    """Removes it; returns what was removed. Raises ValueError for a folder that is no export."""
    for folder in exports:
        if folder.exists() and not (folder / "manifest.json").is_file():
            raise ValueError(f"{folder} is no export of `nightglass learning export`")
    removed = [folder for folder in exports if folder.exists()]
    for folder in removed:
        shutil.rmtree(folder)
    for path in (*(work / "increment-features").glob("site-*"), *(work / "runs").glob("increment-*/**/checkpoint*")):
        path.unlink()
        removed.append(path)
    return removed


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    p.add_argument("--samples", type=Path, action="append", default=[])
    a = p.parse_args()
    try:
        for path in forget(a.work, a.samples):
            print(f"removed {path}")
    except (ValueError, OSError) as error:
        print(f"Cannot remove: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
