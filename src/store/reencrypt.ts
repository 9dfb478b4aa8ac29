import { NightglassError } from '../domain/errors.ts';
import { evidencePlace } from './encryption/evidence-place.ts';
import { faceColumns, faceOf } from './encryption/sealed-face.ts';
import type { ValueCipher } from './encryption/value-cipher.ts';
import { footagePicturePlace } from './footage-sighting-table.ts';
import { lookAlikePlace } from './look-alike-table.ts';
import { sitePicturePlace } from './site-alert-table.ts';
import type { Store } from './store.ts';

type Row = Record<string, unknown>;

/** How much one step does at most: some rows, and no further one from so many bytes on. */
export interface StepSize {
  readonly rows: number;
  readonly bytes: number;
}

/** A step of a running program: some milliseconds. */
export const smallStep: StepSize = { rows: 8, bytes: 256 * 1024 };
/** A step of a command that has the folder for itself. */
export const largeStep: StepSize = { rows: 256, bytes: 4 * 1024 * 1024 };

const tables = [
  ...(['templates', 'look_alikes', 'alert_evidence', 'footage_pictures'] as const),
  'site_alert_pictures',
] as const;

/**
 * Brings the values of a store under one key, a few rows a transaction. Each row says which key it
 * is in, so it goes on where it stopped, whatever stopped it.
 */
