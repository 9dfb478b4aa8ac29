import type { FootageFigures } from '../domain/footage.ts';
import { type SearchFootageOptions, searchFootage } from './search-footage.ts';

/** Key pictures come some seconds apart: who was seen in one is known in the next, milliseconds. */
const heldFor = 10_000;
/** Of recordings in which every picture is a key picture, pictures a second. */
const mostRate = 1;

/**
 * Looks at the key pictures of footage alone, which are decoded without those between them: first
 * results come early. Who is seen in a single picture counts. What it finds is preliminary: a search
 * of the whole follows.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `INFERENCE_*`
 */
export function lookQuickly(options: SearchFootageOptions): Promise<FootageFigures> {
  const { settings } = options;
  const { rate, maxOcclusion, scene } = settings;
  return searchFootage({
    ...options,
    keysOnly: true,
    settings: {
      ...settings,
      rate: Math.min(rate, mostRate),
      maxOcclusion: Math.max(maxOcclusion, heldFor),
      minHits: 1,
      // Nothing moves between pictures that lie so far apart: all are looked at.
      scene: { ...scene, motion: { ...scene.motion, enabled: false } },
    },
  });
}
