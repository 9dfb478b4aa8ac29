import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { ListMatch } from '../domain/match.ts';
import type { TrackTemplate } from '../domain/track-template.ts';

/** The keyframe that an alert shows. */
export interface PicturedFace {
  readonly keyframe: FusedKeyframe;
  /** Cosine of this keyframe alone with the enrolled image, -1..1. */
  readonly likeness: number;
}

/**
 * Of the keyframes at hand the one to show, the most like the enrolled image: a track that is
 * searched late, or matched after several keyframes, may have a better one than its latest.
 * @returns null where none is above the quality gate: such a face is never shown
 */
export function bestPicture(
  { latest, best }: TrackTemplate,
  { pictureScores, scores }: ListMatch,
): PicturedFace | null {
  const candidates: PicturedFace[] = [
    { keyframe: latest, likeness: pictureScores?.latest ?? scores.fused },
    { keyframe: best, likeness: pictureScores?.best ?? scores.fused },
  ];
  const shown = candidates.filter(({ keyframe }) => keyframe.quality.verdict === 'accept');
  // Of equals the latest one.
  return shown.toSorted((a, b) => b.likeness - a.likeness)[0] ?? null;
}
