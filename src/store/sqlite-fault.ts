/** What a failure of SQLite means to its caller. */
export type SqliteFault = 'unwritable' | 'corrupt' | 'constraint' | 'other';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const faults = new Map<number, SqliteFault>([
  [3, 'unwritable'], // SQLITE_PERM
  [5, 'unwritable'], // SQLITE_BUSY: another process kept the lock past the time-out
  [6, 'unwritable'], // SQLITE_LOCKED
  [8, 'unwritable'], // SQLITE_READONLY
  [10, 'unwritable'], // SQLITE_IOERR
  [11, 'corrupt'], // SQLITE_CORRUPT
  [13, 'unwritable'], // SQLITE_FULL
  [14, 'unwritable'], // SQLITE_CANTOPEN
  [19, 'constraint'], // SQLITE_CONSTRAINT
  [26, 'corrupt'], // SQLITE_NOTADB
]);

/** Tells what kind of failure `error` is; undefined when it does not come from SQLite. */
export function sqliteFault(error: unknown): SqliteFault | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  if (typeof error.errcode !== 'number') return undefined;
  // Extended codes carry the primary one in their low byte.
  return faults.get(error.errcode & 0xff) ?? 'other';
}
