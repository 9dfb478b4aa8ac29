/** A value that a statement takes: what both databases know. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** Values by the names of their parameters, without the sign before. */
export type NamedValues = Readonly<Record<string, SqlValue>>;

/** A row as it comes: text, numbers (safe integers), bytes or null. */
export type Row = Record<string, null | number | bigint | string | Uint8Array>;

/**
 * A prepared statement, in the dialect that SQLite and PostgreSQL share. The part of `node:sqlite`
 * that the tables use; all of it is done once a call returns.
 */
export interface Statement {
  /** The first row; undefined where there is none. */
  get(...values: SqlValue[]): Row | undefined;
  get(named: NamedValues, ...values: SqlValue[]): Row | undefined;
  /** All rows. */
  all(...values: SqlValue[]): Row[];
  all(named: NamedValues, ...values: SqlValue[]): Row[];
  /** How many rows it changed. */
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  run(named: NamedValues, ...values: SqlValue[]): { readonly changes: number | bigint };
}
