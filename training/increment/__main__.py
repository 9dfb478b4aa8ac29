"""Trains adapters beside the recogniser's last layers on a site's confirmed poor faces, and keeps what is better alone.

    python -m training.increment --samples DIR [--minutes 60] [--cores 2] [--out DIR]

DIR is what `nightglass learning export` wrote. Training starts from the models of `--models`, old data are replayed.
Accepted: on the development protocol (clean, L1 to L3) and on the days of the site that were held out no figure falls
by more than half a point, and at least one rises by more than its interval. Else the table is printed and kept
(`verdict.json` of the run), nothing is written, and the exit code is 3. Samples that cannot be used end with code 1 and
the reason's name. Stopped, by SIGTERM too (code 143), the same command goes on where it was.

An accepted increment is a folder of models of a new version: `nightglass models use FOLDER -c CONFIG`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from training import lineage
from training.increment import bounds, guard, sets, version
from training.increment.bounds import IncrementError
from training.increment.expert import Adapter
from training.increment.features import Adapters, Extractor, Features
from training.increment.samples import Site, read_site
from training.increment.stop import Stop
from training.increment.tune import Increment, gates_of, material_of
from training.stages import common

#: Exit code of an increment that was refused.
REFUSED = 3
MINUTES, CORES, PEOPLE = (1.0, 240.0), (1, 64), (20, 2000)
#: People of the old data for each minute asked for: with the protocol's faces they take most of it on one core.
REPLAY_A_MINUTE, LEAST_REPLAY, MOST_REPLAY = 50, 100, 6000
#: Old people who choose the share, enrolled and looked for as the protocol's are: in no training, in no guard.
SELECTION, SELECTION_SHARE = 600, 0.6
#: Of them, people besides the site's who are in the gallery of its held-out days.
OTHERS = 200
#: How far to go from the parent's layer to the trained one, furthest first (Wortsman et al. 2022), and the points that any
#: figure of the selection may lose: half of what the guard lets pass.
SHARES, SHARE_TOLERATED = (1.0, 0.7, 0.5, 0.35, 0.25), 0.25
#: By how much the best score of one in a hundred strangers on the site's people may rise, were the gates open to all.
STRANGERS_TOLERATED = 0.03
SETTINGS = {"batch": 192, "lr": 1e-3, "steps": 150, "precision": "fp32", "ema": 0.98, "checkpoint_minutes": 1.0}


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--samples", type=Path, required=True)
    p.add_argument("--minutes", type=float, default=60.0, help="sizes the old data that are replayed")
    p.add_argument("--cores", type=int, default=2)
    p.add_argument("--out", type=Path, help="new folder; default $NIGHTGLASS_TRAINING/increments/VERSION")
    p.add_argument("--models", type=Path, default=Path("models"), help="folder of the parent")
    p.add_argument("--data", type=Path, default=Path(os.environ.get("NIGHTGLASS_SHARED", "../shared")))
    p.add_argument("--work", type=Path, default=Path(os.environ.get("NIGHTGLASS_TRAINING", "../training-runs")))
    p.add_argument("--people", type=int, default=400, help="of the generator, where there is no protocol")
    p.add_argument("--calibration", type=int, default=1000, help="probes; 0 keeps the parent's thresholds")
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of training")
    return p


def main() -> int:
    a = parser().parse_args()
    try:
        for name, (low, high) in (("minutes", MINUTES), ("cores", CORES), ("people", PEOPLE)):
            if not low <= getattr(a, name) <= high:
                raise IncrementError("USAGE", f"--{name} is not within {low:g} to {high:g}")
        return increment(a, Stop().listen())
    except (ValueError, OSError) as error:
        print(f"Cannot train: {error}", file=sys.stderr)
        return 1


def increment(a: argparse.Namespace, stop: Stop) -> int:
    """Trains, judges, and writes the version or not; returns the exit code."""
    site, parent = read_site(a.samples), version.parent_of(a.models)
    extractor = Extractor(a.models, a.work / "increment-features", a.cores, stop)
    code = trained(a, site, parent, extractor, stop)
    # Embeddings of people who are known: they stay only where a stopped run has to go on.
    extractor.forget("site")
    return code


def trained(a: argparse.Namespace, site: Site, parent: dict[str, Any], extractor: Extractor, stop: Stop) -> int:
    """As `increment`."""
    began = time.monotonic()
    config = config_of(a, site, parent)
    portraits, training, held_out = sets.site_faces(extractor, site)
    wrong = contradictions(extractor, site, portraits, training, held_out)
    days = site.counts["days"]
    if len(wrong) > bounds.MOST_CONTRADICTED * days:
        reason = f"LABELS_CONTRADICTED: {len(wrong)} of {days} days of a person look like another person of the site"
        return refused(config, site, {"accepted": False, "better": [], "reasons": [reason]}, {}, began)
    count = int(np.clip(round(a.minutes * REPLAY_A_MINUTE), LEAST_REPLAY, MOST_REPLAY))
    counts = min(SELECTION, round(SELECTION_SHARE * count)), count
    kept, replayed = sets.old_people(a.data, config.cache, a.models, counts, config.seed)
    selection = sets.mirror_of_protocol(extractor, kept, "selection")
    old = sets.replay(extractor, replayed, config.seed)
    usable = np.array([(s.person, s.day) not in wrong for s in site.training])
    owners = [s.person for s in site.portraits]
    own = np.array([owners.index(s.person) for s in site.training])[usable]
    used, choice = training.rows(usable), None
    for which, gates in enumerate(gates_of(extractor, portraits, used, old)):
        # A run of its own, so that a stopped one goes on.
        each = dataclasses.replace(config, run=config.run / "parents-gate") if which else config
        run = Increment(each, material_of(extractor, gates, portraits, used, own, old))
        choice = chosen(extractor, run.run(stop), selection, portraits)
        if choice.held:
            break
    adapters, share, rise = choice.adapters, choice.share, choice.rise
    name, protocol = sets.protocol(extractor, a.data, a.models, a.people)
    probes = {f"{name} {level}": rows for level, rows in protocol.items()}
    probes[guard.SITE] = site_probes(site, portraits, held_out, selection["clean"])
    found = compare(extractor, adapters, probes)
    verdict = guard.verdict(found, version.increments_of(a.models))
    if rise > STRANGERS_TOLERATED:
        reason = f"strangers come nearer to the site's people by {rise:.3f}"
        verdict |= {"accepted": False, "reasons": [*verdict["reasons"], reason]}
    print(f"{guard.table(found)}\n\nShare of the way to the trained layer: {share}; strangers {rise:+.3f}", flush=True)
    if not verdict["accepted"]:
        return refused(config, site, verdict, found, began)
    facts = {
        "contradicted": len(wrong),
        "share": share,
        "strangers": round(rise, 4),
        "replay": {"people": len(old.person), "source": old.source},
    }
    record = record_of(config, site, parent, found, verdict, facts)
    keep_verdict(config, verdict | {"version": record["version"]}, found, began)
    out = a.out or a.work / "increments" / record["version"]
    cache = config.cache if old.source == "research" else None
    version.write_version(a.models, out, adapters, record, guard.table(found), cache, a.calibration)
    print(f"ACCEPTED: {record['version']} in {out}, {time.monotonic() - began:.0f} s")
    print(f"Use it: nightglass models use {out} -c CONFIG")
    return 0


def config_of(a: argparse.Namespace, site: Site, parent: dict[str, Any]) -> common.Config:
    """Settings, and the run's name: the same samples, parent and settings go on with the same run."""
    import yaml

    values: dict[str, Any] = dict(SETTINGS) | {k: yaml.safe_load(v) for k, v in (item.split("=", 1) for item in a.set)}
    key = {"samples": site.digest, "parent": parent["files"], "settings": values, "minutes": a.minutes}
    values |= {"threads": a.cores, "device": "cpu", "run": f"increment-{lineage.hash_of_settings(key)[:12]}"}
    return common.make_config(values, a.data, a.work, "increment")


