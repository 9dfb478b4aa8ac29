"""An accepted increment as a folder of models that is whole: files, cards, manifest, lineage.

All but the experts' adapters is the parent's. `lineage.json` says what it was made of; each changed entry's
`training` has the same record, so that it stays with the manifest.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from training.evaluation.calibration import held_out_embeddings, thresholds
from training.evaluation.chain import OnnxChain
from training.export.manifest import read_manifest, upsert_model, variant
from training.export.onnx_files import TOLERANCE, run
from training.increment.bounds import IncrementError
from training.increment.expert import Adapter, CutExpert, entering
from training.increment.features import Adapters
from training.lineage import sha256_of

#: Pictures by which a file is checked.
CHECKED = 3
TASKS = ("embed", "embed-enhanced")
LINEAGE_FILE = "lineage.json"
VERSION = re.compile(r"(?P<base>.+?)(\+site\.(?P<count>\d+)\..+)?")


def parent_of(models: Path) -> dict[str, Any]:
    """Version and file hashes of the recogniser that is trained on. Raises IncrementError."""
    entries = {e["task"]: e for e in read_manifest(models)["models"] if "variantOf" not in e}
    if any(task not in entries for task in (*TASKS, "denoise", "superresolve", "fuse", "quality")):
        raise IncrementError("MODEL_NOT_KNOWN", f"{models} has no whole recogniser")
    files = {v["file"]: v["sha256"] for e in entries.values() for v in e["variants"] if e["task"] != "generate"}
    for file, digest in files.items():
        if not (models / file).is_file() or sha256_of(models / file) != digest:
            raise IncrementError("MODEL_CHANGED", f"{file} differs from the hash in the manifest")
    manifest = sha256_of(models / "manifest.json")
    return {"version": entries["embed"]["version"], "manifestSha256": manifest, "files": files}


def increments_of(models: Path) -> list[dict[str, Any]]:
    """Records of the increments that the recogniser has behind it, the first one first."""
    entry = next(e for e in read_manifest(models)["models"] if e["task"] == "embed" and "variantOf" not in e)
    training = entry.get("training")
    return training.get("increments", []) if isinstance(training, dict) else []


def next_version(parent: str, digest: str) -> str:
    """`0.2.0` -> `0.2.0+site.1.1a2b3c4d`, and from that `0.2.0+site.2.…`."""
    found = VERSION.fullmatch(parent)
    count = int(found["count"] or 0) + 1
    return f"{found['base']}+site.{count}.{digest[:8]}"


def write_version(
    models: Path, out: Path, adapters: Adapters, record: dict[str, Any], figures: str, cache: Path | None, probes: int
) -> Path:
    """Writes the folder `out`, which must not be there, in one step; `cache` holds faces for the calibration."""
    if out.exists():
        raise IncrementError("OUT_EXISTS", f"{out} is there already")
    temporary = out.with_name(f".{out.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        copy_parent(models, temporary)
        by_task = {e["task"]: e for e in read_manifest(models)["models"] if e["task"] in (*TASKS, "fuse")}
        for task, adapter in zip(TASKS, (adapters.raw, adapters.enhanced)):
            write_expert(models, temporary, by_task[task], adapter)
            changed(temporary, by_task[task], record, figures)
        by_task["fuse"]["version"] = record["version"]
        record["calibration"] = calibrated(temporary, by_task, cache, probes)
        for entry in by_task.values():
            upsert_model(temporary, entry)
        (temporary / LINEAGE_FILE).write_text(json.dumps(record, indent=1) + "\n")
        os.replace(temporary, out)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return out


def copy_parent(models: Path, target: Path) -> None:
    """Every file that the manifest names, byte by byte."""
    manifest = read_manifest(models)
    (target / "cards").mkdir()
    for entry in manifest["models"]:
        for file in (*(v["file"] for v in entry["variants"]), entry["card"]):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(models / file, target / file)
    shutil.copyfile(models / "manifest.json", target / "manifest.json")


def write_expert(models: Path, target: Path, entry: dict[str, Any], adapter: Adapter) -> None:
    """The files of an expert with another adapter, each checked against it; updates the entry's variants."""
    single = CutExpert(models / f"{entry['task']}.onnx")
    trunk, rng = single.trunk(), np.random.default_rng(1)
    crops = [rng.integers(0, 256, (112, 112, 3)).astype(np.uint8) for _ in range(CHECKED)]
    x = np.stack([entering(trunk, crop) for crop in crops])
    wanted = x @ single.weights + adapter.added(x)
    variants = []
    for v in entry["variants"]:
        if v["precision"] not in TOLERANCE:  # INT8 has weights of its own
            (target / v["file"]).unlink()
            continue
        CutExpert(models / v["file"]).write(adapter, target / v["file"])
        made = [run(target / v["file"], {"input": pictured(crop)})[0][0] for crop in crops]
        error = float(np.abs(np.stack(made) - wanted).max())
        # Not `>`: NaN is no smaller than anything.
        if not error <= TOLERANCE[v["precision"]]:
            raise IncrementError("EXPORT_DIFFERS", f"{v['file']} differs from the trained adapter by {error}")
        variants.append(variant(target, v["file"], v["precision"]))
    entry["variants"] = variants


def pictured(crop: np.ndarray) -> np.ndarray:
    """uint8 [112,112,3] -> what an expert takes."""
    return np.ascontiguousarray(((crop.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None])


def changed(target: Path, entry: dict[str, Any], record: dict[str, Any], figures: str) -> None:
    """Version, lineage and card of a changed entry."""
    before = entry.get("training")
    kept = before if isinstance(before, dict) and "increments" in before else {"parent": before, "increments": []}
    entry["version"] = record["version"]
    entry["training"] = kept | {"increments": [*kept["increments"], record]}
    card = target / entry["card"]
    counts = record["samples"]
    text = (
        f"\n## Increment {record['version']}\n\n"
        f"A gated layer beside the last one was trained on from version {record['parent']['version']} with {counts['training']} recorded "
        f"pictures of {counts['trainingPeople']} people of one site, and {record['replay']['people']} people of the old "
        f"data ({record['replay']['source']}) as anchor; {record['started']}. Judged on {counts['heldOut']} pictures of "
        "days that were held out, against a gallery with other people, and on the protocol. Parent → increment, the "
        f"change with its interval of 95 % (resamples of people):\n\n{figures}\n\n"
        "For this site: people and cameras that it has not seen gain nothing by it. The figures of the sections above "
        "are those of the version that everything began with.\n"
    )
    card.write_text(card.read_text().rstrip("\n") + "\n" + text)


def calibrated(target: Path, entries: dict[str, dict[str, Any]], cache: Path | None, probes: int) -> str:
    """Score thresholds of the new layers, from people held out of all training; without them the parent's stay."""
    if cache is None or probes == 0:
        return "parent"
    held = held_out_embeddings(OnnxChain(target), cache, probes=probes)
    entries["embed"]["calibration"], entries["fuse"]["calibration"] = thresholds(held, "raw"), thresholds(held, "fused")
    return f"{probes} probes"
