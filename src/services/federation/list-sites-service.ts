import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { FederationView } from '../../domain/federation.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';

export interface ListSitesOptions {
  readonly watchlists: WatchlistStore;
  /** Sites that are configured; empty where this is no centre. */
  readonly sites: readonly string[];
  readonly view: () => FederationView;
}

/** Which lists go to which sites, and how these are. */
export function listSitesService(options: ListSitesOptions) {
  return {
    /** Sites of this centre, as they are configured. */
    sites: options.sites,
    state: (): FederationView => options.view(),
    /**
     * Sends a list to these sites, and to no others any more. Where lists are reviewed, a further
     * site gets it once somebody else has put that in force.
     * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` for a site that is not configured,
     * `CONFLICT` for a list that came from another centre
     */
    setSites(watchlistId: string, sites: readonly string[], by: Actor): readonly string[] {
      const unknown = sites.find((site) => !options.sites.includes(site));
      if (unknown !== undefined) {
        throw new NightglassError(
          'BAD_REQUEST',
          `Cannot send the list to ${unknown}: there is no such site`,
          { hint: 'Sites stand in federation.sites of the configuration.' },
        );
      }
      return options.watchlists.setSites(watchlistId, sites, by);
    },
  };
}

export type ListSitesService = ReturnType<typeof listSitesService>;
