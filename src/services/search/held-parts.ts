import { clusterBounds } from '../../domain/bounds.ts';
import type { ListMatch, Probe } from '../../domain/match.ts';
import type {
  FoundInPart,
  HeldLookAlike,
  HeldPerson,
  HeldTemplate,
  PartAnswer,
  PartMatch,
  PartRequest,
  PartState,
  SearchedPart,
  TemplateKind,
} from '../../domain/matching.ts';
import { inTurns } from '../in-turns.ts';
import { type IndexedList, ListIndex } from './list-index.ts';
import { bestMatches, nearestMatches } from './nearest-matches.ts';

/** Templates read at a stretch, bytes: a millisecond or less. */
const bytesAtOnce = 4 * 2 ** 20;
/** Probes that are compared in one pass over the templates. */
const probesAtOnce = 16;

interface Part {
  readonly index: ListIndex<IndexedList>;
  revision: number;
  /** Templates of people of whom more follow. */
  readonly begun: Map<string, HeldTemplate[]>;
}

interface Waiting {
  readonly probe: Probe;
  readonly template: TemplateKind;
  readonly limit: number | null;
  readonly parts: readonly SearchedPart[];
  readonly done: PromiseWithResolvers<PartAnswer>;
}

/**
 * Parts of lists that this process holds for the control node: vectors and ids, no names. Changes
 * are made at once and in order; searches share passes over the templates, in turns of the event loop.
 */
export class HeldParts {
  readonly #parts = new Map<number, Part>();
  #waiting: Waiting[] = [];
  #isSearching = false;
  #closed = false;

  /** Parts that are held. */
  get size(): number {
    return this.#parts.size;
  }

  /** Templates that are held. */
  get templates(): number {
    return this.#states().reduce(
      (sum, { templates }) => sum + Object.values(templates).reduce((all, n) => all + n, 0),
      0,
    );
  }

  /** What a control node asks. @throws RangeError for vectors that do not fit their model */
  handle(request: PartRequest): PartAnswer | Promise<PartAnswer> {
    switch (request.kind) {
      case 'state':
        return { kind: 'held', parts: this.#states() };
      case 'begin':
        if (this.#parts.size >= clusterBounds.matching.held) return { kind: 'busy' };
        this.#parts.set(request.part, {
          index: new ListIndex({ id: '', name: '', fpir: 0 }),
          revision: 0,
          begun: new Map(),
        });
        return this.#held(request.part);
      case 'put':
        return this.#change(request, (part) => {
          for (const person of request.people) put(part, person);
        });
      case 'remove':
        return this.#change(request, (part) => {
          part.begun.delete(request.personId);
          part.index.remove(request.personId);
        });
      case 'drop':
        for (const part of request.parts) this.#parts.delete(part);
        return { kind: 'held', parts: [] };
      case 'search':
        return this.#search(request);
    }
  }

  /** Forgets everything: another control node asks now. */
  clear(): void {
    this.#parts.clear();
  }

  /** Forgets everything, and answers what waits. Idempotent. */
  close(): void {
    this.#closed = true;
    this.clear();
    for (const { done } of this.#waiting.splice(0)) done.resolve({ kind: 'busy' });
  }

  /** A change in its order; one that is out of it leaves the part unusable, which its state says. */
  #change(
    { part: number, revision }: { readonly part: number; readonly revision: number },
    make: (part: Part) => void,
  ): PartAnswer {
    const part = this.#parts.get(number);
    if (part === undefined || part.revision !== revision - 1) return { kind: 'held', parts: [] };
    make(part);
    part.revision = revision;
    return this.#held(number);
  }

  #held(number: number): PartAnswer {
    return { kind: 'held', parts: this.#states([number]) };
  }

  #states(numbers: Iterable<number> = this.#parts.keys()): PartState[] {
    return [...numbers].flatMap((number) => {
      const part = this.#parts.get(number);
      if (part === undefined) return [];
      const { index, revision } = part;
      return [
        { part: number, revision, people: index.people, templates: index.templatesByModel() },
      ];
    });
  }

  #search(
    request: Extract<PartRequest, { readonly kind: 'search' }>,
  ): PartAnswer | Promise<PartAnswer> {
    if (this.#closed || this.#waiting.length >= clusterBounds.matching.searches) {
      return { kind: 'busy' };
    }
    const done = Promise.withResolvers<PartAnswer>();
    this.#waiting.push({ ...request, done });
    if (!this.#isSearching) void this.#work();
    return done.promise;
  }

  async #work(): Promise<void> {
    this.#isSearching = true;
    while (this.#waiting.length > 0) {
      // Together they are read for once; what comes meanwhile is the next batch.
      const first = this.#waiting[0] as Waiting;
      const alike = (each: Waiting) =>
        each.probe.model === first.probe.model &&
        each.template === first.template &&
        each.limit === first.limit;
      const batch = this.#waiting.filter(alike).slice(0, probesAtOnce);
      this.#waiting = this.#waiting.filter((each) => !batch.includes(each));
      try {
        const answers = await inTurns(this.#pass(batch, first));
        for (const [at, { done }] of batch.entries()) {
          done.resolve({ kind: 'found', parts: answers[at] ?? [] });
        }
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#isSearching = false;
  }

  /** Each part once for all probes that are to be compared with it. */
  *#pass(
    batch: readonly Waiting[],
    { limit, template: kind }: Pick<Waiting, 'limit' | 'template'>,
  ): Generator<void, FoundInPart[][]> {
    const found: FoundInPart[][] = batch.map(() => []);
    const asked = batch.flatMap(({ parts }, at) => parts.map((part) => ({ ...part, at })));
    for (const [number, askers] of Map.groupBy(asked, ({ part }) => part)) {
      const part = this.#parts.get(number);
      const able = askers.filter(({ revision }) => part !== undefined && part.revision >= revision);
      const probes = able.map(({ at }) => (batch[at] as Waiting).probe);
      const threshold = (i: number) => able[i]?.threshold ?? 1;
      const pass = { bytesAtOnce, kind };
      const matches =
        part === undefined || probes.length === 0
          ? []
          : limit === null
            ? (yield* nearestMatches(part.index, probes, threshold, pass)).map((one) => [one])
            : yield* bestMatches(part.index, probes, limit, threshold, pass);
      // Another one took its place meanwhile: its changes are not known here.
      const isSame = part !== undefined && this.#parts.get(number) === part;
      for (const asker of askers) {
        const i = able.indexOf(asker);
        const of = isSame && i >= 0 ? (matches[i] ?? []).map(withoutList) : null;
        found[asker.at]?.push({ part: number, matches: of });
      }
    }
    return found;
  }
}

function put({ begun, index }: Part, person: HeldPerson): void {
  const { lookAlikes, more, personId, templates } = person;
  const all = [...(begun.get(personId) ?? []), ...templates];
  if (more) begun.set(personId, all);
  else {
    begun.delete(personId);
    index.put({ id: personId, name: '' }, all, lookAlikes satisfies readonly HeldLookAlike[]);
  }
}

function withoutList(match: ListMatch): PartMatch {
  const { matched, personId, pictureScores, scores, templateId, threshold } = match;
  return {
    ...{ matched, personId, scores, templateId, threshold },
    ...(pictureScores === undefined ? {} : { pictureScores }),
  };
}
