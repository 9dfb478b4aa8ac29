import { localPrincipal, type Principal } from '../../../src/domain/principal.ts';
import { Outbox } from '../../../src/services/outbox/outbox.ts';
import { PushDeliveries } from '../../../src/services/push/push-deliveries.ts';
import { PushDevices } from '../../../src/services/push/push-devices.ts';
import type { PushNotice } from '../../../src/services/push/push-notice.ts';
import type { PushAttempt } from '../../../src/services/push/push-sender.ts';
import { pushService } from '../../../src/services/push/push-service.ts';
import { makeVapidKeys } from '../../../src/services/push/vapid-keys.ts';
import type { AuditLog } from '../../../src/store/audit-log.ts';
import { secretBox } from '../../../src/store/secret-box.ts';
import type { Store } from '../../../src/store/store.ts';
import { FakeClock } from '../fake-clock.ts';
import { silentLog } from '../store/open-store.ts';
import { noteObserver, openRules, wideLimits } from './outbox-fixture.ts';

/** Devices of whoever asks, by push services of example.org; what they are sent is kept, or refused as `answer` says. */
export function pushInMemory(store: Store, audit: AuditLog) {
  const clock = new FakeClock();
  const { observer } = noteObserver();
  const sent: PushNotice[] = [];
  const state: { answer: PushAttempt } = { answer: { taken: true } };
  const owner = (id: string): Principal | null => ({ ...localPrincipal, id });
  const devices: PushDevices = new PushDevices({
    ...{ store, audit, owner, now: Date.now, hosts: ['push.example.org'] },
    box: secretBox(() => [Buffer.alloc(32, 9)]),
    onRemove: (id) => outbox.drop(`push:${id}`),
  });
  const outbox = new Outbox({
    ...{ store, observer, receivers: [], limits: wideLimits, priority: () => undefined },
    ...{ now: clock.now, log: silentLog, kin: 'devices' as const },
  });
  const deliveries = new PushDeliveries({
    ...{ devices, outbox, owner, clock, observer, log: silentLog, priority: () => undefined },
    rules: { rules: openRules, names: false },
    sources: { event: () => undefined, awaitsTwoPeople: () => false, picture: () => null },
    openSender: () => ({
      async send(notice) {
        sent.push(notice);
        return state.answer;
      },
      close: () => undefined,
    }),
  });
  const { publicKey } = makeVapidKeys();
  return {
    service: pushService({ audit, devices, deliveries, publicKey, fault: null, clock }),
    ...{ sent, state, devices },
  };
}
