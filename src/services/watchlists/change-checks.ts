import type { Awaitable } from '../../domain/awaitable.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { WatchlistInput } from '../../domain/watchlist.ts';
import { inForce } from '../../domain/watchlist.ts';
import { personName } from './person-name.ts';
import { validateWatchlist } from './validate-watchlist.ts';
import type { WatchlistStore } from './watchlist-store.ts';

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

/** What the watchlist store would refuse, by its own rules. A test holds the two together. */
export function changeChecks(
  store: Pick<WatchlistStore, 'get' | 'findByName'>,
  now: () => number,
): ChangeChecks {
  function assertFree(name: string, ownId?: string): void {
    const other = store.findByName(name);
    if (other === undefined || other.id === ownId) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot store the watchlist ${JSON.stringify(name)}: the name is taken`,
      { hint: 'Choose another name.' },
    );
  }

  function assertInForce(watchlistId: string, what: string): void {
    const list = store.get(watchlistId);
    if (inForce(list, now())) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot ${what}: the watchlist ${JSON.stringify(list.name)} has expired`,
      { hint: 'Where the authorisation was renewed, set a later expiry first.' },
    );
  }

  return {
    createWatchlist(input) {
      assertFree(validateWatchlist(input, now()).name);
    },
    updateWatchlist(id, changes) {
      // Only a new expiry must lie ahead, as in the store.
      const from = 'expiresAt' in changes ? now() : 0;
      assertFree(validateWatchlist({ ...store.get(id), ...changes }, from).name, id);
    },
    createPerson({ watchlistId, name }) {
      assertInForce(watchlistId, 'add a person');
      personName(name);
    },
    updatePerson(_id, { name }) {
      if (name !== undefined) personName(name);
    },
    enrol(watchlistId) {
      assertInForce(watchlistId, 'enrol');
    },
  };
}
