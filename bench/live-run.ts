import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MotionMode } from './bench.ts';
import { type Child, startChild } from './child.ts';
import { atEnd } from './ending.ts';
import { type EventClient, openEventClient } from './event-client.ts';
import { type FootageJob, rootOf, startFootageJob } from './footage-job.ts';
import { type Product, startProduct, watchlist } from './product.ts';

const cameraProgram = fileURLToPath(new URL('./camera-process.ts', import.meta.url));

export interface LiveRunOptions {
  readonly cameras: number;
  readonly manifest: string;
  /** As `prepareFootage` wrote it. */
  readonly footage: string;
  /** Folder for the product's data while it runs: on a disk, as an operator's is. */
  readonly workDir: string;
  readonly profile?: string | undefined;
  /** `models.precision`; default: the product's. */
  readonly precision?: string | undefined;
  /** `cameras[].motion`; default: the product's. */
  readonly motion?: MotionMode | undefined;
  /** A recording that is searched meanwhile. */
  readonly recording?: string | undefined;
}

/** Cameras, product and client, three processes; this one is the client's. */
export interface LiveRun extends AsyncDisposable {
  readonly cameras: Child<string[]>;
  readonly product: Product;
  readonly client: EventClient;
  /** The search of a recording, where one was asked for. */
  readonly search: FootageJob | null;
}

export async function startLiveRun(options: LiveRunOptions): Promise<LiveRun> {
  await using resources = new AsyncDisposableStack();
  await mkdir(options.workDir, { recursive: true });
  const folder = await mkdtemp(join(options.workDir, 'run-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  resources.defer(remove);
  resources.defer(atEnd(remove));
  const cameras = resources.use(
    await startChild<string[]>({
      args: [cameraProgram, options.footage, String(options.cameras)],
    }),
  );
  const { manifest, footage, profile, precision, motion, recording } = options;
  const product = resources.use(
    await startProduct({
      folder,
      manifest,
      footage,
      cameraUrls: cameras.ready,
      profile,
      precision,
      motion,
      footageRoot: recording === undefined ? undefined : rootOf(recording),
    }),
  );
  const client = resources.use(await openEventClient(product.address, product.token));
  const search =
    recording === undefined ? null : await startFootageJob(product, recording, watchlist);
  const owned = resources.move();
  return { cameras, product, client, search, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
