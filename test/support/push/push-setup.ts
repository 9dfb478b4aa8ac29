import type { TestContext } from 'node:test';
import type { Priority } from '../../../src/domain/outbox/notice.ts';
import { createTokenStore } from '../../../src/services/access/tokens.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { privateNetworks, targetRules } from '../../../src/services/cameras/target-rules.ts';
import { messageSources } from '../../../src/services/outbox/message-sources.ts';
import { Outbox } from '../../../src/services/outbox/outbox.ts';
import { PushDeliveries } from '../../../src/services/push/push-deliveries.ts';
import { type NewPushDevice, PushDevices } from '../../../src/services/push/push-devices.ts';
import { pushReceiver } from '../../../src/services/push/push-receivers.ts';
import { pushSender } from '../../../src/services/push/push-sender.ts';
import { makeVapidKeys } from '../../../src/services/push/vapid-keys.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { secretBox } from '../../../src/store/secret-box.ts';
import { noteObserver, openRules, wideLimits } from '../services/outbox-fixture.ts';
import { openStore, silentLog } from '../store/open-store.ts';
import type { PushServiceDouble } from './push-service-double.ts';

interface PushSetUp {
  readonly service: PushServiceDouble;
  readonly names?: boolean;
  /** Private networks that the push service may be in. */
  readonly allow?: readonly string[];
  /** Owners of devices who are not in force, and may come back. */
  readonly away?: ReadonlySet<string>;
  readonly priorities?: Readonly<Record<string, Priority>>;
}

/** Tokens, alerts and devices on a store of the test's own, with everything that sends to `service`. */
export function setUpPush(t: TestContext, options: PushSetUp) {
  const { allow = ['127.0.0.0/8', '::1'], names = false, priorities = {}, service } = options;
  const away = options.away ?? new Set<string>();
  const { clock, store } = openStore(t, { retryMs: 1000 });
  const { now } = clock;
  const audit = new AuditLog({ store, now });
  const tokens = createTokenStore({ store, audit, now });
  const owner = (id: string) => (away.has(id) ? null : tokens.find(id));
  const awaits = (id: string) => away.has(id);
  const priority = (id: string) => priorities[id];
  const rules = { rules: openRules, names };
  const { lines, observer } = noteObserver();
  const devices: PushDevices = new PushDevices({
    ...{ store, audit, owner, awaits, now, hosts: ['localhost'] },
    box: secretBox(() => [Buffer.alloc(32, 9)]),
    onRemove: (id) => outbox.drop(`push:${id}`),
  });
  const outbox = new Outbox({
    ...{ store, observer, priority, now, log: silentLog, kin: 'devices' as const },
    limits: wideLimits,
    receivers: () =>
      devices.list().flatMap((device) => {
        const principal = owner(device.owner);
        return principal === null ? [] : [pushReceiver(device, principal, rules)];
      }),
  });
  const policy = () => ({ retentionDays: 30, twoPersonReview: false });
  const alerts = new SqliteAlertStore({ store, audit, now, policy, outbox });
  const keys = makeVapidKeys();
  const { addresses } = targetRules(privateNetworks, { allowed: allow, as: 'the receiver push' });
  const open = () => {
    const deliveries = new PushDeliveries({
      ...{ devices, outbox, rules, owner, priority, clock, observer, log: silentLog },
      sources: messageSources(store, alerts, silentLog),
      openSender: (address) =>
        pushSender(address, {
          ...{ keys, clock, addresses, ca: service.ca },
          ...{ contact: 'mailto:operations@example.org', timeoutMs: 30_000 },
        }),
    });
    t.after(() => deliveries.close());
    return deliveries;
  };
  /** A device of a new token. */
  const subscribe = (
    path: string,
    rights: Partial<Parameters<typeof tokens.create>[0]> = {},
    wishes: Partial<NewPushDevice> = {},
  ) => {
    const { token } = tokens.create({ name: `owner of ${path}`, role: 'operator', ...rights });
    const { endpoint, keys: own } = service.subscribe(path);
    const input = { name: path, language: 'en', leastPriority: 'low', endpoint, ...own } as const;
    return { token, device: devices.put({ ...input, ...wishes }, token), input };
  };
  return { store, clock, audit, tokens, devices, outbox, alerts, keys, lines, open, subscribe };
}
