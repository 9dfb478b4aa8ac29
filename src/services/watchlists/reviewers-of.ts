import { hasRole, maySeeCamera, maySeeWatchlistId } from '../../domain/principal.ts';
import type { Watchlist } from '../../domain/watchlist.ts';
import type { TokenStore } from '../access/tokens.ts';

/**
 * Names of those who may put a list in force: tokens of reviewers and administrators that are in
 * force themselves and may see the list and every camera that it runs on.
 */
export function reviewersOf(
  { cameras, id }: Pick<Watchlist, 'id' | 'cameras'>,
  tokens: Pick<TokenStore, 'list'>,
  now: number,
): string[] {
  return tokens.list().flatMap((token) => {
    const ended = token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now);
    if (ended || !hasRole(token, 'reviewer') || !maySeeWatchlistId(token, id)) return [];
    const seesAll =
      token.cameras === '*' ||
      (cameras !== '*' && cameras.every((camera) => maySeeCamera(token, camera)));
    return seesAll ? [token.name] : [];
  });
}
