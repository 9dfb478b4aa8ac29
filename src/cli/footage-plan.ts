import { isWallTime } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { DiskWaits } from '../streams/recorded/disk-waits.ts';
import {
  examineRecording,
  findRecordings,
  type Recording,
} from '../streams/recorded/find-recordings.ts';
import { showProgress } from './progress.ts';

export interface FootageAsked {
  readonly reason: string;
  readonly start?: string;
}

/** @throws NightglassError `USAGE` */
export function reasonOf(options: FootageAsked): string {
  const reason = options.reason.trim();
  if (reason.length >= 3 && reason.length <= 1000) return reason;
  throw new NightglassError('USAGE', 'Cannot search: the reason must have 3 to 1000 characters');
}

/** Wall time at which the footage begins, milliseconds; null where nobody says so. @throws NightglassError `USAGE` */
export function startOf({ start }: FootageAsked): number | null {
  if (start === undefined) return null;
  const time = /^\d{4}-\d{2}-\d{2}/.test(start) ? Date.parse(start) : Number.NaN;
  if (isWallTime(time)) return time;
  throw new NightglassError('USAGE', `Cannot search: --start ${start} is no time`, {
    hint: 'Write it as 2026-11-28T21:00:00Z, or with +08:00 for another time zone.',
  });
}

/** The video files that are meant; none where it was stopped. @throws NightglassError `STREAM_UNREACHABLE`, `USAGE` */
export async function filesIn(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  try {
    return await findRecordings(paths, { signal });
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

/** Opens and hashes each file. @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED` */
export async function examine(paths: readonly string[], signal: AbortSignal): Promise<Recording[]> {
  const progress = showProgress('reading files');
  const recordings: Recording[] = [];
  const waits = new DiskWaits(systemClock);
  for (const path of paths) {
    if (signal.aborted) break;
    try {
      recordings.push(await examineRecording(path, { waits, signal }));
    } catch (error) {
      if (!signal.aborted) throw error;
      break;
    }
    progress.update(recordings.length / paths.length);
  }
  progress.done();
  return recordings;
}

/** Where each recording begins: one follows the other. @throws NightglassError `USAGE` */
export function placed(recordings: readonly Recording[], start: number | null) {
  let at = start;
  return recordings.map(({ path, seconds }, index) => {
    const file = { path, start: at };
    if (at !== null && index + 1 < recordings.length) {
      if (seconds === null) {
        throw new NightglassError('USAGE', `Cannot tell when the file after ${path} begins`, {
          hint: 'It does not say how long it is: search the files one by one, each with --start.',
        });
      }
      at += Math.round(seconds * 1_000);
    }
    return file;
  });
}
