"""Training commands run with the allocator's settings; other programs are left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from training import malloc

PROBE = "import json, os, sys\nprint(json.dumps([sys.argv[1:], dict(os.environ), os.getpid()]))\n"
linux = pytest.mark.skipif(not malloc.is_glibc(), reason="the settings are those of glibc")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package `training` with the real `__init__` and `malloc`, and a command that prints what it finds."""
    folder = tmp_path / "training"
    folder.mkdir()
    real = Path(malloc.__file__).parent
    for name in ("__init__.py", "malloc.py"):
        (folder / name).write_text((real / name).read_text())
    (folder / "probe.py").write_text(PROBE)
    return tmp_path


def start(package: Path, *command: str, **environment: str) -> tuple[list[str], dict[str, str], bool]:
    """Arguments and environment that the command saw, and whether it kept the process that was started."""
    clean = {k: v for k, v in os.environ.items() if k not in malloc.SETTINGS} | environment
    process = subprocess.Popen([sys.executable, *command], cwd=package, env=clean, stdout=subprocess.PIPE)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    arguments, seen, pid = json.loads(output)
    return arguments, seen, pid == process.pid


@linux
def test_a_training_command_gets_all_settings_and_keeps_its_arguments(package: Path):
    arguments, seen, same = start(package, "-u", "-m", "training.probe", "--set", "a=b c")
    assert arguments == ["--set", "a=b c"] and same
    assert {k: seen[k] for k in malloc.SETTINGS} == malloc.SETTINGS


@linux
def test_a_setting_of_the_user_stays(package: Path):
    _, seen, _ = start(package, "-m", "training.probe", MALLOC_ARENA_MAX="7")
    assert seen["MALLOC_ARENA_MAX"] == "7" and seen["MALLOC_MMAP_MAX_"] == "0"


def test_other_programs_keep_their_environment(package: Path):
    _, seen, _ = start(package, "-c", f"import training\n{PROBE}")
    assert not set(malloc.SETTINGS) & set(seen)


def test_only_modules_of_training_are_training_commands():
    assert malloc.is_training_command(["python", "-X", "dev", "-m", "training.stages.experts", "--config", "x"])
    assert not malloc.is_training_command(["python", "-m", "pytest", "training/tests"])
    assert not malloc.is_training_command(["python", "script.py", "-m", "pytest"])
    assert not malloc.is_training_command(["python"])
