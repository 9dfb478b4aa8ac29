import type { Priority } from '../domain/outbox/notice.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { CameraFaults, type CameraProblem } from '../services/outbox/camera-faults.ts';
import { Deliveries } from '../services/outbox/deliveries.ts';
import { messageSources } from '../services/outbox/message-sources.ts';
import { Outbox } from '../services/outbox/outbox.ts';
import { outboxes } from '../services/outbox/outboxes.ts';
import { type ReceiversService, receiversService } from '../services/outbox/receivers-service.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { Store } from '../store/store.ts';
import type { CameraChanges } from './camera-set.ts';
import type { ConfiguredReceiver } from './configured-receivers.ts';
import type { Foundation } from './foundation.ts';
import type { PushRecords } from './open-push.ts';
import { ReceiverSet, recordReceivers } from './receiver-set.ts';

/** What is sent to receivers outside. */
export interface Sending {
  readonly receivers: ReceiversService;
  /** Notes what is wrong with cameras: receivers hear of what lasts. */
  observe(problems: readonly CameraProblem[]): void;
  /** Takes these receivers in place of those before. @throws NightglassError `STORE_UNWRITABLE` */
  use(wanted: readonly ConfiguredReceiver[]): Promise<CameraChanges>;
  /** Brokers hear what is armed, and orders that come by them are taken where a receiver allows it. */
  useArming(arming: Pick<ArmingService, 'list' | 'order'>): void;
  armingChanged(): void;
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
  if (store.health().mode !== 'read-only') recordReceivers(outbox, receivers, store, audit);
  return outbox;
}

/** Sends what waits from now on, until the program ends. */
export function openSending(
  foundation: Foundation,
  records: {
    readonly alerts: SqliteAlertStore;
    readonly audit: AuditLog;
    readonly outbox: Outbox;
    readonly push: PushRecords;
    readonly store: Store;
  },
  configured: readonly ConfiguredReceiver[],
): Sending {
  const { clock, log, metrics, resources } = foundation;
  const { alerts, audit, outbox, store } = records;
  const deliveries = new Deliveries({
    outbox,
    senders: new Map(),
    sources: messageSources(store, alerts, log),
    clock,
    observer: metrics.outbox,
    log,
  });
  resources.use(deliveries);
  const set = new ReceiverSet({ foundation, store, audit, outbox, deliveries }, configured);
  metrics.outbox.watch(() =>
    outbox.receivers.map(({ id }) => {
      const { waiting, dead } = outbox.level(id);
      const oldest = () => outbox.table.next(id, 0)?.createdAt;
      const oldestAt = waiting === 0 ? undefined : store.readOr(oldest, undefined);
      const age = oldestAt === undefined ? 0 : Math.max(0, clock.now() - oldestAt);
      return { receiverId: id, waiting, dead, oldestSeconds: age / 1000 };
    }),
  );
  const faults = new CameraFaults(store, outboxes(outbox, records.push.outbox), clock);
  resources.defer(set.follow());
  return {
    receivers: receiversService({ store, audit, outbox, deliveries, clock }),
    observe: (problems) => faults.observe(problems),
    use: (wanted) => set.use(wanted),
    useArming: (arming) => set.useArming(arming),
    armingChanged: () => set.armingChanged(),
  };
}
