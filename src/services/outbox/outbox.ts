import type { StoredAlertEvent } from '../../domain/alert-event.ts';
import { outboxBounds } from '../../domain/bounds.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { type Log, logKind } from '../../domain/log.ts';
import type { DeadReason, Delivery, LostReason } from '../../domain/outbox/delivery.ts';
import {
  type CameraFault,
  type Notice,
  noticeKindOf,
  type Priority,
  priorityOf,
} from '../../domain/outbox/notice.ts';
import { type Receiver, type SkipReason, skipReason } from '../../domain/outbox/receiver.ts';
import {
  type NewDelivery,
  type OutboxKin,
  type OutboxLevel,
  OutboxTable,
  sumOf,
} from '../../store/outbox-table.ts';
import type { Store } from '../../store/store.ts';

/** What may wait for one receiver, and for how long; milliseconds and bytes. */
export interface OutboxLimits {
  readonly maxWaiting: number;
  readonly maxBytes: number;
  readonly maxDead: number;
  readonly giveUpAfter: number;
  readonly keepDead: number;
}

/** Told of what becomes of deliveries, by receiver. */
export interface OutboxObserver {
  delivered(receiverId: string, waitedMs: number): void;
  failed(receiverId: string): void;
  dead(receiverId: string, reason: DeadReason): void;
  lost(receiverId: string, reason: LostReason): void;
  skipped(receiverId: string, reason: SkipReason): void;
}

export interface OutboxOptions {
  readonly store: Store;
  /** A function where they come and go by themselves. */
  readonly receivers: readonly Receiver[] | (() => readonly Receiver[]);
  /** Default: receivers of the configuration. */
  readonly kin?: OutboxKin;
  readonly limits: OutboxLimits;
  /** How urgent the alerts of a list are, by its id. */
  readonly priority: (watchlistId: string) => Priority | undefined;
  readonly now: () => number;
  readonly observer: OutboxObserver;
  readonly log: Log;
}

/** Rows that are too many, seen to in one transaction and one turn of the event loop. */
const chunk = 20;

/**
 * What is to reach receivers outside, in the database: a delivery for each receiver that wants a
 * notice, written in the transaction of what it is about. What is too much or too old is counted
 * and kept as a dead letter within bounds; nothing is let go in silence.
 */
