import type { PoorView, Template } from '../domain/watchlist.ts';
import { faceColumns, faceOf } from './encryption/sealed-face.ts';
import type { Store } from './store.ts';
import { toTemplate } from './watchlist-rows.ts';

export interface NewTemplate extends Omit<Template, 'id' | 'createdAt' | 'poorView'> {
  /** Default: none. */
  readonly poorView?: PoorView | null;
  /** The face as it was handed in, with a margin, JPEG. */
  readonly image: Uint8Array;
}

/** What a list of people tells of a template. */
export type TemplateFacts = Pick<Template, 'id' | 'personId' | 'quality' | 'flags' | 'createdAt'>;

/** A template of another embedding space, and whose it is. */
export interface OutdatedTemplate {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly watchlistId: string;
  readonly model: string;
  /** In the pixels of the kept picture. */
  readonly landmarks: Template['landmarks'];
}

/** How templates are to be made. */
export interface TemplateMaking {
  /** The embedding space in use. */
  readonly model: string;
  /** Of poor views; null: there shall be none. */
  readonly recipe: string | null;
}

/**
 * A place among outdated templates: first those of another space, which match nothing, then those
 * whose poor view was made by another recipe; each oldest first.
 */
export interface OutdatedPlace {
  readonly pass: 'space' | 'poor-view';
  readonly after: number;
}

export interface OutdatedPage {
  readonly templates: readonly OutdatedTemplate[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: OutdatedPlace | null;
}

/** What new models make of a template's picture. */
export type RenewedTemplate = Pick<Template, 'model' | 'embedding' | 'poorView'>;

/** All of a template but its picture, which no search needs. */
const columns = `templates.id, person_id, model, embedding, quality, source_sha256, flags, landmarks,
  templates.created_at, sealed, key_id, poor_view, poor_view_by`;

/**
 * Which ones, by the index alone, then these: a row of the table leads through its picture before
 * it comes to its poor view.
 */
export const outdatedSql = (pass: OutdatedPlace['pass']) => `
  SELECT place, templates.id, person_id, people.name, watchlist_id, model, embedding, landmarks,
    sealed, key_id, poor_view
  FROM (SELECT rowid AS place FROM templates INDEXED BY templates_by_making
    WHERE ${pass === 'space' ? 'model <> ?' : 'model = ? AND poor_view_by IS DISTINCT FROM ?'} AND rowid > ?
    ORDER BY rowid LIMIT ?) AS found
  JOIN templates ON templates.rowid = found.place
  JOIN people ON people.id = person_id
  ORDER BY place`;

/** The table of enrolled images. */
export class TemplateTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Within {@link Store.write}. @throws RangeError for an embedding that is empty or not finite */
  insert(input: NewTemplate, id: string, now: number): Template {
    const { embedding, poorView = null } = input;
    assertFinite(embedding, poorView);
    const { image, ...rest } = input;
    const template: Template = { ...rest, poorView, id, createdAt: now };
    const { cipher } = this.#store;
    const face = faceColumns(cipher, id, { ...template, poorView: poorView?.embedding ?? null });
    this.#store
      .prepare('INSERT INTO templates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        template.id,
        template.personId,
        template.model,
        face.dimension,
        face.embedding,
        template.quality,
        template.sourceSha256,
        JSON.stringify(template.flags),
        face.landmarks,
        template.createdAt,
        cipher.seal(image, imageOf(id)),
        face.sealed,
        cipher.keyId,
        face.poorView,
        poorView?.recipe ?? null,
      );
    return template;
  }

