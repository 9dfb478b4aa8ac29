import { type Box, intersectionOverUnion, shareOfSmaller } from '../../domain/geometry/box.ts';
import type { Candidate } from './detector-adapter.ts';

/** Candidates that are looked at, best first: a flood of them must not stall the worker. */
const maxCandidates = 1000;
/**
 * From this share of the smaller box inside the larger one, two finds are one face: an eye or a mouth
 * found as a face of its own. Of 9,339 labelled faces eight pairs lie closer.
 */
const maxInside = 0.5;
/** The same beside a face of three times the area: a chin or an ear across its border. Three pairs. */
const maxInsideMuchLarger = 0.25;
const muchLarger = 3;

/**
 * Greedy non-maximum suppression: best first, each overlapping at most `overlap` (0..1, intersection
 * over union) with one kept before, and neither lying in the other.
 */
export function suppressDoubles(
  candidates: readonly Candidate[],
  overlap: number,
  limit: number,
): Candidate[] {
  const sorted = candidates.toSorted((a, b) => b.score - a.score).slice(0, maxCandidates);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    if (kept.length >= limit) break;
    if (!kept.some((other) => areOneFace(candidate, other, overlap))) kept.push(candidate);
  }
  return kept;
}

function areOneFace(a: Box, b: Box, overlap: number): boolean {
  const [first, second] = [a.width * a.height, b.width * b.height];
  const isMuchLarger = Math.max(first, second) >= muchLarger * Math.min(first, second);
  return (
    intersectionOverUnion(a, b) > overlap ||
    shareOfSmaller(a, b) > (isMuchLarger ? maxInsideMuchLarger : maxInside)
  );
}
