import {
  type Armable,
  type ArmingChange,
  type ArmingRecord,
  type ArmingState,
  type ArmingSubject,
  armingKey,
  endOfOrder,
  movedBack,
  orderHolds,
  wantsArmed,
} from '../../domain/arming.ts';
import { type Actor, systemActor } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type Log, logKind } from '../../domain/log.ts';
import type { Times } from '../../domain/schedule.ts';
import { ArmingTable } from '../../store/arming-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { isStoreFault } from '../../store/is-store-fault.ts';
import type { Store } from '../../store/store.ts';
import { type ArmingOrder, orderRecord } from './arming-order.ts';
import { armingProblems } from './arming-problems.ts';
import { KnownArmable } from './known-armable.ts';
import { NextChanges } from './next-changes.ts';
import { type ArmingRecords, type Due, recordArming } from './record-arming.ts';

export interface ArmingServiceOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
  readonly log: Log;
  /** All cameras and watchlists that there are. */
  readonly armable: () => readonly Armable[];
  /** Told of each change once it is in force. */
  readonly onChange: (change: ArmingChange) => void;
}

const minuteMs = 60_000;

/**
 * Which cameras and watchlists are armed: by orders of people, and by schedules where none is in
 * force. Each change is one transaction with its record. One by a schedule that cannot be recorded
 * takes place all the same where it arms, and waits where it disarms: what nobody could read up on
 * must cost no alert.
 */
