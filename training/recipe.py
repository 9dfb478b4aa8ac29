"""All of training in one command: every stage in order, then the export and its record.

    python -m training.recipe [--recipe training/configs/recipe.yaml] [--only NAME ...] [--models models]

Each stage resumes from its checkpoint and a finished one is not trained again, so the command may be repeated after
a kill. `models/lineage.json` then says what the exported weights were made of: commit, settings, package versions,
hashes of inputs and checkpoints, time and samples of each run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from training import lineage
from training.stages.common import load_checkpoint, make_config

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class Step:
    """A run of a stage (`config`, in the folder of configurations), or an export (`arguments`)."""

    module: str
    config: str = ""
    processes: int = 1  # that share the gradient, where there are as many cores
    arguments: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.config or self.module


def read_recipe(path: Path) -> list[Step]:
    """The steps of a recipe file; a configuration that does not exist is refused."""
    steps = [Step(**values) for values in yaml.safe_load(path.read_text())["steps"]]
    for step in steps:
        if step.config and not (path.parent / f"{step.config}.yaml").exists():
            raise FileNotFoundError(f"{path.name}: there is no configuration {step.config}")
    return steps


def is_finished(run: Path, minutes: float | None, steps: int | None) -> bool:
    """Whether a run's checkpoint has used up its budget."""
    saved = load_checkpoint(run / "checkpoint.pt")
    if saved is None:
        return False
    return saved["step"] >= steps if steps is not None else saved["seconds"] >= 60 * minutes


def command_of(step: Step, folder: Path, data: Path, work: Path, models: Path) -> list[str]:
    """The command line of a step."""
    python = [sys.executable, "-u"]
    if not step.config:
        places = {"data": str(data), "work": str(work), "models": str(models)}
        return [*python, "-m", step.module, *(a.format(**places) for a in step.arguments)]
    count = min(step.processes, os.cpu_count() or 1)
    if count > 1:
        python += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count)]
    config = str(folder / f"{step.config}.yaml")
    return [*python, "-m", step.module, "--config", config, "--data", str(data), "--work", str(work)]


def record(steps: list[Step], work: Path) -> dict[str, Any]:
    """The lineage of all runs of a recipe that have a checkpoint."""
    runs = [work / "runs" / step.config for step in steps if step.config]
    return {
        "schema": 1,
        **lineage.git_commit(),
        "packages": lineage.versions(),
        "runs": [lineage.summary(run) for run in runs if (run / "checkpoint.pt").exists()],
    }


def follow(steps: list[Step], folder: Path, data: Path, work: Path, models: Path) -> None:
    """Runs what is left of the steps, in order; `CalledProcessError` if one of them fails."""
    for step in steps:
        if step.config:
            values = yaml.safe_load((folder / f"{step.config}.yaml").read_text()) or {}
            config = make_config(values, data, work, step.config)
            if is_finished(config.run, config.minutes, config.steps):
                print(f"{step.name}: finished", flush=True)
                continue
        print(f"{step.name}: begins", flush=True)
        subprocess.run(command_of(step, folder, data, work, models), check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", type=Path, default=CONFIGS / "recipe.yaml")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="configurations, or modules of exports")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    parser.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    parser.add_argument("--models", type=Path, default=Path("models"))
    a = parser.parse_args()
    steps = read_recipe(a.recipe)
    unknown = set(a.only or []) - {step.name for step in steps}
    if unknown:
        raise SystemExit(f"{a.recipe.name} has no step {', '.join(sorted(unknown))}")
    chosen = [step for step in steps if a.only is None or step.name in a.only]
    follow(chosen, a.recipe.parent, a.data, a.work, a.models)
    a.models.mkdir(parents=True, exist_ok=True)
    (a.models / "lineage.json").write_text(json.dumps(record(steps, a.work), indent=1) + "\n")


if __name__ == "__main__":
    main()
