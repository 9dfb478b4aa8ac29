import { clusterBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Gallery, ListMatch, Probe } from '../../domain/match.ts';
import type { MatchingNodes, PartMatch, TemplateKind } from '../../domain/matching.ts';
import { inForce, type Watchlist } from '../../domain/watchlist.ts';
import { type Calibration, thresholdFor } from './calibration.ts';
import type { GalleryListStats, GalleryOptions, SearchRequest } from './gallery.ts';
import { peopleOf, templatesOf } from './kept-counts.ts';
import type { KeptList, KeptPart, PartCopy, PartKeeper } from './part-keeper.ts';

export interface ShardedGalleryOptions
  extends Pick<
    GalleryOptions,
    'calibration' | 'compares' | 'now' | 'onUncalibrated' | 'poorViews'
  > {
  readonly keeper: PartKeeper;
  readonly nodes: MatchingNodes;
  /** Who somebody is: nodes know ids alone. */
  readonly nameOf: (personId: string) => string | undefined;
  readonly clock: Clock;
}

/** A look for whoever may answer by now, milliseconds. */
const askAgainMs = 250;
/** A list that nobody has whole for so long is spoken of, milliseconds. */
const patience = 3_000;

/**
 * Exact search of lists that other nodes hold. What no node has at the moment waits until one has;
 * a search is answered whole or not at all.
 */
export class ShardedGallery implements Gallery, Disposable {
  readonly #options: ShardedGalleryOptions;
  readonly #uncalibrated = new Set<string>();
  #searches = 0;
  #closed = false;

  constructor(options: ShardedGalleryOptions) {
    this.#options = options;
  }

  /** @throws NightglassError as rejection: `GALLERY_OVERLOADED`, `GALLERY_UNAVAILABLE`, `GALLERY_CLOSED` */
  async search(probe: Probe, cameraId: string): Promise<readonly ListMatch[]> {
    const runs = (list: Watchlist) =>
      this.#runsAt(list, cameraId) && inForce(list, this.#options.now());
    const lists = this.#options.keeper.lists().filter(({ list }) => runs(list));
    const found = await this.#ask(lists, probe, null);
    return lists.flatMap((kept) => {
      // It may have been disarmed, or deleted, meanwhile.
      if (kept.isGone || !runs(kept.list)) return [];
      const [best] = found
        .of(kept)
        .toSorted(
          (a, b) => Number(b.matched) - Number(a.matched) || b.scores.fused - a.scores.fused,
        );
      return best === undefined ? [] : this.#matchOf(kept, best);
    });
  }

  /**
   * Best `limit` people of one list for each probe, whatever its cameras; best first. An expired
   * list gives nothing.
   * @throws NightglassError as rejection: `NOT_FOUND`, and those of {@link search}
   */
  async candidates(
    probes: readonly Probe[],
    watchlistId: string,
    limit: number,
  ): Promise<readonly (readonly ListMatch[])[]> {
    const kept = this.#options.keeper.find(watchlistId);
    if (kept === undefined) {
      throw new NightglassError(
        'NOT_FOUND',
        `Cannot search the watchlist ${watchlistId}: there is none`,
      );
    }
    const matches: (readonly ListMatch[])[] = [];
    for (const probe of probes) {
      if (kept.isGone || !inForce(kept.list, this.#options.now())) {
        matches.push([]);
        continue;
      }
      const found = await this.#ask([kept], probe, limit);
      const best = found.of(kept).toSorted((a, b) => b.scores.fused - a.scores.fused);
      matches.push(best.slice(0, limit).flatMap((each) => this.#matchOf(kept, each)));
    }
    return matches;
  }

  has(watchlistId: string): boolean {
    return this.#options.keeper.find(watchlistId) !== undefined;
  }

  /** Fused score from which on a list reports; undefined while it matches nobody. */
  threshold(watchlistId: string, model: string): number | undefined {
    const kept = this.#options.keeper.find(watchlistId);
    if (kept === undefined || templatesOf(kept, model) === 0) return undefined;
    return this.#threshold(kept, model);
  }

  /** What nodes hold, by list. */
  stats(): GalleryListStats[] {
    const now = this.#options.now();
    return this.#options.keeper.lists().map((kept) => {
      const models = new Set(
        kept.parts.flatMap(({ copy }) => Object.keys(copy?.state?.templates ?? {})),
      );
      return {
        watchlistId: kept.list.id,
        watchlistName: kept.list.name,
        inForce: inForce(kept.list, now),
        people: peopleOf(kept),
        templates: Object.fromEntries(
          [...models].map((model) => [model, templatesOf(kept, model)]),
        ),
      };
    });
  }

  async refresh(): Promise<boolean> {
    return this.#options.keeper.refresh();
  }

  /** Names of lists that no node has whole, for longer than a hand-over takes. */
  missing(): string[] {
    const since = this.#options.clock.monotonic() - patience;
    return this.#options.keeper
      .lists()
      .filter(({ parts }) =>
        parts.some(({ copy, missingSince }) => copy === null && missingSince < since),
      )
      .map(({ list }) => list.name);
  }

  /** Templates that each node holds. */
  held(): ReadonlyMap<string, number> {
    const held = new Map<string, number>();
    for (const { parts } of this.#options.keeper.lists()) {
      for (const { copy } of parts) {
        if (copy === null) continue;
        const counts = Object.values(copy.state?.templates ?? {});
        const sum = counts.reduce((all, count) => all + count, 0);
        held.set(copy.node, (held.get(copy.node) ?? 0) + sum);
      }
    }
    return held;
  }

  /** What waits is refused. Idempotent. */
  [Symbol.dispose](): void {
    this.#closed = true;
  }

  /** Asks for every part of the lists until all have answered, or time is up. */
  async #ask(lists: readonly KeptList[], probe: Probe, limit: number | null) {
    const found = new Map<KeptPart, readonly PartMatch[]>();
    const of = (kept: KeptList) => kept.parts.flatMap((part) => found.get(part) ?? []);
    const open = new Set(lists.flatMap(({ parts }) => parts));
    if (open.size === 0) return { of };
    if (this.#searches >= clusterBounds.matching.searches) {
      throw new NightglassError(
        'GALLERY_OVERLOADED',
        `Cannot search the watchlists: ${this.#searches} searches wait already`,
        { hint: 'Start another node with --roles matching.' },
      );
    }
    this.#searches += 1;
    try {
      const { clock, keeper } = this.#options;
      for (const until = clock.monotonic() + clusterBounds.matching.waitMs; ; ) {
        for (const part of open) if (part.list.isGone) open.delete(part);
        await this.#round(open, found, probe, limit);
        if (open.size === 0) return { of };
        if (this.#closed) throw closed();
        const left = until - clock.monotonic();
        if (left <= 0) throw unavailable([...open]);
        await keeper.changed(Math.min(left, askAgainMs));
      }
    } finally {
      this.#searches -= 1;
    }
  }

  /** Asks every node that has some of the lists that are whole, once. */
  async #round(
    open: Set<KeptPart>,
    found: Map<KeptPart, readonly PartMatch[]>,
    probe: Probe,
    limit: number | null,
  ): Promise<void> {
    // A threshold follows from the whole list: one that lacks a part is not asked for.
    const isWhole = ({ list }: KeptPart) => list.parts.every(({ copy }) => copy !== null);
    const held = [...open]
      .filter(isWhole)
      .flatMap((part) => (part.copy === null ? [] : [{ part, copy: part.copy }]));
    const asking = Map.groupBy(held, ({ copy }) => copy.node);
    await Promise.all(
      [...asking.values()].map(async (of) => {
        // What has no template of the model finds nobody.
        const asked = of.filter(({ copy }) => (copy.state?.templates[probe.model] ?? 0) > 0);
        for (const { part } of of.filter((each) => !asked.includes(each))) {
          found.set(part, []);
          open.delete(part);
        }
        if (asked.length === 0) return;
        for (const { part, matches } of await this.#askNode(asked, probe, limit)) {
          found.set(part, matches);
          open.delete(part);
        }
      }),
    );
  }

