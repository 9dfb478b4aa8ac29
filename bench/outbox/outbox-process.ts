/*
 * Raises alerts and delivers them to receivers until all of both is done. To be killed meanwhile, and
 * started again on the same folder.
 *
 *   node --expose-gc bench/outbox/outbox-process.ts ORDER     (JSON, see deliver-under-faults.ts)
 *
 * Prints a line for each event once it is stored, `memory BYTES WAITING` now and then, and `done`.
 */

import { writeSync } from 'node:fs';
import type { Alert } from '../../src/domain/alert.ts';
import { noClip } from '../../src/domain/clip.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { silentLog } from '../../src/domain/log.ts';
import type { Receiver } from '../../src/domain/outbox/receiver.ts';
import { SqliteAlertStore } from '../../src/services/alerts/alert-store.ts';
import { Deliveries } from '../../src/services/outbox/deliveries.ts';
import { messageSources } from '../../src/services/outbox/message-sources.ts';
import { Outbox, type OutboxObserver } from '../../src/services/outbox/outbox.ts';
import { webhookKey } from '../../src/services/outbox/webhook/sign-webhook.ts';
import { webhookSender } from '../../src/services/outbox/webhook/webhook-sender.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import type { OutboxOrder } from './deliver-under-faults.ts';

const order = JSON.parse(process.argv[2] ?? '') as OutboxOrder;
/** Between two looks at memory, in alerts. */
const memoryEvery = 200;
/** A sighting joins each of so many alerts. */
const sightingEvery = 5;

/** Wall time that runs faster than that of the machine, and goes on after a kill. */
const clock: Clock = {
  now: () => order.wallStart + (Date.now() - order.realStart) * order.speed,
  monotonic: () => performance.now() * order.speed,
  after(ms, callback) {
    const timer = setTimeout(callback, ms / order.speed);
    return () => clearTimeout(timer);
  },
};
const silent: OutboxObserver = {
  delivered: () => undefined,
  failed: () => undefined,
  dead: (id, reason) => say(`fault dead ${id} ${reason}`),
  lost: (id, reason) => say(`fault lost ${id} ${reason}`),
  skipped: () => undefined,
};

const store = createStore({ dataDir: order.folder });
const audit = new AuditLog({ store, now: clock.now });
const receivers = order.receivers.map(({ id }) => receiver(id));
const day = 86_400_000;
const outbox = new Outbox({
  ...{
    store,
    receivers,
    priority: () => undefined,
    now: clock.now,
    observer: silent,
    log: silentLog,
  },
  limits: {
    ...{ maxWaiting: 1_000_000, maxBytes: 2 ** 32, maxDead: 1_000 },
    ...{ giveUpAfter: day, keepDead: day },
  },
});
const policy = () => ({ retentionDays: 30, twoPersonReview: false });
const alerts = new SqliteAlertStore({ store, audit, now: clock.now, policy, outbox });
const deliveries = new Deliveries({
  ...{ outbox, clock, observer: silent, log: silentLog },
  senders: new Map(order.receivers.map(({ id, url }) => [id, sender(url)])),
  sources: messageSources(store, alerts, silentLog),
});
deliveries.start();

const picture = new Uint8Array(order.pictureBytes).fill(7);
const done = Number(alerts.latestId()?.slice(3) ?? 0);
for (let number = done + 1; number <= order.alerts; number += 1) {
  raise(number);
  if (number % memoryEvery === 0) sayMemory();
  await new Promise((resolve) => setTimeout(resolve, 1));
}
while (receivers.some(({ id }) => outbox.level(id).waiting > 0)) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
sayMemory();
await deliveries.close();
store.close();
say('done');

function raise(number: number): void {
  const alert = alerts.insert(makeAlert(number), {
    ...{ frame: picture, face: picture, enhanced: null, enrolled: null, best: [] },
  });
  say(`stored ${alert.id}-${alert.revision}`);
  if (number % sightingEvery !== 0) return;
  const at = clock.now();
  const { alert: seen } = alerts.sight(
    alert.id,
    {
      ...{ cameraId: 'yard', trackId: `again-${number}`, capturedAt: at, lastSeenAt: at },
      ...{ scores: alert.scores, threshold: 0.45, meanGate: 1, quality: 60, interEyeDistance: 12 },
      ...{ place: null, keyframes: 1, isEnhanced: false, clip: noClip },
    },
    null,
  );
  say(`stored ${seen.id}-${seen.revision}`);
}

function receiver(id: string): Receiver {
  const all = { watchlists: '*', cameras: '*', leastPriority: 'low', leastScore: null } as const;
  return {
    ...{ id, by: 'webhook', host: '127.0.0.1', language: 'en' },
    rules: { ...all, events: ['alert', 'sighting'], schedule: null, quietHours: null },
    show: { names: true, scores: true, pictures: ['face'] },
  };
}

function sender(url: string) {
  return webhookSender({
    ...{ url, clock, version: 'bench', language: 'en', headers: {} },
    ...{ template: undefined, dashboard: undefined, addresses: async (host: string) => [host] },
    keys: [webhookKey(order.secret, 'bench')],
    // Of the machine: a busy one must not fail by its slowness.
    timeoutMs: 30_000 * order.speed,
  });
}

function makeAlert(number: number): Alert {
  const at = clock.now();
  return {
    id: `01J${String(number).padStart(23, '0')}`,
    ...{ state: 'new', revision: 0, watchlistId: 'list', watchlistName: 'List' },
    ...{ personId: `person-${number}`, personName: 'Ada', templateId: 'template' },
    ...{ cameraId: 'gate', trackId: `track-${number}`, capturedAt: at, createdAt: at },
    ...{ updatedAt: at, lastSeenAt: at, still: null, sightings: [], place: null },
    ...{ scores: { raw: 0.5, enhanced: null, fused: 0.6 }, threshold: 0.45, fpir: 0.001 },
    ...{ gallerySize: 1, meanGate: 1, quality: 71, interEyeDistance: 14, components: [] },
    ...{ keyframes: 1, best: [], clip: noClip, models: [], configHash: 'bench', stored: true },
  };
}

function sayMemory(): void {
  globalThis.gc?.();
  const waiting = receivers.reduce((sum, { id }) => sum + outbox.level(id).waiting, 0);
  say(`memory ${process.memoryUsage().heapUsed} ${waiting}`);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
