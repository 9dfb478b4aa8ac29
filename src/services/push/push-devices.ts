import { createHash, randomUUID } from 'node:crypto';
import { type Actor, auditEntry, systemActor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { actorOf, type Principal } from '../../domain/principal.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import {
  type DeviceEnd,
  type PushAddress,
  type PushDevice,
  pushReceiverPrefix,
} from '../../domain/push/push-device.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { type PushDeviceRow, PushDeviceTable } from '../../store/push-device-table.ts';
import type { SecretBox } from '../../store/secret-box.ts';
import type { Store } from '../../store/store.ts';
import { checkPushAddress, isHostOf } from './check-push-address.ts';

/** A browser that somebody wants alerts on. */
export interface NewPushDevice
  extends PushAddress,
    Pick<PushDevice, 'name' | 'language' | 'leastPriority'> {}

export interface PushDevicesOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly box: SecretBox;
  /** Push services that are configured; none: no device can be added. */
  readonly hosts: readonly string[];
  /** Who a principal is now; null for one that is not in force. */
  readonly owner: (id: string) => Principal | null;
  /** Whether an owner who is not in force may come back: their devices are kept, and get nothing. */
  readonly awaits?: (id: string) => boolean;
  /** Lets go what waits for a device that is removed. Within its transaction. */
  readonly onRemove: (id: string) => void;
  readonly now: () => number;
}

/** The principal of visitors who are asked for nothing: it is nobody's own. */
const nobody = 'local';

/** Browsers that people want alerts on: each belongs to a principal and goes with it. */
export class PushDevices {
  readonly #options: PushDevicesOptions;
  readonly #table: PushDeviceTable;
  readonly #listeners = new Set<(id: string) => void>();
  #rows: readonly PushDeviceRow[] | undefined;

  constructor(options: PushDevicesOptions) {
    this.#options = options;
    this.#table = new PushDeviceTable(options.store);
  }

