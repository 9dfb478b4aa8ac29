import { foundFrom } from './occlusion.ts';
import type { OcclusionComponent, Quality, QualityComponent } from './quality.ts';

/** A component as it is shown to people. */
export interface ComponentReport {
  /** The name that OFIQ (ISO/IEC 29794-5) gives it; of our own measures, ours. */
  readonly name: string;
  /** 0 (useless) to 100 (as good as it gets). */
  readonly value: number;
  /** As measured, in `unit`. */
  readonly raw: number;
  readonly unit: string;
  /** False where it is poor, or kept the image from being accepted. */
  readonly ok: boolean;
}

/** A component with what would make it better; null where it is fine. */
export interface AdvisedComponent extends ComponentReport {
  readonly advice: string | null;
}

interface Naming {
  readonly name: string;
  readonly unit: string;
  readonly advice: string;
}

/**
 * `FaceWithinImage`, `LocalEntropy`, `Recognisability`, `NoMask` and `NoDarkGlasses` are ours: the standard
 * has no such measure.
 */
export const componentNames: Readonly<Record<QualityComponent, Naming>> = {
  sharpness: {
    name: 'Sharpness',
    unit: 'crispness',
    advice: 'Take a sharper picture: hold the camera still, focus on the face.',
  },
  entropy: {
    name: 'LocalEntropy',
    unit: 'bit',
    advice: 'Take a picture that shows the texture of the skin: even light, no smoothing filter.',
  },
  interEyeDistance: {
    name: 'InterEyeDistance',
    unit: 'px',
    advice: 'Take a larger picture of the face, or come nearer; do not scale a small one up.',
  },
  yaw: {
    name: 'HeadPoseYaw',
    unit: 'degree',
    advice: 'Turn the head towards the camera: neither to the left nor to the right.',
  },
  pitch: {
    name: 'HeadPosePitch',
    unit: 'degree',
    advice: 'Hold the camera at the height of the eyes: neither from above nor from below.',
  },
  roll: {
    name: 'HeadPoseRoll',
    unit: 'degree',
    advice: 'Hold the head upright.',
  },
  underExposure: {
    name: 'UnderExposurePrevention',
    unit: 'share of dark pixels',
    advice: 'Put more light on the face.',
  },
  overExposure: {
    name: 'OverExposurePrevention',
    unit: 'share of bright pixels',
    advice: 'Put less light on the face, or expose shorter.',
  },
  dynamicRange: {
    name: 'DynamicRange',
    unit: 'grey levels',
    advice: 'Use light from the front; avoid haze, backlight and low contrast.',
  },
  compression: {
    name: 'CompressionArtifacts',
    unit: 'blockiness',
    advice: 'Use the original file, less compressed.',
  },
  coverage: {
    name: 'FaceWithinImage',
    unit: 'share of the face',
    advice: 'Leave room around the face: the edge of the picture cuts it.',
  },
  recognisability: {
    name: 'Recognisability',
    unit: 'share',
    advice: 'Uncover the face (mask, sunglasses, hand, hair) and take a sharper, frontal picture.',
  },
  eyesVisible: {
    name: 'EyesVisible',
    unit: 'hidden share',
    advice: 'Uncover eyes and brows: no dark glasses, hair, hat or hand before them.',
  },
  lowerFaceVisible: {
    name: 'MouthOcclusionPrevention',
    unit: 'hidden share',
    advice: 'Uncover nose, mouth and chin: no mask, scarf or hand before them.',
  },
  noMask: {
    name: 'NoMask',
    unit: 'probability',
    advice: 'Take mask or scarf off.',
  },
  noDarkGlasses: {
    name: 'NoDarkGlasses',
    unit: 'probability',
    advice: 'Take the dark glasses off.',
  },
  noHeadwear: {
    name: 'NoHeadCoverings',
    unit: 'probability',
    advice: 'Take cap, hat or hood off; a headscarf or turban may stay where the face is free.',
  },
};

const ofOcclusion: Record<OcclusionComponent, true> = {
  eyesVisible: true,
  lowerFaceVisible: true,
  noMask: true,
  noDarkGlasses: true,
  noHeadwear: true,
};

/** Below this a component is called poor. */
const poorBelow = 40;

/** The components of a quality, by name, in the order in which they were declared. */
export function reportComponents({ components, reasons }: Quality): ComponentReport[] {
  return (Object.keys(componentNames) as QualityComponent[]).flatMap((key) => {
    const measured = components[key];
    if (measured === undefined) return [];
    const { name, unit } = componentNames[key];
    const { raw, score } = measured;
    // Roll is undone by alignment: it costs nothing.
    const isFine = key in ofOcclusion ? raw < foundFrom : score >= poorBelow;
    const ok = !reasons.includes(key) && (key === 'roll' || isFine);
    return [{ name, value: score, raw, unit, ok }];
  });
}

/** The same, each poor one with what would make it better. */
export function adviseComponents(quality: Quality): AdvisedComponent[] {
  const adviceOf = new Map(Object.values(componentNames).map(({ name, advice }) => [name, advice]));
  return reportComponents(quality).map((component) => ({
    ...component,
    advice: component.ok ? null : (adviceOf.get(component.name) ?? null),
  }));
}

/**
 * OFIQ's `SingleFacePresent`: 100 for one face alone, 0 where a second one is as large.
 * @param areas of all faces found, pixels; at least one
 */
export function singleFacePresent(areas: readonly number[]): AdvisedComponent {
  const [first = 0, second = 0] = areas.toSorted((a, b) => b - a);
  const value = first > 0 ? 100 * (1 - second / first) : 0;
  const ok = areas.length === 1;
  return {
    name: 'SingleFacePresent',
    value,
    raw: areas.length,
    unit: 'faces',
    ok,
    advice: ok ? null : 'Cut the picture so that only this person is in it.',
  };
}
