import {
  hasRole,
  maySeeCamera,
  maySeeWatchlistId,
  type Principal,
} from '../../domain/principal.ts';
import type { Watchlist } from '../../domain/watchlist.ts';

/**
 * Names of those who may put a list in force: reviewers and administrators who may see the list and
 * every camera that it runs on.
 * @param principals those in force
 */
export function reviewersOf(
  { cameras, id }: Pick<Watchlist, 'id' | 'cameras'>,
  principals: readonly Principal[],
): string[] {
  return principals.flatMap((principal) => {
    if (!hasRole(principal, 'reviewer') || !maySeeWatchlistId(principal, id)) return [];
    const seesAll =
      principal.cameras === '*' ||
      (cameras !== '*' && cameras.every((camera) => maySeeCamera(principal, camera)));
    return seesAll ? [principal.name] : [];
  });
}
