import { createHash } from 'node:crypto';
import type { ModelStamp } from '../domain/alert.ts';

/** One value for the models in use, so that two processes can see whether theirs are the same. */
export function modelsHash(stamps: readonly ModelStamp[]): string {
  const lines = stamps.map((stamp) => JSON.stringify(Object.entries(stamp).sort())).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
