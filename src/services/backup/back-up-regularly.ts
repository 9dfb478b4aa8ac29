import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupResult, BackupStatus } from '../../domain/backup.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { BackupNames } from './backup-names.ts';

export interface RegularBackupsOptions {
  /** Made where it is missing; the folder above it must be there: it may be a disk that is not mounted. */
  readonly folder: string;
  readonly names: BackupNames;
  readonly clock: Clock;
  /** From one backup to the next, milliseconds. */
  readonly everyMs: number;
  /** Of the newest so many are kept, and of them none for longer than this, milliseconds. */
  readonly keep: number;
  readonly keepForMs: number;
  /** Writes one, on record. */
  readonly make: (file: string, signal: AbortSignal) => Promise<BackupResult>;
  /** True while the clock is not believed: nothing is deleted by age then. */
  readonly holds: () => boolean;
  readonly log: Log;
  readonly onMade?: (result: BackupResult, seconds: number) => void;
  readonly onFailed?: () => void;
  readonly onRemoved?: (name: string) => void;
}

export interface RegularBackups {
  status(): BackupStatus;
  /** Ends making them; one that is being made is given up. Idempotent. */
  close(): Promise<void>;
}

/** After one that failed, milliseconds; never longer than until the next one. */
const retryMs = 10 * 60_000;

/**
 * Makes a backup whenever the newest one is older than the time between them, until closed, and
 * deletes those that are too many or too old. The newest is kept in any case. One whose name lies in
 * the future, of a clock that ran ahead, counts as the oldest: it stands in the way of none of today.
 */
export function backUpRegularly(options: RegularBackupsOptions): RegularBackups {
  const { clock, everyMs, names, log } = options;
  const abort = new AbortController();
  let status: BackupStatus = { fault: undefined, newestAt: undefined, kept: 0 };
  let cancel: (() => void) | undefined;

  async function turn(): Promise<void> {
    let next = Math.min(everyMs, retryMs);
    try {
      await prepare(options);
      const newest = newestOf(await present(options), clock.now());
      const isDue = newest === undefined || clock.now() - newest >= everyMs;
      const made = isDue ? await make() : undefined;
      await removeOld(options, made);
      const left = await present(options);
      // One that was made this moment is none of the future, whatever the clock did meanwhile.
      const newestAt = made === undefined ? newestOf(left, clock.now()) : clock.now();
      const since = clock.now() - (newestAt ?? clock.now());
      next = Math.min(everyMs, Math.max(1000, everyMs - Math.max(0, since)));
      if (status.fault !== undefined) log.info({}, 'Backups are made again');
      status = { fault: undefined, newestAt, kept: left.length };
    } catch (error) {
      if (abort.signal.aborted) return;
      const fault = error instanceof Error ? error.message : String(error);
      status = { ...status, fault };
      log.error({ reason: fault }, 'Cannot make the regular backup');
      options.onFailed?.();
    }
    if (!abort.signal.aborted) cancel = clock.after(next, () => begin());
  }

  /** Returns its name. */
  async function make(): Promise<string> {
    const started = clock.monotonic();
    const name = names.at(clock.now());
    const file = join(options.folder, name);
    const result = await options.make(file, abort.signal);
    log.info({ file, bytes: result.bytes, alerts: result.alerts }, 'Backed up');
    options.onMade?.(result, (clock.monotonic() - started) / 1000);
    return name;
  }

  let running = Promise.resolve();
  const begin = () => {
    running = turn();
  };
  begin();
  return {
    status: () => status,
    async close() {
      abort.abort();
      cancel?.();
      await running;
    },
  };
}

/** The folder, without what killed programs left. @throws NightglassError `BACKUP_FAILED` */
async function prepare({ folder, names }: RegularBackupsOptions): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    for (const name of await readdir(folder)) {
      if (names.isRest(name)) await rm(join(folder, name), { force: true });
    }
  } catch (cause) {
    throw new NightglassError(
      'BACKUP_FAILED',
      `Cannot use the folder of backups ${folder}: ${(cause as Error).message}`,
      { hint: 'Mount its disk, and give it write permission.', cause },
    );
  }
}

interface PresentBackup {
  readonly name: string;
  readonly at: number;
}

/** Those that are there, the newest first, those of the future last. */
async function present({ clock, folder, names }: RegularBackupsOptions): Promise<PresentBackup[]> {
  const found: PresentBackup[] = [];
  for (const name of await readdir(folder)) {
    const at = names.timeOf(name);
    if (at !== undefined) found.push({ name, at });
  }
  found.sort((one, other) => other.at - one.at);
  const now = clock.now();
  return [...found.filter(({ at }) => at <= now), ...found.filter(({ at }) => at > now)];
}

function newestOf(backups: readonly PresentBackup[], now: number): number | undefined {
  return backups.find(({ at }) => at <= now)?.at;
}

async function removeOld(options: RegularBackupsOptions, made: string | undefined): Promise<void> {
  const { clock, folder, holds, keep, keepForMs, onRemoved } = options;
  for (const [index, { name, at }] of (await present(options)).entries()) {
    if (index === 0 || name === made) continue;
    const isOfFuture = at > clock.now();
    // A clock that fell back makes the good ones look so: none of them goes before it is believed.
    if (isOfFuture && holds()) continue;
    const since = isOfFuture ? await noticedAt(join(folder, name), clock.now()) : at;
    const tooOld = clock.now() - since > keepForMs && !holds();
    if (index < keep && !tooOld) continue;
    await rm(join(folder, name), { force: true });
    onRemoved?.(name);
  }
}

/** When one was first seen to be of the future, kept as the time of its file: how old it is nobody knows. */
async function noticedAt(file: string, now: number): Promise<number> {
  const { mtimeMs } = await stat(file);
  if (mtimeMs <= now) return mtimeMs;
  // Whole seconds: a rounding up would put it into the future again.
  const seconds = Math.floor(now / 1000);
  await utimes(file, seconds, seconds);
  return now;
}
