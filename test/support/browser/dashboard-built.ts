import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumMissing } from '../gateway/chromium.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The folder that the gateway serves. */
export const webRoot = join(root, 'web', 'dist');

/** Where tests leave pictures of what they saw; git ignores it. */
export const shotsFolder = join(root, 'test-results');

/** Why there can be no browser test here; false when there can. */
export const browserMissing =
  chromiumMissing ||
  (existsSync(join(webRoot, 'index.html'))
    ? false
    : 'the dashboard is not built: npm run build:web');