export class Outbox {
  readonly table: OutboxTable;
  readonly #options: OutboxOptions;
  readonly #levels = new Map<string, OutboxLevel>();
  readonly #listeners = new Set<(receiverId: string) => void>();
  #receivers: () => readonly Receiver[] = () => [];
  #trimming = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.table = new OutboxTable(options.store, options.kin);
    this.use(options.receivers);
  }

  get receivers(): readonly Receiver[] {
    return this.#receivers();
  }

  /**
   * Others are sent to from now on. What waits for those that are gone is no longer in the table
   * by then; it counts as lost.
   */
  use(receivers: OutboxOptions['receivers']): void {
    const gone = new Map(this.#levels);
    this.#receivers = typeof receivers === 'function' ? receivers : () => receivers;
    this.#levels.clear();
    for (const { id } of this.receivers) {
      this.#levels.set(id, this.table.level(id));
      gone.delete(id);
    }
    for (const [id, { waiting, dead }] of gone) {
      const { lost } = this.#options.observer;
      for (let count = waiting + dead; count > 0; count -= 1) lost(id, 'receiver_removed');
    }
  }

  /** Called when something more waits for a receiver. */
  onWaiting(listener: (receiverId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What waits for a receiver, and its dead letters. */
  level(receiverId: string): OutboxLevel {
    return this.#levels.get(receiverId) ?? sumOf([]);
  }

  /** A change of an alert, for those who want it. Within the transaction of the change. */
  alertChanged({ change, alert, sequence }: StoredAlertEvent): void {
    const kind = noticeKindOf(change);
    if (kind === null) return;
    this.#add({ kind, alert }, { kind, alertId: alert.id, event: sequence, body: null });
  }

  /** A fault of a camera, or its end. Within the transaction that notes it. */
  cameraChanged(fault: CameraFault): void {
    const body = JSON.stringify(fault);
    this.#add({ kind: 'camera', fault }, { kind: 'camera', alertId: null, event: null, body });
  }

  /** Notes that a receiver got these. @throws NightglassError `STORE_UNWRITABLE` */
  delivered(receiverId: string, numbers: readonly number[]): void {
    this.#change(receiverId, () => this.table.delivered(receiverId, numbers));
  }

  /** Notes that an attempt failed, and when there will be another. @throws NightglassError `STORE_UNWRITABLE` */
  failed(delivery: Delivery, attempts: number, nextAt: number, why: string): void {
    const { observer, store } = this.#options;
    store.write(() => this.table.failed(delivery, attempts, nextAt, why));
    observer.failed(delivery.receiverId);
  }

  /** Gives a delivery up that its receiver refuses. @throws NightglassError `STORE_UNWRITABLE` */
  bury(delivery: Delivery, why: string): void {
    const { now, observer } = this.#options;
    this.#change(delivery.receiverId, () => this.table.bury(delivery, 'refused', now(), why));
    observer.dead(delivery.receiverId, 'refused');
  }

  /** Lets a delivery go that nobody can make any more. @throws NightglassError `STORE_UNWRITABLE` */
  lose(delivery: Delivery, reason: LostReason): void {
    this.#change(delivery.receiverId, () => this.table.lose(delivery, reason));
    this.#options.observer.lost(delivery.receiverId, reason);
  }

  /** Dead letters wait again. Within a transaction. @returns how many */
  revive(receiverId: string, numbers: readonly number[] | 'all'): number {
    const { now, store } = this.#options;
    const count = this.table.revive(receiverId, numbers, now());
    store.afterCommit(() => {
      this.#levels.set(receiverId, this.table.level(receiverId));
      this.#keepBounds();
      for (const listener of this.#listeners) listener(receiverId);
    });
    return count;
  }

  /**
   * What was tried for too long becomes a dead letter; dead letters that are too old go. What has a
   * time to come, from before the clock was set back, ages from now on. A retention task.
   */
  purge(now: number, limit: number): number {
    const { limits, observer, store } = this.#options;
    const ahead = this.table.ahead(now, outboxBounds.redatedAtOnce);
    if (ahead.length > 0) store.write(() => this.table.redate(ahead, now));
    const late = this.table.waitingBefore(now - limits.giveUpAfter, limit);
    for (const each of late) {
      this.#change(each.receiverId, () => this.table.bury(each, 'too_old', now));
      observer.dead(each.receiverId, 'too_old');
    }
    const old = this.table.deadBefore(now - limits.keepDead, limit - late.length);
    for (const each of old) this.lose(each, 'dead_too_old');
    return late.length + old.length;
  }

  /** Lets all go that is for a receiver that is no more. Within a transaction. */
  drop(receiverId: string): void {
    this.table.drop(receiverId);
    this.#options.store.afterCommit(() => this.#levels.delete(receiverId));
  }

  #add(notice: Notice, what: Omit<NewDelivery, 'receiverId' | 'createdAt'>): void {
    const { store, observer } = this.#options;
    const createdAt = this.#options.now();
    const priority = priorityOf(notice, this.#options.priority);
    for (const { id: receiverId, rules } of this.receivers) {
      const skipped = skipReason(rules, notice, priority, createdAt);
      if (skipped !== null) {
        store.afterCommit(() => observer.skipped(receiverId, skipped));
        continue;
      }
      const change = this.table.add({ ...what, receiverId, createdAt });
      store.afterCommit(() => {
        this.#apply(receiverId, change);
        for (const listener of this.#listeners) listener(receiverId);
      });
    }
  }

  #change(receiverId: string, work: () => OutboxLevel): void {
    this.#apply(receiverId, this.#options.store.write(work));
  }

  #apply(receiverId: string, change: OutboxLevel): void {
    this.#levels.set(receiverId, sumOf([this.level(receiverId), change]));
    if (this.#isFull(receiverId)) this.#keepBounds();
  }

  /** Later: whoever stores an alert must not fail by what is too much. */
  #keepBounds(): void {
    if (this.#trimming || !this.receivers.some(({ id }) => this.#isFull(id))) return;
    this.#trimming = true;
    setImmediate(() => {
      this.#trimming = false;
      try {
        for (const { id } of this.receivers) this.#trim(id);
      } catch (error) {
        if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
        this.#options.log.error({ reason: error.message }, 'The outbox is beyond its bounds');
      }
    });
  }

  #isFull(receiverId: string): boolean {
    const level = this.level(receiverId);
    return this.#waitsTooMuch(level) || level.dead > this.#options.limits.maxDead;
  }

  /** The oldest go first: of what waits to the dead letters, of these for good. Some at a time. */
  #trim(receiverId: string): void {
    const { log, now, observer, store } = this.#options;
    const told: (() => void)[] = [];
    let level = this.level(receiverId);
    store.write(() => {
      for (let step = 0; step < chunk; step += 1) {
        if (this.#waitsTooMuch(level)) {
          const first = this.table.next(receiverId, 0);
          if (first === undefined) return;
          level = sumOf([level, this.table.bury(first, 'overflow', now())]);
          told.push(() => observer.dead(receiverId, 'overflow'));
        } else if (level.dead > this.#options.limits.maxDead) {
          const [first] = this.table.dead(receiverId, 0, 1);
          if (first === undefined) return;
          level = sumOf([level, this.table.lose(first, 'dead_overflow')]);
          told.push(() => observer.lost(receiverId, 'dead_overflow'));
        } else return;
      }
    });
    if (told.length === 0) return;
    this.#levels.set(receiverId, level);
    for (const tell of told) tell();
    log.warn(
      { receiver: receiverId, ...level, [logKind]: `outbox overflow ${receiverId}` },
      'Too much waits for a receiver: the oldest become dead letters, and dead letters go',
    );
    this.#keepBounds();
  }

  #waitsTooMuch({ waiting, bytes }: OutboxLevel): boolean {
    const { maxBytes, maxWaiting } = this.#options.limits;
    return waiting > maxWaiting || bytes > maxBytes;
  }
}
