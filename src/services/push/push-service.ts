import { auditEntry } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';
import { type ErrorCode, NightglassError } from '../../domain/errors.ts';
import { actorOf, hasRole, isUnlimited, type Principal } from '../../domain/principal.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import type { PushDevice } from '../../domain/push/push-device.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { QueueState } from '../outbox/receiver-queue.ts';
import type { PushDeliveries } from './push-deliveries.ts';
import type { NewPushDevice, PushDevices } from './push-devices.ts';

/** One of the caller's own devices. Nothing by which anybody could write to it is in it. */
export interface PushDeviceView extends Omit<PushDevice, 'owner' | 'ownerName'>, QueueState {}

/** Alerts on devices, as a caller may see them. */
export interface PushView {
  /** Whether alerts can be sent to devices. */
  readonly enabled: boolean;
  /** What a browser subscribes with; null where it cannot. */
  readonly publicKey: string | null;
  readonly devices: readonly PushDeviceView[];
  /** How many devices the caller may have. */
  readonly most: number;
  /** Devices of all, for administrators of all; null for others. */
  readonly all: number | null;
}

/** What a test came to. */
export interface PushTest {
  readonly ok: boolean;
  /** Why it was not taken; null where it was. */
  readonly reason: string | null;
}

export interface PushServiceOptions {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly devices: PushDevices;
  /** Undefined where nothing is sent. */
  readonly deliveries: PushDeliveries | undefined;
  /** Null where nothing is sent. */
  readonly publicKey: string | null;
  /** Why nothing can be sent though it is configured; null where it can, or is not to be. */
  readonly fault: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** A fault that lasts so long is a problem of health, milliseconds. */
const failedFor = 120_000;
const idle: QueueState = { lastDeliveredAt: null, fault: null, nextAt: null };

/** Alerts on people's own devices: each manages its own. */
export function pushService(options: PushServiceOptions) {
  const { audit, clock, deliveries, devices, fault, publicKey } = options;
  const stateOf = (id: string): QueueState => deliveries?.state(id) ?? idle;
  const view = ({ owner, ownerName, ...device }: PushDevice): PushDeviceView => ({
    ...device,
    ...stateOf(device.id),
  });
  const assertEnabled = (): PushDeliveries => {
    if (deliveries !== undefined) return deliveries;
    throw new NightglassError('CONFLICT', 'Cannot send alerts to devices: it is not set up', {
      hint: 'The section "push" of the configuration sets it up.',
    });
  };
  return {
    view: (by: Principal): PushView => ({
      enabled: deliveries !== undefined,
      publicKey: deliveries === undefined ? null : publicKey,
      devices: devices.ofOwner(by.id).map(view),
      most: pushBounds.perOwner,
      all: hasRole(by, 'admin') && isUnlimited(by) ? devices.list().length : null,
    }),
    /**
     * Sends alerts to a browser from now on, or changes what it is sent; on record.
     * @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT`, `STORE_UNWRITABLE`
     */
    put(device: NewPushDevice, by: Principal): PushDeviceView {
      assertEnabled();
      return view(devices.put(device, by));
    },
    /** On record. @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
    remove: (id: string, by: Principal): void => devices.removeOwn(id, by),
    /**
     * Sends a test, and waits for what becomes of it; on record.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT`
     */
    async test(id: string, by: Principal): Promise<PushTest> {
      const device = devices.own(id, by);
      const attempt = await assertEnabled().test(device, by.name);
      const reason =
        attempt === 'gone'
          ? 'the push service knows this device no longer, so it was removed'
          : attempt.taken
            ? null
            : attempt.reason;
      const ok = reason === null;
      audit.append(auditEntry(actorOf(by), 'push.device_tested', id, { ok, reason }));
      return { ok, reason };
    },
    /** What is wrong, for health. */
    problems(): { readonly code: ErrorCode; readonly message: string }[] {
      if (fault !== null) return [{ code: 'RECEIVER_FAILED', message: fault }];
      const now = clock.now();
      const failing = devices.list().flatMap(({ id, host }) => {
        const { fault: one } = stateOf(id);
        const lasts = one !== null && (now - one.since >= failedFor || one.since > now);
        return lasts ? [{ host, reason: one.reason }] : [];
      });
      const [first] = failing;
      if (first === undefined) return [];
      // Whoever may see health may see this: how many devices there are is not everybody's to know.
      const message = `Alerts do not reach some devices (${first.host}: ${first.reason}): they are tried again.`;
      return [{ code: 'RECEIVER_FAILED', message }];
    },
  };
}

export type PushService = ReturnType<typeof pushService>;
