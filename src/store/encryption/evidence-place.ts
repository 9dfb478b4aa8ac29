import type { ValuePlace } from './value-cipher.ts';

/** Where a picture of an alert stands. */
export function evidencePlace(alertId: string, kind: string): ValuePlace {
  return { table: 'alert_evidence', column: 'jpeg', row: `${alertId}\0${kind}` };
}
