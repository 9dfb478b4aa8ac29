import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { outboxBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { type ErrorCode, NightglassError } from '../../domain/errors.ts';
import type { Attempt, Delivery } from '../../domain/outbox/delivery.ts';
import type { Receiver } from '../../domain/outbox/receiver.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { OutboxCount } from '../../store/outbox-table.ts';
import type { Store } from '../../store/store.ts';
import type { Deliveries } from './deliveries.ts';
import type { Outbox } from './outbox.ts';
import type { QueueState } from './receiver-queue.ts';

/** A receiver and how it fares. No secret is in it. */
export interface ReceiverView extends Receiver, QueueState {
  readonly waiting: number;
  readonly dead: number;
  /** When the oldest that waits came, wall milliseconds; null where nothing waits. */
  readonly oldestAt: number | null;
  /** Since it was first configured. */
  readonly counts: Readonly<Partial<Record<OutboxCount, number>>>;
}

/** What a test came to. */
export interface ReceiverTest {
  readonly ok: boolean;
  readonly milliseconds: number;
  /** Why it was not taken; null where it was. */
  readonly reason: string | null;
}

export interface ReceiversServiceOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record' | 'append'>;
  readonly outbox: Outbox;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
}

/** A receiver that takes nothing for so long is a problem of health, milliseconds. */
const failedFor = 120_000;

/** Receivers outside: how they fare, tests, dead letters. */
export function receiversService(options: ReceiversServiceOptions) {
  const { store, audit, outbox, deliveries, clock } = options;
  const find = (id: string): Receiver => {
    const receiver = outbox.receivers.find((each) => each.id === id);
    if (receiver !== undefined) return receiver;
    throw new NightglassError('NOT_FOUND', `Cannot find the receiver ${id}: there is none`);
  };
  const view = (receiver: Receiver): ReceiverView => {
    const { waiting, dead } = outbox.level(receiver.id);
    const oldest = () => outbox.table.next(receiver.id, 0)?.createdAt;
    return {
      ...receiver,
      ...deliveries.state(receiver.id),
      waiting,
      dead,
      oldestAt: waiting === 0 ? null : (store.readOr(oldest, undefined) ?? null),
      counts: store.readOr(() => outbox.table.counts(receiver.id), {}),
    };
  };
  return {
    list: (): ReceiverView[] => outbox.receivers.map(view),
    /**
     * Sends a test, and waits for what becomes of it.
     * @throws NightglassError `NOT_FOUND`
     */
    async test(id: string, by: Actor): Promise<ReceiverTest> {
      const receiver = find(id);
      const started = clock.monotonic();
      const attempt: Attempt = await deliveries.test(receiver, by.name);
      const milliseconds = Math.round(clock.monotonic() - started);
      const reason = attempt.taken ? null : attempt.reason;
      audit.append(auditEntry(by, 'receiver.tested', id, { ok: attempt.taken, reason }));
      return { ok: attempt.taken, milliseconds, reason };
    },
    /** Dead letters, the oldest first. @throws NightglassError `NOT_FOUND` */
    dead(id: string, after: number, limit: number): readonly Delivery[] {
      return outbox.table.dead(find(id).id, after, limit);
    },
    /**
     * Sends dead letters again, in their order and before all that still waits; recorded.
     * @returns how many there were
     * @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE`
     */
    resend(id: string, numbers: readonly number[] | 'all', by: Actor): number {
      find(id);
      const count = store.write(() => {
        const revived = outbox.revive(id, numbers);
        const detail = { numbers: numbers === 'all' ? numbers : numbers.slice(0, 100), revived };
        audit.record(auditEntry(by, 'receiver.resent', id, detail));
        return revived;
      });
      deliveries.hurry(id);
      return count;
    },
    /** What is wrong, for health. */
    problems(): { readonly code: ErrorCode; readonly message: string }[] {
      return outbox.receivers.flatMap(({ id }) => {
        const { waiting, dead } = outbox.level(id);
        const { fault } = deliveries.state(id);
        const found: { code: ErrorCode; message: string }[] = [];
        if (fault !== null && lastsLong(fault.since, clock.now())) {
          const since = new Date(Math.min(fault.since, clock.now())).toISOString();
          const message = `The receiver ${id} takes nothing since ${since} (${fault.reason}): ${waiting} wait, tried again every ${outboxBounds.backOff.mostMs / 60_000} minutes at least.`;
          found.push({ code: 'RECEIVER_FAILED', message });
        }
        if (dead > 0) {
          const message = `${dead} deliveries to the receiver ${id} were given up: see "nightglass receivers dead ${id}".`;
          found.push({ code: 'RECEIVER_FAILED', message });
        }
        return found;
      });
    },
  };
}

/** Whether a fault is a problem of health. One from before the clock was set back is: how old it is, nobody knows. */
function lastsLong(since: number, now: number): boolean {
  return now - since >= failedFor || since > now;
}

export type ReceiversService = ReturnType<typeof receiversService>;
