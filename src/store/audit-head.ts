import { join } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type AuditHead, auditHeadName, HeadFile, type PruningPoint } from './audit-head-file.ts';
import type { Store } from './store.ts';

/**
 * Where the audit log ends and up to where it was pruned, kept apart from its records: in tables,
 * within the transaction of each record, and in a file, which who has the database alone cannot
 * change.
 */
export class AuditHeads {
  readonly #store: Store;
  readonly #file: HeadFile | undefined;
  readonly #log: Log | undefined;
  #failed = false;

  constructor(store: Store, log: Log | undefined) {
    this.#store = store;
    this.#file =
      store.folder === undefined ? undefined : new HeadFile(join(store.folder, auditHeadName));
    this.#log = log;
  }

  /** True where a file has to hold the head. */
  get isKept(): boolean {
    return this.#file !== undefined;
  }

  /** Notes the head in the database; within the transaction that adds the record. */
  put({ sequence, hash }: AuditHead): void {
    this.#store
      .prepare(
        `INSERT INTO audit_head VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`,
      )
      .run(sequence, hash);
  }

  /**
   * Notes the head in the file, once the record is committed. What the file remembers and the log
   * does not hold stays in it, as evidence. A failure is logged, once.
   */
  keep(head: AuditHead): void {
    const file = this.#file;
    if (file === undefined || this.#store.health().mode === 'read-only') return;
    this.#orLog(() => {
      const present = file.read();
      if (present === 'unreadable') return this.#fail('it is damaged');
      if (present === undefined) {
        if (head.sequence > 1) return this.#fail('it is missing');
        file.create(head);
        return;
      }
      if (present.points === undefined) file.putPoints({ pruned: this.#stated(), announced: null });
      if (!this.#follows(present.head)) return;
      // Another process (the command line) may write at the same time: the later head stays.
      let newest = head;
      while (present.head.sequence < newest.sequence) {
        file.putHead(newest);
        const end = this.ofTable();
        if (end === undefined || end.sequence <= newest.sequence) break;
        newest = end;
      }
      this.#failed = false;
    });
  }

  /**
   * Notes in the file, before the transaction, up to where the log is about to be pruned: a crash
   * in between leaves a log that is pruned up to a point which the file knows.
   * @throws NightglassError `STORE_UNWRITABLE`: nothing is pruned then
   */
  announce(point: PruningPoint): void {
    const present = this.#file?.read();
    // A file that is gone, damaged or belies the database is a fault already, and stays as it is.
    if (typeof present !== 'object' || !this.#knowsPruning()) return;
    try {
      this.#file?.putPoints({ pruned: present.points?.pruned ?? this.#stated(), announced: point });
    } catch (error) {
      throw new NightglassError(
        'STORE_UNWRITABLE',
        `Cannot note in ${auditHeadName} what is to be pruned: ${String(error)}`,
        { hint: 'Give the data folder free space and write permission.', cause: error },
      );
    }
  }

  /** Notes that the announced pruning is committed. */
  pruned(point: PruningPoint): void {
    this.#orLog(() => {
      const present = this.#file?.read();
      if (typeof present !== 'object' || !isPoint(present.points?.announced, point)) return;
      this.#file?.putPoints({ pruned: point, announced: null });
    });
  }

  ofTable(): AuditHead | undefined {
    const row = this.#store.prepare('SELECT sequence, hash FROM audit_head').get();
    if (row === undefined) return undefined;
    return { sequence: Number(row['sequence']), hash: String(row['hash']) };
  }

  /** What the file holds. Undefined where no file is kept, or none is there. */
  ofFile(): ReturnType<HeadFile['read']> {
    return this.#file?.read();
  }

  /** What the first record that is left must follow; undefined for a log that was never pruned. */
  pruning(): AuditHead | undefined {
    const row = this.#store.prepare('SELECT through, hash FROM audit_pruning').get();
    if (row === undefined) return undefined;
    return { sequence: Number(row['through']), hash: String(row['hash']) };
  }

  #follows(present: AuditHead): boolean {
    const row = this.#store
      .prepare('SELECT hash FROM audit WHERE sequence = ?')
      .get(present.sequence);
    const pruned = this.#knowsPruning() ? (this.pruning()?.sequence ?? 0) : 0;
    if (row?.['hash'] === present.hash || present.sequence <= pruned) return true;
    this.#fail('the log does not hold the record that the file remembers');
    return false;
  }

  /** True where the file knows of what was pruned in the database. */
  #knowsPruning(): boolean {
    const present = this.#file?.read();
    if (typeof present !== 'object') return false;
    if (present.points === undefined || pruningKnown(present.points, this.pruning())) return true;
    this.#fail('the log was pruned by something else than this program');
    return false;
  }

  /** The pruning that the log itself states, for a file of a version that did not keep it. */
  #stated(): PruningPoint | null {
    const start = this.pruning();
    if (start === undefined) return null;
    const row = this.#store
      .prepare("SELECT at, detail FROM audit WHERE what = 'audit.pruned' ORDER BY sequence DESC")
      .get();
    const { before = 0 } = JSON.parse(String(row?.['detail'] ?? '{}')) as { before?: number };
    return { through: start.sequence, hash: start.hash, at: Number(row?.['at'] ?? 0), before };
  }

  #orLog(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #fail(reason: string): void {
    if (!this.#failed) this.#log?.error({ reason }, 'Cannot keep the audit head');
    this.#failed = true;
  }
}

/** True where the database is pruned to one of the points that the file holds. */
export function pruningKnown(
  points: { readonly pruned: PruningPoint | null; readonly announced: PruningPoint | null },
  pruning: AuditHead | undefined,
): boolean {
  if (pruning === undefined) return points.pruned === null;
  return [points.pruned, points.announced].some(
    (point) => point?.through === pruning.sequence && point.hash === pruning.hash,
  );
}

function isPoint(one: PruningPoint | null | undefined, other: PruningPoint): boolean {
  return one?.through === other.through && one.hash === other.hash;
}
