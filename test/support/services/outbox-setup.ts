import type { TestContext } from 'node:test';
import type { OutboxMessage } from '../../../src/domain/outbox/message.ts';
import type { Receiver } from '../../../src/domain/outbox/receiver.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { Deliveries } from '../../../src/services/outbox/deliveries.ts';
import { messageSources } from '../../../src/services/outbox/message-sources.ts';
import { Outbox, type OutboxLimits } from '../../../src/services/outbox/outbox.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore, silentLog } from '../store/open-store.ts';
import { makeReceiver, noteObserver, wideLimits } from './outbox-fixture.ts';

interface OutboxSetUp {
  readonly receivers?: readonly Receiver[];
  readonly limits?: Partial<OutboxLimits>;
  readonly twoPersonReview?: boolean;
  readonly dataDir?: string;
  readonly digestMs?: number;
}

/** An alert store with an outbox, and receivers that take what they are sent, or what `answer` says. */
export function setUpOutbox(t: TestContext, options: OutboxSetUp = {}) {
  const { receivers = [makeReceiver('desk')], limits = {}, twoPersonReview = false } = options;
  const opened = openStore(t, {
    retryMs: 1000,
    ...(options.dataDir && { dataDir: options.dataDir }),
  });
  const { store, clock } = opened;
  const { lines, observer } = noteObserver();
  const outbox = new Outbox({
    ...{ store, receivers, observer, now: clock.now, log: silentLog },
    limits: { ...wideLimits, ...limits },
    priority: () => undefined,
  });
  const audit = new AuditLog({ store, now: clock.now });
  const policy = () => ({ retentionDays: 30, twoPersonReview });
  const alerts = new SqliteAlertStore({ store, audit, now: clock.now, policy, outbox });
  const sent: OutboxMessage[] = [];
  const answers: { refused?: boolean; down?: boolean; during?: () => void } = {};
  const digests: string[][] = [];
  const { digestMs } = options;
  const sender = {
    ...(digestMs === undefined ? {} : { digestMs, sendDigest }),
    async send(message: OutboxMessage) {
      await Promise.resolve();
      answers.during?.();
      if (answers.down) return { taken: false, refused: false, reason: 'down' } as const;
      if (answers.refused) return { taken: false, refused: true, reason: 'status 422' } as const;
      sent.push(message);
      return { taken: true } as const;
    },
    close: () => undefined,
  };
  async function sendDigest(messages: readonly OutboxMessage[]) {
    if (answers.down) return { taken: false, refused: false, reason: 'down' } as const;
    digests.push(ids(messages));
    return { taken: true } as const;
  }
  const deliveries = new Deliveries({
    ...{ outbox, clock, observer, log: silentLog },
    senders: new Map(receivers.map(({ id }) => [id, sender])),
    sources: messageSources(store, alerts, silentLog),
  });
  t.after(() => deliveries.close());
  return { ...opened, outbox, alerts, deliveries, sent, digests, answers, lines };
}

/** Lets what is under way go on; nothing here takes real time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((done) => setImmediate(done));
}
/** Ids of messages, in order. */
export const ids = (sent: readonly OutboxMessage[]) => sent.map(({ id }) => id);
