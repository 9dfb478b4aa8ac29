import { CentreAlertTable } from './centre-alert-table.ts';
import {
  eraseFromSiteAlerts,
  erasePortraitsOfSites,
  type SiteAlertPlace,
} from './erase-from-site-alerts.ts';
import type { Store } from './store.ts';

/**
 * Takes somebody who is no longer enrolled out of the alerts on them: the enrolled portrait goes,
 * and of a whole person the name too (it becomes empty) in the alerts and in what was told of them.
 * What the cameras saw stays until the alert's own end; what searches of footage found goes at once.
 * The same in alerts that sites told of. Within {@link Store.write}.
 * @param templateId only the portrait of this template
 * @returns alerts of sites that changed by it
 */
export function eraseTraces(
  store: Store,
  { watchlistId, personId }: { readonly watchlistId: string; readonly personId: string },
  templateId?: string,
): SiteAlertPlace[] {
  const ids = store
    .prepare(alertsOnSql)
    .all(watchlistId, personId)
    .map(({ id }) => String(id));
  // A centre that has these alerts is to hear of it.
  const told = new CentreAlertTable(store);
  for (const id of ids) told.touch(id);
  if (templateId !== undefined) {
    store.prepare(portraitsSql).run(watchlistId, personId, templateId);
    store.prepare(footagePortraitsSql).run(watchlistId, personId, templateId);
    return erasePortraitsOfSites(store, watchlistId, personId, templateId);
  }
  store
    .prepare('DELETE FROM footage_sightings WHERE watchlist_id = ? AND person_id = ?')
    .run(watchlistId, personId);
  const ofSites = eraseFromSiteAlerts(store, watchlistId, personId);
  for (const id of ids) {
    store.prepare("DELETE FROM alert_evidence WHERE alert_id = ? AND kind = 'enrolled'").run(id);
    eraseName(store, 'alerts', 'id', id);
    eraseName(store, 'alert_events', 'sequence', id);
  }
  return ofSites;
}

/** In each of the alert's bodies, by their own keys. */
function eraseName(
  store: Store,
  table: 'alerts' | 'alert_events',
  key: 'id' | 'sequence',
  alertId: string,
): void {
  const of = table === 'alerts' ? 'id' : 'alert_id';
  const rows = store.prepare(`SELECT ${key} AS place, body FROM ${table} WHERE ${of} = ?`);
  const put = store.prepare(`UPDATE ${table} SET body = ? WHERE ${key} = ?`);
  for (const { place, body } of rows.all(alertId)) {
    const erased = { ...JSON.parse(String(body)), personName: '' };
    put.run(JSON.stringify(erased), place ?? null);
  }
}

// By the list too, which the index begins with: alerts on others are not looked at.
export const alertsOnSql = 'SELECT id FROM alerts WHERE watchlist_id = ? AND person_id = ?';

export const portraitsSql = `DELETE FROM alert_evidence WHERE kind = 'enrolled' AND alert_id IN
  (${alertsOnSql} AND body ->> 'templateId' = ?)`;

const footagePortraitsSql = `DELETE FROM footage_pictures WHERE kind = 'enrolled' AND sighting_id IN
  (SELECT id FROM footage_sightings WHERE watchlist_id = ? AND person_id = ? AND template_id = ?)`;
