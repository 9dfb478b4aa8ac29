import type { Alert, EvidenceChange, ModelStamp } from '../alerts/alert.ts';
import type { EnhancedKeyframe } from './enhance.ts';

/**
 * Whether an alert's pictured face has an AI-enhanced version, and why it has none: the face was
 * large enough, the manifest has no denoiser or super-resolver, or making it failed.
 */
export type Enhancement = 'made' | 'not_needed' | 'no_model' | 'failed';

/** An alert that says so; one of an older version does not. */
export interface DecidedAlert extends Alert {
  readonly enhancement: Enhancement;
}

const enhancingTasks = ['denoise', 'superresolve'];

/**
 * What became of the enhancement of the keyframe that an alert shows.
 * @param evidence its pictures, as they are stored
 */
export function enhancementOf(
  keyframe: Pick<EnhancedKeyframe, 'enhancedImage' | 'enhancementFailed'>,
  evidence: EvidenceChange | null,
  models: readonly ModelStamp[],
): Enhancement {
  if (evidence?.enhanced) return 'made';
  // A picture that could not be encoded is as good as none.
  if (keyframe.enhancedImage !== null || keyframe.enhancementFailed) return 'failed';
  const able = enhancingTasks.every((wanted) => models.some(({ task }) => task === wanted));
  return able ? 'not_needed' : 'no_model';
}
