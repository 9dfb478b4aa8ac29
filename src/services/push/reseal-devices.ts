import { isNightglassError } from '../../domain/errors.ts';
import { pushReceiverPrefix } from '../../domain/push/push-device.ts';
import { OutboxTable } from '../../store/outbox-table.ts';
import { PushDeviceTable } from '../../store/push-device-table.ts';
import { PushKeyTable } from '../../store/push-key-table.ts';
import type { SecretBox } from '../../store/secret-box.ts';
import type { Store } from '../../store/store.ts';
import { placeOf } from './push-devices.ts';
import { vapidPlace } from './vapid-keys.ts';

/** What became of devices. */
export interface ResealedDevices {
  readonly sealed: number;
  readonly removed: number;
}

/**
 * Seals how devices are reached with the box's first key. What no key opens is of no use: such
 * devices go, and all where the program's own key pair is among it. Within a transaction.
 */
export function resealDevices(store: Store, box: SecretBox): ResealedDevices {
  const devices = new PushDeviceTable(store);
  const keys = new PushKeyTable(store);
  const outbox = new OutboxTable(store, 'devices');
  const pair = keys.get();
  const privateKey = pair && opened(box, pair.privateKey, vapidPlace);
  if (pair !== undefined) {
    if (privateKey === undefined) keys.delete();
    else keys.put({ ...pair, privateKey: box.seal(privateKey, vapidPlace) });
  }
  let [sealed, removed] = [0, 0];
  for (const row of devices.list()) {
    const place = placeOf(row.id);
    const address = privateKey === undefined ? undefined : opened(box, row.address, place);
    if (address === undefined) {
      devices.delete(row.id);
      outbox.drop(pushReceiverPrefix + row.id);
      removed += 1;
    } else {
      devices.put({ ...row, address: box.seal(address, place) });
      sealed += 1;
    }
  }
  return { sealed, removed };
}

/** Undefined where no key at hand opens it. */
function opened(box: SecretBox, value: Uint8Array, place: string): string | undefined {
  try {
    return box.open(value, place);
  } catch (error) {
    if (!isNightglassError(error, 'SECRET_MISSING')) throw error;
    return undefined;
  }
}
