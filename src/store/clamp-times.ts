import type { DatabaseSync } from 'node:sqlite';
import { latestTime } from '../domain/bounds.ts';

/**
 * Earlier versions took times beyond all bounds, and one such row makes every
 * list of its table unreadable: numbers over 2^53 cannot be read. What was
 * meant to last for ever lasts to the latest time.
 */
export function clampTimes(database: DatabaseSync): void {
  for (const table of ['watchlists', 'tokens']) {
    database
      .prepare(`UPDATE ${table} SET expires_at = ? WHERE expires_at > ?`)
      .run(latestTime, latestTime);
  }
}
