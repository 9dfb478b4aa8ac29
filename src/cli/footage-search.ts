import { availableParallelism } from 'node:os';
import {
  type FootageFigures,
  type SearchFootageOptions,
  searchFootage,
} from '../app/footage/search-footage.ts';
import { footageBounds } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import type { FootageEnd } from '../domain/footage.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import { listsToSearch, onlyLists } from '../services/footage/chosen-lists.ts';
import { FootageJobs } from '../services/footage/footage-jobs.ts';
import { FootageSightings } from '../services/footage/footage-sightings.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { findRecordings } from '../streams/recorded/find-recordings.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { footageHtml } from './footage-html.ts';
import { type FootageOut, openFootageOut } from './footage-out.ts';
import { examine, placed, reasonOf, startOf } from './footage-plan.ts';
import { progressOf } from './footage-progress.ts';
import { facePorts, openModels, refreshed, refuseOutdated, settingsOf } from './footage-setup.ts';
import { type FootageResult, footageText } from './footage-text.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { storeKeysOf } from './store-keys.ts';

export interface FootageSearchOptions extends DataFolderOptions {
  readonly list: readonly string[];
  readonly reason: string;
  readonly start?: string;
  readonly out?: string;
  readonly parallel?: number;
  readonly manifest?: string;
  readonly json?: boolean;
}

const now = () => systemClock.now();

/** Searches recorded footage, on record, and prints who was seen when. @throws NightglassError */
export async function footageSearch(
  paths: readonly string[],
  options: FootageSearchOptions,
): Promise<void> {
  const reason = reasonOf(options);
  const start = startOf(options);
  await using resources = new AsyncDisposableStack();
  const store = createStore({ dataDir: dataFolderOf(options), ...storeKeysOf(options) });
  resources.defer(() => store.close());
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const lists = listsToSearch(watchlists, options.list, now());
  const { signal } = resources.use(stopOnSignal());
  const recordings = await examine(await findRecordings(paths), signal);
  const files = placed(recordings, start);
  const way = await openWay(watchlists, lists, options, resources);
  const out = options.out === undefined ? null : openFootageOut(options.out);
  if (signal.aborted) {
    process.exitCode = exitCodes.failed;
    return;
  }
  const sightings = new FootageSightings({
    startOf: (file) => files[file]?.start ?? null,
    ...(out && { keep: out.keep }),
  });
  const jobs = new FootageJobs({ store, audit, now });
  const by = commandActor();
  const watchlistIds = lists.map(({ id }) => id);
  const hashed = recordings.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
  const job = jobs.begin({ reason, watchlistIds, files: hashed }, by);
  const end = (state: FootageEnd, seconds: number) =>
    jobs.end(job, { state, seconds, sightings: sightings.count + sightings.beyond }, by);
  const progress = progressOf(recordings);
  const started = performance.now();
  let figures: FootageFigures;
  try {
    figures = await searchFootage({
      ...{ ...way, ...coresFor(files.length, options), files, sightings, signal },
      onProgress: progress.update,
    });
  } catch (error) {
    end('failed', progress.seconds());
    throw error;
  } finally {
    progress.done();
  }
  const took = (performance.now() - started) / 1_000;
  const result: FootageResult = {
    job: end(signal.aborted ? 'stopped' : 'done', figures.seconds),
    files: recordings.map((each, at) => ({ ...each, start: isoOf(files[at]?.start ?? null) })),
    sightings: sightings.list(),
    beyond: sightings.beyond,
    figures: { ...figures, took },
  };
  report(result, out, options);
}

/** What the footage goes through: models, settings, and the lists that are searched. */
async function openWay(
  watchlists: WatchlistStore,
  lists: ReturnType<typeof listsToSearch>,
  options: FootageSearchOptions,
  resources: AsyncDisposableStack,
): Promise<Pick<SearchFootageOptions, 'ports' | 'settings'>> {
  const { config, configHash, inference } = await openModels(options);
  resources.defer(() => inference.close());
  const gallery = resources.use(
    new WatchlistGallery({
      source: onlyLists(watchlists, new Set(lists.map(({ id }) => id))),
      now,
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
  { parallel }: FootageSearchOptions,
): Pick<SearchFootageOptions, 'atOnce' | 'decoderThreads'> {
  const cores = availableParallelism();
  const atOnce = Math.min(parallel ?? cores, files, footageBounds.atOnce);
  return { atOnce, decoderThreads: Math.max(1, Math.floor(cores / atOnce)) };
}

function report(
  result: FootageResult,
  out: FootageOut | null,
  { json }: FootageSearchOptions,
): void {
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
