/** What a search of one probe gave; all cosines, -Infinity where there is none. */
export interface SearchResult {
  /** Best score of the probe's own identity. */
  readonly genuine: number;
  /** Best score of any other identity. */
  readonly impostor: number;
  /** Place of the own identity among identities, from 1; Infinity when it is not enrolled or was not acquired. */
  readonly rank: number;
  /** False when no face was acquired. */
  readonly acquired: boolean;
  /** False when the probe's identity is not enrolled. */
  readonly mated: boolean;
}

/** Templates by row; null where no face was acquired. */
export type Templates = readonly (Float32Array | null)[];

/**
 * Searches each probe in the whole gallery.
 * @param gallery `small`: what small probes are compared with
 * @param probes `isSmall`: which are; default: none
 */
export function searchGallery(
  gallery: {
    readonly templates: Templates;
    readonly small?: Templates;
    readonly identities: readonly string[];
  },
  probes: {
    readonly templates: Templates;
    readonly identities: readonly string[];
    readonly isSmall?: readonly boolean[];
  },
): SearchResult[] {
  const names = [...new Set(gallery.identities)];
  const place = new Map(names.map((name, i) => [name, i]));
  const owner = gallery.identities.map((name) => place.get(name) as number);
  const best = new Float64Array(names.length);
  return probes.templates.map((probe, p) => {
    const own = place.get(probes.identities[p] as string);
    const mated = own !== undefined;
    if (probe === null) {
      return {
        genuine: Number.NEGATIVE_INFINITY,
        impostor: Number.NEGATIVE_INFINITY,
        rank: Number.POSITIVE_INFINITY,
        acquired: false,
        mated,
      };
    }
    best.fill(Number.NEGATIVE_INFINITY);
    const compared = probes.isSmall?.[p] ? (gallery.small ?? gallery.templates) : gallery.templates;
    for (const [g, template] of compared.entries()) {
      if (template === null) continue;
      const name = owner[g] as number;
      const score = dot(probe, template);
      if (score > (best[name] as number)) best[name] = score;
    }
    const genuine = mated ? (best[own] as number) : Number.NEGATIVE_INFINITY;
    let impostor = Number.NEGATIVE_INFINITY;
    let rank = 1;
    for (const [name, score] of best.entries()) {
      if (name === own) continue;
      if (score > impostor) impostor = score;
      // A tie is no find: the own identity must stand alone at its place.
      if (score >= genuine) rank += 1;
    }
    return {
      genuine,
      impostor,
      rank: genuine > Number.NEGATIVE_INFINITY ? rank : Number.POSITIVE_INFINITY,
      acquired: true,
      mated,
    };
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
