import type { FusedKeyframe, Keyframe } from './keyframe.ts';

/** What `recogniseElsewhere` needs: aligning, enhancing, embedding and fusing as one. */
export interface Recogniser {
  /**
   * @returns null for what it takes for no face
   * @throws NightglassError `INFERENCE_*`; `INFERENCE_OVERLOADED` where it gave way to newer faces
   */
  recognise(keyframe: Keyframe): Promise<FusedKeyframe | null>;
}
