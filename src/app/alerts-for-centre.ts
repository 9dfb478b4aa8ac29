import { CentreAlerts } from '../services/federation/centre-alerts.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

/** At a site: notes what its centre is to hear of; undefined elsewhere. */
export function alertsForCentre(
  { config }: Pick<Foundation, 'config'>,
  store: Store,
  watchlists: Pick<WatchlistStore, 'received'>,
): CentreAlerts | undefined {
  const told = config.federation?.site?.alerts;
  if (told === undefined) return undefined;
  const { own, received } = told;
  const concerns = (id: string) =>
    watchlists.received.has(id) ? received : own === '*' || own.includes(id);
  return new CentreAlerts({ store, concerns });
}
