import type { EmbeddedKeyframe, Keyframe } from '../keyframe.ts';
import { middleLuma } from '../quality/luma-plane.ts';
import { noiseOf } from '../quality/noise.ts';
import type { Quality, QualityComponent } from '../quality/quality.ts';
import type { DriftMeasure } from './drift-measure.ts';

/** Of the face in the middle, pixels: enough for its noise. */
const noiseSide = 64;

const components = [
  'sharpness',
  'interEyeDistance',
  'yaw',
  'pitch',
  'underExposure',
  'overExposure',
] as const satisfies readonly (QualityComponent & DriftMeasure)[];

/** A measure, and its value in its own unit. */
export type Measured = readonly [DriftMeasure, number];

/** What a face says of its camera, whether it is good enough or not; measures that it has not are left out. */
export function faceMeasures({ components: graded, score }: Quality): Measured[] {
  const measured: Measured[] = [];
  for (const component of components) {
    const raw = graded[component]?.raw;
    if (raw === undefined) continue;
    const isAngle = component === 'yaw' || component === 'pitch';
    measured.push([component, isAngle ? Math.abs(raw) : raw]);
  }
  // Its raw value is a ratio without end.
  const compression = graded.compression?.score;
  if (compression !== undefined) measured.push(['compression', compression]);
  // One rejected at sight has a score of its place alone.
  if (graded.sharpness !== undefined) measured.push(['quality', score]);
  return measured;
}

/** What only the picture of a keyframe and its embedding say. */
export function keyframeMeasures({
  face,
  raw,
}: Pick<Keyframe, 'face'> & Pick<EmbeddedKeyframe, 'raw'>): Measured[] {
  const noise = noiseOf(middleLuma(face.image, noiseSide));
  return [
    ['recognisability', raw.recognisability],
    ...(noise === null ? [] : [['noise', noise] as const]),
  ];
}
