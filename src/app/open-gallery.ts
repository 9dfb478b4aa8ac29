import { Subject } from 'rxjs';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

/** The enrolled templates in memory. */
export interface OpenGallery {
  readonly gallery: WatchlistGallery;
  readonly searches: SearchQueue;
  /** Emits when what the gallery holds has changed. */
  readonly changes$: Subject<void>;
  /** Lists in force whose templates are all of another recognition model. */
  outdatedLists(): string[];
}

/** Loads the templates of all lists, in turns of the event loop. */
export async function openGallery(
  { log, now, resources }: Foundation,
  { watchlists }: Records,
  { inference, embedder }: Models,
  arming: Pick<ArmingService, 'compares'>,
): Promise<OpenGallery> {
  const gallery = await WatchlistGallery.open({
    source: watchlists,
    compares: (watchlistId, cameraId) => arming.compares(watchlistId, cameraId),
    now,
    calibration: () => inference.calibration,
    poorViews: inference.poorView,
    onUncalibrated: (model) =>
      log.warn({ model }, 'No calibration for this model: a stand-in threshold is used'),
  });
  resources.defer(() => gallery[Symbol.dispose]());
  const searches = new SearchQueue({ gallery });
  resources.defer(() => searches[Symbol.dispose]());
  const changes$ = new Subject<void>();
  // After the gallery's own listener: what is searched now has the change.
  resources.defer(watchlists.onChange(() => changes$.next()));
  // Templates of other weights never compare: a list of such would fall silent unnoticed.
  const outdatedLists = () =>
    gallery
      .stats()
      .filter(({ inForce, templates }) => inForce && Object.values(templates).some((n) => n > 0))
      .filter(({ templates }) => !templates[embedder.model])
      .map(({ watchlistId }) => watchlistId);
  return { gallery, searches, changes$, outdatedLists };
}
