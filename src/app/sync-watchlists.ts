import type { WatchlistConfig } from '../config/schema.ts';
import type { Actor } from '../domain/audit-entry.ts';
import { type Watchlist, type WatchlistInput, watchlistUses } from '../domain/watchlist.ts';

/** What is needed of the watchlist store. */
export interface WatchlistTarget {
  list(): readonly Watchlist[];
  find(id: string): Watchlist | undefined;
  create(input: WatchlistInput, by: Actor, id: string): Watchlist;
  update(id: string, changes: Partial<WatchlistInput>, by: Actor): Watchlist;
}

const day = 86_400_000;
/** Who changes lists as the configuration says. */
export const configuration: Actor = { name: 'system', via: { by: 'configuration' } };

/** A configured list in the store's terms. `expires` counts through the end of that day, UTC. */
export function watchlistInputOf(list: WatchlistConfig): Required<WatchlistInput> {
  return {
    name: list.name,
    purpose: list.purpose,
    legalBasis: list.legalBasis,
    authorisation: list.authorisation,
    owner: list.owner,
    cameras: list.cameras.includes('*') ? '*' : list.cameras,
    uses: watchlistUses.filter((use) => list.uses.includes(use)),
    fpir: list.fpir,
    fixedThreshold: list.threshold ?? null,
    expiresAt: list.expires === undefined ? null : Date.parse(`${list.expires}T00:00:00Z`) + day,
    retentionDays: Math.max(1, Math.round(list.retention / day)),
    twoPersonReview: list.secondReviewer,
    priority: list.priority,
    sound: list.sound,
  };
}

/**
 * Makes the store's lists say what the configuration says. A list that is not
 * configured (any more) stays: its people are data, removed by hand or by expiry.
 * @returns ids of lists created, changed, skipped because they have expired, and stored without
 *   being named where the configuration names any: these go on matching
 */
export function syncWatchlists(
  lists: readonly WatchlistConfig[],
  target: WatchlistTarget,
  now: number,
): { created: string[]; changed: string[]; expired: string[]; unnamed: string[] } {
  const result = {
    created: [] as string[],
    changed: [] as string[],
    expired: [] as string[],
    unnamed: [] as string[],
  };
  for (const list of lists) {
    const wanted = watchlistInputOf(list);
    const present = target.find(list.id);
    if (wanted.expiresAt !== null && wanted.expiresAt <= now) {
      // Expired lists are purged by retention; to create one again would bring nothing back.
      if (present !== undefined && present.expiresAt !== wanted.expiresAt) {
        target.update(list.id, { expiresAt: now + 1 }, configuration);
      }
      result.expired.push(list.id);
    } else if (present === undefined) {
      target.create(wanted, configuration, list.id);
      result.created.push(list.id);
    } else if (differs(wanted, present)) {
      target.update(list.id, wanted, configuration);
      result.changed.push(list.id);
    }
  }
  if (lists.length > 0) {
    const named = new Set(lists.map(({ id }) => id));
    result.unnamed = target.list().flatMap(({ id }) => (named.has(id) ? [] : [id]));
  }
  return result;
}

function differs(wanted: Required<WatchlistInput>, present: Watchlist): boolean {
  return Object.entries(wanted).some(
    ([key, value]) =>
      JSON.stringify(value) !== JSON.stringify(present[key as keyof WatchlistInput]),
  );
}
