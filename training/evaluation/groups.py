"""Differences between groups of people at one threshold: misses and false matches, with intervals.

    python -m training.evaluation.groups --labels labels.csv --models models --protocol DIR [--level L1] [--fpir 0.01]

`labels.csv` has a row a person: `identity`, and a column for each thing that is known of them (`age`, `sex`, ...),
empty where it is not. A threshold is set once, for everybody: the one that the wanted share of searches without the own
person reaches (FPIR). By group it prints FNIR and FPIR with exact 95 % intervals and intervals drawn by person, the
rate of the worst group, largest by least rate, and whether the threshold holds the wanted FPIR for each group. Groups
of fewer than five people are not printed. Labels are given: nothing guesses them.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.stats import beta

from training.evaluation.chain import OnnxChain
from training.evaluation.protocol import embed_records

LEAST_PEOPLE = 5
DRAWS = 2000

Interval = tuple[float, float]


@dataclass(frozen=True)
class Rate:
    """A share with its exact interval over trials, and the one drawn by person."""

    count: int
    trials: int
    rate: float
    exact: Interval
    by_person: Interval


@dataclass(frozen=True)
class Group:
    name: str  # `age: 18-39`
    people: int
    fnir: Rate
    fpir: Rate


@dataclass(frozen=True)
class Searches:
    """Probes searched in the gallery: with their own person (`genuine`), and without (`impostor`)."""

    ids: np.ndarray  # [N] of the probes
    genuine: np.ndarray  # [N] score of the own person; -inf where somebody else comes first
    impostor: np.ndarray  # [N] best score of anybody else


def searches(probes: np.ndarray, ids: np.ndarray, gallery: np.ndarray, gallery_ids: np.ndarray) -> Searches:
    """Probes [N,D] and gallery [G,D] of unit length. Every probe's person is in the gallery."""
    if not np.isin(ids, gallery_ids).all():
        raise ValueError("Cannot compare groups: a probe's person is not in the gallery")
    similarity = probes @ gallery.T
    own = ids[:, None] == gallery_ids[None]
    impostor = np.where(own, -np.inf, similarity).max(1)
    genuine = np.where(own, similarity, -np.inf).max(1)
    return Searches(ids, np.where(genuine > impostor, genuine, -np.inf), impostor)


def threshold_at(impostor: np.ndarray, fpir: float) -> float:
    """The score above which no more than this share of searches without the own person lies."""
    if not 0 < fpir < 1:
        raise ValueError(f"Cannot set a threshold for an FPIR of {fpir}")
    return float(np.sort(impostor)[::-1][int(len(impostor) * fpir)])


def exact_interval(count: int, trials: int) -> Interval:
    """Clopper and Pearson, 95 %."""
    low = 0.0 if count == 0 else float(beta.ppf(0.025, count, trials - count + 1))
    high = 1.0 if count == trials else float(beta.ppf(0.975, count + 1, trials - count))
    return low, high


def rate_of(hits: np.ndarray, ids: np.ndarray, seed: int = 0) -> Rate:
    """Of boolean [N] trials of people `ids`: trials of one person are alike, so people are drawn, not trials."""
    _, person = np.unique(ids, return_inverse=True)
    counts, trials = np.bincount(person, hits), np.bincount(person)
    drawn = np.random.default_rng(seed).integers(0, len(trials), (DRAWS, len(trials)))
    rates = counts[drawn].sum(1) / trials[drawn].sum(1)
    low, high = (float(v) for v in np.percentile(rates, [2.5, 97.5]))
    count, n = int(hits.sum()), len(hits)
    return Rate(count, n, count / n, exact_interval(count, n), (low, high))


def compare(found: Searches, labels: dict[str, dict[str, str]], fpir: float) -> dict:
    """All groups at the one threshold. `labels`: identity -> what is known of them."""
    threshold = threshold_at(found.impostor, fpir)
    members: dict[str, set[str]] = {}
    for identity in np.unique(found.ids):
        for asked, said in labels.get(str(identity), {}).items():
            members.setdefault(f"{asked}: {said}", set()).add(str(identity))
    groups = []
    for name, people in sorted(members.items()):
        if len(people) < LEAST_PEOPLE:
            continue
        at = np.isin(found.ids, sorted(people))
        missed, mistaken = found.genuine[at] <= threshold, found.impostor[at] > threshold
        ids = found.ids[at]
        groups.append(Group(name, len(people), rate_of(missed, ids), rate_of(mistaken, ids)))
    return {
        "threshold": threshold,
        "fpir": fpir,
        "groups": [asdict(group) for group in groups],
        "left": len(members) - len(groups),
        "fnir": spread(groups, "fnir"),
        "fpir_by_group": spread(groups, "fpir"),
        "holds": holds(groups, fpir),
    }


def spread(groups: list[Group], kind: str) -> dict[str, str | float | None]:
    """The worst group, and largest by least rate (None where the least is zero)."""
    if not groups:
        return {"worst": None, "ratio": None}
    rates = {group.name: getattr(group, kind).rate for group in groups}
    least = min(rates.values())
    return {"worst": max(rates, key=lambda name: rates[name]), "ratio": max(rates.values()) / least if least else None}


def holds(groups: list[Group], fpir: float) -> str:
    """Whether each group's whole interval lies at or below `fpir` (shown), one's above it (refuted), or neither."""
    if any(group.fpir.exact[0] > fpir for group in groups):
        return "refuted"
    return "shown" if groups and all(group.fpir.exact[1] <= fpir for group in groups) else "undecided"


def read_labels(file: Path) -> dict[str, dict[str, str]]:
    """Of a CSV file with a column `identity`; empty cells say nothing."""
    with file.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        if "identity" not in (rows.fieldnames or []):
            raise ValueError(f"Cannot read {file}: it has no column `identity`")
        return {row.pop("identity"): {k: v.strip() for k, v in row.items() if v and v.strip()} for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--protocol", type=Path, default=Path("../shared/faces/eval"))
    parser.add_argument("--level", help="only probes of this level")
    parser.add_argument("--fpir", type=float, default=0.01)
    a = parser.parse_args()
    labels = read_labels(a.labels)
    protocol = json.loads((a.protocol / "protocol.json").read_text())
    chain = OnnxChain(a.models)
    kept = [p for p in protocol["probes"] if p["single"] and a.level in (None, p["level"])]
    gallery = embed_records(chain, a.protocol, protocol["gallery"])["fused"]
    probes = embed_records(chain, a.protocol, kept)["fused"]
    ids, gallery_ids = (np.array([r["identity"] for r in rows]) for rows in (kept, protocol["gallery"]))
    print(json.dumps(compare(searches(probes, ids, gallery, gallery_ids), labels, a.fpir), indent=2))


if __name__ == "__main__":
    main()
