import { dayMs } from '../domain/bounds.ts';
import type { FootagePictureKind } from '../domain/footage.ts';
import type { DecidedAlert } from '../domain/raised-alert.ts';
import type { ValuePlace } from './encryption/value-cipher.ts';
import type { Store } from './store.ts';

/** A sighting as it is kept: what an alert would say, and where in the footage it is. */
export interface KeptSighting {
  readonly jobId: string;
  /** Index of the file. */
  readonly file: number;
  /** Seconds in the file: the pictured moment, and when the person was last seen. */
  readonly at: number;
  readonly until: number;
  /** Found by a quick look, where the search itself has not been yet. */
  readonly preliminary: boolean;
  readonly alert: DecidedAlert;
}

/** Where a sighting stands among those of its job. */
export interface SightingPlace {
  readonly file: number;
  readonly at: number;
  readonly id: string;
}

/**
 * The tables of what searches of footage found: people of lists alone. Methods that change
 * something belong into {@link Store.write}.
 */
export class FootageSightingTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert({ jobId, file, at, until, preliminary, alert }: KeptSighting, foundAt: number): void {
    this.#store
      .prepare('INSERT INTO footage_sightings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        alert.id,
        jobId,
        alert.watchlistId,
        alert.personId,
        alert.templateId,
        file,
        at,
        until,
        foundAt,
        JSON.stringify(alert),
        preliminary ? 1 : 0,
      );
  }

  /** @returns false where it is gone */
  update({ at, alert }: Pick<KeptSighting, 'at' | 'alert'>): boolean {
    const { changes } = this.#store
      .prepare('UPDATE footage_sightings SET template_id = ?, at = ?, body = ? WHERE id = ?')
      .run(alert.templateId, at, JSON.stringify(alert), alert.id);
    return changes !== 0;
  }

  /** Moves when a person was last seen, forward only. */
  seen(id: string, until: number): void {
    this.#store
      .prepare('UPDATE footage_sightings SET until = max(until, ?) WHERE id = ?')
      .run(until, id);
  }

  find(id: string): KeptSighting | undefined {
    const row = this.#store.prepare('SELECT * FROM footage_sightings WHERE id = ?').get(id);
    return row === undefined ? undefined : toSighting(row);
  }

  /** Those of a job behind a place, in the order of the files and their time. */
  page(jobId: string, after: SightingPlace | null, limit: number): KeptSighting[] {
    const { file, at, id } = after ?? { file: -1, at: 0, id: '' };
    return this.#store
      .prepare(
        `SELECT * FROM footage_sightings WHERE job_id = ? AND (file, at, id) > (?, ?, ?)
         ORDER BY file, at, id LIMIT ?`,
      )
      .all(jobId, file, at, id, limit)
      .map(toSighting);
  }

  /** Those of a job that are on one person, in the order of the files and their time. */
  ofPerson(jobId: string, personId: string, limit: number): KeptSighting[] {
    return this.#store
      .prepare(
        `SELECT * FROM footage_sightings WHERE job_id = ? AND person_id = ?
         ORDER BY file, at, id LIMIT ?`,
      )
      .all(jobId, personId, limit)
      .map(toSighting);
  }

  count(jobId: string): number {
    const row = this.#store
      .prepare('SELECT count(*) AS n FROM footage_sightings WHERE job_id = ?')
      .get(jobId);
    return Number(row?.['n']);
  }

  /** How many a quick look found, or the search itself. */
  countOf(jobId: string, preliminary: boolean): number {
    const row = this.#store
      .prepare('SELECT count(*) AS n FROM footage_sightings WHERE job_id = ? AND preliminary = ?')
      .get(jobId, preliminary ? 1 : 0);
    return Number(row?.['n']);
  }

  /** Deletes those of a file from a second on that a pass found: it goes there again. */
  deleteFrom(jobId: string, file: number, seconds: number, preliminary: boolean): void {
    this.#store
      .prepare(
        `DELETE FROM footage_sightings WHERE job_id = ? AND file = ? AND at >= ?
           AND preliminary = ?`,
      )
      .run(jobId, file, seconds, preliminary ? 1 : 0);
  }

  /** Deletes those of a quick look before a second of a file: the search itself was there. */
  settle(jobId: string, file: number, seconds: number): void {
    this.#store
      .prepare(
        `DELETE FROM footage_sightings WHERE job_id = ? AND file = ? AND at < ?
           AND preliminary = 1`,
      )
      .run(jobId, file, seconds);
  }

  /** A picture that is named replaces the old one. */
  putPicture(id: string, kind: FootagePictureKind, jpeg: Uint8Array): void {
    const { cipher } = this.#store;
    this.#store
      .prepare(`INSERT INTO footage_pictures (sighting_id, kind, jpeg, key_id) VALUES (?, ?, ?, ?)
         ON CONFLICT (sighting_id, kind)
         DO UPDATE SET jpeg = excluded.jpeg, key_id = excluded.key_id`)
      .run(id, kind, cipher.seal(jpeg, footagePicturePlace(id, kind)), cipher.keyId);
  }

  deletePicture(id: string, kind: FootagePictureKind): void {
    this.#store
      .prepare('DELETE FROM footage_pictures WHERE sighting_id = ? AND kind = ?')
      .run(id, kind);
  }

  /** @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
  picture(id: string, kind: FootagePictureKind): Uint8Array | null {
    const row = this.#store
      .prepare('SELECT jpeg, key_id FROM footage_pictures WHERE sighting_id = ? AND kind = ?')
      .get(id, kind);
    if (row === undefined) return null;
    const keyId = row['key_id'] === null ? null : String(row['key_id']);
    return this.#store.cipher.open(row['jpeg'] as Uint8Array, keyId, footagePicturePlace(id, kind));
  }

  /** Deletes up to `limit` whose time is over: as long as the alerts of their list. @returns how many */
  deleteDue(now: number, limit: number): number {
    let gone = 0;
    for (const row of this.#store.prepare('SELECT * FROM alert_retention').all()) {
      const before = now - Math.round(Number(row['days']) * dayMs);
      const { changes } = this.#store
        .prepare(
          `DELETE FROM footage_sightings WHERE id IN (SELECT id FROM footage_sightings
             WHERE watchlist_id = ? AND found_at <= ? LIMIT ?)`,
        )
        .run(String(row['watchlist_id']), before, limit - gone);
      gone += Number(changes);
    }
    return gone;
  }
}

/** Where a picture of a sighting stands. */
export function footagePicturePlace(id: string, kind: string): ValuePlace {
  return { table: 'footage_pictures', column: 'jpeg', row: `${id}\0${kind}` };
}

function toSighting(row: Record<string, unknown>): KeptSighting {
  return {
    jobId: String(row['job_id']),
    file: Number(row['file']),
    at: Number(row['at']),
    until: Number(row['until']),
    preliminary: row['preliminary'] === 1,
    alert: JSON.parse(String(row['body'])) as DecidedAlert,
  };
}
