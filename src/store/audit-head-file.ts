import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** Name of the file in the data folder that holds the head and the pruning points of the audit log. */
export const auditHeadName = 'audit-head.json';

/** The last record of an audit log. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** Up to where an audit log was pruned. */
export interface PruningPoint {
  /** The last record that is gone, and its hash, which the rest starts from. */
  readonly through: number;
  readonly hash: string;
  /** Wall time of the pruning, and the time before which records were pruned, milliseconds. */
  readonly at: number;
  readonly before: number;
}

export interface PruningPoints {
  readonly pruned: PruningPoint | null;
  /** What is about to be pruned, or was when the program died. */
  readonly announced: PruningPoint | null;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const headSchema = z.object({ sequence: z.int().min(1), hash });
const pointSchema = z.object({ through: z.int().min(1), hash, at: z.number(), before: z.number() });
const pointsSchema = z.object({
  pruned: pointSchema.nullable(),
  announced: pointSchema.nullable(),
});

/**
 * Two lines of fixed length, together within a sector. Each is written in place, whole or not at
 * all, and without regard to the other: heads come from several processes, points from one.
 */
const headBytes = 128;
const pointsBytes = 384;

/** The file that holds the head of the audit log and its pruning points. */
export class HeadFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined where there is none; no `points` in one that an earlier version wrote. */
  read():
    | { readonly head: AuditHead; readonly points: PruningPoints | undefined }
    | 'unreadable'
    | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unreadable';
    }
    try {
      const [head = '', points = ''] = text.split('\n');
      return {
        head: headSchema.parse(JSON.parse(head)),
        points: points === '' ? undefined : pointsSchema.parse(JSON.parse(points)),
      };
    } catch {
      return 'unreadable';
    }
  }

  /** Begins the file with the first record of a log. */
  create(head: AuditHead): void {
    this.putHead(head);
    this.putPoints({ pruned: null, announced: null });
  }

  putHead(head: AuditHead): void {
    this.#put(head, headBytes, 0);
  }

  putPoints(points: PruningPoints): void {
    this.#put(points, pointsBytes, headBytes);
  }

  /** In place: to write a new file and put it there costs as much as the record itself. */
  #put(content: object, bytes: number, at: number): void {
    const descriptor = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(content).padEnd(bytes - 1)}\n`, at);
    } finally {
      closeSync(descriptor);
    }
  }
}
