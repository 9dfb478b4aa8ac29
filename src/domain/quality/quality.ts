/** Components of face image quality, named after ISO/IEC 29794-5 (OFIQ). */
export type QualityComponent =
  | 'sharpness'
  | 'entropy'
  | 'interEyeDistance'
  | 'yaw'
  | 'pitch'
  | 'roll'
  | 'underExposure'
  | 'overExposure'
  | 'dynamicRange'
  | 'compression'
  | 'coverage'
  | 'recognisability'
  | OcclusionComponent;

/** What hides parts of the face; measured where a model for it is loaded. */
export type OcclusionComponent =
  | 'eyesVisible'
  | 'lowerFaceVisible'
  | 'noMask'
  | 'noDarkGlasses'
  | 'noHeadwear';

export interface QualityScore {
  /** In the component's own unit (pixels, degrees, bits, share). */
  readonly raw: number;
  /** 0 (useless) to 100 (as good as it gets). */
  readonly score: number;
}

/** Why a verdict is not `accept`: a component, or that the recogniser takes it for no face. */
export type QualityReason = QualityComponent | 'not_a_face';

export type QualityVerdict = 'accept' | 'hold' | 'reject';

/** What an image of a face is worth. The score orders human review; it decides nothing about a person. */
export interface Quality {
  readonly components: Readonly<Partial<Record<QualityComponent, QualityScore>>>;
  /** Unified score, 0..100. */
  readonly score: number;
  readonly verdict: QualityVerdict;
  /** What kept the verdict from `accept`, worst first. */
  readonly reasons: readonly QualityReason[];
}
