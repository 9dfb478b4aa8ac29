import { NightglassError } from '../../domain/errors.ts';
import type { ListMatch, Probe } from '../../domain/match.ts';
import { inForce, type Person, type Template, type Watchlist } from '../../domain/watchlist.ts';
import type { WatchlistChange } from '../watchlists/watchlist-store.ts';
import { type Calibration, thresholdFor } from './calibration.ts';
import { type Candidate, ListIndex } from './list-index.ts';

/** What the gallery needs of the watchlist store. */
export interface GallerySource {
  list(): Watchlist[];
  find(id: string): Watchlist | undefined;
  people(watchlistId: string): Person[];
  findPerson(id: string): Person | undefined;
  templates(personId: string): Template[];
  templatesOfList(watchlistId: string): Template[];
  onChange(listener: (change: WatchlistChange) => void): () => void;
  externalVersion(): string;
}

export interface GalleryOptions {
  readonly source: GallerySource;
  readonly now: () => number;
  /** Calibration of an embedding model, from the manifest. */
  readonly calibration: (model: string) => Calibration | undefined;
  /** Told once a model: its threshold is a stand-in. */
  readonly onUncalibrated?: (model: string) => void;
}

/** A probe and the camera that saw it. */
export interface SearchRequest {
  readonly probe: Probe;
  readonly cameraId: string;
}

export interface GalleryListStats {
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly inForce: boolean;
  readonly people: number;
  /** Templates by embedding model; only those of the model in use can match. */
  readonly templates: Readonly<Record<string, number>>;
}

/**
 * Exact search of the enrolled templates, held in memory. Changes made through
 * the source count from the next search on; expiry does so by the clock.
 */
export class WatchlistGallery implements Disposable {
  readonly #options: GalleryOptions;
  readonly #indexes = new Map<string, ListIndex>();
  readonly #uncalibrated = new Set<string>();
  readonly #stop: () => void;
  #version = '';

  constructor(options: GalleryOptions) {
    this.#options = options;
    this.#stop = options.source.onChange((change) => this.#apply(change));
    this.#load();
  }

