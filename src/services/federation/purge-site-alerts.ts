import { auditEntry } from '../../domain/audit-entry.ts';
import { federationBounds } from '../../domain/bounds.ts';
import type { SiteAlertChange } from '../../domain/site-alert.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { SiteAlertTable } from '../../store/site-alert-table.ts';
import type { Store } from '../../store/store.ts';

export interface PurgeSiteAlertsOptions {
  readonly audit: Pick<AuditLog, 'record'>;
  readonly store: Store;
  /** Told of each that is gone, after the commit. */
  readonly changed: (change: SiteAlertChange) => void;
}

/**
 * At a centre: deletes up to `limit` alerts of sites whose time is over, on record. A retention task.
 * @param keptMs how long one is kept after it came, milliseconds; less where its list says so.
 * Default: as without a configuration
 */
export function purgeSiteAlerts(
  { audit, changed, store }: PurgeSiteAlertsOptions,
  keptMs: number = federationBounds.keptMs,
): (now: number, limit: number) => number {
  const table = new SiteAlertTable(store);
  return (now, limit) => {
    const due = table.due(now, keptMs, limit);
    if (due.length === 0) return 0;
    store.write(() => {
      for (const { alertId, site } of due) {
        const alert = table.find(site, alertId);
        if (alert !== undefined) {
          store.afterCommit(() => changed({ change: 'gone', alert, at: now, picture: null }));
        }
        table.delete(site, alertId);
        table.notePurged(site, alertId, now);
      }
      const detail = { alerts: due.map(({ alertId, site }) => `${site}/${alertId}`) };
      audit.record(auditEntry({ name: 'system' }, 'federation.alerts_purged', '', detail));
    });
    return due.length;
  };
}
