import type { OutboxMessage } from '../../../src/domain/outbox/message.ts';
import { Deliveries } from '../../../src/services/outbox/deliveries.ts';
import { Outbox } from '../../../src/services/outbox/outbox.ts';
import { receiversService } from '../../../src/services/outbox/receivers-service.ts';
import type { AuditLog } from '../../../src/store/audit-log.ts';
import type { Store } from '../../../src/store/store.ts';
import { FakeClock } from '../fake-clock.ts';
import { silentLog } from '../store/open-store.ts';
import { makeReceiver, noteObserver, wideLimits } from './outbox-fixture.ts';

/** One receiver, `desk`, that takes what it is sent unless `refusing`; nothing goes out by itself. */
export function receiversInMemory(store: Store, audit: AuditLog) {
  const clock = new FakeClock();
  const { observer } = noteObserver();
  const receivers = [makeReceiver('desk')];
  const outbox = new Outbox({
    ...{ store, receivers, observer, limits: wideLimits, priority: () => undefined },
    ...{ now: clock.now, log: silentLog },
  });
  const sent: OutboxMessage[] = [];
  const state = { refusing: false };
  const sender = {
    async send(message: OutboxMessage) {
      if (state.refusing) return { taken: false, refused: true, reason: 'status 422' } as const;
      sent.push(message);
      return { taken: true } as const;
    },
    close: () => undefined,
  };
  const deliveries = new Deliveries({
    ...{ outbox, clock, observer, log: silentLog, senders: new Map([['desk', sender]]) },
    sources: { event: () => undefined, awaitsTwoPeople: () => false, picture: () => null },
  });
  /** A dead letter about a camera. @returns its number */
  const bury = (): number => {
    const fault = { cameraId: 'gate', code: 'STREAM_STALLED', message: 'No frames.' };
    const times = { since: clock.now(), at: clock.now() };
    state.refusing = true;
    store.write(() => outbox.cameraChanged({ ...fault, ...times, state: 'begun' }));
    const delivery = outbox.table.next('desk', 0);
    if (delivery === undefined) throw new TypeError('nothing waits');
    outbox.bury(delivery, 'status 422');
    state.refusing = false;
    return delivery.number;
  };
  return {
    service: receiversService({ store, audit, outbox, deliveries, clock }),
    sent,
    state,
    bury,
  };
}
