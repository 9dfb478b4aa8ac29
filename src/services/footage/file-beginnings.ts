import type { FootageJob, FootageJobFile } from '../../domain/footage.ts';

/**
 * Wall time at which each file of a job begins, milliseconds: one follows the other. Null where
 * nobody said so, and behind a file of which nobody knows how long it is.
 */
export function fileBeginnings({
  files,
  beginsAt,
}: Pick<FootageJob, 'files' | 'beginsAt'>): readonly (number | null)[] {
  let at = beginsAt;
  return files.map(({ seconds }) => {
    const begins = at;
    at = at === null || seconds == null ? null : at + Math.round(seconds * 1_000);
    return begins;
  });
}

/** Seconds of all files that can be read; null where one does not say. */
export function totalSeconds(files: readonly FootageJobFile[]): number | null {
  let total = 0;
  for (const { seconds, failure } of files) {
    if (failure !== undefined) continue;
    if (seconds == null) return null;
    total += seconds;
  }
  return total;
}
