import { cameraConfig } from '../config/camera-config.ts';
import type { Config } from '../config/schema.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Watchlist } from '../domain/watchlist.ts';
import type { FaceModels } from '../inference/inference.ts';
import type { WatchlistGallery } from '../services/search/gallery.ts';
import { analysisSettings } from './analysis-settings.ts';

/** The models as the operators of live cameras take them. */
export function facePorts(inference: FaceModels, { detection }: Config) {
  return {
    detector: inference.detector({
      inputWidth: detection.inputSize,
      scoreThreshold: Math.min(0.3, detection.minScore),
    }),
    aligner: inference.aligner(),
    enhancer: inference.enhancer(),
    embedder: inference.embedder(),
    fuser: inference.fuser(),
  };
}

/** Those of a camera of this configuration about which nothing else is said. */
export function settingsOf(config: Config) {
  const { motion } = cameraConfig.parse({ id: 'footage', url: 'rtsp://127.0.0.1/' });
  const scene = { motion, masks: [], zones: [], faceSize: null, schedule: null };
  return analysisSettings(config, { id: 'footage', scene });
}

/** @throws NightglassError `CONFLICT` where nobody on a list could ever be found */
export function refuseOutdated(
  gallery: WatchlistGallery,
  lists: readonly Watchlist[],
  inference: FaceModels,
): void {
  const { model } = inference.embedder();
  for (const { watchlistId, templates } of gallery.stats()) {
    if ((templates[model] ?? 0) > 0) continue;
    const name = lists.find(({ id }) => id === watchlistId)?.name ?? watchlistId;
    throw new NightglassError(
      'CONFLICT',
      `Cannot search: the watchlist ${name} has no pictures for the recognition model in use`,
      {
        hint: 'Enrol pictures; after a change of models a running Nightglass makes templates again.',
      },
    );
  }
}
