import { availableParallelism } from 'node:os';
import { analysisSettings } from '../app/analysis-settings.ts';
import { shippedManifest } from '../app/shipped-files.ts';
import { cameraConfig } from '../config/camera-config.ts';
import { loadConfig, parseConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { footageBounds } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Watchlist } from '../domain/watchlist.ts';
import { createInference, type Inference, type InferenceOptions } from '../inference/inference.ts';
import type { WatchlistGallery } from '../services/search/gallery.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';

/** The configuration and its models. @throws NightglassError `CONFIG_*`, `MODEL_*`, `PROVIDER_UNAVAILABLE` */
export async function openModels(options: ModelChoice) {
  const { config, hash: configHash } =
    options.config === undefined ? parseConfig('{}', 'defaults') : loadConfig(options.config);
  const { fallback, precision, providers, threads } = config.models;
  const inference = await createInference({
    manifestPath: manifestOf(options),
    completeFrom: shippedManifest,
    providers: fallback ? providers : providers.slice(0, 1),
    precision,
    threads,
    // Footage waits for the models, so the time of a camera's frame does not count.
    requestTimeout: 60_000,
    ...threadsFor(providers, availableParallelism()),
  });
  return { config, configHash, inference };
}

/** A look takes longer than decoding up to it does: on processors as many look as there are cores. */
function threadsFor(
  [provider]: Config['models']['providers'],
  cores: number,
): Pick<InferenceOptions, 'detectors' | 'workers'> {
  if (provider !== 'cpu') return {};
  const detectors = Math.min(cores, footageBounds.detectors);
  return { detectors, workers: 1 + Math.max(1, Math.floor(detectors / 4)) };
}

/** The models as the operators of live cameras take them. */
export function facePorts(inference: Inference, { detection }: Config) {
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
  inference: Inference,
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

/** Sees what other programs change on the lists. */
export function refreshed(gallery: WatchlistGallery): Disposable {
  const timer = setInterval(() => void gallery.refresh(), 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