  /** All, in the order in which they were added. */
  list(): readonly PushDevice[] {
    const { store } = this.#options;
    this.#rows ??= store.readOr<readonly PushDeviceRow[] | undefined>(
      () => this.#table.list(),
      undefined,
    );
    return this.#rows ?? [];
  }

  ofOwner(owner: string): readonly PushDevice[] {
    return this.list().filter((device) => device.owner === owner);
  }

  /** Called after a device came, changed or went. */
  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How a device is reached. @throws NightglassError `NOT_FOUND`, `SECRET_MISSING` */
  address(id: string): PushAddress {
    const row = this.#table.find(id);
    if (row === undefined) throw notFound(id);
    return JSON.parse(this.#options.box.open(row.address, placeOf(id))) as PushAddress;
  }

  /**
   * Sends alerts to a browser from now on, or changes what it is sent. One that was somebody
   * else's is theirs no longer: two people at one machine do not read each other's alerts.
   * @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  put(device: NewPushDevice, by: Principal): PushDevice {
    const { audit, box, hosts, now } = this.#options;
    if (by.id === nobody) {
      throw new NightglassError(
        'FORBIDDEN',
        'Cannot send alerts to this browser: they belong to somebody, and nobody is signed in',
      );
    }
    const { endpoint, p256dh, auth, name, language, leastPriority } = device;
    const host = checkPushAddress(device, hosts);
    const fingerprint = fingerprintOf(endpoint);
    return this.#write(() => {
      const known = this.list().find((each) => each.fingerprint === fingerprint);
      const own = known?.owner === by.id ? known : undefined;
      if (known !== undefined && own === undefined) this.#remove(known, 'taken_over', actorOf(by));
      if (own === undefined) this.#assertRoom(by.id);
      const id = own?.id ?? randomUUID();
      const next: PushDevice = {
        ...{ id, owner: by.id, ownerName: by.name, name, host, fingerprint },
        ...{ language, leastPriority, createdAt: own?.createdAt ?? now() },
      };
      const address = box.seal(JSON.stringify({ endpoint, p256dh, auth }), placeOf(id));
      this.#table.put({ ...next, address });
      const what = own === undefined ? 'push.device_added' : 'push.device_changed';
      audit.record(auditEntry(actorOf(by), what, id, { name, host, language, leastPriority }));
      this.#changed(id);
      return next;
    });
  }

  /** Removes one of the caller's own devices; on record. @throws NightglassError `NOT_FOUND` for another's */
  removeOwn(id: string, by: Principal): void {
    const device = this.own(id, by);
    this.#write(() => this.#remove(device, 'removed', actorOf(by)));
  }

  /** @throws NightglassError `NOT_FOUND` for another's: what is not the caller's does not exist for it */
  own(id: string, { id: owner }: Pick<Principal, 'id'>): PushDevice {
    const device = this.list().find((each) => each.id === id && each.owner === owner);
    if (device === undefined) throw notFound(id);
    return device;
  }

  /** Removes a device for a reason that nobody gave; on record. Idempotent. @throws NightglassError `STORE_UNWRITABLE` */
  end(id: string, why: DeviceEnd): void {
    const device = this.list().find((each) => each.id === id);
    if (device === undefined) return;
    this.#write(() => this.#remove(device, why, systemActor));
  }

  /** Whether an owner is not in force, and is not waited for. */
  isGone(ownerId: string): boolean {
    const { awaits, owner } = this.#options;
    return owner(ownerId) === null && awaits?.(ownerId) !== true;
  }

  /**
   * Removes those whose owner is no longer in force, and those of push services that are no longer
   * configured; none of the latter where no service is. @throws NightglassError `STORE_UNWRITABLE`
   */
  sweep(): void {
    const { hosts } = this.#options;
    const gone = new Map<string, boolean>();
    for (const device of this.list()) {
      const isGone = gone.get(device.owner) ?? this.isGone(device.owner);
      gone.set(device.owner, isGone);
      if (isGone) this.end(device.id, 'owner_gone');
      else if (hosts.length > 0 && !isHostOf(hosts, device.host)) {
        this.end(device.id, 'host_refused');
      }
    }
  }

  #remove(device: PushDevice, why: DeviceEnd, by: Actor): void {
    const { audit, onRemove } = this.#options;
    if (!this.#table.delete(device.id)) return;
    onRemove(device.id);
    const { owner, ownerName, name, host } = device;
    audit.record(
      auditEntry(by, 'push.device_removed', device.id, { why, owner, ownerName, name, host }),
    );
    this.#changed(device.id);
  }

  /** @throws NightglassError `CONFLICT` */
  #assertRoom(owner: string): void {
    const { perOwner, devices } = pushBounds;
    const refuse = (why: string): never => {
      throw new NightglassError('CONFLICT', `Cannot send alerts to another device: ${why}`, {
        hint: 'Remove one that is not used any more.',
      });
    };
    if (this.ofOwner(owner).length >= perOwner) refuse(`you have ${perOwner} already`);
    // How many others there are is not the caller's to know.
    if (this.list().length >= devices) refuse('the program has as many as it may');
  }

  /** What was read within a transaction that failed is not believed. */
  #write<T>(work: () => T): T {
    try {
      return this.#options.store.write(work);
    } catch (error) {
      this.#rows = undefined;
      throw error;
    }
  }

  #changed(id: string): void {
    this.#rows = undefined;
    this.#options.store.afterCommit(() => {
      for (const listener of this.#listeners) listener(id);
    });
  }
}

/** What an address is sealed for: it opens nowhere else. */
export function placeOf(id: string): string {
  return `${pushReceiverPrefix}${id}`;
}

function fingerprintOf(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('base64url');
}

function notFound(id: string): NightglassError {
  return new NightglassError('NOT_FOUND', `Cannot find the device ${id}: there is none`);
}
