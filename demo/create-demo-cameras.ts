import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../src/domain/clock.ts';
import { NightglassError } from '../src/domain/errors.ts';
import { chooseSeeds } from './footage/demo-cast.ts';
import { type DemoFootage, demoParts, rendererVersion } from './footage/demo-footage.ts';
import { pruneFootage, readFootage, writeFootage } from './footage/footage-file.ts';
import type { FootageJob, FootageReport } from './footage/footage-job.ts';

/** Footage of this many generators and renderers is kept; each has some five megabytes. */
const keptFiles = 4;

/** A worker that was asked to stop is ended the hard way after this long. */
const endTimeoutMs = 10_000;

export interface DemoCamerasOptions {
  /** The generator of faces, `models/faces.onnx`; its manifest lies beside it. */
  readonly facesModelPath: string;
  /** Folder where rendered footage is kept for the next start. */
  readonly cacheDir: string;
  /** Seeds of the faces, the wanted person's first; default: those of the manifest. */
  readonly seeds?: readonly number[];
  /** Share done, 0..1. */
  readonly onProgress?: (share: number) => void;
  readonly log?: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Gives up after this long, default five minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Footage of the demo's two cameras, with people who do not exist, and
 * pictures of the one to be put on the watchlist. Rendered in a worker
 * thread a camera at the first start (some ten seconds), read from the cache later.
 * @throws NightglassError `MODEL_FILE_MISSING`, `MODEL_HASH_MISMATCH`,
 *   `MODEL_LOAD_FAILED`, `ENVIRONMENT`
 */
export async function createDemoCameras(options: DemoCamerasOptions): Promise<DemoFootage> {
  const { facesModelPath, onProgress, log } = options;
  const sha256 = await hashModel(facesModelPath);
  const entry = await readManifestEntry(facesModelPath);
  if (entry?.sha256 !== undefined && entry.sha256 !== sha256) {
    throw new NightglassError(
      'MODEL_HASH_MISMATCH',
      `Cannot use ${facesModelPath}: it differs from its hash in the manifest`,
      { hint: 'Restore the file from the release, or run "nightglass models verify".' },
    );
  }
  const seeds = options.seeds ?? chooseSeeds(entry?.seeds ?? []);
  const key = createHash('sha256')
    .update(JSON.stringify([sha256, rendererVersion, seeds]))
    .digest('hex');
  const path = join(options.cacheDir, `demo-${key.slice(0, 24)}.footage`);
  const cached = await readFootage(path);
  if (cached !== undefined) {
    onProgress?.(1);
    return cached;
  }
  const footage = await renderParts(facesModelPath, seeds, options);
  try {
    await writeFootage(path, footage);
    await pruneFootage(options.cacheDir, /^demo-[0-9a-f]{24}\.footage$/, keptFiles);
  } catch (error) {
    // The demo runs without the cache; only the next start takes as long as this one.
    log?.warn({ err: error, path }, 'cannot keep the rendered footage');
  }
  return footage;
}

async function hashModel(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (cause) {
    throw new NightglassError('MODEL_FILE_MISSING', `Cannot read ${path}: it is not there`, {
      cause,
    });
  }
}

/** Hash and seeds of the generator in the manifest beside it, if there is one. */
async function readManifestEntry(
  modelPath: string,
): Promise<{ sha256?: string; seeds?: number[] } | undefined> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(join(dirname(modelPath), 'manifest.json'), 'utf8'));
  } catch {
    // A generator may come without a manifest: then nothing is known of it.
    return undefined;
  }
  const models = (manifest as { models?: unknown }).models;
  if (!Array.isArray(models)) return undefined;
  for (const model of models as { seeds?: unknown; variants?: unknown }[]) {
    const variants = (Array.isArray(model.variants) ? model.variants : []) as {
      file?: unknown;
      sha256?: unknown;
    }[];
    const variant = variants.find(({ file }) => file === basename(modelPath));
    if (variant === undefined) continue;
    const { sha256 } = variant;
    const seeds = Array.isArray(model.seeds) ? model.seeds.filter(Number.isSafeInteger) : undefined;
    return {
      ...(typeof sha256 === 'string' && { sha256 }),
      ...(seeds !== undefined && { seeds: seeds as number[] }),
    };
  }
  return undefined;
}

/** Renders all parts at once; when one fails, the others are ended. */
async function renderParts(
  modelPath: string,
  seeds: readonly number[],
  options: DemoCamerasOptions,
): Promise<DemoFootage> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const shares = demoParts.map(() => 0);
  const work = demoParts.map((part, index) =>
    renderInWorker({ part, modelPath, seeds }, { ...options, signal }, (share) => {
      shares[index] = share;
      options.onProgress?.(shares.reduce((sum, one) => sum + one, 0) / shares.length);
    }),
  );
  try {
    const footage = await Promise.all(work);
    return {
      cameras: footage.flatMap(({ cameras }) => cameras),
      people: footage.flatMap(({ people }) => people),
    };
  } catch (error) {
    failed.abort();
    await Promise.allSettled(work);
    throw error;
  }
}

function renderInWorker(
  job: Omit<FootageJob, 'stop'>,
  options: DemoCamerasOptions,
  onProgress: (share: number) => void,
): Promise<DemoFootage> {
  const { signal, clock = systemClock, timeoutMs = 300_000 } = options;
  const file = `./footage-worker${extname(import.meta.filename)}`;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const workerData: FootageJob = { ...job, stop: stop.buffer };
    const worker = new Worker(new URL(file, import.meta.url), { workerData });
    let settle = (): void => reject(broken('its worker ended early'));
    let decided = false;
    /** Notes the outcome; it is reported when the worker has ended, by itself where it can. */
    const decide = (outcome: () => void): void => {
      if (decided) return;
      decided = true;
      settle = outcome;
      cancel();
      cancel = clock.after(endTimeoutMs, () => void worker.terminate());
    };
    const stopFor = (reason: unknown): void => {
      Atomics.store(stop, 0, 1);
      decide(() => reject(reason));
    };
    let cancel = clock.after(timeoutMs, () => stopFor(broken('it takes too long')));
    const abort = (): void => stopFor(signal?.reason);
    signal?.addEventListener('abort', abort);
    worker.on('message', (report: FootageReport) => {
      if (report.kind === 'progress') onProgress(report.share);
      else if (report.kind === 'done') decide(() => resolve(report.footage));
      else decide(() => reject(new NightglassError(report.code, report.message)));
    });
    worker.on('error', (error) => decide(() => reject(broken('its worker failed', error))));
    worker.on('exit', () => {
      cancel();
      signal?.removeEventListener('abort', abort);
      settle();
    });
  });
}

function broken(why: string, cause?: unknown): NightglassError {
  return new NightglassError('ENVIRONMENT', `Cannot render the demo: ${why}`, { cause });
}
