import type { Person, Template, Watchlist } from '../../domain/watchlist.ts';
import { VectorMatrix } from './vector-matrix.ts';

export interface Candidate {
  readonly personId: string;
  readonly personName: string;
  /** The person's template that is nearest to the query. */
  readonly templateId: string;
  readonly score: number;
  /** Cosine of that template with another vector; valid until the index changes. */
  compare(vector: Float32Array): number;
}

/** The templates of one embedding model: a row of the matrix and its owner. */
interface ModelRows {
  readonly matrix: VectorMatrix;
  readonly templateIds: string[];
  readonly personIds: string[];
}

/** The people of one watchlist and their templates, in memory. */
export class ListIndex {
  /** Replaced when the list's own fields change. */
  list: Watchlist;
  readonly #people = new Map<string, Person>();
  readonly #models = new Map<string, ModelRows>();
  /** Models in which a person has rows, to remove them without a scan of all. */
  readonly #rowsOf = new Map<string, { model: string; templateId: string }[]>();
  readonly #rowOfTemplate = new Map<string, number>();

  constructor(list: Watchlist) {
    this.list = list;
  }

  /** People on the list, with templates or without. */
  get people(): number {
    return this.#people.size;
  }

  templates(model: string): number {
    return this.#models.get(model)?.matrix.rows ?? 0;
  }

  templatesByModel(): Record<string, number> {
    return Object.fromEntries([...this.#models].map(([model, { matrix }]) => [model, matrix.rows]));
  }

  /** Adds a person, or replaces what is known of them. */
  put(person: Person, templates: readonly Template[]): void {
    this.remove(person.id);
    this.#people.set(person.id, person);
    const rows = templates.map(({ model, id }) => ({ model, templateId: id }));
    if (rows.length > 0) this.#rowsOf.set(person.id, rows);
    for (const template of templates) {
      const { matrix, templateIds, personIds } = this.#model(template);
      this.#rowOfTemplate.set(template.id, matrix.push(template.embedding));
      templateIds.push(template.id);
      personIds.push(person.id);
    }
  }

  /** Forgets a person. */
  remove(personId: string): void {
    for (const { model, templateId } of this.#rowsOf.get(personId) ?? []) {
      const rows = this.#models.get(model);
      const row = this.#rowOfTemplate.get(templateId);
      if (rows === undefined || row === undefined) continue;
      this.#rowOfTemplate.delete(templateId);
      rows.matrix.swapRemove(row);
      const movedTemplate = rows.templateIds.pop() as string;
      const movedPerson = rows.personIds.pop() as string;
      if (movedTemplate !== templateId) {
        rows.templateIds[row] = movedTemplate;
        rows.personIds[row] = movedPerson;
        this.#rowOfTemplate.set(movedTemplate, row);
      }
      if (rows.matrix.rows === 0) this.#models.delete(model);
    }
    this.#rowsOf.delete(personId);
    this.#people.delete(personId);
  }

  /**
   * The `limit` people nearest to each query, each by their nearest template, best first; yields as
   * {@link nearest} does.
   */
  *best(
    model: string,
    queries: readonly Float32Array[],
    limit: number,
    bytesAtOnce: number = Number.POSITIVE_INFINITY,
  ): Generator<void, Candidate[][]> {
    const rows = this.#models.get(model);
    if (rows === undefined || limit < 1) return queries.map(() => []);
    const { matrix, personIds } = rows;
    const atOnce = rowsAtOnce(matrix.dimension, queries.length, bytesAtOnce);
    const found = yield* matrix.nearestOwners(queries, personIds, limit, atOnce);
    return found.map((best) => best.map(({ row, score }) => this.#candidate(rows, row, score)));
  }

  /** Bytes that a search of the model's templates reads. */
  bytes(model: string): number {
    const matrix = this.#models.get(model)?.matrix;
    return matrix === undefined ? 0 : matrix.rows * matrix.dimension * 4;
  }

  /**
   * The person nearest to each query, all in one pass; empty without templates of the model.
   * Yields each time that it has read about `bytesAtOnce`.
   */
  *nearest(
    model: string,
    queries: readonly Float32Array[],
    bytesAtOnce: number = Number.POSITIVE_INFINITY,
  ): Generator<void, Candidate[]> {
    const rows = this.#models.get(model);
    if (rows === undefined) return [];
    const atOnce = rowsAtOnce(rows.matrix.dimension, queries.length, bytesAtOnce);
    const found = yield* rows.matrix.nearest(queries, atOnce);
    return found.map(({ row, score }) => this.#candidate(rows, row, score));
  }

  #candidate(rows: ModelRows, row: number, score: number): Candidate {
    const personId = rows.personIds[row] as string;
    return {
      personId,
      personName: this.#people.get(personId)?.name ?? '',
      templateId: rows.templateIds[row] as string,
      score,
      compare: (vector) => rows.matrix.score(vector, row),
    };
  }

  #model({ model, embedding }: Template): ModelRows {
    let rows = this.#models.get(model);
    if (rows === undefined) {
      rows = { matrix: new VectorMatrix(embedding.length), templateIds: [], personIds: [] };
      this.#models.set(model, rows);
    }
    return rows;
  }
}

/** Rows that may be compared with so many queries at a stretch. */
function rowsAtOnce(dimension: number, queries: number, bytesAtOnce: number): number {
  // Several queries are bound by arithmetic: about as long as reading three times as much for each eight.
  const cost = queries === 1 ? 1 : 3 * Math.ceil(queries / 8);
  return Math.ceil(bytesAtOnce / (dimension * 4 * cost));
}
