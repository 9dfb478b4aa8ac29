import type { Store } from './store.ts';

const hourMs = 3_600_000;
/** Counts are kept this long, hours: for a report on the year before. */
const keptHours = 2 * 366 * 24;

/** How many tracks of people a camera had that were compared with lists. */
export interface PeopleSeen {
  readonly cameraId: string;
  readonly tracks: number;
}

/** Tracks that were compared with lists, counted by camera and hour: nothing else is kept of them. */
export class PeopleSeenTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param at wall milliseconds @throws NightglassError `STORE_UNWRITABLE` */
  add(counts: readonly PeopleSeen[], at: number): void {
    this.#store.write(() => {
      const insert = this.#store.prepare(
        `INSERT INTO people_seen VALUES (?, ?, ?)
         ON CONFLICT (camera_id, hour)
         DO UPDATE SET tracks = people_seen.tracks + excluded.tracks`,
      );
      for (const { cameraId, tracks } of counts) {
        insert.run(cameraId, Math.floor(at / hourMs), tracks);
      }
    });
  }

  /** By camera, in the hours that begin from `from`, included, to `to`. */
  between(from: number, to: number): PeopleSeen[] {
    return this.#store
      .prepare(
        `SELECT camera_id, sum(tracks) AS tracks FROM people_seen WHERE hour >= ? AND hour < ?
         GROUP BY camera_id ORDER BY camera_id`,
      )
      .all(Math.ceil(from / hourMs), Math.ceil(to / hourMs))
      .map((row) => ({ cameraId: String(row['camera_id']), tracks: Number(row['tracks']) }));
  }

  /** Deletes what is older than two years. A retention task. */
  purgeOld(now: number): number {
    const { changes } = this.#store.write(() =>
      this.#store
        .prepare('DELETE FROM people_seen WHERE hour < ?')
        .run(Math.floor(now / hourMs) - keptHours),
    );
    return Number(changes);
  }
}
