import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { writeArchive } from './archive/write-archive.ts';
import type { ImportJob } from './import-job.ts';
import type { ImportJobs } from './import-jobs.ts';

/** Watchlists as archives. */
export function archivesService(options: {
  readonly watchlists: WatchlistStore;
  readonly imports: ImportJobs;
  readonly audit: Pick<AuditLog, 'require'>;
  readonly now: () => number;
}) {
  const { watchlists, imports, audit, now } = options;
  return {
    /**
     * Takes the place of the one import, before its archive is read; disposal gives it back.
     * @throws NightglassError `CONFLICT` while another one runs or is received
     */
    receive: (): Disposable => imports.receive(),
    /**
     * Begins an import; it goes on in the background.
     * @throws NightglassError `ARCHIVE_INVALID`, `CONFLICT` while another one runs, `NOT_FOUND`,
     * `AUDIT_UNAVAILABLE`
     */
    import: (watchlistId: string, archive: Uint8Array, by: Actor) =>
      imports.start(watchlistId, archive, by),
    job: (id: string): ImportJob | undefined => imports.find(id),
    /** A zip archive, as it is made. @throws NightglassError `NOT_FOUND`, `AUDIT_UNAVAILABLE` */
    export(watchlistId: string, by: Actor): AsyncIterable<Uint8Array> {
      const list = watchlists.get(watchlistId);
      const people = watchlists.countPeople(watchlistId);
      const detail = { name: list.name, people };
      audit.require(auditEntry(by, 'watchlist.exported', watchlistId, detail));
      return writeArchive(watchlists, list, now());
    },
  };
}

export type ArchivesService = ReturnType<typeof archivesService>;
