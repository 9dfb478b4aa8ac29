import { Subject } from 'rxjs';
import type { ClusterLink } from '../cluster/cluster-link.ts';
import { MatchingClient } from '../cluster/matching-client.ts';
import type { Gallery, ListMatch, Probe } from '../domain/match.ts';
import type { MatchingNodes } from '../domain/matching.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { inTurns } from '../services/in-turns.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { PartKeeper } from '../services/search/part-keeper.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { ShardedGallery } from '../services/search/sharded-gallery.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

/** The enrolled templates, here in memory or at matching nodes. */
export interface OpenGallery {
  readonly gallery: Pick<WatchlistGallery, 'has' | 'refresh' | 'stats' | 'threshold'>;
  readonly searches: Gallery;
  /** Best people of one list for each probe, whatever its cameras; see {@link WatchlistGallery.candidates}. */
  readonly candidates: (
    probes: readonly Probe[],
    watchlistId: string,
    limit: number,
  ) => Promise<readonly (readonly ListMatch[])[]>;
  /** Emits when what the gallery holds has changed. */
  readonly changes$: Subject<void>;
  /** Lists in force whose templates are all of another recognition model. */
  outdatedLists(): string[];
  /** What other nodes hold; undefined where everything is here. */
  readonly sharded: ShardedGallery | undefined;
}

/** The way to matching nodes. */
export interface MatchingWay {
  readonly link: ClusterLink;
  /** Those that are heard now. */
  readonly nodes: MatchingNodes['list'];
}

/**
 * Loads the templates of all lists, in turns of the event loop, or has matching nodes hold them.
 * @param way undefined: everything is held here
 */
export async function openGallery(
  foundation: Foundation,
  records: Records,
  models: Models,
  arming: Pick<ArmingService, 'compares'>,
  way: MatchingWay | undefined,
): Promise<OpenGallery> {
  const { log, now, resources } = foundation;
  const { embedder, inference } = models;
  const { watchlists } = records;
  const changes$ = new Subject<void>();
  const options = {
    compares: (watchlistId: string, cameraId: string) => arming.compares(watchlistId, cameraId),
    now,
    calibration: () => inference.calibration,
    poorViews: inference.poorView,
    onUncalibrated: (model: string) =>
      log.warn({ model }, 'No calibration for this model: a stand-in threshold is used'),
  };
  const held =
    way === undefined
      ? await heldHere(foundation, records, options)
      : heldElsewhere(foundation, records, options, way, () => changes$.next());
  // After the gallery's own listener: what is searched now has the change.
  resources.defer(watchlists.onChange(() => changes$.next()));
  // Templates of other weights never compare: a list of such would fall silent unnoticed.
  const outdatedLists = () =>
    held.gallery
      .stats()
      .filter(({ inForce, templates }) => inForce && Object.values(templates).some((n) => n > 0))
      .filter(({ templates }) => !templates[embedder.model])
      .map(({ watchlistId }) => watchlistId);
  return { ...held, changes$, outdatedLists };
}

type Held = Pick<OpenGallery, 'candidates' | 'gallery' | 'searches' | 'sharded'>;
type Options = Omit<ConstructorParameters<typeof WatchlistGallery>[0], 'source'>;

async function heldHere(
  { resources }: Foundation,
  { watchlists }: Records,
  options: Options,
): Promise<Held> {
  const gallery = await WatchlistGallery.open({ ...options, source: watchlists });
  resources.defer(() => gallery[Symbol.dispose]());
  const searches = new SearchQueue({ gallery });
  resources.defer(() => searches[Symbol.dispose]());
  return {
    ...{ gallery, searches, sharded: undefined },
    candidates: (probes, id, limit) => inTurns(gallery.candidatesOf(probes, id, limit)),
  };
}

function heldElsewhere(
  { clock, config, log, resources }: Foundation,
  { watchlists }: Records,
  options: Options,
  way: MatchingWay,
  onChanged: () => void,
): Held {
  const client = resources.use(new MatchingClient(way.link));
  const nodes = { list: way.nodes, ask: client.ask.bind(client) };
  const keeper = new PartKeeper({
    ...{ source: watchlists, nodes, clock, log, onChanged },
    parts: config.cluster?.matching.parts ?? 1,
    poorViewScale: options.poorViews?.scale,
  });
  resources.defer(() => keeper[Symbol.dispose]());
  const nameOf = (personId: string) => watchlists.findPerson(personId)?.name;
  const gallery = new ShardedGallery({ ...options, keeper, nodes, nameOf, clock });
  resources.defer(() => gallery[Symbol.dispose]());
  return {
    ...{ gallery, searches: gallery, sharded: gallery },
    candidates: (probes, id, limit) => gallery.candidates(probes, id, limit),
  };
}
