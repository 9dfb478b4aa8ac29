"""What later stages need of checkpoints: averaged weights and what they are, without optimizers.

    python -m training.gpu.slim --runs RUNS --out FOLDER NAME [NAME ...]

Writes `FOLDER/NAME.pt` for each run that has a checkpoint; the settings `start` and `embedder` take such a file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.stages.common import load_checkpoint, save_checkpoint

KEPT = ("average", "network", "networks", "teachers", "step", "seconds")


def slim(checkpoint: Path, out: Path) -> bool:
    """Writes the parts named in `KEPT`; False where there is no checkpoint."""
    saved = load_checkpoint(checkpoint)
    if saved is None:
        return False
    save_checkpoint(out, **{name: saved[name] for name in KEPT if name in saved})
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("names", nargs="+", metavar="NAME")
    a = parser.parse_args()
    missing = [name for name in a.names if not slim(a.runs / name / "checkpoint.pt", a.out / f"{name}.pt")]
    if missing:
        raise SystemExit(f"no checkpoint of {', '.join(missing)}")
