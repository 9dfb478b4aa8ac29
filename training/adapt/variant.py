"""The files of a camera's denoiser: ONNX, manifest entry, card; and how they get into a folder of models."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from torch import nn

from training import lineage
from training.export import cards
from training.export.chain import export_part, restorer_part
from training.export.manifest import read_manifest, upsert_model, write_card

#: What may stand behind `denoise-` in a variant's name.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
BASE_TASK = "denoise"
#: The entry of a variant that was accepted and is not installed yet.
ENTRY_FILE = "entry.json"


def checked_name(name: str) -> str:
    """`denoise-NAME`. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: lower-case letters, digits, - and _, 41 at most")
    return f"denoise-{name}"


def base_entry(models: Path) -> dict[str, Any]:
    """The denoiser that cameras have without a variant. Raises ValueError where the manifest has none."""
    for entry in read_manifest(models)["models"]:
        if entry["task"] == BASE_TASK and "variantOf" not in entry:
            return entry
    raise ValueError(f"{models} has no denoiser")


def write_variant(
    denoiser: nn.Module, models: Path, name: str, out: Path, facts: dict[str, Any]
) -> tuple[dict[str, Any], Path]:
    """Exports into `out`; returns the manifest entry, not yet written anywhere, and the file that is compared."""
    base = base_entry(models)
    out.mkdir(parents=True, exist_ok=True)
    entry = export_part(name, restorer_part(denoiser, 1, multiple=8), out)
    entry |= {
        "name": name,
        "task": BASE_TASK,
        "version": base["version"],
        "licence": base["licence"],
        "card": f"cards/{name}.md",
        "variantOf": base["name"],
        "input": base["input"],
        "output": base["output"],
        "training": facts,
    }
    return entry, out / f"{name}.onnx"


def accept(entry: dict[str, Any], out: Path, found: str, verdict: dict[str, Any]) -> None:
    """Writes the card, and last the entry that makes the folder one that can be installed."""
    entry["measured"]["gains"] = verdict["gains"]
    facts = entry["training"]
    write_card(
        out,
        entry["name"],
        {
            "title": f"{entry['name']}: denoiser of one camera",
            "summary": f"`{entry['variantOf']}`, trained on by the noise that was measured of one camera. It serves "
            "cameras whose configuration names it (`cameras[].models.denoise`), and no others.",
            "Measured": "Shipped denoiser → this one, on faces of people held out of training and of the development "
            "protocol (its clean level), degraded with the camera's profile; PSNR of luma after the best gain and "
            f"offset of each picture; `generic` is the generic profile, where it is not meant to be used.\n\n{found}",
            "Made of": "\n".join(f"- {key}: `{json.dumps(value)}`" for key, value in facts.items()),
            "Training data": cards.FACES,
            "Limits": "For this camera at these settings: profile and adapt it again after a change of gain, exposure, "
            "coding or lens. Synthetic degradation by a profile of the camera, not its pictures of people. "
            "The output is not evidence on its own.",
        },
    )
    temporary = out / f"{ENTRY_FILE}.tmp"
    temporary.write_text(json.dumps(entry, indent=1) + "\n")
    os.replace(temporary, out / ENTRY_FILE)


def discard(out: Path, name: str) -> None:
    """Leaves nothing of a variant that was refused."""
    for file in (f"{name}.onnx", f"{name}.fp16.onnx", ENTRY_FILE, f"cards/{name}.md"):
        (out / file).unlink(missing_ok=True)


def install(folder: Path, models: Path) -> dict[str, Any]:
    """Copies an accepted variant into a folder of models; returns its entry. Raises ValueError.

    Its files must have the hashes of its entry, and the models the denoiser and the other networks that it was judged
    with.
    """
    path = folder / ENTRY_FILE
    if not path.exists():
        raise ValueError(f"{folder} holds no accepted variant")
    entry = json.loads(path.read_text())
    base = base_entry(models)
    if entry["variantOf"] != base["name"] or any(entry[k] != base[k] for k in ("input", "output")):
        raise ValueError(f"{entry['name']} is a variant of {entry['variantOf']}, which {models} does not have")
    for file, digest in entry["training"]["madeWith"].items():
        if not (models / file).exists() or lineage.sha256_of(models / file) != digest:
            raise ValueError(f"{entry['name']} was made with another {file} than that of {models}: adapt again")
    for v in entry["variants"]:
        if lineage.sha256_of(folder / v["file"]) != v["sha256"]:
            raise ValueError(f"{folder / v['file']} differs from the hash in its entry")
    (models / "cards").mkdir(exist_ok=True)
    for file in (*(v["file"] for v in entry["variants"]), entry["card"]):
        temporary = (models / file).with_suffix(".tmp")
        shutil.copyfile(folder / file, temporary)
        os.replace(temporary, models / file)
    upsert_model(models, entry)
    return entry