export class ArmingService {
  readonly #options: ArmingServiceOptions;
  readonly #armable: KnownArmable;
  readonly #on: ArmingRecords;
  readonly #records: Map<string, ArmingRecord>;
  readonly #disarmed = new Set<string>();
  #schedules: ReadonlyMap<string, Times> = new Map();
  readonly #next = new NextChanges();
  /** Why orders have another end than on record. */
  readonly #moved = new Map<string, string>();
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: ArmingServiceOptions) {
    this.#options = options;
    const { audit, store } = options;
    this.#armable = new KnownArmable(store, options.armable);
    const table = new ArmingTable(store);
    this.#on = { audit, store, table };
    const records = store.readOr(() => table.list(), []);
    this.#records = new Map(records.map((record) => [armingKey(record), record]));
    for (const record of records) if (!record.armed) this.#disarmed.add(armingKey(record));
  }

  /** Whether faces of a camera are compared with a list. */
  compares(watchlistId: string, cameraId: string): boolean {
    return this.isArmed('watchlist', watchlistId) && this.isArmed('camera', cameraId);
  }

  isArmed(kind: ArmingSubject['kind'], id: string): boolean {
    return !this.#disarmed.has(armingKey({ kind, id }));
  }

  /**
   * Takes these schedules, by {@link armingKey}, in place of those before, and looks at once. Orders
   * that hold until the next change of a schedule hold until that of the new one, on record too.
   */
  use(schedules: ReadonlyMap<string, Times>): void {
    this.#schedules = schedules;
    this.#next.forget();
    const now = this.#options.clock.now();
    for (const [key, record] of this.#records) {
      if (record.timed || !orderHolds(record, now)) continue;
      const until = endOfOrder(schedules.get(key), now);
      // Where the schedule is the same, so is its next change.
      if (until !== record.until) this.#move({ ...record, until }, 'schedule changed');
    }
    this.look();
  }

  /** All of them, cameras first, in the order in which they stand. */
  list(): (Armable & ArmingState)[] {
    return this.#armable.list().map((each) => ({ ...each, ...this.#stateOf(each) }));
  }

  /**
   * Arms or disarms.
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` for a time that is over or too far ahead,
   * `STORE_UNWRITABLE`: nothing has changed then
   */
  order(subject: ArmingSubject, order: ArmingOrder, by: Actor): ArmingState {
    const armable = this.#find(subject);
    const schedule = this.#schedules.get(armingKey(subject));
    const on = { by, now: this.#options.clock.now(), schedule };
    this.#change({ record: orderRecord(subject, order, on), armable }, by);
    return this.#stateOf(subject);
  }

  /**
   * Ends an order: the schedule decides, or it is armed where there is none.
   * @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE`
   */
  release(subject: ArmingSubject, by: Actor): ArmingState {
    const armable = this.#find(subject);
    const now = this.#options.clock.now();
    const key = armingKey(subject);
    if (!orderHolds(this.#records.get(key), now)) return this.#stateOf(subject);
    const { kind, id } = subject;
    const armed = wantsArmed(undefined, this.#schedules.get(key), now);
    const record: ArmingRecord = {
      ...{ kind, id, armed, cause: 'schedule', by: null, since: now, until: null, timed: false },
    };
    this.#change({ record, armable, why: 'order ended' }, by);
    return this.#stateOf(subject);
  }

  /** What is wrong, for health: that no alert can come. */
  problems() {
    return armingProblems(this.#armable.list(), this);
  }

  /** How many of a kind are disarmed. */
  count(kind: ArmingSubject['kind']): number {
    return this.#armable.list().filter((one) => one.kind === kind && !this.isArmed(kind, one.id))
      .length;
  }

  /** Brings everything to what orders and schedules say now, and looks again when it may differ. */
  look(): void {
    if (this.#closed) return;
    this.#cancel?.();
    try {
      this.#look();
    } finally {
      this.#cancel = this.#options.clock.after(this.#untilNextLook(), () => this.look());
    }
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #look(): void {
    const { clock } = this.#options;
    const now = clock.now();
    const armable = new Map(this.#armable.list().map((each) => [armingKey(each), each]));
    if (!this.#armable.isCurrent) this.#sayUnread();
    // What cannot be read is not gone.
    const gone = this.#armable.isCurrent
      ? [...this.#records.values()].filter((record) => !armable.has(armingKey(record)))
      : [];
    this.#moveBack(now);
    const due: Due[] = [];
    for (const [key, each] of armable) {
      const known = this.#records.get(key);
      const isOver = known?.cause === 'order' && !orderHolds(known, now);
      const armed = wantsArmed(known, this.#schedules.get(key), now);
      const isSo = armed === (known?.armed ?? true) && armed !== this.#disarmed.has(key);
      if (!isOver && isSo) {
        const moved = this.#moved.get(key);
        if (known !== undefined && moved !== undefined) {
          due.push({ record: known, armable: each, why: moved });
        }
        continue;
      }
      const { kind, id } = each;
      const since = now;
      const record = { kind, id, armed, cause: 'schedule', by: null, since, until: null } as const;
      const why = isOver ? 'order over' : 'schedule';
      due.push({ record: { ...record, timed: false }, armable: each, why });
    }
    if (due.length + gone.length === 0) return;
    try {
      recordArming(this.#on, due, systemActor, gone);
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      this.#options.log.warn(
        { reason: error.message, [logKind]: 'arming not recorded' },
        'Arming by schedule cannot be recorded: what is to be armed is armed, what is to be disarmed waits',
      );
      this.#armUnrecorded(due.filter(({ record }) => record.armed));
      return;
    }
    for (const record of gone) {
      this.#records.delete(armingKey(record));
      this.#disarmed.delete(armingKey(record));
      this.#moved.delete(armingKey(record));
    }
    this.#take(due);
  }

  /** An order of a time to come was given before the clock was set back: it ends as long from now. */
  #moveBack(now: number): void {
    for (const record of this.#records.values()) {
      if (record.cause !== 'order' || record.since <= now) continue;
      const schedule = this.#schedules.get(armingKey(record));
      this.#move(movedBack(record, schedule, now), 'clock set back');
    }
  }

  /** In force at once, and on record as soon as it can be. */
  #move(record: ArmingRecord, why: string): void {
    const key = armingKey(record);
    this.#records.set(key, record);
    this.#moved.set(key, why);
  }

  #sayUnread(): void {
    this.#options.log.warn(
      { [logKind]: 'armable not read' },
      'Cameras and watchlists cannot be read: orders and schedules go on for those known before',
    );
  }

  /** @throws NightglassError `STORE_UNWRITABLE` */
  #change(due: Due, by: Actor): void {
    recordArming(this.#on, [due], by);
    this.#take([due]);
    this.look();
  }

  #take(changes: readonly Due[]): void {
    for (const { record } of changes) {
      const key = armingKey(record);
      this.#records.set(key, record);
      this.#moved.delete(key);
      if (record.armed) this.#disarmed.delete(key);
      else this.#disarmed.add(key);
    }
    for (const { armable } of changes) this.#tell(armable);
  }

  #armUnrecorded(changes: readonly { readonly armable: Armable }[]): void {
    for (const { armable } of changes) {
      if (this.#disarmed.delete(armingKey(armable))) this.#tell(armable);
    }
  }

  #tell(armable: Armable): void {
    this.#options.onChange({ state: this.#stateOf(armable), cameras: armable.cameras });
  }

  #find(subject: ArmingSubject): Armable {
    const key = armingKey(subject);
    const found = this.#armable.list().find((each) => armingKey(each) === key);
    if (found !== undefined) return found;
    throw new NightglassError(
      'NOT_FOUND',
      `Cannot find the ${subject.kind} ${subject.id}: there is none`,
    );
  }

  #stateOf({ kind, id }: ArmingSubject): ArmingState {
    const now = this.#options.clock.now();
    const key = armingKey({ kind, id });
    const schedule = this.#schedules.get(key);
    const record = this.#records.get(key);
    const armed = !this.#disarmed.has(key);
    const shared = { kind, id, armed, scheduled: schedule !== undefined };
    if (orderHolds(record, now)) {
      const { by, since, until } = record;
      return { ...shared, cause: 'order', by, since, until };
    }
    const until = schedule === undefined ? null : this.#next.of(schedule, now);
    const cause = schedule === undefined ? 'none' : 'schedule';
    return { ...shared, cause, by: null, since: record?.since ?? null, until };
  }

  /** The clock may jump, and time zones change their rules: each minute is looked at by itself. */
  #untilNextLook(): number {
    const now = this.#options.clock.now();
    const minute = minuteMs - (((now % minuteMs) + minuteMs) % minuteMs);
    const ends = [...this.#records.values()].flatMap((record) =>
      orderHolds(record, now) && record.until !== null ? [record.until - now] : [],
    );
    return Math.max(1, Math.min(minute, ...ends));
  }
}
