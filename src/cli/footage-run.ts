import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { facePorts, refuseOutdated, settingsOf } from '../app/footage-ports.ts';
import { goesOnAt, type SearchFootageOptions, searchFootage } from '../app/search-footage.ts';
import type { Alert } from '../domain/alert.ts';
import { footageBounds } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import {
  type FilePosition,
  type FootageEnd,
  type FootageFigures,
  type FootageJob,
  noFigures,
} from '../domain/footage.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import { type listsToSearch, onlyLists } from '../services/footage/chosen-lists.ts';
import { FootageJobs } from '../services/footage/footage-jobs.ts';
import { FootageSightings } from '../services/footage/footage-sightings.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { lockDataFolder } from '../store/lock-data-folder.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import type { Recording } from '../streams/recorded/find-recordings.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { footageHtml } from './footage-html.ts';
import type { FootageOut } from './footage-out.ts';
import { placed } from './footage-plan.ts';
import { progressOf } from './footage-progress.ts';
import { lookFirst } from './footage-quick.ts';
import { openModels, refreshed } from './footage-setup.ts';
import { type FootageResult, footageText } from './footage-text.ts';
import { openStoreOf } from './open-store-of.ts';
import { storeKeysOf } from './store-keys.ts';

export interface FootageRunOptions extends DataFolderOptions {
  readonly parallel?: number;
  readonly manifest?: string;
  readonly json?: boolean;
}

/** How often a search notes how far it is, milliseconds. */
const checkpointEvery = 2_000;

const figuresSchema = z.object({
  ...{ seconds: z.number(), frames: z.number(), looked: z.number(), faces: z.number() },
  ...{ keyframes: z.number(), tracks: z.number().default(0), damaged: z.number() },
  ...{ lost: z.number(), mostFrames: z.number() },
});
const positionsSchema = z.array(z.object({ seconds: z.number(), done: z.boolean() }));
const checkpointSchema = z.object({
  jobId: z.string(),
  start: z.number().nullable(),
  positions: positionsSchema,
  /** How far a quick look is that goes first; null where none was asked for. */
  quick: positionsSchema.nullable().default(null),
  figures: figuresSchema,
  preliminary: z.array(z.string()).default([]),
  alerts: z.array(z.custom<Alert>((each) => typeof (each as Alert | null)?.id === 'string')),
});
/** How far a search is, as it stands beside its pictures. */
export type FootageCheckpoint = z.output<typeof checkpointSchema>;

/** Undefined for what is none. */
export function readCheckpoint(state: unknown): FootageCheckpoint | undefined {
  return checkpointSchema.safeParse(state).data;
}

const now = () => systemClock.now();

/** What a search of footage works with. */
export interface FootageTools {
  readonly watchlists: WatchlistStore;
  readonly jobs: FootageJobs;
}

/** Opens the data folder. @throws NightglassError `STORE_*` */
export function openFootageTools(
  options: DataFolderOptions,
  resources: AsyncDisposableStack,
): FootageTools {
  const store = openStoreOf(options, storeKeysOf(options));
  resources.defer(() => store.close());
  const audit = new AuditLog({ store, now });
  return {
    watchlists: new WatchlistStore({ store, audit, now }),
    jobs: new FootageJobs({ store, audit, now }),
  };
}

export interface FootageWork extends FootageTools {
  readonly recordings: readonly Recording[];
  readonly start: number | null;
  readonly lists: ReturnType<typeof listsToSearch>;
  readonly out: FootageOut | null;
  readonly signal: AbortSignal;
  /** Puts the search on record, before anything is analysed. */
  readonly begin: () => FootageJob;
  /** A quick look at key pictures goes first. */
  readonly quick: boolean;
  /** Where it goes on. */
  readonly from?: FootageCheckpoint;
}

/** Runs a search from its record to its report. @throws NightglassError */
export async function runFootage(
  work: FootageWork,
  options: FootageRunOptions,
  resources: AsyncDisposableStack,
): Promise<void> {
  const { recordings, start, out, jobs, signal, from, watchlists } = work;
  if (out !== null) resources.use(closing(lockDataFolder(out.folder)));
  const files = placed(recordings, start);
  const way = await openWay(watchlists, work.lists, options, resources);
  if (signal.aborted) {
    process.exitCode = exitCodes.failed;
    return;
  }
  const positionsOf = (before: readonly FilePosition[] | null | undefined): FilePosition[] =>
    files.map((_, at) => before?.[at] ?? { seconds: 0, done: false });
  const positions = positionsOf(from?.positions);
  const quick = work.quick ? positionsOf(from?.quick) : null;
  const sightings = new FootageSightings({
    startOf: (file) => files[file]?.start ?? null,
    ...(out && { keep: out.keep, drop: out.drop }),
  });
  if (from !== undefined) goOn(from, sightings, work);
  const job = work.begin();
  const by = commandActor();
  const checkpoint = (figures: FootageFigures) => {
    sightings.settle(searchedTo(positions));
    out?.checkpoint({
      ...{ jobId: job.id, start, positions, quick, figures },
      ...sightings.held(),
    });
  };
  const end = (state: FootageEnd, seconds: number) =>
    jobs.end(job, { state, seconds, sightings: sightings.count + sightings.beyond }, by);
  const resultOf = (state: FootageJob, figures: FootageFigures, since: number): FootageResult => ({
    job: state,
    files: recordings.map((each, at) => ({ ...each, start: isoOf(files[at]?.start ?? null) })),
    sightings: sightings.list(),
    beyond: sightings.beyond,
    figures: { ...figures, took: (performance.now() - since) / 1_000 },
  });
  const progress = progressOf(recordings, from?.figures.seconds);
  const started = performance.now();
  const search: SearchFootageOptions = {
    ...{ ...way, ...coresFor(files.length, options), files, sightings, signal },
    ...{ positions, before: from?.figures },
    onProgress: everySoOften(checkpoint, progress.update),
  };
  let figures: FootageFigures;
  try {
    if (quick !== null) {
      await lookFirst({
        ...{ search, sightings, positions: quick, seconds: secondsOf(recordings) },
        note: everySoOften(() => checkpoint(from?.figures ?? noFigures())),
        show: (found) => out?.write('index.html', footageHtml(resultOf(job, found, started), out)),
      });
    }
    figures = signal.aborted ? (from?.figures ?? noFigures()) : await searchFootage(search);
  } catch (error) {
    end('failed', progress.seconds());
    throw error;
  } finally {
    progress.done();
  }
  checkpoint(figures);
  const ended = end(signal.aborted ? 'stopped' : 'done', figures.seconds);
  report(resultOf(ended, figures, started), out, options);
}

