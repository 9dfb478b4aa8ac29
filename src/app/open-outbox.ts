import type { Priority } from '../domain/outbox/notice.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { CameraFaults, type CameraProblem } from '../services/outbox/camera-faults.ts';
import { Deliveries } from '../services/outbox/deliveries.ts';
import { messageSources } from '../services/outbox/message-sources.ts';
import { Outbox } from '../services/outbox/outbox.ts';
import { type ReceiversService, receiversService } from '../services/outbox/receivers-service.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { Store } from '../store/store.ts';
import type { ConfiguredReceiver } from './configured-receivers.ts';
import type { Foundation } from './foundation.ts';

/** What is sent to receivers outside. */
export interface Sending {
  readonly receivers: ReceiversService;
  /** Notes what is wrong with cameras: receivers hear of what lasts. */
  observe(problems: readonly CameraProblem[]): void;
}

/** The outbox of the receivers that are configured. That they changed is on record. */
export function openOutbox(
  { config, log, metrics, now }: Foundation,
  store: Store,
  audit: AuditLog,
  receivers: readonly Receiver[],
  priority: (watchlistId: string) => Priority | undefined,
): Outbox {
  const limits = config.outbox;
  const observer = metrics.outbox;
  const outbox = new Outbox({ store, receivers, limits, priority, now, observer, log });
  for (const { id } of receivers) metrics.outbox.expect(id);
  recordReceivers(outbox, store, audit);
  return outbox;
}

/** What is sent, and to whom, is a matter of record; what waits for one that is gone goes. */
function recordReceivers(outbox: Outbox, store: Store, audit: AuditLog): void {
  const { table, receivers } = outbox;
  const known = store.readOr(() => table.known(), new Map<string, string>());
  const wanted = new Map(receivers.map((each) => [each.id, JSON.stringify(each)]));
  const { mode } = store.health();
  if (mode === 'read-only') return;
  store.write(() => {
    for (const id of known.keys()) {
      if (wanted.has(id)) continue;
      const { waiting, dead } = table.drop(id);
      const detail = { waiting, dead };
      audit.record({ who: 'system', what: 'receiver.removed', target: id, detail });
    }
    for (const { id, ...receiver } of receivers) {
      const text = wanted.get(id) as string;
      if (known.get(id) === text) continue;
      table.know(id, text);
      const detail = { ...receiver, isNew: !known.has(id) };
      audit.record({ who: 'system', what: 'receiver.changed', target: id, detail });
    }
  });
}

/** Sends what waits from now on, until the program ends. */
export function openSending(
  foundation: Foundation,
  records: {
    readonly alerts: SqliteAlertStore;
    readonly audit: AuditLog;
    readonly outbox: Outbox;
    readonly store: Store;
  },
  configured: readonly ConfiguredReceiver[],
): Sending {
  const { clock, live, log, metrics, resources } = foundation;
  const { alerts, audit, outbox, store } = records;
  const senders = new Map(configured.map(({ receiver, open }) => [receiver.id, open()]));
  const deliveries = new Deliveries({
    outbox,
    senders,
    sources: messageSources(store, alerts, log),
    clock,
    observer: metrics.outbox,
    log,
  });
  resources.use(deliveries);
  deliveries.start();
  metrics.outbox.watch(() =>
    outbox.receivers.map(({ id }) => {
      const { waiting, dead } = outbox.level(id);
      const oldest = () => outbox.table.next(id, 0)?.createdAt;
      const oldestAt = waiting === 0 ? undefined : store.readOr(oldest, undefined);
      const age = oldestAt === undefined ? 0 : Math.max(0, clock.now() - oldestAt);
      return { receiverId: id, waiting, dead, oldestSeconds: age / 1000 };
    }),
  );
  const faults = new CameraFaults(store, outbox, clock);
  const following = live.status$.subscribe((status) => {
    for (const sender of senders.values()) sender.camera?.(status);
  });
  following.add(
    live.gone$.subscribe((cameraId) => {
      for (const sender of senders.values()) sender.forget?.(cameraId);
    }),
  );
  resources.defer(() => following.unsubscribe());
  return {
    receivers: receiversService({ store, audit, outbox, deliveries, clock }),
    observe: (problems) => faults.observe(problems),
  };
}
