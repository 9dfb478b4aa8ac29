import { type Actor, auditEntry, systemActor } from '../domain/audit-entry.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { AuditLog } from './audit-log.ts';
import type { Store } from './store.ts';

/** Why the wall clock is not believed. */
export interface ClockHold {
  /** About what it should say, and what it says, wall milliseconds. */
  readonly expected: number;
  readonly now: number;
}

export interface ClockGuardOptions {
  readonly store: Pick<Store, 'prepare' | 'write'>;
  readonly audit: Pick<AuditLog, 'append' | 'record'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the program may have been off before its clock must be confirmed, milliseconds. */
  readonly maxGapMs: number;
  readonly onHold?: (held: boolean) => void;
}

/** What a clock that is kept in order may be set by, milliseconds, and go wrong by meanwhile. */
const toleranceMs = 10 * 60_000;
const driftShare = 0.0005;
/** The time is noted so often, and a hold logged again so often, milliseconds. */
const notedEveryMs = 60_000;
const loggedEveryMs = 3_600_000;

/**
 * Lets nothing be purged by a clock that jumped. While the program runs wall time is compared with
 * monotonic time; at its start with the time that was noted last in the database, or, where none
 * was, with the newest record and alert. A hold ends when the clock is right again, or when
 * somebody confirms it, in this process or another.
 */
export class ClockGuard {
  readonly #options: ClockGuardOptions;
  /** The newest stored time before this process stored any. */
  readonly #newest: number | undefined;
  /** A time that was believed, on both clocks. */
  #reference: { readonly wall: number; readonly monotonic: number } | undefined;
  /** The noted time that this process knows of: another one is a confirmation. */
  #known: number | undefined;
  #hold: ClockHold | undefined;
  #loggedAt = Number.NEGATIVE_INFINITY;

  /** Before this process stores anything. */
  constructor(options: ClockGuardOptions) {
    this.#options = options;
    this.#newest = newestStored(options.store);
  }

  /** Why nothing may be purged, as last checked; undefined while the clock is believed. */
  get hold(): ClockHold | undefined {
    return this.#hold;
  }

  /** Compares the clocks. True while nothing may be purged. @throws NightglassError `STORE_UNWRITABLE` */
  holds(): boolean {
    const { clock, store } = this.#options;
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    const noted = notedTime(store);
    if (noted !== this.#known) {
      this.#known = noted;
      this.#reference = undefined;
    }
    const expected =
      this.#reference === undefined
        ? this.#sinceStored(now)
        : this.#sinceReference(now, monotonic, this.#reference);
    this.#turn(expected === undefined ? undefined : { expected, now }, monotonic);
    if (expected !== undefined) {
      if (noted === undefined) this.#note(Math.round(expected));
      return true;
    }
    this.#reference ??= { wall: now, monotonic };
    if (noted === undefined || now - noted >= notedEveryMs) {
      this.#note(now);
    }
    return false;
  }

  /** What is stored from here on, held or not, no longer tells a later start what to believe. */
  #note(at: number): void {
    const { store } = this.#options;
    store.write(() => noteTime(store, at));
    this.#known = at;
  }

  /** Believes the clock as it stands, on record. @throws NightglassError `STORE_UNWRITABLE` */
  confirm(by: Actor): number {
    const { clock, store, audit } = this.#options;
    const now = clock.now();
    confirmTime(store, audit, now, by);
    this.holds();
    return now;
  }

  #sinceStored(now: number): number | undefined {
    const before = this.#known ?? this.#newest;
    if (before === undefined) return undefined;
    const gap = now - before;
    return gap > this.#options.maxGapMs || gap < -toleranceMs ? before : undefined;
  }

  #sinceReference(
    now: number,
    monotonic: number,
    reference: { readonly wall: number; readonly monotonic: number },
  ): number | undefined {
    const elapsed = monotonic - reference.monotonic;
    const expected = reference.wall + elapsed;
    const allowed = toleranceMs + elapsed * driftShare;
    return Math.abs(now - expected) > allowed ? Math.round(expected) : undefined;
  }

  #turn(hold: ClockHold | undefined, monotonic: number): void {
    const { audit, log, onHold } = this.#options;
    const before = this.#hold;
    this.#hold = hold;
    if (hold !== undefined && monotonic - this.#loggedAt >= loggedEveryMs) {
      this.#loggedAt = monotonic;
      log.error(dates(hold), 'The clock has jumped: nothing is deleted until it is confirmed');
    }
    if ((hold === undefined) === (before === undefined)) return;
    onHold?.(hold !== undefined);
    if (hold === undefined) {
      this.#loggedAt = Number.NEGATIVE_INFINITY;
      log.info({}, 'The clock is believed again: what is too old is deleted');
    }
    const what = hold === undefined ? 'retention.resumed' : 'retention.held';
    audit.append(auditEntry(systemActor, what, '', hold === undefined ? {} : dates(hold)));
  }
}

/** Notes that the clock is right, on record: a running program then purges by it again. */
export function confirmTime(
  store: Pick<Store, 'prepare' | 'write'>,
  audit: Pick<AuditLog, 'record'>,
  now: number,
  by: Actor,
): void {
  store.write(() => {
    const expected = notedTime(store);
    const detail = expected === undefined ? { now: iso(now) } : dates({ expected, now });
    audit.record(auditEntry(by, 'clock.confirmed', '', detail));
    noteTime(store, now);
  });
}

function notedTime(store: Pick<Store, 'prepare'>): number | undefined {
  const row = store.prepare('SELECT at FROM trusted_time').get();
  return row === undefined ? undefined : Number(row['at']);
}

function noteTime(store: Pick<Store, 'prepare'>, at: number): void {
  store
    .prepare(
      'INSERT INTO trusted_time VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at',
    )
    .run(at);
}

function newestStored(store: Pick<Store, 'prepare'>): number | undefined {
  const row = store
    .prepare(
      `SELECT max(at) AS at FROM (
         SELECT (SELECT at FROM audit ORDER BY sequence DESC LIMIT 1) AS at
         UNION ALL SELECT max(created_at) FROM alerts) AS stored`,
    )
    .get();
  return row?.['at'] == null ? undefined : Number(row['at']);
}

function dates({ expected, now }: ClockHold) {
  return { expected: iso(expected), now: iso(now) };
}

function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