function secondsOf(recordings: readonly Recording[]): number | null {
  const seconds = recordings.reduce((sum, each) => sum + (each.seconds ?? Number.NaN), 0);
  return Number.isNaN(seconds) ? null : seconds;
}

/** Takes what was found before; who is on no list any more goes. */
function goOn(
  { alerts, positions, quick, preliminary }: FootageCheckpoint,
  sightings: FootageSightings,
  { out, watchlists }: FootageWork,
): void {
  const listed = alerts.filter(({ personId }) => watchlists.findPerson(personId) !== undefined);
  const goesOn = { search: searchedTo(positions), quick: searchedTo(quick) };
  sightings.restore({ alerts: listed, preliminary }, goesOn);
  const kept = new Set(sightings.held().alerts.map(({ id }) => id));
  out?.keepOnly(kept);
}

/** Seconds of each file of which nothing is under way any more: from there on a search goes on. */
function searchedTo(positions: readonly FilePosition[] | null): (file: number) => number {
  return (file) => {
    const position = positions?.[file];
    if (position === undefined) return 0;
    return position.done ? Number.POSITIVE_INFINITY : goesOnAt(position);
  };
}

function everySoOften<T extends unknown[]>(
  checkpoint: (...what: T) => void,
  update?: (...what: T) => void,
): (...what: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (...what) => {
    update?.(...what);
    if (performance.now() - last < checkpointEvery) return;
    last = performance.now();
    checkpoint(...what);
  };
}

function closing(lock: { close(): void }): Disposable {
  return { [Symbol.dispose]: () => lock.close() };
}

/** What the footage goes through: models, settings, and the lists that are searched. */
async function openWay(
  watchlists: WatchlistStore,
  lists: ReturnType<typeof listsToSearch>,
  options: FootageRunOptions,
  resources: AsyncDisposableStack,
): Promise<Pick<SearchFootageOptions, 'ports' | 'settings'>> {
  const { config, configHash, inference } = await openModels(options);
  resources.defer(() => inference.close());
  const gallery = resources.use(
    new WatchlistGallery({
      source: onlyLists(watchlists, new Set(lists.map(({ id }) => id))),
      now,
      use: 'footage',
      poorViews: inference.poorView,
      calibration: () => inference.calibration,
    }),
  );
  refuseOutdated(gallery, lists, inference);
  resources.use(refreshed(gallery));
  const ports = {
    ...facePorts(inference, config),
    gallery: resources.use(new SearchQueue({ gallery })),
    strangerBelow: () => similarityLevels(inference.calibration).stranger,
    codec: createImageCodec(),
    newAlertId: createAlertIds({ clock: systemClock }),
    enrolledImage: async (templateId: string) => watchlists.templateImage(templateId),
    modelStamps: inference.stamps(),
    configHash: () => configHash,
  };
  return { ports, settings: settingsOf(config) };
}

/** Files side by side, and what is left of the cores for the decoding of each. */
function coresFor(
  files: number,
  { parallel }: FootageRunOptions,
): Pick<SearchFootageOptions, 'atOnce' | 'decoderThreads' | 'looksAtOnce'> {
  const cores = availableParallelism();
  const atOnce = Math.min(parallel ?? cores, files, footageBounds.atOnce);
  const detectors = Math.min(cores, footageBounds.detectors);
  return {
    atOnce,
    decoderThreads: Math.max(1, Math.floor(cores / atOnce)),
    looksAtOnce: Math.max(2, Math.ceil((2 * detectors) / atOnce)),
  };
}

function report(result: FootageResult, out: FootageOut | null, { json }: FootageRunOptions): void {
  if (out !== null) {
    out.write('sightings.json', `${JSON.stringify(result, null, 2)}\n`);
    process.stderr.write(`wrote ${out.write('index.html', footageHtml(result, out))}\n`);
  }
  process.stdout.write(json === true ? `${JSON.stringify(result)}\n` : footageText(result));
  const { job, sightings } = result;
  // As `grep` does: nobody found is an answer, and a script may want to know.
  if (sightings.length === 0 || job.state !== 'done') process.exitCode = exitCodes.failed;
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
