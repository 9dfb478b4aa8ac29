import { cosine } from '../../domain/cosine.ts';
import { type LookAlike, thresholdAgainst } from '../../domain/look-alike.ts';
import type { TemplateKind } from '../../domain/matching.ts';
import type { Person, PoorView, Template, Watchlist } from '../../domain/watchlist.ts';
import { VectorMatrix } from './vector-matrix.ts';

export interface Candidate {
  readonly personId: string;
  readonly personName: string;
  /** The person's template that is nearest to the query. */
  readonly templateId: string;
  readonly score: number;
  /** Whether the query was compared with poor views. */
  readonly isPoorView: boolean;
  /** Cosine of that template with another vector; valid until the index changes. */
  compare(vector: Float32Array): number;
}

/** How a search passes over templates. */
export interface PassOptions {
  /** Read between two stops; default: everything. */
  readonly bytesAtOnce?: number | undefined;
  readonly kind?: TemplateKind;
}

/** The templates of one embedding model: a row of the matrix and its owner. */
interface ModelRows {
  readonly matrix: VectorMatrix;
  /** In the order of `matrix`, on its scale; null until a template has a poor view. */
  small: VectorMatrix | null;
  readonly templateIds: string[];
  readonly personIds: string[];
}

/** What a match says of its list. */
export type IndexedList = Pick<Watchlist, 'id' | 'name' | 'fpir'>;
/** Who is found. */
type IndexedPerson = Pick<Person, 'id' | 'name'>;
/** What is compared. */
export type IndexedTemplate = Pick<Template, 'id' | 'model' | 'embedding'> & {
  readonly poorView: Pick<PoorView, 'embedding'> | null;
};
export type IndexedLookAlike = Pick<LookAlike, 'model' | 'embedding' | 'score'>;

/** The people of one watchlist, or of a part of it, and their templates, in memory. */
export class ListIndex<List extends IndexedList = Watchlist> {
  /** Replaced when the list's own fields change. */
  list: List;
  readonly #people = new Map<string, IndexedPerson>();
  readonly #models = new Map<string, ModelRows>();
  /** Models in which a person has rows, to remove them without a scan of all. */
  readonly #rowsOf = new Map<string, { model: string; templateId: string }[]>();
  readonly #rowOfTemplate = new Map<string, number>();
  /** Of those who have any. */
  readonly #lookAlikes = new Map<string, readonly IndexedLookAlike[]>();
  readonly #scale: number;

  /** @param scale of cosines with poor views: takes those of strangers to what clear templates give */
  constructor(list: List, scale = 1) {
    this.list = list;
    this.#scale = scale;
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

  /** People whom some faces resemble that are not theirs. */
  get peopleWithLookAlikes(): number {
    return this.#lookAlikes.size;
  }

  /** The threshold of this person for a face that resembles them so much. */
  thresholdOf(
    { personId, score }: Pick<Candidate, 'personId' | 'score'>,
    { model, fused }: { readonly model: string; readonly fused: Float32Array },
    threshold: number,
  ): number {
    const lookAlikes = this.#lookAlikes.get(personId)?.filter((each) => each.model === model) ?? [];
    return thresholdAgainst(lookAlikes, { score, threshold }, ({ embedding }) =>
      cosine(embedding, fused),
    );
  }

  /** Adds a person, or replaces what is known of them. */
  put(
    person: IndexedPerson,
    templates: readonly IndexedTemplate[],
    lookAlikes: readonly IndexedLookAlike[] = [],
  ): void {
    this.remove(person.id);
    this.#people.set(person.id, person);
    if (lookAlikes.length > 0) this.#lookAlikes.set(person.id, lookAlikes);
    const rows = templates.map(({ model, id }) => ({ model, templateId: id }));
    if (rows.length > 0) this.#rowsOf.set(person.id, rows);
    for (const template of templates) {
      const rows = this.#model(template);
      const row = rows.matrix.push(template.embedding);
      this.#rowOfTemplate.set(template.id, row);
      rows.templateIds.push(template.id);
      rows.personIds.push(person.id);
      if (template.poorView !== null) rows.small ??= copyOf(rows.matrix, row);
      rows.small?.push(this.#smallOf(template));
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
      rows.small?.swapRemove(row);
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
    this.#lookAlikes.delete(personId);
  }

  /**
   * The `limit` people nearest to each query, each by their nearest template, best first; yields as
   * {@link nearest} does.
   */
  *best(
    model: string,
    queries: readonly Float32Array[],
    limit: number,
    { bytesAtOnce = Number.POSITIVE_INFINITY, kind = 'clear' }: PassOptions = {},
  ): Generator<void, Candidate[][]> {
    const rows = this.#models.get(model);
    if (rows === undefined || limit < 1) return queries.map(() => []);
    const matrix = matrixOf(rows, kind);
    const atOnce = rowsAtOnce(matrix.dimension, queries.length, bytesAtOnce);
    const found = yield* matrix.nearestOwners(queries, rows.personIds, limit, atOnce);
    return found.map((best) =>
      best.map(({ row, score }) => this.#candidate(rows, matrix, row, score)),
    );
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
    { bytesAtOnce = Number.POSITIVE_INFINITY, kind = 'clear' }: PassOptions = {},
  ): Generator<void, Candidate[]> {
    const rows = this.#models.get(model);
    if (rows === undefined) return [];
    const matrix = matrixOf(rows, kind);
    const atOnce = rowsAtOnce(matrix.dimension, queries.length, bytesAtOnce);
    const found = yield* matrix.nearest(queries, atOnce);
    return found.map(({ row, score }) => this.#candidate(rows, matrix, row, score));
  }

  #candidate(rows: ModelRows, matrix: VectorMatrix, row: number, score: number): Candidate {
    const personId = rows.personIds[row] as string;
    return {
      personId,
      personName: this.#people.get(personId)?.name ?? '',
      templateId: rows.templateIds[row] as string,
      score,
      isPoorView: matrix === rows.small,
      compare: (vector) => matrix.score(vector, row),
    };
  }

  /** A template without a poor view stands in for it. */
  #smallOf({ embedding, poorView }: IndexedTemplate): Float32Array {
    return poorView === null ? embedding : poorView.embedding.map((value) => value * this.#scale);
  }

  #model({ model, embedding }: IndexedTemplate): ModelRows {
    let rows = this.#models.get(model);
    if (rows === undefined) {
      const matrix = new VectorMatrix(embedding.length);
      rows = { matrix, small: null, templateIds: [], personIds: [] };
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

function matrixOf({ matrix, small }: ModelRows, kind: TemplateKind): VectorMatrix {
  return kind === 'poor-view' ? (small ?? matrix) : matrix;
}

/** The first rows of a matrix. */
function copyOf(matrix: VectorMatrix, rows: number): VectorMatrix {
  const copy = new VectorMatrix(matrix.dimension);
  for (let row = 0; row < rows; row += 1) copy.push(matrix.row(row));
  return copy;
}
