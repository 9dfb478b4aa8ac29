import type { Config } from '../config/schema.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Priority } from '../domain/outbox/notice.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { Principal } from '../domain/principal.ts';
import { pushBounds } from '../domain/push/push-bounds.ts';
import { pushReceiverPrefix } from '../domain/push/push-device.ts';
import type { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { messageSources } from '../services/outbox/message-sources.ts';
import { Outbox, type OutboxObserver } from '../services/outbox/outbox.ts';
import { PushDeliveries } from '../services/push/push-deliveries.ts';
import { PushDevices } from '../services/push/push-devices.ts';
import { type PushRules, pushReceiver } from '../services/push/push-receivers.ts';
import { pushSender } from '../services/push/push-sender.ts';
import { type PushService, pushService } from '../services/push/push-service.ts';
import {
  keepVapidKeys,
  keptVapidKeys,
  makeVapidKeys,
  type VapidKeys,
} from '../services/push/vapid-keys.ts';
import type { AuditLog } from '../store/audit-log.ts';
import { PushKeyTable } from '../store/push-key-table.ts';
import { keysInFolder, type SecretBox, secretBox } from '../store/secret-box.ts';
import type { Store } from '../store/store.ts';
import { receiverRules } from './configured-receivers.ts';
import type { Foundation } from './foundation.ts';
import { receiverAddresses, trusted } from './receiver-reading.ts';
import { sweepDevices } from './sweep-devices.ts';

/** Alerts on people's own devices, before anything is sent. */
export interface PushRecords {
  readonly devices: PushDevices;
  /** What waits for devices. */
  readonly outbox: Outbox;
  /** Undefined where nothing is to be sent, or the keys cannot be read. */
  readonly keys: VapidKeys | undefined;
  /** Why nothing can be sent though it is configured; null where it can, or is not to be. */
  readonly fault: string | null;
  readonly owner: (id: string) => Principal | null;
  /** Whether an owner who is not in force may come back. */
  readonly awaits: (id: string) => boolean;
  readonly priority: (watchlistId: string) => Priority | undefined;
}

const limits = {
  maxWaiting: pushBounds.waiting,
  maxBytes: pushBounds.bytes,
  // Nobody sends an alert of yesterday to a telephone by hand: what is given up is counted.
  maxDead: 0,
  giveUpAfter: pushBounds.giveUpAfter,
  keepDead: 0,
};

/** Opens the devices of people and what waits for them; keys are made where there are none yet. */
export function openPush(
  { clock, config, dataDir, log, metrics, now }: Foundation,
  { audit, store }: { readonly audit: AuditLog; readonly store: Store },
  { owner, awaits }: Pick<PushRecords, 'owner' | 'awaits'>,
  priority: (watchlistId: string) => Priority | undefined,
): PushRecords {
  const box = secretBox(() => keysInFolder(dataDir));
  const opened = config.push === undefined ? undefined : openKeys(store, audit, box, now);
  const keys = typeof opened === 'string' ? undefined : opened;
  const fault = typeof opened === 'string' ? opened : null;
  if (fault !== null) log.error({}, fault);
  const devices: PushDevices = new PushDevices({
    ...{ store, audit, box, owner, awaits, now },
    hosts: config.push?.hosts ?? [],
    onRemove: (id) => outbox.drop(pushReceiverPrefix + id),
  });
  const wanted =
    keys === undefined
      ? () => []
      : receiversOf(devices, owner, rulesOf(config), () => clock.monotonic());
  const outbox = new Outbox({
    ...{ store, limits, priority, now, log, kin: 'devices' as const },
    observer: together(metrics.outbox),
    receivers: wanted,
  });
  if (config.push !== undefined) metrics.outbox.expect(pushReceiverPrefix);
  return { devices, outbox, keys, fault, owner, awaits, priority };
}

/** Sends what waits from now on, until the program ends, and lets go whose owner is gone. */
export function openPushSending(
  foundation: Foundation,
  {
    alerts,
    audit,
    push,
    store,
  }: {
    readonly alerts: SqliteAlertStore;
    readonly audit: AuditLog;
    readonly push: PushRecords;
    readonly store: Store;
  },
): PushService {
  const { baseDir, clock, config, log, metrics, resources } = foundation;
  const { devices, fault, keys, outbox } = push;
  resources.defer(sweepDevices(foundation, devices));
  const settings = config.push;
  if (settings === undefined || keys === undefined) {
    const off = { deliveries: undefined, publicKey: null };
    return pushService({ audit, devices, fault, clock, ...off });
  }
  const way = {
    ...{ keys, clock, contact: settings.contact, timeoutMs: settings.timeout },
    addresses: receiverAddresses('push', settings.allow),
    ...trusted(settings.ca, 'push', baseDir),
  };
  const { owner, priority } = push;
  const deliveries = new PushDeliveries({
    ...{ devices, outbox, owner, priority, clock, log, rules: rulesOf(config) },
    observer: together(metrics.outbox),
    sources: messageSources(store, alerts, log),
    openSender: (address) => pushSender(address, way),
  });
  resources.use(deliveries);
  return pushService({ audit, devices, deliveries, fault, publicKey: keys.publicKey, clock });
}

/** Keys that are kept, or made and kept; why they cannot be read. */
function openKeys(
  store: Store,
  audit: AuditLog,
  box: SecretBox,
  now: () => number,
): VapidKeys | string | undefined {
  const table = new PushKeyTable(store);
  try {
    const kept = store.readOr(() => keptVapidKeys(table, box), undefined);
    if (kept !== undefined || store.health().mode === 'read-only') return kept;
    const made = makeVapidKeys();
    store.write(() => {
      keepVapidKeys(table, box, made, now());
      audit.record({ who: 'system', what: 'push.keys_made', target: '', detail: {} });
    });
    return made;
  } catch (error) {
    if (!isNightglassError(error, 'SECRET_MISSING')) throw error;
    return 'Cannot send alerts to devices: their keys were sealed with another key than that of the data folder; restore nightglass.key, or let "nightglass store rotate-login-key" remove them and all devices.';
  }
}

function rulesOf({ push }: Config): PushRules {
  if (push === undefined) throw new TypeError('Cannot send to devices: it is not configured');
  return { rules: receiverRules(push.rules), names: push.show.names };
}

/**
 * Devices as receivers, with rights that are at most a second old: all of them are gone through with
 * each notice and each delivery. Those whose owner is gone are no receivers.
 */
function receiversOf(
  devices: PushDevices,
  owner: (id: string) => Principal | null,
  rules: PushRules,
  monotonic: () => number,
): () => readonly Receiver[] {
  let known: { readonly at: number; readonly receivers: readonly Receiver[] } | undefined;
  devices.onChange(() => {
    known = undefined;
  });
  return () => {
    const at = monotonic();
    if (known !== undefined && at - known.at < pushBounds.rightsMs) return known.receivers;
    const owners = new Map<string, Principal | null>();
    const receivers = devices.list().flatMap((device) => {
      const before = owners.get(device.owner);
      const principal = before === undefined ? owner(device.owner) : before;
      owners.set(device.owner, principal);
      return principal === null ? [] : [pushReceiver(device, principal, rules)];
    });
    known = { at, receivers };
    return receivers;
  };
}

/** Devices come and go, and are people's: metrics count them together. */
function together(observer: OutboxObserver): OutboxObserver {
  const all = pushReceiverPrefix;
  return {
    delivered: (_, waitedMs) => observer.delivered(all, waitedMs),
    failed: () => observer.failed(all),
    dead: (_, reason) => observer.dead(all, reason),
    lost: (_, reason) => observer.lost(all, reason),
    skipped: (_, reason) => observer.skipped(all, reason),
  };
}
