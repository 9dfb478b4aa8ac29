import type { Awaitable } from './awaitable.ts';
import type { EnrolWarning } from './people.ts';

/** What became of one file of an import. */
export interface ImportLineView {
  readonly person: string;
  readonly personId: string | null;
  readonly file: string;
  readonly status: 'enrolled' | 'known' | 'refused' | 'skipped';
  readonly code?: string;
  readonly message?: string;
  readonly quality: number | null;
  readonly warnings: readonly EnrolWarning[];
}

export interface ImportJobView {
  readonly id: string;
  readonly watchlistId: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Pictures dealt with, and all. */
  readonly done: number;
  readonly total: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Why it failed. */
  readonly code?: string;
  readonly message?: string;
  readonly report: readonly ImportLineView[];
}

/** Watchlists as archives. */
export interface ArchivesBackend {
  /**
   * Begins an import; it goes on in the background.
   * @throws NightglassError `ARCHIVE_INVALID`, `CONFLICT` while another one runs, `NOT_FOUND`
   */
  import(watchlistId: string, archive: Uint8Array): Awaitable<ImportJobView>;
  job(id: string): Awaitable<ImportJobView | undefined>;
  /** A zip archive, as it is made. @throws NightglassError `NOT_FOUND` */
  export(watchlistId: string): Awaitable<AsyncIterable<Uint8Array>>;
}
