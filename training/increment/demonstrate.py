"""Increments end to end on a virtual site: three in a row, one with wrong labels, strangers, and a table of it all.

    python -m training.increment.demonstrate --work DIR [--profile FILE] [--minutes 20] [--cores 1] [--drawn]

Writes the site (`training.increment.site`: twenty people, four faces of each of four days an increment) where it is not
there, trains each increment from the version before (the last accepted one) by the command itself, and asks for one with
every label wrong. An increment that is there is not trained again, so that the guard is asked once for each. Then people
whom neither the site nor any training knows are recorded by the same camera, and searched for among the site's people:
what no guard of a real site can see, as nobody keeps pictures of strangers. Prints Markdown, and keeps it as `report.md`.
Signing, `nightglass models use` and the way back are shown by `scripts/try-increment.ts`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from training.degrade.measured import read_camera
from training.degrade.profiles import NIGHT_IR, Profile, profile_of
from training.increment import guard, sets, site
from training.increment.__main__ import REFUSED
from training.increment.features import Extractor
from training.increment.samples import read_samples, read_site
from training.increment.stop import Stop

#: People of the site, faces of a day (an alert keeps four at most), and strangers.
PEOPLE, FRAMES, STRANGERS = 20, 4, 100
INCREMENTS = ("increment-1", "increment-2", "increment-3")
FPIRS = (0.01, 0.05, 0.1)


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    p.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    p.add_argument("--models", type=Path, default=Path("models"))
    p.add_argument("--profile", type=Path)
    p.add_argument("--minutes", type=float, default=20.0)
    p.add_argument("--cores", type=int, default=1)
    p.add_argument("--drawn", action="store_true", help="people of the generator in place of the research faces")
    a = p.parse_args()
    folder = a.work / "demonstration"
    people_of(a, folder)
    parent, accepted, lines = a.models, [], []
    for name in INCREMENTS:
        seconds, verdict = increment(a, folder, name, parent)
        lines += [f"\n### {name}: {summary(verdict, seconds)}\n", guard.table(verdict["figures"])]
        if verdict["verdict"]["accepted"]:
            parent = folder / name
            accepted.append(parent)
    seconds, verdict = increment(a, folder, "poisoned", a.models)
    lines.append(f"\n### poisoned: {summary(verdict, seconds)}\n")
    lines += ["\n### strangers before the site's camera\n", *strangers(a, folder, accepted)]
    report = "\n".join(lines) + "\n"
    (folder / "report.md").write_text(report)
    print(report)
    return 0


def people_of(a: argparse.Namespace, folder: Path) -> None:
    """Writes the site, and strangers whom its camera sees for a day."""
    profile: Profile = NIGHT_IR if a.profile is None else profile_of(read_camera(a.profile))
    for name, plan in (
        ("site", site.Plan(people=PEOPLE, frames=FRAMES)),
        ("strangers", site.Plan(people=STRANGERS, increments=1, days=1, skip=36)),
    ):
        if (folder / name).exists():
            continue
        cache = a.work / "cache"
        people = site.drawn_people(a.models, plan) if a.drawn else site.research_people(a.data, cache, plan)
        site.write_site(people, profile, plan, folder / name)


def increment(a: argparse.Namespace, folder: Path, name: str, parent: Path) -> tuple[float, dict[str, Any]]:
    """Runs the command, or reads what it left; returns its seconds and verdict."""
    kept = folder / f"{name}.json"
    if not kept.exists():
        began = time.monotonic()
        command = [sys.executable, "-m", "training.increment", "--samples", str(folder / "site" / name)]
        command += ["--models", str(parent), "--data", str(a.data), "--work", str(a.work), "--out", str(folder / name)]
        command += ["--minutes", str(a.minutes), "--cores", str(a.cores)]
        before = set((a.work / "runs").glob("increment-*/verdict.json"))
        done = subprocess.run(command, check=False)
        if done.returncode not in (0, REFUSED):
            raise SystemExit(done.returncode)
        found = set((a.work / "runs").glob("increment-*/verdict.json"))
        latest = max(found - before or found, key=lambda path: path.stat().st_mtime)
        kept.write_text(json.dumps(json.loads(latest.read_text()) | {"seconds": round(time.monotonic() - began)}))
    saved = json.loads(kept.read_text())
    return saved["seconds"], saved


def summary(saved: dict[str, Any], seconds: float) -> str:
    verdict = saved["verdict"]
    said = f"accepted as {verdict['version']}" if verdict["accepted"] else "refused: " + "; ".join(verdict["reasons"])
    return f"{said} ({seconds / 60:.0f} minutes)"


def strangers(a: argparse.Namespace, folder: Path, accepted: list[Path]) -> list[str]:
    """How the site's held-out days are told from strangers at thresholds that these set, by version."""
    found = read_site(folder / "site" / INCREMENTS[-1])
    seen = [s for s in read_samples(folder / "strangers" / "increment-1") if s.day is not None]
    lines = [
        f"{len(seen)} pictures of {STRANGERS} people, {len(found.held_out)} of the site's {len(found.portraits)}, "
        "who alone are searched.\n",
        "| version | strangers' best score: median | 95 % | 99 % | found at FPIR 1 % | 5 % | 10 % |",
        "|---|---|---|---|---|---|---|",
    ]
    owners = [s.person for s in found.portraits]
    own = np.array([owners.index(s.person) for s in found.held_out])
    for models in (a.models, *accepted):
        extractor = Extractor(models, a.work / "increment-features", a.cores, Stop())
        portraits, _, held_out = sets.site_faces(extractor, found)
        unknown = extractor.of("site-strangers", [lambda s=s: (s.picture(), s.landmarks) for s in seen])
        gallery, probes, others = (extractor.fused(f, extractor.parent)[0] for f in (portraits, held_out, unknown))
        best = np.sort((others @ gallery.T).max(1))[::-1]
        judged = guard.outcome(probes, own, gallery, np.arange(len(gallery)))
        hit = judged.genuine > judged.impostor
        tpir = [100 * float((hit & (judged.genuine > best[int(rate * len(best))])).mean()) for rate in FPIRS]
        scores = " | ".join(f"{np.quantile(best, q):.3f}" for q in (0.5, 0.95, 0.99))
        lines.append(f"| {models.name} | {scores} | {' | '.join(f'{t:.1f}' for t in tpir)} |")
    extractor.forget("site")
    return lines


if __name__ == "__main__":
    sys.exit(main())
