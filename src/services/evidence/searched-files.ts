import type { ErrorCode } from '../../domain/errors.ts';
import type { FilePosition, FootageJob } from '../../domain/footage.ts';

/** A file that a search left out. */
export interface LeftOutFile {
  /** Its number among the files of the search, from 0. */
  readonly file: number;
  readonly path: string;
  /** How much of it was searched before, seconds; 0: nothing. */
  readonly searchedSeconds: number;
  /** Code of the error for which the rest was left out. */
  readonly failure: ErrorCode;
}

/** How the files of a search stand; each is in one of the three. */
export interface SearchedFiles {
  /** To their end. */
  readonly filesSearched: number;
  /** Not to their end: the search is at work, or ended before. */
  readonly filesUnfinished: number;
  readonly filesLeftOut: readonly LeftOutFile[];
}

/** @param positions of the search, by the index of the file */
export function searchedFiles(
  { files, state }: Pick<FootageJob, 'files' | 'state'>,
  positions: ReadonlyMap<number, FilePosition>,
): SearchedFiles {
  const filesLeftOut = files.flatMap(({ path, failure }, file): LeftOutFile[] => {
    if (failure === undefined) return [];
    return [{ file, path, searchedSeconds: positions.get(file)?.seconds ?? 0, failure }];
  });
  const isSearched = (file: number) => state === 'done' || positions.get(file)?.done === true;
  const filesSearched = files.filter(
    ({ failure }, file) => failure === undefined && isSearched(file),
  ).length;
  const filesUnfinished = files.length - filesSearched - filesLeftOut.length;
  return { filesSearched, filesUnfinished, filesLeftOut };
}
