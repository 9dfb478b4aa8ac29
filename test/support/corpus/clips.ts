import { join } from 'node:path';
import { sharedFolder } from '../third-party-manifest.ts';

/** A clip of the shared folder. */
export interface Clip {
  readonly name: string;
  readonly path: string;
  readonly seconds: number;
}

const clip = (name: string, seconds: number): Clip => ({
  name,
  path: join(sharedFolder, 'clips', `intel_${name}.mp4`),
  seconds,
});

/** All of them; people in them are on no list. */
export const clips = {
  classroom: clip('classroom', 45),
  walking: clip('face-demographics-walking', 45),
  pausing: clip('face-demographics-walking-and-pause', 43.6),
  twoFaces: clip('head-pose-face-detection-female-and-male', 45),
  fromBehind: clip('one-by-one-person', 60),
} as const;

export type ClipName = keyof typeof clips;
