import type { Statement } from '../sql/statement.ts';
import type { StoreKeys } from './store-keys.ts';
import {
  absentCipher,
  missingKeys,
  plainCipher,
  SealingCipher,
  type ValueCipher,
} from './value-cipher.ts';

export type Reads = { prepare(sql: string): Statement };
/** `complete`: every table is there. A database that took no migration may lack some. */
type Tables = 'complete' | 'some';

/**
 * The cipher of a database. Its keys must hold each one that the database needs: what cannot be
 * read is never written beside.
 * @param keys `unneeded` for who neither reads nor writes what is encrypted
 * @throws NightglassError `STORE_KEY_MISSING`
 */
export function openCipher(
  database: Reads,
  keys: StoreKeys | 'unneeded' | undefined,
  tables: Tables = 'some',
): ValueCipher {
  if (keys === 'unneeded') return absentCipher;
  const declared = declaredKey(database, tables);
  const needed = new Set([...usedKeys(database, tables), ...(declared === null ? [] : [declared])]);
  const missing = [...needed].filter((id) => keys?.find(id) === undefined);
  if (missing.length > 0) throw missingKeys(missing);
  if (keys === undefined) return plainCipher;
  // Whose key is new waits for the one program that holds the folder: another may read it now.
  const current = declared === null ? undefined : keys.find(declared);
  return current === undefined ? plainCipher : new SealingCipher(keys, current);
}

/** Id of the key that the database says it is encrypted with; null for none. */
export function declaredKey(database: Reads, tables: Tables = 'some'): string | null {
  if (tables === 'some' && !hasTable(database)) return null;
  const row = database.prepare('SELECT key_id FROM store_encryption').get();
  return row === undefined || row['key_id'] === null ? null : String(row['key_id']);
}

/** Within a transaction. */
export function declareKey(database: Reads, keyId: string | null, now: number): void {
  database
    .prepare(
      `INSERT INTO store_encryption VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, since = excluded.since`,
    )
    .run(keyId, now);
}

/** Ids of all keys that values are encrypted with. */
export function usedKeys(database: Reads, tables: Tables = 'some'): string[] {
  if (tables === 'some' && !hasTable(database)) return [];
  const sealed = [
    ...['templates', 'look_alikes', 'alert_evidence', 'footage_pictures'],
    'site_alert_pictures',
  ].filter((table) => tables === 'complete' || hasTable(database, table));
  return database
    .prepare(
      sealed
        .map((table) => `SELECT DISTINCT key_id FROM ${table} WHERE key_id IS NOT NULL`)
        .join(' UNION '),
    )
    .all()
    .map((row) => String(row['key_id']));
}

/** A database of an earlier version that takes no writes, and so no migration, may lack it. */
function hasTable(database: Reads, name = 'store_encryption'): boolean {
  const row = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .get(name);
  return row !== undefined;
}
