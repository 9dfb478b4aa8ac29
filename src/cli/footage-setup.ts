import { availableParallelism } from 'node:os';
import { shippedManifest } from '../app/shipped-files.ts';
import { loadConfig, parseConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { footageBounds } from '../domain/bounds.ts';
import { createInference, type InferenceOptions } from '../inference/inference.ts';
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

/** Sees what other programs change on the lists. */
export function refreshed(gallery: WatchlistGallery): Disposable {
  const timer = setInterval(() => void gallery.refresh(), 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
