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
 * Beside a face of this side, pixels of the model's input, and so many times the area, what scores
 * below `doubtful` is part of it as soon as they overlap: hair, an ear, the neck. The network sees a
 * part of such a face at a time, and real faces half behind one score higher.
 */
const greatSide = 130;
const larger = 1.8;
const doubtful = 0.75;
const overlapping = 0.05;

/**
 * Greedy non-maximum suppression: best first, each overlapping at most `overlap` (0..1, intersection
 * over union) with one kept before, and neither lying in the other. Pixels are those of the model's input.
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

function areOneFace(a: Candidate, b: Candidate, overlap: number): boolean {
  return intersectionOverUnion(a, b) > overlap || shareOfSmaller(a, b) > maxShare(a, b);
}

/** The share of the smaller box up to which two finds may be two faces. */
function maxShare(a: Candidate, b: Candidate): number {
  const [large, small] = areaOf(a) >= areaOf(b) ? [a, b] : [b, a];
  const times = areaOf(large) / areaOf(small);
  if (small.score < doubtful && times >= larger && areaOf(large) >= greatSide ** 2) {
    return overlapping;
  }
  return times >= muchLarger ? maxInsideMuchLarger : maxInside;
}

function areaOf({ width, height }: Box): number {
  return width * height;
}