  async #askNode(
    asked: readonly { readonly part: KeptPart; readonly copy: PartCopy }[],
    probe: Probe,
    limit: number | null,
  ): Promise<{ readonly part: KeptPart; readonly matches: readonly PartMatch[] }[]> {
    const { keeper, nodes } = this.#options;
    const [first] = asked;
    if (first === undefined) return [];
    const parts = asked.map(({ copy: { number, revision }, part: { list } }) => ({
      ...{ part: number, revision },
      threshold: this.#threshold(list, probe.model),
    }));
    try {
      const template = this.#kindOf(probe);
      const request = { kind: 'search', probe, template, limit, parts } as const;
      const answer = await nodes.ask(first.copy, request);
      if (answer.kind !== 'found') return [];
      const answered = new Map(answer.parts.map((each) => [each.part, each.matches]));
      return asked.flatMap(({ part, copy }) => {
        const matches = answered.get(copy.number);
        if (matches !== null && matches !== undefined) return [{ part, matches }];
        keeper.lose(copy);
        return [];
      });
    } catch {
      for (const { copy } of asked) keeper.lose(copy);
      return [];
    }
  }

  #matchOf(kept: KeptList, match: PartMatch): ListMatch[] {
    const { fpir, id, name } = kept.list;
    const personName = this.#options.nameOf(match.personId);
    // Whoever was deleted meanwhile is found no more.
    if (personName === undefined) return [];
    return [
      {
        ...{ watchlistId: id, watchlistName: name, personName, fpir },
        ...match,
        gallerySize: peopleOf(kept),
      },
    ];
  }

  #runsAt({ cameras, id, uses }: Watchlist, cameraId: SearchRequest['cameraId']): boolean {
    if (!uses.includes('live')) return false;
    if (this.#options.compares?.(id, cameraId) === false) return false;
    return cameras === '*' || cameras.includes(cameraId);
  }

  #kindOf({ interEyeDistance }: Probe): TemplateKind {
    const below = this.#options.poorViews?.below ?? 0;
    return (interEyeDistance ?? below) < below ? 'poor-view' : 'clear';
  }

  #threshold(kept: KeptList, model: string): number {
    const { fixedThreshold, fpir } = kept.list;
    const calibration: Calibration | undefined = this.#options.calibration(model);
    const { threshold, calibrated } = thresholdFor({
      ...{ fpir, fixedThreshold, calibration },
      templates: templatesOf(kept, model),
    });
    if (!calibrated && !this.#uncalibrated.has(model)) {
      this.#uncalibrated.add(model);
      this.#options.onUncalibrated?.(model);
    }
    return threshold;
  }
}

function closed(): NightglassError {
  return new NightglassError('GALLERY_CLOSED', 'Cannot search the watchlists: shutting down');
}

function unavailable(parts: readonly KeptPart[]): NightglassError {
  const names = [...new Set(parts.map(({ list }) => list.list.name))];
  return new NightglassError(
    'GALLERY_UNAVAILABLE',
    `Cannot search ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}: no matching node has it`,
    { hint: 'Start a node with --roles matching; one that has just begun loads the lists first.' },
  );
}
