"""`models/manifest.json` and the model cards: the contract between training and the product.

The manifest is merged by model name, so stages may export one after the other:
`{"schema": 1, "models": [entry, ...], "enhance": {"sizes": [...]}}`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from training.lineage import sha256_of

SCHEMA = 1
TASKS = (
    "detect",
    "align",
    "denoise",
    "superresolve",
    "embed",
    "embed-enhanced",
    "fuse",
    "quality",
    "occlusion",
    "generate",
)
#: Of the weights that ship: our code is free, the pictures behind them are for research.
LICENCE = "Apache-2.0; trained on research data without commercial clearance, see card"
#: Of the experts, whose start weights are others' (see NOTICE).
LICENCE_OF_EXPERTS = "Research only, not for commercial use: start weights EdgeFace (Idiap), WebFace data; see card"
#: Side of the aligned region that is enhanced, by inter-eye distance of the source in pixels.
ENHANCE_SIZES = [{"maxIed": 11, "size": 32}, {"maxIed": 24, "size": 48}]
#: Keys every entry carries; `calibration`, `training` and `measured` are optional.
REQUIRED = ("name", "task", "version", "licence", "card", "variants", "input", "output")


def variant(models_dir: Path, file: str, precision: str) -> dict[str, Any]:
    """Variant record of a file that already lies in `models_dir`."""
    path = Path(models_dir) / file
    return {"precision": precision, "file": file, "sha256": sha256_of(path), "bytes": path.stat().st_size}


def read_manifest(models_dir: Path) -> dict[str, Any]:
    """The manifest of the folder, or an empty one."""
    path = Path(models_dir) / "manifest.json"
    if path.exists():
        return json.loads(path.read_text())
    return {"schema": SCHEMA, "models": [], "enhance": {"sizes": ENHANCE_SIZES}}


def upsert_model(models_dir: Path, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Adds `entry`, or replaces the one of the same name; returns the manifest as written.

    Entries stay in the order of `TASKS`, then by name. Refuses an entry that lacks a required key,
    names an unknown task, or whose files are missing or differ from their hash.
    """
    models_dir = Path(models_dir)
    missing = [key for key in REQUIRED if key not in entry]
    if missing:
        raise ValueError(f"manifest entry {entry.get('name')!r} lacks {', '.join(missing)}")
    if entry["task"] not in TASKS:
        raise ValueError(f"unknown task {entry['task']!r}")
    for v in entry["variants"]:
        if sha256_of(models_dir / v["file"]) != v["sha256"]:
            raise ValueError(f"{v['file']} differs from the hash in its entry")
    with _locked(models_dir):
        manifest = read_manifest(models_dir)
        models = [m for m in manifest["models"] if m["name"] != entry["name"]] + [dict(entry)]
        models.sort(key=lambda m: (TASKS.index(m["task"]), m["name"]))
        manifest = {**manifest, "schema": SCHEMA, "models": models}
        manifest.setdefault("enhance", {"sizes": ENHANCE_SIZES})
        temporary = models_dir / "manifest.json.tmp"
        temporary.write_text(json.dumps(manifest, indent=1) + "\n")
        os.replace(temporary, models_dir / "manifest.json")
    return manifest


def write_card(models_dir: Path, name: str, sections: Mapping[str, str]) -> str:
    """Writes `cards/<name>.md`; returns its path relative to `models_dir`.

    `sections` maps headings to Markdown text, in order; the key `title` becomes the first line and
    the key `summary` the paragraph beneath it.
    """
    lines = [f"# {sections.get('title', name)}", ""]
    if "summary" in sections:
        lines += [sections["summary"].strip(), ""]
    for heading, text in sections.items():
        if heading not in ("title", "summary"):
            lines += [f"## {heading}", "", text.strip(), ""]
    relative = f"cards/{name}.md"
    path = Path(models_dir) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines))
    return relative


@contextmanager
def _locked(models_dir: Path) -> Iterator[None]:
    """Keeps two exports from merging into the manifest at once."""
    models_dir.mkdir(parents=True, exist_ok=True)
    lock = models_dir / ".manifest.lock"
    with open(lock, "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
