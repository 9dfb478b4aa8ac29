"""Whether an increment may be used: the parent and it on the same faces, figure by figure, with intervals.

Rank-1 and TPIR at FPIR 1 % as `evaluation/scoring.py` has them, fused. Intervals are those of the difference, from
resamples of the people: both models see the same ones. No figure may fall by more than `TOLERATED` points, and one at
least must rise by more than its interval. On the protocol that holds against the version that the increments began with,
too: many small steps down are a fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.increment.bounds import CONTRADICTS_BY

#: The set that grows with the site.
SITE = "site, held-out days"
#: Points that any figure may fall by.
TOLERATED = 0.5
RESAMPLES, LEVEL = 1000, 95
FIGURES = ("rank1", "tpir")
FPIRS = (0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03)
#: Points by which a figure of the parent may differ from what its own record says, on the same set.
SAME_SET = 0.05


@dataclass(frozen=True)
class Outcome:
    """A model's searches: cosine to the own person, and the best of all others."""

    genuine: np.ndarray
    impostor: np.ndarray


def outcome(probes: np.ndarray, ids: np.ndarray, gallery: np.ndarray, gallery_ids: np.ndarray) -> Outcome:
    """Unit rows, one template a person."""
    similarity = probes @ gallery.T
    own = ids[:, None] == gallery_ids[None]
    return Outcome(np.where(own, similarity, -9).max(1), np.where(own, -9, similarity).max(1))


def rates(genuine: np.ndarray, impostor: np.ndarray) -> dict[str, float]:
    """Per cent; false positives are probes searched without their own person, threshold at 1 % of them."""
    threshold = np.sort(impostor)[::-1][int(len(impostor) * 0.01)]
    hit = genuine > impostor
    return {"rank1": 100 * float(hit.mean()), "tpir": 100 * float((hit & (genuine > threshold)).mean())}


def steadier(o: Outcome) -> dict[str, float]:
    """As `rates`, with TPIR averaged over `FPIRS`: at one of them it hangs on a few strangers."""
    best, hit = np.sort(o.impostor)[::-1], o.genuine > o.impostor
    found = [(hit & (o.genuine > best[int(len(best) * rate)])).mean() for rate in FPIRS]
    return {"rank1": 100 * float(hit.mean()), "tpir": 100 * float(np.mean(found))}


def compared(before: Outcome, after: Outcome, ids: np.ndarray, seed: int = 41) -> dict[str, Any]:
    """Figures of parent and increment, their difference and its interval, in points."""
    people, rows = np.unique(ids, return_inverse=True)
    of_person = [np.flatnonzero(rows == i) for i in range(len(people))]
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {f: [] for f in FIGURES}
    for _ in range(RESAMPLES):
        at = np.concatenate([of_person[i] for i in rng.integers(0, len(people), len(people))])
        old, new = (rates(o.genuine[at], o.impostor[at]) for o in (before, after))
        for figure in FIGURES:
            drawn[figure].append(new[figure] - old[figure])
    old, new = (rates(o.genuine, o.impostor) for o in (before, after))
    found: dict[str, Any] = {"probes": len(ids), "people": len(people)}
    rim = (100 - LEVEL) / 2
    for figure in FIGURES:
        low, high = np.percentile(drawn[figure], (rim, 100 - rim))
        found[figure] = {
            "before": round(old[figure], 3),
            "after": round(new[figure], 3),
            "change": round(new[figure] - old[figure], 3),
            "interval": [round(float(low), 3), round(float(high), 3)],
        }
    return found


def verdict(found: dict[str, dict[str, Any]], past: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Accepted or not, what rose beyond its interval, and each reason against it; `past`: records of the parent's
    increments, the first one first."""
    reasons, better = [], []
    for name, row in found.items():
        for figure in FIGURES:
            change, (low, _) = row[figure]["change"], row[figure]["interval"]
            if change < -TOLERATED - 1e-9:
                reasons.append(f"{name}: {figure} {change:+.2f} points")
            if low > 0:
                better.append(f"{name}: {figure} {change:+.2f} points")
    for name, figure, since in drift(found, past):
        if since < -TOLERATED - 1e-9:
            reasons.append(f"{name}: {figure} {since:+.2f} points since {past[0]['parent']['version']}")
    if not better:
        reasons.append("no figure rises by more than its interval")
    return {"accepted": not reasons, "better": better, "reasons": reasons}


def drift(found: dict[str, dict[str, Any]], past: Sequence[dict[str, Any]]) -> list[tuple[str, str, float]]:
    """(set, figure, change) since the version that the increments began with, of sets that are the same ones."""
    if not past:
        return []
    first, last = past[0]["guard"]["figures"], past[-1]["guard"]["figures"]
    changes = []
    for name, row in found.items():
        for figure in FIGURES if name != SITE and name in first and name in last else ():
            if abs(row[figure]["before"] - last[name][figure]["after"]) <= SAME_SET:
                changes.append((name, figure, row[figure]["after"] - first[name][figure]["before"]))
    return changes


def table(found: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table: parent → increment, and the interval of the change."""
    lines = ["| set | people | probes | rank-1 | change | TPIR at FPIR 1 % | change |", "|---|---|---|---|---|---|---|"]
    for name, row in found.items():
        cells = []
        for figure in FIGURES:
            f = row[figure]
            cells.append(f"{f['before']:.1f} → {f['after']:.1f}")
            cells.append(f"{f['change']:+.1f} ({f['interval'][0]:+.1f} to {f['interval'][1]:+.1f})")
        lines.append(f"| {name} | {row['people']} | {row['probes']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def contradicted(embeddings: np.ndarray, days: list[tuple[str, str]], portraits: np.ndarray, owners: list[str]) -> list:
    """Days (person, day) whose pictures, taken together, are clearly nearer to another person of the site."""
    found = []
    for day in dict.fromkeys(days):
        mean = embeddings[[d == day for d in days]].mean(0)
        cosine = portraits @ (mean / np.linalg.norm(mean))
        own = owners.index(day[0])
        if np.delete(cosine, own).max() - cosine[own] > CONTRADICTS_BY:
            found.append(day)
    return found
