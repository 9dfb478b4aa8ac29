import type { SqlValue } from '../sql/statement.ts';

/** Asks PostgreSQL, within a transaction of one connection. */
export type Ask = (
  text: string,
  values?: readonly SqlValue[],
) => readonly Record<string, null | number | bigint | string | Uint8Array>[];
