import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { atOnce } from '../services/in-turns.ts';
import { exportSamples } from '../services/learning/export-samples.ts';
import {
  excludeFromLearning,
  includeInLearning,
  type LearningPolicy,
  learntPeople,
} from '../services/learning/learning-samples.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { LearningTable } from '../store/learning-table.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { openFaceTools } from './face-tools.ts';
import { openStoreOf } from './open-store-of.ts';
import { showProgress } from './progress.ts';
import { storeKeysOf } from './store-keys.ts';

export interface LearningOptions extends DataFolderOptions {
  readonly config: string;
  readonly json?: boolean;
}

export interface LearningExportOptions extends LearningOptions {
  readonly reason: string;
  readonly manifest?: string;
}

/**
 * Prints whose faces would be taken: ids and counts, no names.
 * @throws NightglassError `CONFIG_INVALID` where learning is off or a list is unknown
 */
export function listLearning(options: LearningOptions): void {
  const policy = policyOf(options);
  using opened = openLearning(options);
  assertLists(policy, opened.watchlists, options);
  const people = atOnce(learntPeople(policy, opened)).people.map(({ alerts, ...rest }) => ({
    ...rest,
    alerts: alerts.length,
    newest: new Date(alerts[0]?.createdAt ?? 0).toISOString(),
  }));
  const excluded = opened.table.exclusions();
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ people, excluded })}\n`);
    return;
  }
  for (const { alerts, newest, personId, watchlistId } of people) {
    process.stdout.write(`${personId}  ${watchlistId}  ${alerts} alerts, newest ${newest}\n`);
  }
  for (const { at, by, personId } of excluded) {
    process.stdout.write(`${personId}  excluded by ${by}, ${new Date(at).toISOString()}\n`);
  }
  process.stdout.write(`${people.length} people, ${excluded.length} excluded\n`);
}

/** @throws NightglassError `CONFIG_INVALID` where learning is off or a list is unknown, and those of {@link exportSamples} */
export async function exportLearning(
  folder: string,
  options: LearningExportOptions,
): Promise<void> {
  const policy = policyOf(options);
  using opened = openLearning(options);
  assertLists(policy, opened.watchlists, options);
  await using tools = await openFaceTools(options);
  const progress = showProgress('Reading faces');
  try {
    const made = await exportSamples(
      {
        ...{ policy, folder: resolve(folder), reason: options.reason, by: commandActor() },
        onProgress: (share) => progress.update(share),
      },
      { ...opened, codec: createImageCodec(), find: tools.find },
    );
    progress.done();
    const { clear, noFace, otherFaces, noPortrait, beyondBounds } = made.leftOut;
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(made)}\n`
        : `${made.pictures} faces of ${made.people} people in ${folder}, manifest ${made.manifest}\n` +
            `left out: ${clear} that are clear, ${noFace} without a face, ${otherFaces} with several, ` +
            `${beyondBounds} beyond the bounds; ${noPortrait} people without an enrolled picture of them alone\n` +
            'Delete the folder once training has ended.\n',
    );
  } finally {
    progress.done();
  }
}

/** @throws NightglassError `NOT_FOUND`, `CONFLICT` */
export function changeLearning(
  change: 'exclude' | 'include',
  person: string,
  options: LearningOptions,
): void {
  using opened = openLearning(options);
  const work = change === 'exclude' ? excludeFromLearning : includeInLearning;
  work(person, commandActor(), opened);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ person, excluded: change === 'exclude' })}\n`
      : `${person} is ${change === 'exclude' ? 'excluded from' : 'taken for'} training\n`,
  );
}

/** @throws NightglassError `CONFIG_INVALID` where the configuration has no `learning` */
function policyOf({ config: file }: LearningOptions): LearningPolicy {
  const { learning } = loadConfig(file).config;
  if (learning !== undefined) return learning;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot take faces for training: ${file} has no learning`,
    {
      hint: 'Say under learning: on which legal basis, for how long and of which watchlists.',
    },
  );
}

/** A mistyped id would silently leave a list out. @throws NightglassError `CONFIG_INVALID` */
function assertLists(
  { watchlists: wanted }: LearningPolicy,
  watchlists: WatchlistStore,
  { config: file }: LearningOptions,
): void {
  const unknown = wanted.filter((id) => watchlists.find(id) === undefined);
  if (unknown.length === 0) return;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot take faces for training: ${file} names watchlists that are not there: ${unknown.join(', ')}`,
    {
      hint: 'Put ids of watchlists under learning.watchlists; the dashboard and the API show them.',
    },
  );
}

function openLearning(options: LearningOptions) {
  const store = openStoreOf(options, storeKeysOf(options));
  const health = store.health();
  // What cannot be recorded does not leave.
  if (!health.durable) {
    store.close();
    throw new NightglassError('STORE_UNWRITABLE', `Cannot write the data folder: ${health.reason}`);
  }
  const now = () => systemClock.now();
  const audit = new AuditLog({ store, now });
  const alerts = new SqliteAlertStore({ store, audit, now, policy: () => undefined });
  return {
    ...{ store, now, audit, alerts },
    table: new LearningTable(store),
    watchlists: new WatchlistStore({ store, audit, now }),
    [Symbol.dispose]() {
      alerts[Symbol.dispose]();
      store.close();
    },
  };
}
