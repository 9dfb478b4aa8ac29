import { createHash } from 'node:crypto';
import type { ModelSet } from './protocol.ts';

/**
 * One value for the models of a chain, as the manifest states them: two processes see by it whether
 * theirs are the same, whatever each has loaded of them and in whichever precision its machine runs
 * them. That the files are those is checked where they are loaded.
 */
export function modelsHash(models: ModelSet): string {
  const lines = Object.entries(models).map(([task, spec]) => {
    const { name, variants, version } = spec.entry;
    const weights = variants.map(({ precision, sha256 }) => `${precision}:${sha256}`).sort();
    return JSON.stringify([task, name, version, weights]);
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
