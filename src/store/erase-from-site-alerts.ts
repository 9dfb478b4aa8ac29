import type { SiteAlert } from '../domain/site-alert.ts';
import type { Store } from './store.ts';

/** Names an alert among those of all sites. */
export interface SiteAlertPlace {
  readonly site: string;
  readonly alertId: string;
}

/**
 * Takes names and enrolled portraits of somebody who is no longer enrolled out of alerts of sites.
 * Within {@link Store.write}. @returns of which alerts
 */
export function eraseFromSiteAlerts(
  store: Pick<Store, 'prepare'>,
  watchlistId: string,
  personId: string,
): SiteAlertPlace[] {
  const put = store.prepare('UPDATE site_alerts SET body = ? WHERE number = ?');
  return alertsOn(store, watchlistId, personId).map(({ body, number, place }) => {
    put.run(JSON.stringify({ ...body, personName: '' }), number);
    erasePortrait(store, place);
    return place;
  });
}

/** The portraits of one enrolled image alone. Within {@link Store.write}. @returns of which alerts */
export function erasePortraitsOfSites(
  store: Pick<Store, 'prepare'>,
  watchlistId: string,
  personId: string,
  templateId: string,
): SiteAlertPlace[] {
  return alertsOn(store, watchlistId, personId)
    .filter(({ body }) => body.templateId === templateId)
    .map(({ place }) => {
      erasePortrait(store, place);
      return place;
    });
}

function alertsOn(store: Pick<Store, 'prepare'>, watchlistId: string, personId: string) {
  return store
    .prepare('SELECT * FROM site_alerts WHERE watchlist_id = ? AND person_id = ?')
    .all(watchlistId, personId)
    .map((row) => ({
      number: Number(row['number']),
      body: JSON.parse(String(row['body'])) as SiteAlert,
      place: { site: String(row['site']), alertId: String(row['alert_id']) },
    }));
}

function erasePortrait(store: Pick<Store, 'prepare'>, { alertId, site }: SiteAlertPlace): void {
  store
    .prepare(
      `DELETE FROM site_alert_pictures WHERE site = ? AND alert_id = ? AND kind = 'enrolled'`,
    )
    .run(site, alertId);
}
