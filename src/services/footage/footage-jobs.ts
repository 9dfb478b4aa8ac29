import { randomUUID } from 'node:crypto';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { FootageEnd, FootageJob } from '../../domain/footage.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { FootageJobTable } from '../../store/footage-job-table.ts';
import type { Store } from '../../store/store.ts';

export interface FootageJobsOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/** Searches of recorded footage on record: who had which files searched for which lists, and why. */
export class FootageJobs {
  readonly #options: FootageJobsOptions;
  readonly #table: FootageJobTable;

  constructor(options: FootageJobsOptions) {
    this.#options = options;
    this.#table = new FootageJobTable(options.store);
  }

  /**
   * Records that a search begins, job and audit record in one transaction: what cannot be recorded
   * does not happen.
   * @throws NightglassError `AUDIT_UNAVAILABLE`
   */
  begin(
    asked: Pick<FootageJob, 'reason' | 'watchlistIds' | 'files' | 'beginsAt'>,
    by: Actor,
  ): FootageJob {
    const { reason, watchlistIds, files, beginsAt } = asked;
    const job: FootageJob = {
      id: randomUUID(),
      origin: 'command',
      state: 'running',
      quick: false,
      ...{ reason, watchlistIds, files, beginsAt },
      ...{ askedBy: by.name, decidedBy: null, figures: null, failure: null },
      startedAt: this.#options.now(),
      endedAt: null,
      seconds: 0,
      sightings: 0,
    };
    const detail = { reason, lists: watchlistIds.join(','), files };
    try {
      this.#options.store.write(() => {
        this.#table.insert(job);
        this.#options.audit.record(auditEntry(by, 'footage.searched', job.id, detail));
      });
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      throw new NightglassError(
        'AUDIT_UNAVAILABLE',
        'Cannot search footage: the audit log cannot be written, and this may not happen unrecorded',
        { hint: 'Give the data folder free space and write permission.', cause: error },
      );
    }
    return job;
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): FootageJob {
    const job = this.#table.find(id);
    if (job !== undefined) return job;
    throw new NightglassError('NOT_FOUND', `There is no search of footage ${id}`);
  }

  /**
   * Records that a search that ended in the middle goes on, in one transaction.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT` where it is done, `STORE_UNWRITABLE`
   */
  resume(id: string, by: Actor): FootageJob {
    const job = this.get(id);
    if (job.state === 'done') {
      throw new NightglassError('CONFLICT', `Cannot go on with the search ${id}: it is done`);
    }
    if (job.origin === 'program') {
      throw new NightglassError(
        'CONFLICT',
        `Cannot go on with the search ${id}: the running program does it`,
        { hint: 'Go on with it there: in the dashboard or over the API.' },
      );
    }
    const resumed: FootageJob = { ...job, state: 'running', endedAt: null };
    this.#options.store.write(() => {
      this.#table.update(id, { state: 'running', endedAt: null });
      this.#options.audit.record(auditEntry(by, 'footage.resumed', id));
    });
    return resumed;
  }

  /** Records how it ended, in one transaction. @throws NightglassError `STORE_UNWRITABLE` */
  end(
    job: FootageJob,
    outcome: { readonly state: FootageEnd } & Pick<FootageJob, 'seconds' | 'sightings'>,
    by: Actor,
  ): FootageJob {
    const endedAt = this.#options.now();
    const ended: FootageJob = { ...job, ...outcome, endedAt };
    const { state, seconds, sightings } = outcome;
    this.#options.store.write(() => {
      this.#table.update(job.id, { ...outcome, endedAt });
      this.#options.audit.record(
        auditEntry(by, 'footage.ended', job.id, { state, seconds, sightings }),
      );
    });
    return ended;
  }
}
