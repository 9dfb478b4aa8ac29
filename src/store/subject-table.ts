import type { Store } from './store.ts';

/** A delivery that is on its way to a receiver, or was given up. */
export interface DeliveryOfAlert {
  readonly alertId: string;
  readonly receiverId: string;
  readonly isDead: boolean;
  readonly createdAt: number;
}

/** What models on trial said of an alert. */
export interface TrialOfAlert {
  /** `name@version`. */
  readonly model: string;
  /** Best score by them, cosine; null for none. */
  readonly score: number | null;
  readonly reported: boolean;
}

/** Rows of one look. */
const pageSize = 1_000;

/** What is kept of one person, where no other table asks for it that way. For reading alone. */
export class SubjectTable {
  readonly #store: Pick<Store, 'prepare'>;

  constructor(store: Pick<Store, 'prepare'>) {
    this.#store = store;
  }

  /** Ids of all sightings of somebody in recorded footage, by id. */
  footageOf({ watchlistId, id }: { readonly watchlistId: string; readonly id: string }): string[] {
    return this.#store
      .prepare(
        `SELECT id FROM footage_sightings WHERE watchlist_id = ? AND person_id = ? ORDER BY id`,
      )
      .all(watchlistId, id)
      .map((row) => String(row['id']));
  }

  /** Wall time at which a sighting was found, from which it is kept. */
  foundAt(sightingId: string): number | undefined {
    const row = this.#store
      .prepare('SELECT found_at FROM footage_sightings WHERE id = ?')
      .get(sightingId);
    return row === undefined ? undefined : Number(row['found_at']);
  }

  /** Days that alerts of a list are kept, also of one that is gone. */
  retentionDays(watchlistId: string): number | undefined {
    const row = this.#store
      .prepare('SELECT days FROM alert_retention WHERE watchlist_id = ?')
      .get(watchlistId);
    return row === undefined ? undefined : Number(row['days']);
  }

  /** What models on trial said of an alert, the first trial first. */
  trialsOf(alertId: string): TrialOfAlert[] {
    return this.#store
      .prepare(
        `SELECT r.name, r.version, s.score, s.reported FROM shadow_alerts AS s
         JOIN shadow_runs AS r ON r.id = s.run_id WHERE s.alert_id = ? ORDER BY r.started_at, r.id`,
      )
      .all(alertId)
      .map(({ name, reported, score, version }) => ({
        model: `${name}@${version}`,
        score: score === null ? null : Number(score),
        reported: Number(reported) > 0,
      }));
  }

  /** Deliveries about these alerts, a page of the outbox a step. */
  *deliveriesOf(alertIds: ReadonlySet<string>): Generator<void, DeliveryOfAlert[]> {
    const found: DeliveryOfAlert[] = [];
    for (let after = 0; ; ) {
      const rows = this.#store
        .prepare(
          `SELECT number, alert_id, receiver, dead_at, created_at FROM outbox
           WHERE number > ? ORDER BY number LIMIT ?`,
        )
        .all(after, pageSize);
      for (const row of rows) {
        const alertId = String(row['alert_id']);
        if (!alertIds.has(alertId)) continue;
        found.push({
          ...{ alertId, receiverId: String(row['receiver']) },
          ...{ isDead: row['dead_at'] !== null, createdAt: Number(row['created_at']) },
        });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) return found;
      after = Number(last['number']);
      yield;
    }
  }
}
