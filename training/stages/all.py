"""All stages of the recognition chain, one after the other, and the export.

    python -m training.stages.all [--gpu] [--models models]

Each stage resumes from its checkpoint, so the command may be repeated after a kill.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import yaml

from training.stages import embed, enhance, imitate, joint
from training.stages.common import make_config

#: (configuration, stage), in order, for a CPU core and for a GPU.
HALVES = (("imitate-front", imitate), ("imitate-back", imitate))
SECOND = (("imitate-front-tiles", imitate), ("imitate-back-tiles", imitate), ("embed-tiles", embed))
CPU = (*HALVES, ("embed", embed), ("embed-morphs", embed), *SECOND, ("enhance", enhance), ("joint", joint))
GPU = tuple(
    (f"{config}-gpu", stage) for config, stage in (*HALVES, ("embed", embed), ("enhance", enhance), ("joint", joint))
)
#: stages that can share their batches among processes, one a core
SHARED = (embed, joint)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gpu", action="store_true", help="the sized-up configurations")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    parser.add_argument("--models", type=Path, default=Path("models"))
    a = parser.parse_args()
    folder = Path(__file__).parents[1] / "configs"
    processes = 1 if a.gpu else os.cpu_count() or 1
    for config, stage in GPU if a.gpu else CPU:
        file = folder / f"{config}.yaml"
        if stage in SHARED and processes > 1:
            run_in_processes(stage.__name__, file, a.data, a.work, min(processes, 4))
        else:
            stage.train(make_config(yaml.safe_load(file.read_text()), a.data, a.work, config))
    from training.export.chain import export_chain

    export_chain(a.work / "runs" / ("joint-gpu" if a.gpu else "joint") / "checkpoint.pt", a.models, a.work / "cache")


def run_in_processes(module: str, config: Path, data: Path, work: Path, count: int) -> None:
    """A stage in several processes; `CalledProcessError` if one of them fails."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count)]
    subprocess.run([*launch, "-m", module, "--config", config, "--data", data, "--work", work], check=True)


if __name__ == "__main__":
    main()
