import type { LookAlike } from '../domain/look-alike.ts';
import type { ValueCipher } from './encryption/value-cipher.ts';
import { vectorBytes, vectorOf } from './encryption/vector-bytes.ts';
import type { Store } from './store.ts';

/** What there is to tell of a look-alike: all but its face. */
export type LookAlikeFacts = Omit<LookAlike, 'embedding' | 'model'>;

/**
 * The table of look-alikes. They go with their person and with their alert. Methods that change
 * something belong into {@link Store.write}.
 */
export class LookAlikeTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(lookAlike: LookAlike): void {
    const { id, personId, alertId, model, score, createdAt, createdBy } = lookAlike;
    const { cipher } = this.#store;
    this.#store
      .prepare('INSERT INTO look_alikes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        ...[id, personId, alertId, model],
        cipher.seal(vectorBytes(lookAlike.embedding), lookAlikePlace(id)),
        ...[cipher.keyId, score, createdAt, createdBy],
      );
  }

  /** Oldest first; one that was changed or damaged is left out: it raises no threshold. */
  ofPeople(personIds: readonly string[]): LookAlike[] {
    return this.#store
      .prepare(
        `SELECT * FROM look_alikes WHERE person_id IN (SELECT value FROM json_each(?))
         ORDER BY created_at, rowid`,
      )
      .all(JSON.stringify(personIds))
      .flatMap((row) => {
        const embedding = this.#store.orDamaged(() => faceOf(this.#store.cipher, row));
        if (embedding === undefined) return [];
        return [{ ...factsOf(row), model: String(row['model']), embedding }];
      });
  }

  factsOfPeople(personIds: readonly string[]): LookAlikeFacts[] {
    return this.#store
      .prepare(
        `SELECT id, person_id, alert_id, score, created_at, created_by FROM look_alikes
         WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY created_at, rowid`,
      )
      .all(JSON.stringify(personIds))
      .map(factsOf);
  }

  /** Those that come from these alerts. */
  ofAlerts(alertIds: readonly string[]): LookAlikeFacts[] {
    return this.#store
      .prepare(
        `SELECT id, person_id, alert_id, score, created_at, created_by FROM look_alikes
         WHERE alert_id IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(alertIds))
      .map(factsOf);
  }

  find(id: string): LookAlikeFacts | undefined {
    const row = this.#store
      .prepare(
        'SELECT id, person_id, alert_id, score, created_at, created_by FROM look_alikes WHERE id = ?',
      )
      .get(id);
    return row === undefined ? undefined : factsOf(row);
  }

  delete(id: string): void {
    this.#store.prepare('DELETE FROM look_alikes WHERE id = ?').run(id);
  }
}

/** Where the face of a look-alike stands. */
export function lookAlikePlace(row: string) {
  return { table: 'look_alikes', column: 'face', row } as const;
}

function faceOf(cipher: ValueCipher, row: Readonly<Record<string, unknown>>): Float32Array {
  const { id, face, key_id: keyId } = row;
  const place = lookAlikePlace(String(id));
  return vectorOf(cipher.open(face as Uint8Array, keyId === null ? null : String(keyId), place));
}

function factsOf(row: Readonly<Record<string, unknown>>): LookAlikeFacts {
  return {
    id: String(row['id']),
    personId: String(row['person_id']),
    alertId: String(row['alert_id']),
    score: Number(row['score']),
    createdAt: Number(row['created_at']),
    createdBy: String(row['created_by']),
  };
}
