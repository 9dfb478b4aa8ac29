import type { Store } from './store.ts';

/** An alert whose pictures show somebody enrolled, as people confirmed. */
export interface ConfirmedAlert {
  readonly id: string;
  readonly personId: string;
  readonly watchlistId: string;
  readonly cameraId: string;
  /** Wall time, milliseconds. */
  readonly createdAt: number;
}

/** Somebody whose faces are not taken for training. */
export interface LearningExclusion {
  readonly personId: string;
  /** Wall time, milliseconds. */
  readonly at: number;
  readonly by: string;
}

/**
 * Whose faces may be taken for training. No picture is kept for it: what is taken are those of
 * alerts, for as long as these are there. Methods that change something belong into {@link Store.write}.
 */
export class LearningTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /**
   * Confirmed alerts of these lists on people who are still enrolled there and not excluded, the
   * newest first; without those that turned out to show somebody else.
   * @param since wall milliseconds, the earliest
   */
  confirmed(watchlistIds: readonly string[], since: number, limit: number): ConfirmedAlert[] {
    return this.#store
      .prepare(confirmedSql)
      .all({ lists: JSON.stringify(watchlistIds), since, limit })
      .map((row) => ({
        id: String(row['id']),
        personId: String(row['person_id']),
        watchlistId: String(row['watchlist_id']),
        cameraId: String(row['camera_id']),
        createdAt: Number(row['created_at']),
      }));
  }

  /** By the id of the person. */
  exclusions(): LearningExclusion[] {
    return this.#store
      .prepare('SELECT * FROM learning_exclusions ORDER BY person_id')
      .all()
      .map((row) => ({
        personId: String(row['person_id']),
        at: Number(row['excluded_at']),
        by: String(row['excluded_by']),
      }));
  }

  /** Returns whether this changed anything. */
  exclude({ personId, at, by }: LearningExclusion): boolean {
    const { changes } = this.#store
      .prepare(
        'INSERT INTO learning_exclusions VALUES (?, ?, ?) ON CONFLICT (person_id) DO NOTHING',
      )
      .run(personId, at, by);
    return Number(changes) > 0;
  }

  /** Returns whether this changed anything. */
  include(personId: string): boolean {
    const { changes } = this.#store
      .prepare('DELETE FROM learning_exclusions WHERE person_id = ?')
      .run(personId);
    return Number(changes) > 0;
  }
}

const confirmedSql = `SELECT a.id, a.person_id, a.watchlist_id, a.camera_id, a.created_at
  FROM alerts AS a
  JOIN people AS p ON p.id = a.person_id AND p.watchlist_id = a.watchlist_id
  WHERE a.state = 'confirmed' AND a.created_at >= :since
    AND a.watchlist_id IN (SELECT value FROM json_each(:lists))
    AND NOT EXISTS (SELECT 1 FROM learning_exclusions AS e WHERE e.person_id = a.person_id)
    AND NOT EXISTS (SELECT 1 FROM alert_outcomes AS o
      WHERE o.alert_id = a.id AND o.outcome = 'other_person' AND NOT EXISTS
        (SELECT 1 FROM alert_outcomes AS later
          WHERE later.alert_id = o.alert_id AND later.number > o.number))
  ORDER BY a.created_at DESC, a.id LIMIT :limit`;
