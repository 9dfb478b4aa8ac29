import { NightglassError } from '../../domain/errors.ts';
import type { ListMatch, Probe } from '../../domain/match.ts';
import type { TemplateKind } from '../../domain/matching.ts';
import { inForce, type Watchlist, type WatchlistUse } from '../../domain/watchlist.ts';
import { atOnce } from '../in-turns.ts';
import { type Calibration, thresholdFor } from './calibration.ts';
import { GalleryLists, type GallerySource } from './gallery-lists.ts';
import type { ListIndex } from './list-index.ts';
import { bestMatches, nearestMatches } from './nearest-matches.ts';

/** Templates read at a stretch by a search of many faces, bytes: a millisecond or less. */
const bytesAtOnce = 4 * 2 ** 20;
/** Faces that are searched in one pass over the templates. */
const probesAtOnce = 16;

export interface GalleryOptions {
  readonly source: GallerySource;
  readonly now: () => number;
  /** What faces are searched for; a list that does not name it is not searched. Default `live`. */
  readonly use?: WatchlistUse;
  /** Whether faces of this camera are compared with this list now. Default: always. */
  readonly compares?: (watchlistId: string, cameraId: string) => boolean;
  /** Calibration of an embedding model, from the manifest. */
  readonly calibration: (model: string) => Calibration | undefined;
  /** Which probes are compared with poor views; undefined: none. */
  readonly poorViews?: PoorViewUse | undefined;
  /** Told once a model: its threshold is a stand-in. */
  readonly onUncalibrated?: (model: string) => void;
}

/** When poor views are compared with, and on which scale. */
export interface PoorViewUse {
  /** Probes with fewer pixels between the eyes. */
  readonly below: number;
  /** Takes their cosines to those of clear templates, so that one threshold serves both. */
  readonly scale: number;
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
  readonly #uncalibrated = new Set<string>();
  readonly #lists: GalleryLists;

  /** Loads everything at once unless `load` says `later`: for commands, which keep nobody waiting. */
  constructor(options: GalleryOptions, load: 'at-once' | 'later' = 'at-once') {
    this.#options = options;
    this.#lists = new GalleryLists(options.source, options.poorViews?.scale, load);
  }

