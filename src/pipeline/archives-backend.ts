import type { Logger } from 'pino';
import type { ArchivesBackend } from '../gateway/backend/archives.ts';
import type { AuditBackend } from '../gateway/backend/audit.ts';
import { writeArchive } from '../watchlist/archive/write-archive.ts';
import type { ImportJob } from '../watchlist/import-job.ts';
import type { ImportJobs } from '../watchlist/import-jobs.ts';
import type { WatchlistStore } from '../watchlist/watchlist-store.ts';

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
