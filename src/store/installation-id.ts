import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands beside the database; no backup holds it, so that a restored folder is another installation. */
export const installationIdName = 'installation-id';

const form = /^[0-9a-f]{32}$/;

/**
 * What tells this installation from all others, 32 hexadecimal digits, no secret: made where there is
 * none yet. Where the data folder takes no writes it is another one at each start.
 */
export function installationIdIn(dataDir: string): string {
  const file = join(dataDir, installationIdName);
  const made = randomBytes(16).toString('hex');
  try {
    writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch {
    // There is one, or there can be none.
  }
  try {
    const found = readFileSync(file, 'utf8').trim();
    if (form.test(found)) return found;
    writeFileSync(file, `${made}\n`, { mode: 0o600 });
  } catch {
    // For this run alone.
  }
  return made;
}
