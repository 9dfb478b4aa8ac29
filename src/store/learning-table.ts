import { bestKinds } from '../domain/alert.ts';
import type { Store } from './store.ts';

/** An alert whose pictures show somebody enrolled, as people confirmed. */
export interface ConfirmedAlert {
  readonly id: string;
  readonly personId: string;
  readonly watchlistId: string;
  readonly cameraId: string;
  /** Wall time, milliseconds. */
  readonly createdAt: number;
  /** Recorded faces that are stored with it. */
  readonly pictures: number;
}

export interface ConfirmedQuery {
  readonly watchlistId: string;
  /** Of this person alone. */
  readonly personId?: string | undefined;
  /** Wall milliseconds, the earliest. */
  readonly since: number;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: Pick<ConfirmedAlert, 'id' | 'createdAt'> | undefined;
}

/** Somebody whose faces are not taken for training. */
export interface LearningExclusion {
  readonly personId: string;
  readonly watchlistId: string;
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
   * A page of the confirmed alerts of a list on people who are still enrolled there and not
   * excluded, the newest first; without those that turned out to show somebody else.
   */
  confirmed({ watchlistId, personId, since, limit, after }: ConfirmedQuery): ConfirmedAlert[] {
    const { id, createdAt } = after ?? { id: '', createdAt: Number.MAX_SAFE_INTEGER };
    const ofPerson = personId === undefined ? '' : 'AND a.person_id = :person';
    return this.#store
      .prepare(
        `${confirmedSql} AND a.watchlist_id = :list AND a.created_at >= :since ${ofPerson}
           AND (a.created_at, a.id) < (:createdAt, :id)
         ORDER BY a.created_at DESC, a.id DESC LIMIT :limit`,
      )
      .all({
        ...{ list: watchlistId, since, createdAt, id, limit },
        ...(personId === undefined ? {} : { person: personId }),
      })
      .map(toConfirmed);
  }

  /** Which of these alerts are still such ones. @param since wall milliseconds, the earliest */
  stillConfirmed(alertIds: readonly string[], since: number): string[] {
    return this.#store
      .prepare(
        `${confirmedSql} AND a.created_at >= :since
           AND a.id IN (SELECT value FROM json_each(:ids))`,
      )
      .all({ ids: JSON.stringify(alertIds), since })
      .map(({ id }) => String(id));
  }

  /** By the id of the person. */
  exclusions(): LearningExclusion[] {
    return this.#store
      .prepare(
        `SELECT e.*, p.watchlist_id FROM learning_exclusions AS e
         JOIN people AS p ON p.id = e.person_id ORDER BY e.person_id`,
      )
      .all()
      .map((row) => ({
        personId: String(row['person_id']),
        watchlistId: String(row['watchlist_id']),
        at: Number(row['excluded_at']),
        by: String(row['excluded_by']),
      }));
  }

  /** Returns whether this changed anything. */
  exclude({ personId, at, by }: Omit<LearningExclusion, 'watchlistId'>): boolean {
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

const kinds = bestKinds.map((kind) => `'${kind}'`).join(', ');

const confirmedSql = `SELECT a.id, a.person_id, a.watchlist_id, a.camera_id, a.created_at,
    (SELECT COUNT(*) FROM alert_evidence AS e WHERE e.alert_id = a.id AND e.kind IN (${kinds}))
      AS pictures
  FROM alerts AS a
  JOIN people AS p ON p.id = a.person_id AND p.watchlist_id = a.watchlist_id
  WHERE a.state = 'confirmed'
    AND NOT EXISTS (SELECT 1 FROM learning_exclusions AS e WHERE e.person_id = a.person_id)
    AND NOT EXISTS (SELECT 1 FROM alert_outcomes AS o
      WHERE o.alert_id = a.id AND o.outcome = 'other_person' AND NOT EXISTS
        (SELECT 1 FROM alert_outcomes AS later
          WHERE later.alert_id = o.alert_id AND later.number > o.number))`;

function toConfirmed(row: Readonly<Record<string, unknown>>): ConfirmedAlert {
  return {
    id: String(row['id']),
    personId: String(row['person_id']),
    watchlistId: String(row['watchlist_id']),
    cameraId: String(row['camera_id']),
    createdAt: Number(row['created_at']),
    pictures: Number(row['pictures']),
  };
}
