"""The scripts for a rented GPU, in their smoke mode: from packed faces to checkpoints that training goes on from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training.stages import common, finetune
from training.stages.common import make_config
from training.stages.finetune import FinetuneOptions

SCRIPTS = Path(__file__).parents[1] / "gpu"


def run(out: Path, work: Path, script: str, *arguments: str) -> str:
    environment = {**os.environ, "OUT": str(out), "WORK": str(work), "PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", SCRIPTS / script, "--smoke", *arguments], env=environment, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def experts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    out, work = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("experts")
    run(out, work, "experts.sh")
    return out, work


def test_experts_bring_back_small_checkpoints_curves_and_log(experts: tuple[Path, Path]):
    out, work = experts
    names = {p.name for p in out.iterdir()}
    assert names == {"finetune-poor-xxs.pt", "finetune-clear-xxs.pt", "curves.tar.gz", "experts.log"}
    small, whole = out / "finetune-poor-xxs.pt", work / "runs" / "finetune-poor-xxs" / "checkpoint.pt"
    assert small.stat().st_size < whole.stat().st_size / 3
    network = finetune.start_of(make_config({"steps": 1}, work, work, "next"), FinetuneOptions("xxs", start=str(small)))
    saved = common.load_checkpoint(whole)["average"]
    assert all(torch.equal(v, saved[k]) for k, v in network.state_dict().items())


def test_restorers_train_against_an_expert_that_came_back(experts: tuple[Path, Path], tmp_path: Path):
    out, work = experts
    said = run(
        tmp_path / "out", tmp_path / "work", "restorers.sh", str(work / "faces.npz"), str(out / "finetune-poor-xxs.pt")
    )
    assert "gpu bench" in said
    saved = common.load_checkpoint(tmp_path / "out" / "restorers.pt")
    assert saved["step"] == 2 and set(saved["networks"]) == {"denoiser", "superresolver"}
    assert (tmp_path / "out" / "curves.csv").exists()
