import type { AcquiredFace } from './acquire-faces.ts';
import { branches, vectorOf } from './pool-tracks.ts';

/** Mean cosines of a level's enhanced faces to the undegraded picture's embedding. */
export interface IdentityKept {
  readonly pairs: number;
  /** Before enhancement: the raw branch on the recorded picture. */
  readonly raw: number;
  /** After it: the enhanced branch on the enhanced picture. */
  readonly enhanced: number;
  readonly fused: number;
}

/**
 * How much of a person the branches keep: an enhanced picture that invents a face leads away from
 * the person, however sharp it is.
 * @param clean the undegraded partner of each face; null or undefined where there is none
 * @returns null where no enhanced face has a partner
 */
export function identityKept(
  faces: readonly (AcquiredFace | null)[],
  clean: readonly (AcquiredFace | null | undefined)[],
): IdentityKept | null {
  const sums = { raw: 0, enhanced: 0, fused: 0 };
  let pairs = 0;
  for (const [i, face] of faces.entries()) {
    const partner = clean[i];
    if (face === null || face.enhanced === null || !partner) continue;
    pairs += 1;
    for (const branch of branches) sums[branch] += dot(vectorOf(face, branch), partner.raw.vector);
  }
  if (pairs === 0) return null;
  return {
    pairs,
    raw: sums.raw / pairs,
    enhanced: sums.enhanced / pairs,
    fused: sums.fused / pairs,
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
