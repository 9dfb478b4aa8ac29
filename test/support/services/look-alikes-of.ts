import type { LookAlikes } from '../../../src/services/watchlists/look-alikes.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import type { Store } from '../../../src/store/store.ts';

/** The look-alikes of a store's people. */
export function lookAlikesOf(store: Store, now: () => number = Date.now): LookAlikes {
  return new WatchlistStore({ store, audit: new AuditLog({ store, now }), now }).lookAlikes;
}
