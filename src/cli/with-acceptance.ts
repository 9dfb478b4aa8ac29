import { version } from '../app/version.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { FaceCount } from '../domain/acceptance/acceptance-results.ts';
import { acceptanceBounds } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { listModels } from '../inference/verify-models.ts';
import { AcceptanceTests } from '../services/acceptance/acceptance-tests.ts';
import type { TestedProgram } from '../services/acceptance/tested-settings.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { CameraTable } from '../store/camera-table.ts';
import type { Store } from '../store/store.ts';
import type { AcceptanceOptions } from './acceptance-options.ts';
import { manifestOf } from './manifest-choice.ts';
import { openStoreOf } from './open-store-of.ts';
import { storeKeysOf } from './store-keys.ts';

/** What a command on acceptance tests works with. */
export interface OpenedAcceptance {
  readonly tests: AcceptanceTests;
  readonly watchlists: WatchlistStore;
  readonly audit: AuditLog;
  readonly store: Store;
  readonly loaded: LoadedConfig;
}

/** Opens the tests of a data folder, beside a running program too, and closes them after `work`. */
export async function withAcceptance<T>(
  options: Pick<AcceptanceOptions, 'config' | 'data'>,
  work: (opened: OpenedAcceptance) => T | Promise<T>,
): Promise<T> {
  const loaded = loadConfig(options.config);
  const now = () => systemClock.now();
  const store = openStoreOf(options, storeKeysOf(options));
  try {
    const audit = new AuditLog({ store, now });
    const review = loaded.config.review.watchlists;
    const watchlists = new WatchlistStore({ store, audit, now, review });
    const tests = new AcceptanceTests({ store, audit, watchlists, now });
    return await work({ tests, watchlists, audit, store, loaded });
  } finally {
    store.close();
  }
}

/** Refuses cameras that nobody has set up: a slip would make a walk one that was missed. @throws NightglassError `USAGE` */
export function assertCameras(
  ids: readonly string[],
  { loaded, store }: Pick<OpenedAcceptance, 'loaded' | 'store'>,
): void {
  const set = [...loaded.config.cameras, ...new CameraTable(store).list()].map(({ id }) => id);
  const unknown = ids.find((id) => !set.includes(id));
  if (unknown === undefined) return;
  throw new NightglassError('USAGE', `There is no camera ${unknown}`, {
    hint: `Known: ${set.join(', ') || 'none'}.`,
  });
}

/** What is tested: the program of this configuration. */
export async function testedProgram(
  options: AcceptanceOptions,
  { loaded }: Pick<OpenedAcceptance, 'loaded'>,
): Promise<TestedProgram> {
  const files = await listModels(manifestOf(options));
  const models = files.map(({ model, sha256, task }) => ({ name: model, task, sha256 }));
  return { version, models, configHash: loaded.hash };
}

/** Counts of `--faces camera=n`. @throws NightglassError `USAGE` */
export function countedFaces(
  given: readonly string[],
  opened: Pick<OpenedAcceptance, 'loaded' | 'store'>,
): readonly FaceCount[] {
  const counts = given.map((text): FaceCount => {
    const [, cameraId, digits] = /^(.+)=(\d{1,9})$/.exec(text) ?? [];
    const faces = Number(digits);
    if (cameraId === undefined || !(faces <= acceptanceBounds.faces)) {
      throw new NightglassError('USAGE', `Cannot read the count ${JSON.stringify(text)}`, {
        hint: `Give CAMERA=N, N from 0 to ${acceptanceBounds.faces}.`,
      });
    }
    return { cameraId, faces, source: 'people' };
  });
  const ids = counts.map(({ cameraId }) => cameraId);
  if (new Set(ids).size < ids.length) {
    throw new NightglassError('USAGE', 'Cannot count faces: a camera is named twice');
  }
  assertCameras(ids, opened);
  return counts;
}