  /** Loads everything again if another process may have changed it; call it every second or so. */
  refresh(): boolean {
    if (this.#options.source.externalVersion() === this.#version) return false;
    this.#load();
    return true;
  }

  /**
   * Best candidate of each list in force that names the camera and has
   * templates of the probe's model.
   */
  search(probe: Probe, cameraId: string): readonly ListMatch[] {
    const matches: ListMatch[] = [];
    for (const index of this.#indexes.values()) {
      if (!namesCamera(index, cameraId)) continue;
      const [best] = this.#searchList(index, probe, 1);
      if (best !== undefined) matches.push(best);
    }
    return matches;
  }

  /**
   * As {@link search}, for several probes at once: a list's templates are read from
   * memory once for every sixteen of them. In the order of the requests. Yields each
   * time that about `bytesAtOnce` have been read, so that the caller may let others
   * work; changes of the lists meanwhile count.
   */
  *searchAll(
    requests: readonly SearchRequest[],
    bytesAtOnce?: number,
  ): Generator<void, (readonly ListMatch[])[]> {
    const found: ListMatch[][] = requests.map(() => []);
    const byModel = Map.groupBy(
      requests.keys(),
      (at) => (requests[at] as SearchRequest).probe.model,
    );
    for (const index of [...this.#indexes.values()]) {
      for (const [model, group] of byModel) {
        const asked = group.filter((at) => namesCamera(index, requests[at]?.cameraId ?? ''));
        if (asked.length === 0 || !this.#isSearched(index, model)) continue;
        const queries = asked.map((at) => (requests[at] as SearchRequest).probe.fused);
        const candidates = yield* index.nearest(model, queries, bytesAtOnce);
        if (!this.#isSearched(index, model)) continue;
        const threshold = this.#threshold(index.list, model, index.templates(model));
        for (const [i, candidate] of candidates.entries()) {
          const at = asked[i] as number;
          const { probe } = requests[at] as SearchRequest;
          found[at]?.push(toMatch(index, probe, candidate, threshold));
        }
      }
    }
    return found;
  }

  /** Bytes of templates that {@link search} would read. */
  bytes({ model }: Probe, cameraId: string): number {
    let bytes = 0;
    for (const index of this.#indexes.values()) {
      if (namesCamera(index, cameraId)) bytes += index.bytes(model);
    }
    return bytes;
  }

  /**
   * Best `limit` people of one list, whatever its cameras: for a search that a
   * person starts with an image. Best first.
   * @throws NightglassError `NOT_FOUND`; an expired list gives nothing
   */
  candidates(probe: Probe, watchlistId: string, limit = 10): readonly ListMatch[] {
    const index = this.#indexes.get(watchlistId);
    if (index === undefined) {
      throw new NightglassError(
        'NOT_FOUND',
        `Cannot search the watchlist ${watchlistId}: there is none`,
      );
    }
    return this.#searchList(index, probe, limit);
  }

  /** Fused score from which on a list reports; undefined while it matches nobody. */
  threshold(watchlistId: string, model: string): number | undefined {
    const index = this.#indexes.get(watchlistId);
    const templates = index?.templates(model) ?? 0;
    if (index === undefined || templates === 0) return undefined;
    return this.#threshold(index.list, model, templates);
  }

  /** What is loaded, by list. */
  stats(): GalleryListStats[] {
    const now = this.#options.now();
    return [...this.#indexes.values()].map((index) => ({
      watchlistId: index.list.id,
      watchlistName: index.list.name,
      inForce: inForce(index.list, now),
      people: index.people,
      templates: index.templatesByModel(),
    }));
  }

  /** Stops following the source. Idempotent. */
  [Symbol.dispose](): void {
    this.#stop();
  }

  /** Whether the list is still there, in force, and has templates of the model. */
  #isSearched(index: ListIndex, model: string): boolean {
    return (
      this.#indexes.get(index.list.id) === index &&
      inForce(index.list, this.#options.now()) &&
      index.templates(model) > 0
    );
  }

  #searchList(index: ListIndex, probe: Probe, limit: number): ListMatch[] {
    const { list } = index;
    if (!inForce(list, this.#options.now())) return [];
    const templates = index.templates(probe.model);
    if (templates === 0) return [];
    const threshold = this.#threshold(list, probe.model, templates);
    return index
      .best(probe.model, probe.fused, limit)
      .map((candidate) => toMatch(index, probe, candidate, threshold));
  }

  #threshold(list: Watchlist, model: string, templates: number): number {
    const { threshold, calibrated } = thresholdFor({
      fpir: list.fpir,
      templates,
      fixedThreshold: list.fixedThreshold,
      calibration: this.#options.calibration(model),
    });
    if (!calibrated && !this.#uncalibrated.has(model)) {
      this.#uncalibrated.add(model);
      this.#options.onUncalibrated?.(model);
    }
    return threshold;
  }

  #load(): void {
    const { source } = this.#options;
    this.#version = source.externalVersion();
    this.#indexes.clear();
    for (const list of source.list()) this.#loadList(list);
  }

  #loadList(list: Watchlist): void {
    const { source } = this.#options;
    const index = new ListIndex(list);
    const people = new Map(source.people(list.id).map((person) => [person.id, person]));
    const templates = Map.groupBy(source.templatesOfList(list.id), ({ personId }) => personId);
    for (const person of people.values()) index.put(person, templates.get(person.id) ?? []);
    this.#indexes.set(list.id, index);
  }

  #apply(change: WatchlistChange): void {
    const { source } = this.#options;
    const index = this.#indexes.get(change.watchlistId);
    const list = source.find(change.watchlistId);
    if (list === undefined) {
      this.#indexes.delete(change.watchlistId);
    } else if (index === undefined) {
      this.#loadList(list);
    } else if (change.kind === 'list') {
      index.list = list;
    } else {
      const person = source.findPerson(change.personId);
      if (person === undefined) index.remove(change.personId);
      else index.put(person, source.templates(person.id));
    }
  }
}

function namesCamera({ list: { cameras } }: ListIndex, cameraId: string): boolean {
  return cameras === '*' || cameras.includes(cameraId);
}

function toMatch(
  { list, people }: ListIndex,
  probe: Probe,
  candidate: Candidate,
  threshold: number,
): ListMatch {
  return {
    watchlistId: list.id,
    watchlistName: list.name,
    personId: candidate.personId,
    personName: candidate.personName,
    templateId: candidate.templateId,
    scores: {
      raw: candidate.compare(probe.raw),
      enhanced: probe.enhanced === null ? null : candidate.compare(probe.enhanced),
      fused: candidate.score,
    },
    ...(probe.latest === undefined || probe.best === undefined
      ? {}
      : {
          pictureScores: {
            latest: candidate.compare(probe.latest.fused),
            best: candidate.compare(probe.best.fused),
          },
        }),
    threshold,
    fpir: list.fpir,
    gallerySize: people,
    matched: candidate.score >= threshold,
  };
}
