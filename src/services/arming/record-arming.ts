import type { Armable, ArmingRecord } from '../../domain/arming.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { ArmingTable } from '../../store/arming-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';

/** What the audit log says of arming, and of disarming. */
const actions = {
  watchlist: ['watchlist.armed', 'watchlist.disarmed'],
  camera: ['camera.armed', 'camera.disarmed'],
} as const;

/** A change that is due. */
export interface Due {
  readonly record: ArmingRecord;
  readonly armable: Armable;
  /** Why it changes where nobody wants it so. */
  readonly why?: string;
}

export interface ArmingRecords {
  readonly store: Pick<Store, 'write'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly table: ArmingTable;
}

/**
 * Puts changes on record, each with its entry of the audit log, and deletes what is gone; all or
 * nothing.
 * @throws NightglassError `STORE_UNWRITABLE`, `STORE_CORRUPT`
 */
export function recordArming(
  { store, audit, table }: ArmingRecords,
  changes: readonly Due[],
  by: Actor,
  gone: readonly ArmingRecord[] = [],
): void {
  store.write(() => {
    for (const record of gone) table.delete(record);
    for (const { record, why } of changes) {
      table.put(record);
      const { armed, id, kind, until } = record;
      const end = until === null ? {} : { until: new Date(until).toISOString() };
      const what = actions[kind][armed ? 0 : 1];
      audit.record(auditEntry(by, what, id, { ...(why === undefined ? {} : { why }), ...end }));
    }
  });
}
