import type { FusedKeyframe, Keyframe } from './keyframe.ts';

/** What `recogniseElsewhere` needs: aligning, enhancing, embedding and fusing as one. */
export interface Recogniser {
  /**
   * @returns null for what it takes for no face
   * @throws NightglassError `INFERENCE_*`
   */
  recognise(keyframe: Keyframe): Promise<FusedKeyframe | null>;
}
