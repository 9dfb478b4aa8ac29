"""The recipe: stages in order, none twice, and a record of what the weights were made of."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
import yaml

from training import lineage, recipe
from training.networks.edgenext import published_file
from training.recipe import Step
from training.stages import common, finetune
from training.stages.common import make_config

TINY = {
    "steps": 1,
    "batch": 4,
    "held_out": 4,
    "workers": 0,
    "precision": "fp32",
    "device": "cpu",
    "network": "xxs",
    "probes": 4,
    "mix": {"profiles": {"generic": 1.0}},
}


@pytest.mark.parametrize("file", sorted(recipe.CONFIGS.glob("recipe*.yaml")), ids=lambda p: p.stem)
def test_every_step_names_a_module_and_a_configuration(file: Path):
    steps = recipe.read_recipe(file)
    assert steps and all(importlib.util.find_spec(step.module) for step in steps)
    made = [step.config for step in steps if step.config]
    assert len(set(made)) == len(made)
    for place, step in enumerate(steps):
        values = yaml.safe_load((file.parent / f"{step.config}.yaml").read_text()) if step.config else {}
        for key in ("start", "continue", "embedder", "restorers"):
            if values.get(key):
                assert values[key] in made[:place], f"{step.config} begins before {values[key]}"
        for member in (*values.get("raw", ()), *values.get("enhanced", ())):
            assert member["run"] in made[:place], f"{step.config} begins before {member['run']}"


def test_stages_run_in_order_resume_and_leave_a_record(published_work: Path, tmp_path: Path, capsys):
    work = tmp_path / "work"
    work.mkdir()
    (work / "cache").symlink_to(published_work / "cache")
    finetune.train(make_config(TINY, published_work, work, "first"))
    capsys.readouterr()
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "first.yaml").write_text(yaml.safe_dump(TINY))
    (folder / "second.yaml").write_text(yaml.safe_dump(TINY | {"start": "first", "batch": 6}))
    stage = "training.stages.finetune"
    (folder / "recipe.yaml").write_text(
        yaml.safe_dump({"steps": [{"module": stage, "config": name} for name in ("first", "second")]})
    )
    steps = recipe.read_recipe(folder / "recipe.yaml")
    for expected in ("first: finished\nsecond: begins", "first: finished\nsecond: finished"):
        recipe.follow(steps, folder, published_work, work, tmp_path / "models")
        assert capsys.readouterr().out.strip() == expected
    made = recipe.record(steps, work)
    first, second = made["runs"]
    assert made["packages"]["torch"] and [r["run"] for r in (first, second)] == ["first", "second"]
    source = published_file(published_work / "models", "xxs")
    assert first["inputs"][f"models/{source.name}"]["sha256"] == lineage.sha256_of(source)
    assert second["inputs"]["runs/first/checkpoint.pt"]["sha256"] == first["checkpointSha256"]
    assert (first["samplesSeen"], second["samplesSeen"]) == (4, 6)
    session = second["sessions"][-1]
    assert session["settings"]["start"] == "first" and len(second["sessions"]) == 1
    assert session["settingsSha256"] != first["sessions"][-1]["settingsSha256"]
    assert str(tmp_path) not in str(made)  # nothing of this machine


def test_the_record_has_the_commit_that_git_knows():
    found = lineage.git_commit()
    if found["commit"] is None:
        pytest.skip("not in a repository")
    known = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True)
    assert found["commit"] == known.stdout.strip()


def test_exports_get_the_folders_and_groups_their_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    export = Step(
        "training.export.chain", arguments=["--checkpoint", "{work}/runs/recognise/checkpoint.pt", "{models}"]
    )
    command = recipe.command_of(export, tmp_path, Path("d"), Path("w"), Path("m"))
    assert command[-3:] == ["--checkpoint", "w/runs/recognise/checkpoint.pt", "m"]
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    shared = recipe.command_of(
        Step("training.stages.finetune", "finetune-poor-xs", 4), tmp_path, Path("d"), Path("w"), Path("m")
    )
    assert shared[shared.index("--nproc-per-node") + 1] == "2"


def test_a_run_is_finished_when_its_budget_is_used(tmp_path: Path):
    assert not recipe.is_finished(tmp_path, None, 5)
    common.save_checkpoint(tmp_path / "checkpoint.pt", step=5, seconds=120.0)
    assert recipe.is_finished(tmp_path, None, 5) and not recipe.is_finished(tmp_path, None, 6)
    assert recipe.is_finished(tmp_path, 2.0, None) and not recipe.is_finished(tmp_path, 2.1, None)


def test_a_recipe_with_an_unknown_configuration_is_refused(tmp_path: Path):
    (tmp_path / "recipe.yaml").write_text("steps: [{module: training.stages.finetune, config: missing}]\n")
    with pytest.raises(FileNotFoundError, match="missing"):
        recipe.read_recipe(tmp_path / "recipe.yaml")
