import type { ImportJob } from '../../watchlist/import-job.ts';
import type { Awaitable } from './awaitable.ts';

/** Watchlists as archives. */
export interface ArchivesBackend {
  /**
   * Begins an import; it goes on in the background.
   * @throws NightglassError `ARCHIVE_INVALID`, `CONFLICT` while another one runs, `NOT_FOUND`
   */
  import(watchlistId: string, archive: Uint8Array): Awaitable<ImportJob>;
  job(id: string): Awaitable<ImportJob | undefined>;
  /** A zip archive, as it is made. @throws NightglassError `NOT_FOUND` */
  export(watchlistId: string): Awaitable<AsyncIterable<Uint8Array>>;
}
