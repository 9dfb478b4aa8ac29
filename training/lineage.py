"""Where weights come from: what every run records about itself in `lineage.json`, and the record of a whole recipe.

A run's file holds one session for each start (commit, settings, package versions, processor) and the hash of each
file that it took as input: published start weights, teachers, checkpoints of earlier runs, the index of the faces.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

#: Packages whose version may change what training gives.
PACKAGES = ("av", "numba", "numpy", "onnxruntime", "opencv-python-headless", "pillow", "scipy", "timm", "torch")


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def hash_of_settings(settings: dict[str, Any]) -> str:
    """Hex digest of settings, whatever their order."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


def git_commit() -> dict[str, Any]:
    """The commit of the working tree and whether tracked files differ from it; None outside a repository."""

    def git(*arguments: str) -> str | None:
        folder = Path(__file__).parent
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return {"commit": git("rev-parse", "HEAD"), "changed": None if changed is None else bool(changed)}
    except FileNotFoundError:
        return {"commit": None, "changed": None}


def versions() -> dict[str, str]:
    """Installed versions of `PACKAGES`, and of Python."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def read(run: Path) -> dict[str, Any]:
    """A run's record, empty where there is none."""
    path = run / "lineage.json"
    return json.loads(path.read_text()) if path.exists() else {"sessions": [], "inputs": {}}


def _write(path: Path, record: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(record, indent=1) + "\n")
    os.replace(temporary, path)


def begin_session(run: Path, settings: dict[str, Any], device: torch.device) -> None:
    """Adds a session to the run's record; of several processes only the first does."""
    if os.environ.get("RANK", "0") != "0":
        return
    record = read(run)
    gpu = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    session = {
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **git_commit(),
        "settings": settings,
        "settingsSha256": hash_of_settings(settings),
        "packages": versions(),
        "device": gpu or f"{platform.machine()} CPU",
        "processes": int(os.environ.get("WORLD_SIZE", "1")),
    }
    record["sessions"].append(session)
    _write(run / "lineage.json", record)


def note_input(run: Path, name: str, path: Path) -> None:
    """Adds the hash of a file that the run uses; of several processes only the first does."""
    if os.environ.get("RANK", "0") != "0":
        return
    run.mkdir(parents=True, exist_ok=True)
    record = read(run)
    record["inputs"][name] = {"sha256": sha256_of(path), "bytes": path.stat().st_size}
    _write(run / "lineage.json", record)


def summary(run: Path) -> dict[str, Any]:
    """A finished run: its record, and steps, seconds, faces seen and hash of its checkpoint."""
    record, path = read(run), run / "checkpoint.pt"
    saved = torch.load(path, map_location="cpu", weights_only=True)
    last = record["sessions"][-1] if record["sessions"] else {"settings": {}, "processes": 1}
    faces = saved["step"] * last["settings"].get("batch", 0) * last["processes"]
    return {
        "run": run.name,
        **record,
        "steps": saved["step"],
        "seconds": round(saved["seconds"]),
        "samplesSeen": faces,
        "checkpointSha256": sha256_of(path),
    }