  /** Loads everything in turns of the event loop: for a program that must hear signals meanwhile. */
  static async open(options: GalleryOptions): Promise<WatchlistGallery> {
    const gallery = new WatchlistGallery(options, 'later');
    try {
      await gallery.refresh();
      return gallery;
    } catch (error) {
      gallery[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Loads everything again if another process may have changed it; call it every second or so.
   * In turns of the event loop, meanwhile searches go by what was there before; one reload at a time.
   */
  refresh(): Promise<boolean> {
    return this.#lists.refresh();
  }

  /**
   * Best candidate of each list in force that names the camera and the use, and has
   * templates of the probe's model.
   */
  search(probe: Probe, cameraId: string): readonly ListMatch[] {
    const matches: ListMatch[] = [];
    for (const index of this.#lists.all()) {
      if (!this.#runsAt(index, cameraId)) continue;
      const best = this.#nearest(index, probe);
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
    const byKind = Map.groupBy(
      requests.keys(),
      (at) => `${this.#kindOf((requests[at] as SearchRequest).probe)} ${requests[at]?.probe.model}`,
    );
    for (const index of this.#lists.all()) {
      for (const group of byKind.values()) {
        const { probe: first } = requests[group[0] as number] as SearchRequest;
        const [model, kind] = [first.model, this.#kindOf(first)];
        const asked = group.filter((at) => this.#runsAt(index, requests[at]?.cameraId ?? ''));
        if (asked.length === 0 || !this.#isSearched(index, model)) continue;
        const probes = asked.map((at) => (requests[at] as SearchRequest).probe);
        const matches = yield* this.#settled(index, model, (now) =>
          nearestMatches(now, probes, () => this.#thresholdOf(now, model), { bytesAtOnce, kind }),
        );
        for (const [i, match] of (matches ?? []).entries()) {
          const at = asked[i] as number;
          // It may have been disarmed while others had their turn.
          if (this.#runsAt(index, requests[at]?.cameraId ?? '')) found[at]?.push(match);
        }
      }
    }
    return found;
  }

  /** Bytes of templates that {@link search} would read. */
  bytes({ model }: Probe, cameraId: string): number {
    let bytes = 0;
    for (const index of this.#lists.all()) {
      if (this.#runsAt(index, cameraId)) bytes += index.bytes(model);
    }
    return bytes;
  }

  /**
   * Best `limit` people of one list, whatever its cameras: for a search that a
   * person starts with an image. Best first.
   * @throws NightglassError `NOT_FOUND`; an expired list gives nothing
   */
  candidates(probe: Probe, watchlistId: string, limit = 10): readonly ListMatch[] {
    return atOnce(this.candidatesOf([probe], watchlistId, limit))[0] ?? [];
  }

  /**
   * The same for several probes of one model, in their order, a millisecond or two a step. Changes of
   * the list meanwhile count; one that is deleted or expires gives nothing.
   * @throws NightglassError `NOT_FOUND`
   */
  *candidatesOf(
    probes: readonly Probe[],
    watchlistId: string,
    limit: number,
  ): Generator<void, (readonly ListMatch[])[]> {
    if (this.#lists.find(watchlistId) === undefined) {
      throw new NightglassError(
        'NOT_FOUND',
        `Cannot search the watchlist ${watchlistId}: there is none`,
      );
    }
    const found: (readonly ListMatch[])[] = probes.map(() => []);
    for (const [kind, places] of Map.groupBy(probes.keys(), (at) =>
      this.#kindOf(probes[at] as Probe),
    )) {
      for (let from = 0; from < places.length; from += probesAtOnce) {
        if (from > 0) yield;
        const part = places.slice(from, from + probesAtOnce);
        const asked = part.map((at) => probes[at] as Probe);
        const matches = yield* this.#candidatesOfPart(asked, watchlistId, { limit, kind });
        for (const [i, at] of part.entries()) found[at] = matches[i] ?? [];
      }
    }
    return found;
  }

  *#candidatesOfPart(
    probes: readonly Probe[],
    watchlistId: string,
    { limit, kind }: { readonly limit: number; readonly kind: TemplateKind },
  ): Generator<void, (readonly ListMatch[])[]> {
    const index = this.#lists.find(watchlistId);
    const model = probes[0]?.model ?? '';
    if (index === undefined || !this.#isSearched(index, model)) return probes.map(() => []);
    const threshold = (now: ListIndex) => () => this.#thresholdOf(now, model);
    const found = yield* this.#settled(index, model, (now) =>
      bestMatches(now, probes, limit, threshold(now), { bytesAtOnce, kind }),
    );
    return found ?? probes.map(() => []);
  }

  /**
   * What a pass over a list finds. It passes again where the lists were loaded again meanwhile;
   * undefined where the list is no longer searched.
   */
  *#settled<T>(
    index: ListIndex,
    model: string,
    pass: (index: ListIndex) => Generator<void, T>,
  ): Generator<void, T | undefined> {
    for (let searched = index; ; ) {
      const found = yield* pass(searched);
      const now = this.#lists.find(index.list.id);
      if (now === undefined || !this.#isSearched(now, model)) return undefined;
      if (now === searched) return found;
      searched = now;
    }
  }

  /** Whether the list is loaded, in force or not. */
  has(watchlistId: string): boolean {
    return this.#lists.find(watchlistId) !== undefined;
  }

  /** Fused score from which on a list reports; undefined while it matches nobody. */
  threshold(watchlistId: string, model: string): number | undefined {
    const index = this.#lists.find(watchlistId);
    const templates = index?.templates(model) ?? 0;
    if (index === undefined || templates === 0) return undefined;
    return this.#thresholdOf(index, model);
  }

  /** What is loaded, by list. */
  stats(): GalleryListStats[] {
    const now = this.#options.now();
    return this.#lists.all().map((index) => ({
      watchlistId: index.list.id,
      watchlistName: index.list.name,
      inForce: inForce(index.list, now),
      people: index.people,
      templates: index.templatesByModel(),
    }));
  }

  /** Stops following the source. Idempotent. */
  [Symbol.dispose](): void {
    this.#lists[Symbol.dispose]();
  }

  /** Whether the list is still there, in force, and has templates of the model. */
  #isSearched(index: ListIndex, model: string): boolean {
    return (
      this.#lists.find(index.list.id) === index &&
      inForce(index.list, this.#options.now()) &&
      index.templates(model) > 0
    );
  }

  #runsAt({ list: { cameras, id, uses } }: ListIndex, cameraId: string): boolean {
    if (!uses.includes(this.#options.use ?? 'live')) return false;
    if (this.#options.compares?.(id, cameraId) === false) return false;
    return cameras === '*' || cameras.includes(cameraId);
  }

  #nearest(index: ListIndex, probe: Probe): ListMatch | undefined {
    const { model } = probe;
    if (!this.#isSearched(index, model)) return undefined;
    const threshold = () => this.#thresholdOf(index, model);
    const [match] = atOnce(
      nearestMatches(index, [probe], threshold, { kind: this.#kindOf(probe) }),
    );
    return match;
  }

  #kindOf({ interEyeDistance }: Probe): TemplateKind {
    const below = this.#options.poorViews?.below ?? 0;
    return (interEyeDistance ?? below) < below ? 'poor-view' : 'clear';
  }

  #thresholdOf(index: ListIndex, model: string): number {
    return this.#threshold(index.list, model, index.templates(model));
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
}
