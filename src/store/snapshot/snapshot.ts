/** The records of a data folder as they stood at one moment; others go on writing meanwhile. */
export interface Snapshot extends Disposable {
  /**
   * Copies them into an SQLite database in the data folder, which has no name any more once this
   * returns: a kill leaves nothing behind. Once only: the moment is held no longer than that takes,
   * for what is deleted meanwhile cannot be given back.
   * @throws NightglassError `STORE_UNWRITABLE`, `STORE_CORRUPT`, `STORE_UNREACHABLE`, `STORE_REFUSED`
   */
  copy(): Promise<SnapshotCopy>;
}

/** A copy of the records, and what it holds. */
export interface SnapshotCopy {
  /** Of the file, to be closed by the caller. */
  readonly descriptor: number;
  /** Number of the last migration. */
  readonly schema: number;
  /** Where the audit log ended. */
  readonly auditHead: { readonly sequence: number; readonly hash: string } | null;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Ids of the keys that values are encrypted with. */
  readonly keyIds: readonly string[];
  /** Bytes of the database. */
  readonly bytes: number;
}
