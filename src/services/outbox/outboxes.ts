import type { Outbox } from './outbox.ts';

type Told = Pick<Outbox, 'alertChanged'> & Partial<Pick<Outbox, 'cameraChanged'>>;

/** What happens goes into each of them. Within the transaction of what it is about. */
export function outboxes(...all: readonly Told[]): Pick<Outbox, 'alertChanged' | 'cameraChanged'> {
  return {
    alertChanged(event) {
      for (const outbox of all) outbox.alertChanged(event);
    },
    cameraChanged(fault) {
      for (const outbox of all) outbox.cameraChanged?.(fault);
    },
  };
}
