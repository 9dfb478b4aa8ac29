import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { ListMatch } from '../domain/match.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

/** How well a picture speaks for a match: above the quality gate or not, then by likeness. */
export interface PictureRank {
  readonly isAccepted: boolean;
  /** Cosine of this keyframe alone with the enrolled image, -1..1. */
  readonly likeness: number;
}

/** Any picture is better. */
export const noPicture: PictureRank = { isAccepted: false, likeness: Number.NEGATIVE_INFINITY };

/** Positive where `a` is the better picture. One below the quality gate never replaces one above it. */
export function comparePictures(a: PictureRank, b: PictureRank): number {
  return Number(a.isAccepted) - Number(b.isAccepted) || a.likeness - b.likeness;
}

/**
 * Of the keyframes at hand the one to show: a track that is searched late, or matched after several
 * keyframes, may have a better one than its latest.
 */
export function bestPicture(
  { latest, best }: TrackTemplate,
  { pictureScores, scores }: ListMatch,
): { readonly keyframe: FusedKeyframe; readonly rank: PictureRank } {
  const shown = { keyframe: latest, rank: rankOf(latest, pictureScores?.latest ?? scores.fused) };
  if (pictureScores === undefined || best === latest) return shown;
  const other = { keyframe: best, rank: rankOf(best, pictureScores.best) };
  return comparePictures(other.rank, shown.rank) > 0 ? other : shown;
}

function rankOf({ quality }: FusedKeyframe, likeness: number): PictureRank {
  return { isAccepted: quality.verdict === 'accept', likeness };
}
