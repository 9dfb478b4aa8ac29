import type { Config } from '../config/schema.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { FootageJob } from '../domain/footage.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { Inference } from '../inference/inference.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import { onlyLists } from '../services/footage/chosen-lists.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import type { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { facePorts, refuseOutdated } from './footage-ports.ts';
import type { SearchFootageOptions } from './search-footage.ts';

export interface FootageWayOptions {
  readonly config: Config;
  readonly watchlists: WatchlistStore;
  readonly inference: Inference;
  readonly codec: ImageCodec;
  readonly configHash: () => string;
  readonly clock: Clock;
}

/** What the footage of a search goes through. */
export interface FootageWay {
  readonly ports: SearchFootageOptions['ports'];
  readonly gallery: WatchlistGallery;
}

/** Opens the models, as background work, and the lists of a search. @throws NightglassError `CONFLICT` */
export async function openFootageWay(
  { watchlistIds }: Pick<FootageJob, 'watchlistIds'>,
  options: FootageWayOptions,
  resources: AsyncDisposableStack,
): Promise<FootageWay> {
  const { clock, codec, config, configHash, inference, watchlists } = options;
  const ids = new Set(watchlistIds);
  const gallery = resources.use(
    await WatchlistGallery.open({
      source: onlyLists(watchlists, ids),
      now: () => clock.now(),
      use: 'footage',
      poorViews: inference.poorView,
      calibration: () => inference.calibration,
    }),
  );
  const lists = watchlists.list().filter(({ id }) => ids.has(id));
  refuseOutdated(gallery, lists, inference);
  const ports = {
    ...facePorts(inference.background(), config),
    gallery: resources.use(new SearchQueue({ gallery })),
    strangerBelow: () => similarityLevels(inference.calibration).stranger,
    codec,
    newAlertId: createAlertIds({ clock: systemClock }),
    enrolledImage: async (templateId: string) => watchlists.templateImage(templateId),
    modelStamps: inference.stamps(),
    configHash,
  };
  return { ports, gallery };
}
