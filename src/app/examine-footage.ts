import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type { FootageJobFile } from '../domain/footage.ts';
import type { FootagePlaces } from '../services/footage/footage-places.ts';
import type { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { examineRecording } from '../streams/recorded/find-recordings.ts';

/** What a file is examined with. */
export interface FileExamination {
  readonly places: Pick<FootagePlaces, 'check'>;
  readonly waits: DiskWaits;
  /** Ends it at once: the file is then as it was. */
  readonly signal: AbortSignal;
  /** Told as reading goes on. */
  readonly onAlive?: () => void;
}

/**
 * Opens and hashes a file of a search: it must be where it may be read, and the one that was hashed
 * before, if it was. One that cannot be read, or whose disk does not answer, says why.
 * @throws NightglassError `BUSY` while disks hang
 */
export async function examineFile(
  { failure: _, ...file }: FootageJobFile,
  { places, signal, ...reading }: FileExamination,
): Promise<FootageJobFile> {
  const { path, sha256: before } = file;
  try {
    await places.check(path, signal);
    const found = await examineRecording(path, { signal, ...reading });
    if (before === null || before === found.sha256) return found;
    return { ...file, failure: 'CONFLICT' };
  } catch (error) {
    if (signal.aborted) return file;
    // While disks hang nobody knows which files can be read.
    if (!isNightglassError(error) || error.code === 'BUSY') throw error;
    return { ...file, failure: error.code };
  }
}

/** @throws NightglassError where not one of the files can be read to its end */
export function assertSomeRead(files: readonly FootageJobFile[]): void {
  if (files.some(({ failure }) => failure === undefined)) return;
  throw new NightglassError(
    files[0]?.failure ?? 'STREAM_UNREACHABLE',
    'Cannot search: none of the files can be read as video to its end',
    { hint: 'Check that they are still there as they were, and who may read them.' },
  );
}
