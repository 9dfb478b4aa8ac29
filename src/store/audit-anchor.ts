import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../domain/log.ts';
import type { Store } from './store.ts';

/** Name of the file in the data folder that holds the head of the audit log. */
export const auditAnchorName = 'audit-head.json';

/** The last record of an audit log. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

const headSchema = z.object({ sequence: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** Always the same length, within a sector: it is written in place, whole or not at all. */
const fileBytes = 128;

/** Where the audit log ends, kept apart from its records so that a cut-off end is missed. */
export class AuditAnchor {
  readonly #store: Store;
  readonly #file: string | undefined;
  readonly #log: Log | undefined;
  #failed = false;

  constructor(store: Store, log: Log | undefined) {
    this.#store = store;
    this.#file = store.folder === undefined ? undefined : join(store.folder, auditAnchorName);
    this.#log = log;
  }

  /** Notes the head in the database; within the transaction that adds the record. */
  put({ sequence, hash }: AuditHead): void {
    this.#store.prepare('INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)').run(sequence, hash);
  }

  /**
   * Notes the head in the file, once the record is committed. What the file remembers and the log
   * does not hold stays in it, as evidence. A failure is logged, once.
   */
  keep(head: AuditHead): void {
    if (this.#file === undefined || this.#store.health().mode === 'read-only') return;
    try {
      const present = this.ofFile();
      if (present === undefined && head.sequence > 1) this.#fail('it is missing');
      if (present === undefined ? head.sequence > 1 : !this.#follows(head, present)) return;
      writeWithin(this.#file, `${JSON.stringify(head).padEnd(fileBytes - 1)}\n`);
      this.#failed = false;
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #follows(head: AuditHead, present: AuditHead | 'unreadable'): boolean {
    if (present === 'unreadable') {
      this.#fail('it is damaged');
      return false;
    }
    const row = this.#store
      .prepare('SELECT hash FROM audit WHERE sequence = ?')
      .get(present.sequence);
    if (row?.['hash'] !== present.hash && !this.#wasPruned(present.sequence)) {
      this.#fail('the log does not hold the record that the file remembers');
      return false;
    }
    // Another process (the command line) may have written a later one meanwhile.
    return present.sequence < head.sequence;
  }

  #wasPruned(sequence: number): boolean {
    const row = this.#store.prepare('SELECT through FROM audit_pruning').get();
    return sequence <= Number(row?.['through'] ?? 0);
  }

  #fail(reason: string): void {
    if (!this.#failed) this.#log?.error({ file: this.#file, reason }, 'Cannot keep the audit head');
    this.#failed = true;
  }

  /** True where a file has to hold the head. */
  get isKept(): boolean {
    return this.#file !== undefined;
  }

  ofTable(): AuditHead | undefined {
    const row = this.#store.prepare('SELECT sequence, hash FROM audit_head').get();
    if (row === undefined) return undefined;
    return { sequence: Number(row['sequence']), hash: String(row['hash']) };
  }

  /** Undefined where no file is kept, or none is there. */
  ofFile(): AuditHead | 'unreadable' | undefined {
    if (this.#file === undefined) return undefined;
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return 'unreadable';
    }
    try {
      return headSchema.parse(JSON.parse(text));
    } catch {
      return 'unreadable';
    }
  }
}

/** In place: to write a new file and put it there costs as much as the record itself. */
function writeWithin(file: string, text: string): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    writeSync(descriptor, text, 0);
  } finally {
    closeSync(descriptor);
  }
}
