import type { NewClip } from '../../../src/domain/clip.ts';
import { ClipStore } from '../../../src/services/alerts/clip-store.ts';
import type { Store } from '../../../src/store/store.ts';

/** Clips of a store on a disk with room. */
export function clipsOf(
  store: Store,
  limits: { readonly quota?: number; readonly freeBytes?: () => number | undefined } = {},
): ClipStore {
  const { quota = 2 ** 30, freeBytes = () => undefined } = limits;
  return new ClipStore({ store, quota, leftFree: 0, freeBytes });
}

/** What a clip is made of: a file of these bytes, in pieces that are no parts of the store. */
export function madeClip(file: Uint8Array, changes: Partial<NewClip['clip']> = {}): NewClip {
  const startedAt = 1_790_000_000_000;
  const box = { x: 0.25, y: 0.25, width: 0.25, height: 0.5 };
  const faces = [{ box, track: 'track-1', subject: true }];
  return {
    clip: {
      ...{ state: 'ready', startedAt, duration: 2_000, bytes: file.length },
      ...{ codec: 'h264', lead: 0, cut: null, ...changes },
    },
    faces: {
      ...{ version: 1, startedAt, duration: 2_000, pictures: [0, 1_000] },
      frames: [{ time: 0, faces }],
    },
    file: Array.from({ length: Math.ceil(file.length / 100_000) }, (_, at) =>
      file.subarray(at * 100_000, (at + 1) * 100_000),
    ),
  };
}
