/*
 * Raises alerts and sends them to one device, as the program does. To be killed meanwhile, and
 * started again on the same folder.
 *
 *   node test/support/push/push-process.ts ORDER     (JSON, see below)
 *
 * Prints a line for each event once it is stored, the fingerprint of its keys, and `done`.
 */
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { layFoundation } from '../../../src/app/foundation.ts';
import { openPush, openPushSending } from '../../../src/app/open-push.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { createTokenStore } from '../../../src/services/access/tokens.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { alertId, makeAlert, makeEvidence } from '../store/alert-fixture.ts';

export interface PushOrder {
  readonly folder: string;
  readonly alerts: number;
  readonly push: Readonly<Record<string, unknown>>;
  readonly subscription: {
    readonly endpoint: string;
    readonly keys: { readonly p256dh: string; readonly auth: string };
  };
}

const order = JSON.parse(process.argv[2] ?? '') as PushOrder;
const { config, hash } = parseConfig(JSON.stringify({ data: order.folder, push: order.push }));
const foundation = layFoundation({
  loaded: { config, hash, path: 'test', baseDir: order.folder },
  log: pino({ level: 'silent' }),
});
const { now } = foundation;
const store = createStore({ dataDir: order.folder });
const audit = new AuditLog({ store, now });
const tokens = createTokenStore({ store, audit, now });
const push = openPush(
  foundation,
  { store, audit },
  { owner: (id) => tokens.find(id), awaits: () => false },
  () => undefined,
);
const { outbox } = push;
const policy = () => ({ retentionDays: 30, twoPersonReview: false });
const alerts = new SqliteAlertStore({ store, audit, now, policy, outbox });
const service = openPushSending(foundation, { alerts, audit, push, store });
const { token: owner } =
  tokens.list().length > 0
    ? { token: tokens.list()[0] as ReturnType<typeof tokens.list>[number] }
    : tokens.create({ name: 'Ann', role: 'operator' });
const { endpoint, keys } = order.subscription;
const [known] = push.devices.list();
const device =
  known ??
  service.put({ name: 'phone', language: 'en', leastPriority: 'low', endpoint, ...keys }, owner);
say(`keys ${push.keys?.publicKey}`);

const done = Number(alerts.latestId()?.slice(3) ?? 0);
// A kill comes between storing and saying, too.
if (done > 0) say(`stored ${alertId(done)}-0`);
for (let number = done + 1; number <= order.alerts; number += 1) {
  alerts.insert(makeAlert(number, { personId: `person-${number}` }), makeEvidence(1));
  say(`stored ${alertId(number)}-0`);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
while (outbox.level(`push:${device.id}`).waiting > 0) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await foundation.resources.close();
store.close();
say('done');

/** At once: what is killed has said it. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
