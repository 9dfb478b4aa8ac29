import type { CameraLook } from '../demo/footage/scene.ts';
import { plainLook } from '../demo/footage/still-wall.ts';

const plain: CameraLook = { ...plainLook, shot: 0.6, read: 8, pattern: 3 };

/** Virtual cameras of known noise, by name. */
export const noisyCameras = {
  infrared: plain,
  'fixed-pattern': {
    ...plain,
    saturation: 1,
    tint: [1.05, 1, 0.9],
    shot: 0.2,
    read: 3,
    pattern: 10,
  },
} as const satisfies Readonly<Record<string, CameraLook>>;
