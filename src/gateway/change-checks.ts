import type { WatchlistInput } from '../watchlist/watchlist.ts';
import type { Awaitable } from './backend/awaitable.ts';

/**
 * Whether a change would be accepted; nothing is changed. Changes are recorded before they are
 * made, so what would be refused has to be known first: the audit log tells nothing that did not
 * happen. Each throws what the change itself would, NightglassError `BAD_REQUEST` or `CONFLICT`.
 */
export interface ChangeChecks {
  createWatchlist(input: WatchlistInput): Awaitable<void>;
  updateWatchlist(id: string, changes: Partial<WatchlistInput>): Awaitable<void>;
  createPerson(input: { readonly watchlistId: string; readonly name: string }): Awaitable<void>;
  updatePerson(id: string, changes: { readonly name?: string }): Awaitable<void>;
  enrol(watchlistId: string): Awaitable<void>;
}
