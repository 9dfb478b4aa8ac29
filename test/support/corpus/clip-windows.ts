import type { Box } from '../../../src/domain/geometry/box.ts';
import { type ClipName, clips } from './clips.ts';

/** A place in a clip where a detector with a low threshold finds a face and there is none. */
export interface ClipWindow {
  readonly kind: string;
  readonly path: string;
  /** Seconds from the clip's start. */
  readonly at: number;
  readonly box: Box;
}

/**
 * Kind, clip, seconds, box. Candidates were found with the shipped detector at a threshold of 0.12,
 * a picture every second and a half, and each was looked at: parts of faces are left out. `hair` are
 * heads from behind, `light` the bright gap below a lamp's edge, `print` what hangs on a shirt.
 */
const places: readonly (readonly [
  string,
  ClipName,
  number,
  readonly [number, number, number, number],
])[] = [
  ['hands', 'classroom', 0.5, [307, 204, 27, 28]],
  ['hands', 'classroom', 2.0, [307, 205, 27, 25]],
  ['hands', 'classroom', 2.0, [127, 166, 11, 12]],
  ['hands', 'classroom', 6.5, [307, 203, 27, 28]],
  ['hands', 'classroom', 9.5, [331, 195, 18, 25]],
  ['hands', 'classroom', 23.0, [127, 166, 11, 12]],
  ['light', 'classroom', 6.5, [427, 172, 39, 69]],
  ['light', 'classroom', 11.0, [427, 172, 40, 70]],
  ['light', 'classroom', 17.0, [427, 172, 40, 70]],
  ['print', 'walking', 0.5, [303, 129, 9, 17]],
  ['print', 'walking', 3.5, [301, 129, 9, 15]],
  ['print', 'walking', 8.0, [273, 134, 12, 26]],
  ['print', 'walking', 15.5, [292, 133, 9, 17]],
  ['furniture', 'fromBehind', 0.5, [385, 271, 36, 51]],
  ['furniture', 'fromBehind', 2.0, [377, 255, 55, 73]],
  ['furniture', 'fromBehind', 6.5, [448, 245, 63, 81]],
  ['furniture', 'fromBehind', 21.5, [380, 207, 136, 229]],
  ['furniture', 'fromBehind', 39.5, [450, 279, 11, 20]],
  ['hair', 'fromBehind', 8.0, [474, 46, 22, 50]],
  ['hair', 'fromBehind', 9.5, [451, 33, 26, 46]],
  ['hair', 'fromBehind', 15.5, [463, 37, 22, 45]],
  ['hair', 'fromBehind', 18.5, [540, 72, 30, 51]],
  ['hair', 'fromBehind', 51.5, [415, 48, 29, 37]],
  ['hair', 'fromBehind', 24.5, [469, 23, 21, 37]],
  ['hair', 'fromBehind', 32.0, [436, 33, 30, 41]],
  ['hair', 'fromBehind', 35.0, [434, 36, 28, 36]],
  ['hair', 'fromBehind', 44.0, [645, 41, 25, 37]],
  ['hair', 'fromBehind', 44.0, [663, 47, 29, 38]],
  ['hair', 'fromBehind', 44.0, [681, 33, 23, 43]],
  ['clothes', 'walking', 2.0, [338, 213, 11, 18]],
  ['clothes', 'walking', 20.0, [242, 168, 14, 27]],
  ['clothes', 'fromBehind', 23.0, [251, 258, 35, 40]],
  ['clothes', 'fromBehind', 24.5, [437, 308, 16, 30]],
  ['other', 'classroom', 0.5, [450, 95, 6, 9]],
  ['other', 'classroom', 6.5, [450, 95, 6, 9]],
  ['other', 'fromBehind', 18.5, [425, 309, 25, 31]],
];

export const clipWindows: readonly ClipWindow[] = places.map(
  ([kind, clip, at, [x, y, width, height]]) => ({
    kind,
    path: clips[clip].path,
    at,
    box: { x, y, width, height },
  }),
);