def contradictions(
    extractor: Extractor, site: Site, portraits: Features, training: Features, held_out: Features
) -> list[tuple[str, str]]:
    """Days that the parent, to whom the alerts are due, finds to show another person of the site."""
    embedding = lambda f: extractor.fused(f, extractor.parent)[0]  # noqa: E731
    days = [(s.person, s.day) for s in (*site.training, *site.held_out)]
    recorded = np.concatenate([embedding(training), embedding(held_out)])
    return guard.contradicted(recorded, days, embedding(portraits), [s.person for s in site.portraits])


def between(parent: Adapters, trained: Adapters, share: float) -> Adapters:
    """As the files store it. A parent without adapters adds nothing, whatever the gate."""
    raw, enhanced = (
        Adapter(t.gate, t.bias, p.layer + share * (t.layer - p.layer)).rounded()
        for p, t in ((parent.raw, trained.raw), (parent.enhanced, trained.enhanced))
    )
    return Adapters(raw, enhanced)


@dataclasses.dataclass(frozen=True)
class Choice:
    """Adapters at a share of the way, by how much strangers come nearer, and whether the selection holds."""

    adapters: Adapters
    share: float
    rise: float
    held: bool


def chosen(extractor: Extractor, trained: Adapters, selection: dict[str, sets.Probes], portraits: Features) -> Choice:
    """The furthest adapters by which no figure of the selection falls, and no stranger comes to look like the site's
    people, else the nearest ones. No face of the guard is in it."""

    def figures(adapters: Adapters) -> tuple[list[float], float]:
        found, strangers = [], []
        own = extractor.fused(portraits, adapters)[0]
        for level, p in selection.items():
            made, gallery = (extractor.fused(f, adapters)[0] for f in (p.probes, p.gallery))
            found += guard.steadier(guard.outcome(made, p.ids, gallery, p.gallery_ids)).values()
            if level != "clean":
                strangers.append((extractor.fused(p.probes, opened(adapters))[0] @ own.T).max(1))
        return found, float(np.quantile(np.concatenate(strangers), 0.99))

    before, strangers_before = figures(extractor.parent)
    for share in SHARES:
        adapters = between(extractor.parent, trained, share)
        after, strangers = figures(adapters)
        changes, rise = [new - old for new, old in zip(after, before)], strangers - strangers_before
        print(f"selection at {share}: {' '.join(f'{c:+.2f}' for c in changes)}, strangers {rise:+.3f}", flush=True)
        choice = Choice(adapters, share, rise, min(changes) >= -SHARE_TOLERATED and rise <= STRANGERS_TOLERATED)
        if choice.held:
            break
    return choice


