import { intersectionOverUnion } from '../../domain/geometry/box.ts';
import type { Candidate } from './detector-adapter.ts';

/** Candidates that are looked at, best first: a flood of them must not stall the worker. */
const maxCandidates = 1000;

/** Greedy non-maximum suppression: best first, each at most `overlap` (0..1) with one kept before. */
export function suppressDoubles(
  candidates: readonly Candidate[],
  overlap: number,
  limit: number,
): Candidate[] {
  const sorted = candidates.toSorted((a, b) => b.score - a.score).slice(0, maxCandidates);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    if (kept.length >= limit) break;
    if (kept.every((other) => intersectionOverUnion(candidate, other) <= overlap)) {
      kept.push(candidate);
    }
  }
  return kept;
}
