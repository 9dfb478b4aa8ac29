import type { Watchlist, WatchlistInput } from '../../watchlist/watchlist.ts';
import type { Awaitable } from './awaitable.ts';

export interface WatchlistView extends Watchlist {
  readonly people: number;
  /** False once it has expired: it matches nobody, takes nobody in and will be deleted. */
  readonly inForce: boolean;
}

export interface WatchlistsBackend {
  list(): Awaitable<readonly WatchlistView[]>;
  get(id: string): Awaitable<WatchlistView | undefined>;
  create(input: WatchlistInput): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND` */
  update(id: string, changes: Partial<WatchlistInput>): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
}
