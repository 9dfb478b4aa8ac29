import { readFileSync } from 'node:fs';

// package.json stands one folder above `src`, and one above `dist/src` in the built package.
function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found.name === 'nightglass' && found.version !== undefined) return found.version;
    } catch {
      // Not there: the next place.
    }
  }
  return '0.0.0-unknown';
}

/** Version of the product, from its package.json. */
export const version: string = readVersion();
