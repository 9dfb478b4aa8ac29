import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { FederationView } from '../../domain/federation.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { ListSiteTable } from '../../store/list-site-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';

export interface ListSitesOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: WatchlistStore;
  /** Sites that are configured; empty where this is no centre. */
  readonly sites: readonly string[];
  readonly view: () => FederationView;
  /** After the commit. */
  readonly changed: (watchlistId: string) => void;
}

/** Which lists go to which sites, and how these are. */
export function listSitesService(options: ListSitesOptions) {
  const table = new ListSiteTable(options.store);
  return {
    /** Sites of this centre, as they are configured. */
    sites: options.sites,
    state: (): FederationView => options.view(),
    /**
     * Sends a list to these sites, and to no others any more.
     * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` for a site that is not configured,
     * `CONFLICT` for a list that came from another centre
     */
    setSites(watchlistId: string, sites: readonly string[], by: Actor): readonly string[] {
      const wanted = [...new Set(sites)].sort();
      const unknown = wanted.find((site) => !options.sites.includes(site));
      if (unknown !== undefined) {
        throw new NightglassError(
          'BAD_REQUEST',
          `Cannot send the list to ${unknown}: there is no such site`,
          { hint: 'Sites stand in federation.sites of the configuration.' },
        );
      }
      return options.store.write(() => {
        const { name } = options.watchlists.get(watchlistId);
        if (options.watchlists.received.has(watchlistId)) {
          throw new NightglassError(
            'CONFLICT',
            'Cannot send the list on: it comes from the centre of this site',
          );
        }
        const before = table.sitesOf(watchlistId);
        table.set(watchlistId, wanted);
        const detail = { name, before, sites: wanted };
        options.audit.record(auditEntry(by, 'watchlist.sites_set', watchlistId, detail));
        options.store.afterCommit(() => options.changed(watchlistId));
        return wanted;
      });
    },
  };
}

export type ListSitesService = ReturnType<typeof listSitesService>;