def opened(adapters: Adapters) -> Adapters:
    """As they are where their gates are open."""
    raw, enhanced = (Adapter(np.zeros_like(a.gate), 1.0, a.layer) for a in (adapters.raw, adapters.enhanced))
    return Adapters(raw, enhanced)


def site_probes(site: Site, portraits: Features, held_out: Features, others: sets.Probes) -> sets.Probes:
    """The days held out, against the site's people among others."""
    rest = others.gallery.rows(slice(0, OTHERS))
    ids = [s.person for s in site.portraits] + [f"other {p}" for p in others.gallery_ids[:OTHERS]]
    gallery = [np.concatenate([getattr(f, k) for f in (portraits, rest)]) for k in vars(portraits)]
    return sets.Probes(Features(*gallery), np.array(ids), held_out, np.array([s.person for s in site.held_out]))


def compare(extractor: Extractor, adapters: Adapters, probes: dict[str, sets.Probes]) -> dict[str, Any]:
    """Parent and increment on every set."""
    found = {}
    for name, p in probes.items():
        outcomes = []
        for each in (extractor.parent, adapters):
            made, gallery = (extractor.fused(f, each)[0] for f in (p.probes, p.gallery))
            outcomes.append(guard.outcome(made, p.ids, gallery, p.gallery_ids))
        found[name] = guard.compared(outcomes[0], outcomes[1], p.ids)
    return found


def record_of(
    config: common.Config, site: Site, parent: dict[str, Any], found: dict, verdict: dict, facts: dict[str, Any]
) -> dict[str, Any]:
    """The version's lineage: no name, identifier or picture of anybody is in it."""
    session = lineage.read(config.run)["sessions"][-1]
    samples = {"manifestSha256": site.digest} | site.counts
    digest = lineage.hash_of_settings({"samples": site.digest, "parent": parent, "settings": session["settings"]})
    kept = {k: session[k] for k in ("settings", "commit", "changed", "packages", "started")}
    return {
        "version": version.next_version(parent["version"], digest),
        "parent": parent,
        "samples": samples,
        "seed": config.seed,
        **facts,
        **kept,
        "guard": {"figures": found, "better": verdict["better"]},
    }


def keep_verdict(config: common.Config, verdict: dict, found: dict, began: float) -> None:
    config.run.mkdir(parents=True, exist_ok=True)
    report = {"verdict": verdict, "figures": found, "seconds": round(time.monotonic() - began)}
    temporary = config.run / "verdict.tmp"
    temporary.write_text(json.dumps(report, indent=1) + "\n")
    os.replace(temporary, config.run / "verdict.json")


def refused(config: common.Config, site: Site, verdict: dict, found: dict, began: float) -> int:
    """Keeps and prints why; returns the exit code."""
    keep_verdict(config, verdict | {"samples": site.counts}, found, began)
    print("REFUSED: " + "; ".join(verdict["reasons"]))
    print(f"Kept: {config.run / 'verdict.json'}")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
