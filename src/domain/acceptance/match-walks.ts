import type { Walk } from './walk.ts';

/** How far an appearance may lie outside the time that was written down for a walk, milliseconds. */
export const walkSlackMs = 5_000;

/** An appearance of somebody of the test's list in an alert: its own, or a sighting. */
export interface ListedAppearance {
  readonly alertId: string;
  readonly personId: string;
  readonly cameraId: string;
  /** Wall milliseconds of the first capture, and when the face was last in view. */
  readonly from: number;
  readonly to: number;
  /** What people said of the alert, whether it is the person; null where nobody has yet. */
  readonly verdict: 'confirmed' | 'dismissed' | null;
}

export interface MatchedWalk {
  readonly walk: Walk;
  /** Appearances of the volunteer in it: the first counts, the others are repeated ones. */
  readonly appearances: number;
  /** Appearances of another volunteer's name that can only be of this walk. */
  readonly mistaken: number;
}

export interface MatchedAppearances {
  readonly walks: readonly MatchedWalk[];
  /** Of volunteers whom people confirmed where no walk was written down: counted neither way. */
  readonly outside: number;
  /** A volunteer under another volunteer's name. */
  readonly mistaken: number;
  /** That fit no walk and nobody confirmed, or that people dismissed, by camera: strangers. */
  readonly strangers: readonly { readonly cameraId: string; readonly count: number }[];
}

/**
 * Matches what was seen of the listed to the walks that ended. One appearance is taken by one walk: by the first that
 * begins or ends with it in view. What fits none is a false alert unless people confirmed it; what people dismissed
 * is no sight of the volunteer, whoever walked there.
 */
export function matchWalks(
  walks: readonly Walk[],
  appearances: readonly ListedAppearance[],
): MatchedAppearances {
  const ended = walks
    .filter((walk) => walk.endedAt !== null)
    .toSorted((a, b) => a.startedAt - b.startedAt);
  const seen = new Map(ended.map(({ id }) => [id, { appearances: 0, mistaken: 0 }]));
  const strangers = new Map<string, number>();
  let [outside, mistaken] = [0, 0];
  for (const appearance of appearances) {
    const here = ended.filter((walk) => covers(walk, appearance));
    const [own] = here.filter(({ personId }) => personId === appearance.personId);
    const others = here.filter(({ personId }) => personId !== appearance.personId);
    const found = own && appearance.verdict !== 'dismissed' ? seen.get(own.id) : undefined;
    if (found !== undefined) found.appearances += 1;
    else if (appearance.verdict === 'confirmed') outside += 1;
    else if (others.length > 0) {
      mistaken += 1;
      const [only] = others;
      const of = others.length === 1 && only !== undefined ? seen.get(only.id) : undefined;
      if (of !== undefined) of.mistaken += 1;
    } else {
      strangers.set(appearance.cameraId, (strangers.get(appearance.cameraId) ?? 0) + 1);
    }
  }
  return {
    walks: ended.map((walk) => ({
      walk,
      ...(seen.get(walk.id) ?? { appearances: 0, mistaken: 0 }),
    })),
    outside,
    mistaken,
    strangers: [...strangers]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([cameraId, count]) => ({ cameraId, count })),
  };
}

/** Not where it merely spans the walk: between its ends nobody may have been in view. */
function covers({ cameraId, startedAt, endedAt }: Walk, seen: ListedAppearance): boolean {
  const within = (at: number) =>
    at >= startedAt - walkSlackMs && at <= (endedAt ?? startedAt) + walkSlackMs;
  return seen.cameraId === cameraId && (within(seen.from) || within(seen.to));
}
