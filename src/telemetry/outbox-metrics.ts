import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  type DeadReason,
  deadReasons,
  type LostReason,
  lostReasons,
} from '../domain/outbox/delivery.ts';
import { type SkipReason, skipReasons } from '../domain/outbox/receiver.ts';

/** What is asked at each scrape, a receiver. */
export interface OutboxState {
  readonly receiverId: string;
  readonly waiting: number;
  readonly dead: number;
  /** Age of the oldest that waits, seconds; 0 where nothing does. */
  readonly oldestSeconds: number;
}

export interface OutboxMetrics {
  watch(state: () => readonly OutboxState[]): void;
  expect(receiver: string): void;
  delivered(receiver: string, waitedMs: number): void;
  failed(receiver: string): void;
  dead(receiver: string, reason: DeadReason): void;
  lost(receiver: string, reason: LostReason): void;
  skipped(receiver: string, reason: SkipReason): void;
}

/** What is sent to receivers outside. */
export function registerOutboxMetrics(registry: Registry): OutboxMetrics {
  const registers = [registry];
  const labelNames = ['receiver', 'reason'] as const;
  let state: () => readonly OutboxState[] = () => [];
  registerLevels(registry, () => state());
  const delivered = new Histogram({
    name: 'nightglass_outbox_delivery_seconds',
    help: 'Time from when something was to be sent until the receiver took it; its count is what was delivered',
    labelNames: ['receiver'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
    registers,
  });
  const retried = new Counter({
    name: 'nightglass_outbox_retries_total',
    help: 'Attempts that failed and are made again',
    labelNames: ['receiver'],
    registers,
  });
  const dead = new Counter({
    name: 'nightglass_outbox_dead_total',
    help: 'Deliveries that were given up and kept as dead letters',
    labelNames,
    registers,
  });
  const lost = new Counter({
    name: 'nightglass_outbox_lost_total',
    help: 'Deliveries that are gone though nobody got them',
    labelNames,
    registers,
  });
  const skipped = new Counter({
    name: 'nightglass_outbox_skipped_total',
    help: 'What was not for a receiver by its rules',
    labelNames,
    registers,
  });
  return {
    watch(next) {
      state = next;
    },
    expect(receiver) {
      delivered.zero({ receiver });
      retried.inc({ receiver }, 0);
      for (const reason of deadReasons) dead.inc({ receiver, reason }, 0);
      for (const reason of lostReasons) lost.inc({ receiver, reason }, 0);
      for (const reason of skipReasons) skipped.inc({ receiver, reason }, 0);
    },
    delivered: (receiver, waitedMs) => delivered.observe({ receiver }, waitedMs / 1000),
    failed: (receiver) => retried.inc({ receiver }),
    dead: (receiver, reason) => dead.inc({ receiver, reason }),
    lost: (receiver, reason) => lost.inc({ receiver, reason }),
    skipped: (receiver, reason) => skipped.inc({ receiver, reason }),
  };
}

/** What is read at each scrape. */
function registerLevels(registry: Registry, state: () => readonly OutboxState[]): void {
  const gauge = (name: string, help: string, value: (of: OutboxState) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['receiver'],
      registers: [registry],
      collect() {
        this.reset();
        for (const each of state()) this.set({ receiver: each.receiverId }, value(each));
      },
    });
  gauge('nightglass_outbox_waiting', 'Deliveries that wait', ({ waiting }) => waiting);
  gauge('nightglass_outbox_dead_letters', 'Dead letters that are kept', ({ dead }) => dead);
  gauge(
    'nightglass_outbox_oldest_seconds',
    'Age of the oldest delivery that waits; 0 where none does',
    ({ oldestSeconds }) => oldestSeconds,
  );
}
