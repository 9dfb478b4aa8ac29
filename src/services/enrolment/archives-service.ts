import type { Logger } from 'pino';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { AuditBackend } from '../audit/audit-service.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { writeArchive } from './archive/write-archive.ts';
import type { ImportJob } from './import-job.ts';
import type { ImportJobs } from './import-jobs.ts';

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

/** Watchlists as archives, as the gateway asks for them. */
export function archivesBackend(
  watchlists: WatchlistStore,
  imports: ImportJobs,
  now: () => number,
): ArchivesBackend {
  return {
    import: (watchlistId, archive) => imports.start(watchlistId, archive),
    job: (id) => imports.find(id),
    export: (watchlistId) => writeArchive(watchlists, watchlists.get(watchlistId), now()),
  };
}

/** Writes down what an import came to; who began it stands in the entry of its beginning. */
export function recordImport(
  job: ImportJob,
  audit: Pick<AuditBackend, 'append'>,
  log: Pick<Logger, 'info' | 'error'>,
): void {
  const count = (status: string) => job.report.filter((line) => line.status === status).length;
  const detail = {
    job: job.id,
    state: job.state,
    enrolled: count('enrolled'),
    known: count('known'),
    refused: count('refused'),
    skipped: count('skipped'),
  };
  log.info({ watchlistId: job.watchlistId, ...detail }, 'Import ended');
  try {
    void audit.append({
      who: 'import',
      what: 'watchlist.import_ended',
      target: job.watchlistId,
      detail,
    });
  } catch (error) {
    log.error({ err: error, job: job.id }, 'Cannot write the audit log of an import');
  }
}