export class Reencryption {
  readonly #store: Pick<Store, 'prepare' | 'write' | 'cipher'>;
  readonly #target: ValueCipher;
  /** Rows that could not be opened, by table: they stay as they are, and are passed over. */
  readonly #broken = {
    templates: new Set<number>(),
    look_alikes: new Set<number>(),
    alert_evidence: new Set<number>(),
    footage_pictures: new Set<number>(),
    site_alert_pictures: new Set<number>(),
  };
  #left: number | undefined;

  /** @param target what values are sealed with; by default what the store seals with */
  constructor(
    store: Pick<Store, 'prepare' | 'write' | 'cipher'>,
    target: ValueCipher = store.cipher,
  ) {
    this.#store = store;
    this.#target = target;
  }

  /** Rows that are still under another key, or under none. */
  get pending(): number {
    this.#left ??= tables.reduce((sum, table) => sum + this.#count(table), 0);
    return this.#left;
  }

  /** Rows that were damaged before: they cannot be opened with any key. */
  get broken(): number {
    return tables.reduce((sum, table) => sum + this.#broken[table].size, 0);
  }

  /** Does some. Returns how many rows; 0 when all is done. @throws NightglassError `STORE_UNWRITABLE` */
  step(size: StepSize): number {
    const left = this.pending;
    for (const table of tables) {
      const rows = this.#next(table, size.rows);
      if (rows.length === 0) continue;
      const done = this.#store.write(() => {
        let bytes = 0;
        let count = 0;
        for (const row of rows) {
          if (bytes >= size.bytes) break;
          bytes += this.#move(table, row);
          count += 1;
        }
        return count;
      });
      this.#left = Math.max(0, left - done);
      return done;
    }
    this.#left = 0;
    return 0;
  }

  #count(table: (typeof tables)[number]): number {
    const row = this.#store
      .prepare(`SELECT count(*) AS count FROM ${table} WHERE key_id IS DISTINCT FROM ?`)
      .get(this.#target.keyId);
    return Number(row?.['count']) - this.#broken[table].size;
  }

  /** By ranges of the index: never a look at all rows. */
  #next(table: (typeof tables)[number], limit: number): Row[] {
    const { keyId } = this.#target;
    const ranges = keyId === null ? ['>='] : ['IS NOT DISTINCT FROM', '<', '>'];
    const broken = this.#broken[table];
    for (const range of ranges) {
      const bound = range === 'IS NOT DISTINCT FROM' ? null : (keyId ?? '');
      const found = this.#store
        .prepare(`SELECT ${rowNumber(table)}, * FROM ${table} WHERE key_id ${range} ? LIMIT ?`)
        .all(bound, limit + broken.size)
        .filter((row) => !broken.has(Number(row['rowid'])));
      if (found.length > 0) return found.slice(0, limit);
    }
    return [];
  }

  /** Within a transaction. Returns how many bytes it wrote. */
  #move(table: (typeof tables)[number], row: Row): number {
    try {
      if (table === 'templates') return this.#moveTemplate(row);
      if (table === 'look_alikes') return this.#moveLookAlike(row);
      if (table === 'site_alert_pictures') return this.#moveSitePicture(row);
      return this.#movePicture(table, row);
    } catch (error) {
      if (!(error instanceof NightglassError) || error.code !== 'STORE_CORRUPT') throw error;
      this.#broken[table].add(Number(row['rowid']));
      return 0;
    }
  }

  #moveTemplate(row: Row): number {
    const { cipher } = this.#store;
    const id = String(row['id']);
    const place = { table: 'templates', column: 'image', row: id } as const;
    const image = this.#target.seal(
      cipher.open(row['image'] as Uint8Array, keyIdOf(row), place),
      place,
    );
    const face = faceColumns(this.#target, id, faceOf(cipher, row));
    this.#store
      .prepare(
        `UPDATE templates SET dimension = ?, embedding = ?, landmarks = ?, sealed = ?,
           poor_view = ?, image = ?, key_id = ? WHERE id = ?`,
      )
      .run(
        ...[face.dimension, face.embedding, face.landmarks, face.sealed, face.poorView],
        ...[image, this.#target.keyId, id],
      );
    return image.byteLength;
  }

  #moveLookAlike(row: Row): number {
    const id = String(row['id']);
    const place = lookAlikePlace(id);
    const face = this.#target.seal(
      this.#store.cipher.open(row['face'] as Uint8Array, keyIdOf(row), place),
      place,
    );
    this.#store
      .prepare('UPDATE look_alikes SET face = ?, key_id = ? WHERE id = ?')
      .run(face, this.#target.keyId, id);
    return face.byteLength;
  }

  #moveSitePicture(row: Row): number {
    const [site, alertId, kind] = [row['site'], row['alert_id'], row['kind']].map(String);
    const place = sitePicturePlace(site ?? '', alertId ?? '', kind ?? '');
    const jpeg = this.#target.seal(
      this.#store.cipher.open(row['jpeg'] as Uint8Array, keyIdOf(row), place),
      place,
    );
    this.#store
      .prepare('UPDATE site_alert_pictures SET jpeg = ?, key_id = ? WHERE number = ?')
      .run(jpeg, this.#target.keyId, Number(row['number']));
    return jpeg.byteLength;
  }

  #movePicture(table: keyof typeof owners, row: Row): number {
    const owner = owners[table];
    const [id, kind] = [String(row[owner]), String(row['kind'])];
    const place =
      table === 'alert_evidence' ? evidencePlace(id, kind) : footagePicturePlace(id, kind);
    const jpeg = this.#target.seal(
      this.#store.cipher.open(row['jpeg'] as Uint8Array, keyIdOf(row), place),
      place,
    );
    this.#store
      .prepare(`UPDATE ${table} SET jpeg = ?, key_id = ? WHERE ${owner} = ? AND kind = ?`)
      .run(jpeg, this.#target.keyId, id, kind);
    return jpeg.byteLength;
  }
}

/** Column of what a picture is of. */
const owners = { alert_evidence: 'alert_id', footage_pictures: 'sighting_id' } as const;

/** Rows of one table have a number of their own, which is the same as SQLite's. */
function rowNumber(table: (typeof tables)[number]): string {
  return table === 'site_alert_pictures' ? 'number AS rowid' : 'rowid';
}

function keyIdOf({ key_id: keyId }: Row): string | null {
  return keyId === null ? null : String(keyId);
}
