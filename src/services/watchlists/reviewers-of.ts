import {
  hasRole,
  maySeeCamera,
  maySeeSite,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import type { Watchlist } from '../../domain/watchlist.ts';

/**
 * Names of those who may put a list in force: reviewers and administrators who may see the list and
 * every camera that it runs on, those of sites included.
 * @param principals those in force
 */
export function reviewersOf(
  { cameras, id, sites }: Pick<Watchlist, 'id' | 'cameras'> & { readonly sites: readonly string[] },
  principals: readonly Principal[],
): string[] {
  return principals.flatMap((principal) => {
    if (!hasRole(principal, 'reviewer') || !maySeeWatchlistId(principal, id)) return [];
    const seesAll =
      principal.cameras === '*' ||
      (cameras !== '*' &&
        cameras.every((camera) => maySeeCamera(principal, camera)) &&
        sites.every((site) => maySeeSite(principal, site)));
    return seesAll ? [principal.name] : [];
  });
}
