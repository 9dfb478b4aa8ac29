import { logKind } from '../domain/log.ts';
import { pushBounds } from '../domain/push/push-bounds.ts';
import type { PushDevices } from '../services/push/push-devices.ts';
import { isStoreFault } from '../store/is-store-fault.ts';
import type { Foundation } from './foundation.ts';

/**
 * Removes devices whose owner is gone, at once and then regularly, whatever the database is like.
 * @returns what ends it
 */
export function sweepDevices(
  { clock, log }: Pick<Foundation, 'clock' | 'log'>,
  devices: Pick<PushDevices, 'sweep'>,
): () => void {
  let cancel: () => void;
  const sweep = () => {
    cancel = clock.after(pushBounds.sweepMs, sweep);
    try {
      devices.sweep();
    } catch (error) {
      // It is tried again; until then nothing is sent to whom it is about.
      if (!isStoreFault(error)) throw error;
      log.warn(
        { reason: error.message, [logKind]: 'devices not swept' },
        'Devices of those who are gone cannot be removed yet',
      );
    }
  };
  cancel = clock.after(0, sweep);
  return () => cancel();
}
