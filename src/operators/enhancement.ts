import type { EvidenceChange, ModelStamp } from '../domain/alert.ts';
import type { EnhancedKeyframe } from '../domain/keyframe.ts';
import type { Enhancement } from '../domain/raised-alert.ts';

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
