import { outboxBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { type Log, logKind } from '../../domain/log.ts';
import {
  type Attempt,
  type Delivery,
  type LostReason,
  waitAfter,
} from '../../domain/outbox/delivery.ts';
import type { Outbox, OutboxObserver } from './outbox.ts';

export interface ReceiverQueueOptions {
  readonly receiverId: string;
  readonly outbox: Outbox;
  /** Makes an attempt with all of these together. Never rejects by a fault outside. */
  readonly deliver: (deliveries: readonly Delivery[]) => Promise<Delivered>;
  /** What comes within so many milliseconds is delivered together; undefined: each by itself. */
  readonly digestMs?: number | undefined;
  readonly clock: Clock;
  readonly observer: Pick<OutboxObserver, 'delivered'>;
  readonly log: Log;
  /** 0..1, for the spread of waits. */
  readonly random?: () => number;
}

/** What became of an attempt with some deliveries, the first of those given. */
export interface Delivered {
  readonly attempt: Attempt;
  /** What the attempt was made with. */
  readonly sent: readonly Delivery[];
  /** What could not be told any more. */
  readonly gone: readonly Delivery[];
  /** Why; default: its alert is deleted. */
  readonly goneBecause?: LostReason;
}

/** How a receiver fares. */
export interface QueueState {
  /** Wall times, milliseconds; null before the first. */
  readonly lastDeliveredAt: number | null;
  /** Why the last attempt failed; null when it did not. */
  readonly fault: { readonly since: number; readonly reason: string } | null;
  /** When the next attempt is made; null where none is waited for. */
  readonly nextAt: number | null;
}

const storeRetryMs = 5_000;

/**
 * Delivers what waits for one receiver, one after the other in order: what fails holds up all that
 * came later until it is taken, refused for good, or too old. Deliveries are noted in groups, so
 * that a kill repeats the last few: at least once, never out of order.
 */
export class ReceiverQueue {
  readonly #options: ReceiverQueueOptions;
  /** Taken by the receiver, and not noted yet. */
  #taken: number[] = [];
  #lastDeliveredAt: number | null = null;
  #fault: QueueState['fault'] = null;
  #nextAt: number | null = null;
  #cancelWait: (() => void) | undefined;
  /** What the next step waits for no longer: a delivery whose wait is over, or whichever is first. */
  #due: number | 'first' | null = null;
  #working: Promise<void> | undefined;
  #woken = false;
  #closed = false;

  constructor(options: ReceiverQueueOptions) {
    this.#options = options;
  }

  get state(): QueueState {
    return { lastDeliveredAt: this.#lastDeliveredAt, fault: this.#fault, nextAt: this.#nextAt };
  }

  /** Something may wait. */
  wake(): void {
    this.#woken = true;
    if (this.#closed || this.#working !== undefined || this.#cancelWait !== undefined) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      if (this.#woken) this.wake();
    });
  }

  /** Tries at once, whatever wait is left. */
  hurry(): void {
    this.#stopWaiting();
    this.#due = 'first';
    this.wake();
  }

  /** Ends after the attempt under way; what it brought is noted. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting();
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (!this.#closed && (await this.#step())) {
        // One after the other.
      }
      this.#note();
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) {
        this.#options.log.error(
          { err: error, receiver: this.#options.receiverId },
          'Delivery failed',
        );
      }
      // What was taken and could not be noted goes out again: at least once.
      this.#taken = [];
      this.#wait(storeRetryMs);
    }
  }

  /** @returns false when there is nothing to do for now */
  async #step(): Promise<boolean> {
    const { deliver, digestMs, outbox, receiverId } = this.#options;
    this.#woken = false;
    const due = this.#due;
    this.#due = null;
    const most = digestMs === undefined ? 1 : outboxBounds.atOnce;
    // From the lowest number: a dead letter that is sent again has one below what was taken.
    const taken = new Set(this.#taken);
    const deliveries = outbox.table
      .waiting(receiverId, 0, most + taken.size)
      .filter(({ number }) => !taken.has(number))
      .slice(0, most);
    const [first] = deliveries;
    if (first === undefined) {
      this.#note();
      return this.#woken;
    }
    if (first.attempts > 0) this.#fault ??= { since: first.createdAt, reason: first.reason };
    const isDue = due === 'first' || due === first.number;
    const wait = isDue ? 0 : this.#waitFor(first, deliveries.length === most);
    if (wait > 0) {
      this.#note();
      this.#wait(wait, first.number);
      return false;
    }
    const { attempt, gone, goneBecause = 'alert_deleted', sent } = await deliver(deliveries);
    if (gone.length > 0) this.#note();
    for (const delivery of gone) outbox.lose(delivery, goneBecause);
    const [oldest] = sent;
    if (!attempt.taken && oldest !== undefined) return this.#failed(oldest, attempt);
    for (const delivery of sent) this.#took(delivery);
    return true;
  }

  /**
   * How long the first that waits is left there: until it is tried again, or for its digest. Times
   * that the clock cannot have given since it was set back say nothing: it is due.
   */
  #waitFor({ attempts, createdAt, nextAt }: Delivery, isFull: boolean): number {
    const { clock, digestMs } = this.#options;
    const now = clock.now();
    if (createdAt > now) return 0;
    if (attempts > 0) return nextAt - now > longestWait ? 0 : nextAt - now;
    return digestMs === undefined || isFull ? 0 : createdAt + digestMs - now;
  }

  #took({ number, createdAt }: Delivery): void {
    const { clock, log, observer, receiverId } = this.#options;
    const now = clock.now();
    if (this.#fault !== null) {
      log.info(
        { receiver: receiverId, [logKind]: `back ${receiverId}` },
        'A receiver takes what it is sent again',
      );
    }
    this.#fault = null;
    this.#lastDeliveredAt = now;
    observer.delivered(receiverId, Math.max(0, now - createdAt));
    this.#taken.push(number);
    if (this.#taken.length >= outboxBounds.atOnce) this.#note();
  }

  #failed(delivery: Delivery, attempt: Attempt & { readonly taken: false }): boolean {
    const { clock, log, outbox, random = Math.random, receiverId } = this.#options;
    const { reason, refused, retryAfterMs = 0 } = attempt;
    this.#note();
    const attempts = delivery.attempts + 1;
    const now = clock.now();
    this.#fault = { since: Math.min(this.#fault?.since ?? now, now), reason };
    log.warn(
      { receiver: receiverId, attempts, reason, [logKind]: `receiver ${receiverId} ${reason}` },
      'A receiver does not take what it is sent',
    );
    if (refused && attempts >= outboxBounds.refusals) {
      outbox.bury(delivery, reason);
      return true;
    }
    const { backOff } = outboxBounds;
    const asked = Math.min(retryAfterMs, longestWait);
    const wait = Math.max(asked, waitAfter(attempts, backOff, random()));
    outbox.failed(delivery, attempts, now + wait, reason);
    this.#wait(wait, delivery.number);
    return false;
  }

  /** Notes what was taken. @throws NightglassError `STORE_UNWRITABLE` */
  #note(): void {
    if (this.#taken.length === 0) return;
    const numbers = this.#taken;
    this.#options.outbox.delivered(this.#options.receiverId, numbers);
    this.#taken = [];
  }

  /** @param number which delivery is due at the end of it, whatever wall time is then */
  #wait(ms: number, number: number | null = null): void {
    const { clock } = this.#options;
    if (this.#closed) return;
    this.#nextAt = clock.now() + ms;
    this.#cancelWait = clock.after(ms, () => {
      this.#stopWaiting();
      this.#due = number;
      this.wake();
    });
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#nextAt = null;
  }
}

/** A wait is never longer, whatever the clock or a receiver says; milliseconds. */
const longestWait = 3_600_000;
