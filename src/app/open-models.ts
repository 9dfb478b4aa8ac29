import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { Detector } from '../domain/detection.ts';
import type { Embedder } from '../domain/face-models.ts';
import { createInference, type Inference, type InferenceOptions } from '../inference/inference.ts';
import { checkTrusted, manifestInUse } from '../inference/installed-models.ts';
import { detectInStill } from './detect-in-still.ts';
import type { Foundation } from './foundation.ts';
import { inferenceThreads, type ModelUse } from './inference-threads.ts';
import { type ModelCards, openModelCards } from './model-cards.ts';
import { shippedManifest } from './shipped-files.ts';
import { trustedModelKeys } from './trusted-model-keys.ts';

/** The models in use. */
export interface Models {
  /** Absolute path of the manifest in use. */
  readonly manifestPath: string;
  readonly inference: Inference;
  readonly cards: ModelCards;
  /** For live frames. */
  readonly detector: Detector;
  readonly embedder: Embedder;
  /** Faces of a still image. */
  readonly find: ReturnType<typeof detectInStill>;
}

/** With a single core one thread does all, unless the configuration asks for more. */
function workersOf(
  { providers, workers }: Config['models'],
  use: ModelUse,
): Pick<InferenceOptions, 'detectors' | 'workers'> {
  const cores = availableParallelism();
  const isAsked = workers.detect !== undefined || workers.faces !== undefined;
  if (cores === 1 && !isAsked) return { workers: 1 };
  const provider = providers[0] ?? 'cpu';
  const { detect, faces } = inferenceThreads(workers, { cores, provider, use });
  return { detectors: detect, workers: 1 + faces };
}

/**
 * Loads the models.
 * @param use `detect` leaves the others out: what they would be asked for fails
 * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE`
 */
export async function openModels(
  foundation: Foundation,
  { use = 'all' }: { readonly use?: ModelUse } = {},
): Promise<Models> {
  const { baseDir, clock, config, dataDir, log, metrics, resources } = foundation;
  const { detection, models } = config;
  const manifestPath = manifestInUse(
    dataDir,
    models.manifest === undefined ? shippedManifest : resolve(baseDir, models.manifest),
  );
  const trusted = trustedModelKeys(models, baseDir);
  await checkTrusted(manifestPath, { shipped: shippedManifest, trusted });
  const cards = await openModelCards(manifestPath, shippedManifest);
  const inference = resources.use(
    await createInference({
      manifestPath,
      completeFrom: shippedManifest,
      providers: models.fallback ? models.providers : models.providers.slice(0, 1),
      precision: models.precision,
      threads: models.threads,
      ...workersOf(models, use),
      denoisers: [...new Set(config.cameras.flatMap((camera) => camera.models?.denoise ?? []))],
      requestTimeout: models.timeout,
      detectorAlone: use === 'detect',
      log,
      clock,
      observer: {
        onBatch: (run) => metrics.inference.batch(run.model, run.provider, run.size, run.seconds),
        onRestart: (worker) => metrics.inference.workerRestart(worker),
      },
    }),
  );
  const stillDetector = inference.detector({
    inputWidth: 640,
    scoreThreshold: detection.minScore,
  });
  return {
    manifestPath,
    inference,
    cards,
    detector: inference.detector({
      inputWidth: detection.inputSize,
      scoreThreshold: Math.min(0.3, detection.minScore),
    }),
    embedder: inference.embedder(),
    find: detectInStill(stillDetector),
  };
}
