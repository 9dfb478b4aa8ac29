import { NightglassError } from '../domain/errors.ts';
import type { Watchlist } from '../domain/watchlist.ts';
import { listsToSearch, twoPersonLists } from '../services/footage/chosen-lists.ts';
import { commandActor } from './command-actor.ts';
import { openFootageOut, reopenFootageOut } from './footage-out.ts';
import { examine, filesIn, reasonOf, startOf } from './footage-plan.ts';
import {
  type FootageRunOptions,
  openFootageTools,
  readCheckpoint,
  runFootage,
} from './footage-run.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export interface FootageSearchOptions extends FootageRunOptions {
  readonly list: readonly string[];
  readonly reason: string;
  readonly start?: string;
  readonly out?: string;
  readonly quick?: boolean;
}

/** Searches recorded footage, on record, and prints who was seen when. @throws NightglassError */
export async function footageSearch(
  paths: readonly string[],
  options: FootageSearchOptions,
): Promise<void> {
  const reason = reasonOf(options);
  const start = startOf(options);
  await using resources = new AsyncDisposableStack();
  const tools = openFootageTools(options, resources);
  const lists = listsToSearch(tools.watchlists, options.list, Date.now());
  refuseTwoPersonLists(lists);
  const { signal } = resources.use(stopOnSignal());
  const recordings = await examine(await filesIn(paths, signal), signal);
  const out = options.out === undefined ? null : openFootageOut(options.out);
  const watchlistIds = lists.map(({ id }) => id);
  const files = recordings.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
  const quick = options.quick === true;
  const begin = () =>
    tools.jobs.begin({ reason, watchlistIds, files, beginsAt: start }, commandActor());
  await runFootage(
    { ...tools, recordings, start, lists, out, signal, quick, begin },
    options,
    resources,
  );
}

/**
 * Goes on with a search that was stopped or killed, from what its folder says. The files must be
 * those that were recorded, and the lists in force.
 * @throws NightglassError
 */
export async function footageResume(folder: string, options: FootageRunOptions): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const { out, state } = reopenFootageOut(folder);
  const from = readCheckpoint(state);
  if (from === undefined) {
    throw new NightglassError('USAGE', `Cannot go on in ${folder}: progress.json is damaged`);
  }
  const tools = openFootageTools(options, resources);
  const { files, state: was, watchlistIds } = tools.jobs.get(from.jobId);
  if (was === 'done') {
    throw new NightglassError('CONFLICT', `Cannot go on in ${folder}: the search is done`);
  }
  const lists = listsToSearch(tools.watchlists, watchlistIds, Date.now());
  refuseTwoPersonLists(lists);
  const { signal } = resources.use(stopOnSignal());
  const paths = files.map(({ path }) => path);
  const recordings = await examine(paths, signal);
  const changed = recordings.find(({ sha256 }, at) => sha256 !== files[at]?.sha256);
  if (changed !== undefined && !signal.aborted) {
    throw new NightglassError('CONFLICT', `Cannot go on: ${changed.path} has changed since`);
  }
  const begin = () => tools.jobs.resume(from.jobId, commandActor());
  const { start } = from;
  const quick = from.quick !== null;
  const work = { ...tools, recordings, start, lists, out, signal, quick, begin, from };
  await runFootage(work, options, resources);
}

/** A command is one person. @throws NightglassError `FORBIDDEN` */
function refuseTwoPersonLists(lists: readonly Watchlist[]): void {
  const [first] = twoPersonLists(lists);
  if (first === undefined) return;
  throw new NightglassError(
    'FORBIDDEN',
    `Cannot search: the watchlist ${first.name} asks for two people`,
    { hint: 'Ask for the search in a running Nightglass, where a second person authorises it.' },
  );
}