  ofPerson(personId: string): Template[] {
    return this.#store
      .prepare(`SELECT ${columns} FROM templates WHERE person_id = ? ORDER BY created_at, rowid`)
      .all(personId)
      .flatMap((row) => this.#readable(row));
  }

  /** Templates of these people, oldest first. */
  ofPeople(personIds: readonly string[]): Template[] {
    return this.#store
      .prepare(
        `SELECT ${columns} FROM templates WHERE person_id IN (SELECT value FROM json_each(?))
         ORDER BY created_at, rowid`,
      )
      .all(JSON.stringify(personIds))
      .flatMap((row) => this.#readable(row));
  }

  factsOf(personIds: readonly string[]): TemplateFacts[] {
    return this.#store
      .prepare(
        `SELECT id, person_id, quality, flags, created_at FROM templates
         WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY created_at, rowid`,
      )
      .all(JSON.stringify(personIds))
      .map((row) => ({
        id: String(row['id']),
        personId: String(row['person_id']),
        quality: Number(row['quality']),
        flags: JSON.parse(String(row['flags'])),
        createdAt: Number(row['created_at']),
      }));
  }

  ofList(watchlistId: string): Template[] {
    return this.#store
      .prepare(
        `SELECT ${columns} FROM templates JOIN people ON people.id = person_id
         WHERE watchlist_id = ? ORDER BY templates.created_at, templates.rowid`,
      )
      .all(watchlistId)
      .flatMap((row) => this.#readable(row));
  }

  bySource(watchlistId: string, sourceSha256: string): Template[] {
    return this.#store
      .prepare(
        `SELECT ${columns} FROM templates JOIN people ON people.id = person_id
         WHERE source_sha256 = ? AND watchlist_id = ?`,
      )
      .all(sourceSha256, watchlistId)
      .map((row) => toTemplate(this.#store.cipher, row));
  }

  /** How many are outdated; read from an index. */
  outdatedCount({ model, recipe }: TemplateMaking): number {
    const row = this.#store
      .prepare(
        'SELECT count(*) AS n FROM templates WHERE model <> ? OR poor_view_by IS DISTINCT FROM ?',
      )
      .get(model, recipe);
    return Number(row?.['n']);
  }

  /** Which of these are outdated. */
  outdatedAmong({ model, recipe }: TemplateMaking, ids: readonly string[]): Set<string> {
    const rows = this.#store
      .prepare(
        `SELECT id FROM templates WHERE id IN (SELECT value FROM json_each(?))
           AND (model <> ? OR poor_view_by IS DISTINCT FROM ?)`,
      )
      .all(JSON.stringify(ids), model, recipe);
    return new Set(rows.map(({ id }) => String(id)));
  }

  /** At most `limit` outdated ones behind a place, in the order of places; damaged ones are left out. */
  outdated(
    { model, recipe }: TemplateMaking,
    { pass, after }: OutdatedPlace,
    limit: number,
  ): OutdatedPage {
    const rows = this.#store
      .prepare(outdatedSql(pass))
      .all(...(pass === 'space' ? [model] : [model, recipe]), after, limit);
    const last = rows.at(-1);
    const further: OutdatedPlace | null = pass === 'space' ? { pass: 'poor-view', after: 0 } : null;
    return {
      templates: rows.flatMap((row) => this.#outdated(row)),
      next:
        last === undefined || rows.length < limit
          ? further
          : { pass, after: Number(last['place']) },
    };
  }

  #outdated(row: Record<string, unknown>): OutdatedTemplate[] {
    const face = this.#store.orDamaged(() => faceOf(this.#store.cipher, row));
    if (face === undefined) return [];
    return [
      {
        id: String(row['id']),
        personId: String(row['person_id']),
        personName: String(row['name']),
        watchlistId: String(row['watchlist_id']),
        model: String(row['model']),
        landmarks: face.landmarks,
      },
    ];
  }

  /** Puts an embedding of another space in a template's place. False when it is gone. */
  renew(id: string, { model, embedding, poorView }: RenewedTemplate): boolean {
    assertFinite(embedding, poorView);
    const { cipher } = this.#store;
    const row = this.#store
      .prepare(
        'SELECT id, embedding, landmarks, image, sealed, key_id, poor_view FROM templates WHERE id = ?',
      )
      .get(id);
    if (row === undefined) return false;
    const keyId = row['key_id'] === null ? null : String(row['key_id']);
    const image = cipher.open(row['image'] as Uint8Array, keyId, imageOf(id));
    const { landmarks } = faceOf(cipher, row);
    const small = poorView?.embedding ?? null;
    const face = faceColumns(cipher, id, { embedding, landmarks, poorView: small });
    // All of a row is in one key.
    this.#store
      .prepare(
        `UPDATE templates SET model = ?, dimension = ?, embedding = ?, landmarks = ?, sealed = ?,
           image = ?, key_id = ?, poor_view = ?, poor_view_by = ? WHERE id = ?`,
      )
      .run(
        model,
        face.dimension,
        face.embedding,
        face.landmarks,
        face.sealed,
        cipher.seal(image, imageOf(id)),
        cipher.keyId,
        face.poorView,
        poorView?.recipe ?? null,
        id,
      );
    return true;
  }

  image(id: string): Uint8Array | null {
    const row = this.#store.prepare('SELECT image, key_id FROM templates WHERE id = ?').get(id);
    if (row === undefined) return null;
    const { image, key_id: keyId } = row;
    return this.#store.cipher.open(
      image as Uint8Array,
      keyId === null ? null : String(keyId),
      imageOf(id),
    );
  }

  /** Whose image it is. */
  personOf(id: string): string | undefined {
    const row = this.#store.prepare('SELECT person_id FROM templates WHERE id = ?').get(id);
    return row === undefined ? undefined : String(row['person_id']);
  }

  /** False when there is no such image. */
  delete(id: string): boolean {
    return this.#store.prepare('DELETE FROM templates WHERE id = ?').run(id).changes !== 0;
  }

  /** None where it was changed or damaged: the others are still searched. */
  #readable(row: Record<string, unknown>): Template[] {
    const template = this.#store.orDamaged(() => toTemplate(this.#store.cipher, row));
    return template === undefined ? [] : [template];
  }
}

function imageOf(row: string) {
  return { table: 'templates', column: 'image', row } as const;
}

function assertFinite(embedding: Float32Array, poorView: PoorView | null): void {
  const small = poorView?.embedding ?? embedding;
  const isSound = embedding.length > 0 && embedding.every(Number.isFinite);
  if (isSound && small.length === embedding.length && small.every(Number.isFinite)) return;
  throw new RangeError('Cannot store a template: its embedding is empty or not finite');
}
