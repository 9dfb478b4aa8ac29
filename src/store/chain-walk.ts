import { z } from 'zod';
import type { AuditChecks } from '../domain/audit-anchor.ts';
import type { RawAuditRecord } from '../domain/audit-record.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import type { AuditHead, PruningPoint } from './audit-head-file.ts';
import { auditDigest } from './audit-record.ts';

export type Broken = Extract<AuditVerdict, { ok: false }>;

const prunedDetail = z.object({
  through: z.int(),
  hash: z.string(),
  before: z.number(),
  retention: z.number().nullish(),
});
const startedDetail = z.object({ auditRetention: z.number() });

/** Records come late where the disk was full: an anchor and a record's time may differ by so much. */
const lateMs = 86_400_000;

export interface WalkOptions extends AuditChecks {
  /** What the first record follows: the last pruned one, undefined for the very beginning. */
  readonly start: AuditHead | undefined;
  /** The end that the file in the data folder remembers. */
  readonly file?: AuditHead | undefined;
  /** True for a part of a log, which need not state its beginning nor reach any end. */
  readonly part?: boolean;
}

/** A record that must be in the log, and what says so. */
interface Remembered extends AuditHead {
  readonly anchor: boolean;
}

/** Follows the chain record by record. */
export class ChainWalk {
  readonly #options: WalkOptions;
  /** By sequence; what was met is taken out. */
  readonly #remembered: Map<number, Remembered[]>;
  #headSeen: boolean;
  /** The pruning that the log starts after, once the log itself states it. */
  #startStated: PruningPoint | undefined;
  /** How long records are kept, as the last start of the program stated it. */
  #retention: number | undefined;
  #previous: string;
  #entries = 0;
  /** Sequence of the last record that was taken. */
  sequence: number;

  constructor(options: WalkOptions) {
    const { start, file, head, anchors = [] } = options;
    this.#options = options;
    this.sequence = start?.sequence ?? 0;
    this.#previous = start?.hash ?? '';
    this.#headSeen = head === undefined;
    const all = anchors.map(({ sequence, hash }) => ({ sequence, hash, anchor: true }));
    if (file !== undefined) all.push({ ...file, anchor: false });
    this.#remembered = Map.groupBy(all, ({ sequence }) => sequence);
  }

  take(record: RawAuditRecord): Broken | undefined {
    const broken = (why: string) => this.#broken(record.sequence, why);
    if (record.sequence !== this.sequence + 1) return broken('a record before it is missing');
    if (record.previous !== this.#previous)
      return broken('it does not follow the record before it');
    if (record.hash !== auditDigest(record)) return broken('its content was changed');
    for (const { hash, anchor } of this.#remembered.get(record.sequence) ?? []) {
      if (hash === record.hash) continue;
      return broken(
        anchor
          ? 'it is not the record that an anchor holds'
          : 'it is not the record that was there',
      );
    }
    this.#remembered.delete(record.sequence);
    if (record.hash === this.#options.head) this.#headSeen = true;
    const early = record.what === 'audit.pruned' ? this.#takePruning(record) : undefined;
    if (early !== undefined) return broken(early);
    if (record.what === 'program.started') this.#takePolicy(record);
    this.#previous = record.hash;
    this.sequence = record.sequence;
    this.#entries += 1;
    return undefined;
  }

  /** The verdict once there are no more records; `end` is where the log should end. */
  end(end: AuditHead | undefined): AuditVerdict {
    const { start, part = false, anchors } = this.#options;
    const broken = (why: string) => this.#broken(this.sequence + 1, why);
    if (start !== undefined && this.#startStated === undefined && !part) {
      return broken('no record tells of the pruning of its beginning');
    }
    const pruned = this.#anchorsOfThePruned();
    if (pruned !== undefined) return pruned;
    const cut = [...this.#remembered.values()]
      .flat()
      .some(({ sequence, anchor }) => sequence > this.sequence && !(anchor && part));
    if (cut || !this.#headSeen) return broken('records were cut off at the end');
    if (end === undefined && this.#entries > 0) return broken('its head is missing');
    if (end !== undefined && end.sequence > this.sequence) {
      return broken('records were cut off at the end');
    }
    if (end !== undefined && (end.sequence !== this.sequence || end.hash !== this.#previous)) {
      return broken('records were added that this program did not write');
    }
    return {
      ok: true,
      entries: this.#entries,
      head: this.#previous,
      prunedThrough: start?.sequence ?? 0,
      ...(anchors === undefined ? {} : { anchors: anchors.length }),
    };
  }

  /** The pruning that the log starts after, as its own record states it. */
  get startStated(): PruningPoint | undefined {
    return this.#startStated;
  }

  #broken(brokenAt: number, why: string): Broken {
    return { ok: false, entries: this.#entries, brokenAt, why };
  }

  /** Of records that are gone an anchor says that the last of them was another, or too young. */
  #anchorsOfThePruned(): Broken | undefined {
    const { start, anchors = [] } = this.#options;
    if (start === undefined) return undefined;
    for (const { sequence, hash, at } of anchors) {
      if (sequence === start.sequence && hash !== start.hash) {
        return this.#broken(sequence, 'it is not the record that an anchor holds');
      }
      const stated = this.#startStated;
      if (stated !== undefined && sequence < start.sequence && at > stated.before + lateMs) {
        return this.#broken(
          sequence + 1,
          'records were pruned that an anchor shows to be too young for it',
        );
      }
    }
    return undefined;
  }

  #takePruning({ at, detail }: RawAuditRecord): string | undefined {
    const stated = prunedDetail.safeParse(JSON.parse(detail));
    if (!stated.success) return 'it is no record of a pruning';
    const { through, hash, before } = stated.data;
    const { start } = this.#options;
    // The start of the program that pruned may be pruned itself.
    const kept = this.#retention ?? stated.data.retention ?? this.#options.retention;
    if (through === start?.sequence && hash === start.hash) {
      this.#startStated = { through, hash, at, before };
    }
    return kept !== undefined && at - before < kept
      ? 'records were pruned before the retention policy allows it'
      : undefined;
  }

  #takePolicy({ detail }: RawAuditRecord): void {
    const started = startedDetail.safeParse(JSON.parse(detail));
    if (started.success) this.#retention = started.data.auditRetention;
  }
}
