/* Over 300 lines: every step between the states of a search stands in one place. */

import { randomUUID } from 'node:crypto';
import type { AuditAction } from '../../domain/audit-actions.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { footageBounds } from '../../domain/bounds.ts';
import { type ErrorCode, isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { FootageJob, FootageJobFile, FootageState } from '../../domain/footage.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { type FootageJobChange, FootageJobTable } from '../../store/footage-job-table.ts';
import type { Store } from '../../store/store.ts';
import { samePerson } from '../access/people-behind.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { checkedReason } from './checked-reason.ts';
import { listsToSearch, twoPersonLists } from './chosen-lists.ts';

export interface FootageQueueOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: Pick<WatchlistStore, 'find' | 'findByName' | 'list' | 'countPeople'>;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** Jobs that may wait, rest, or ask for a second person. */
  readonly waiting: number;
}

/** A search that somebody asks for. */
export interface FootageRequest {
  readonly files: readonly FootageJobFile[];
  /** Ids or names. */
  readonly lists: readonly string[];
  readonly reason: string;
  /** Wall time at which the first file begins, milliseconds; the others follow it. */
  readonly beginsAt: number | null;
  /** Key pictures first: first results early, then the whole. Default no. */
  readonly quick?: boolean;
}

/** States in which a job is not over and not at work. */
const pending: readonly FootageState[] = ['asked', 'waiting', 'paused'];

/**
 * Searches of recorded footage that the running program does: who asked, who authorised, and how far
 * each is. Each change and its audit record are one transaction: what cannot be recorded does not
 * happen.
 */
export class FootageQueue {
  readonly #options: FootageQueueOptions;
  readonly #table: FootageJobTable;
  readonly #listeners = new Set<() => void>();

  constructor(options: FootageQueueOptions) {
    this.#options = options;
    this.#table = new FootageJobTable(options.store);
  }

  /** Calls back after each change of what is to run. Returns the way to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest first, those of commands among them. */
  list(limit: number = footageBounds.listed): FootageJob[] {
    return this.#table.list(limit);
  }

  find(id: string): FootageJob | undefined {
    return this.#table.find(id);
  }

  /** @throws NightglassError `NOT_FOUND` */
  get(id: string): FootageJob {
    const job = this.find(id);
    if (job !== undefined) return job;
    throw new NightglassError('NOT_FOUND', `There is no search of footage ${id}`);
  }

  /**
   * Whether somebody may ask for a search now, before anything is looked through for it.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`, `BAD_REQUEST`, `BUSY`
   */
  assertMayAsk({ lists, reason }: Pick<FootageRequest, 'lists' | 'reason'>): void {
    checkedReason(reason);
    this.#lists(lists);
    this.#assertRoom();
  }

  /**
   * Asks for a search. It waits for its turn, or for a second person where a list asks for two.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`, `BAD_REQUEST`, `BUSY`,
   * `AUDIT_UNAVAILABLE`
   */
  ask(
    { files, lists, reason: given, beginsAt, quick = false }: FootageRequest,
    by: Actor,
  ): FootageJob {
    const reason = checkedReason(given);
    const chosen = this.#lists(lists);
    const job: FootageJob = {
      id: randomUUID(),
      origin: 'program',
      state: twoPersonLists(chosen).length > 0 ? 'asked' : 'waiting',
      ...{ reason, files, beginsAt, quick },
      watchlistIds: chosen.map(({ id }) => id),
      ...{ askedBy: by.name, decidedBy: null, figures: null, failure: null },
      ...{ startedAt: this.#options.now(), endedAt: null, seconds: 0, sightings: 0 },
    };
    const detail = {
      ...{ reason, lists: job.watchlistIds.join(','), twoPeople: job.state === 'asked', quick },
      files: files.map(({ path, bytes }) => ({ path, bytes })),
    };
    this.#recorded(() => {
      this.#assertRoom();
      this.#table.insert(job);
      this.#record(by, 'footage.asked', job.id, detail);
    });
    return job;
  }

  /**
   * A second person says yes or no to what somebody else asked for.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`
   */
  decide(id: string, verdict: 'authorise' | 'refuse', by: Actor): FootageJob {
    const job = this.#own(id);
    if (job.state !== 'asked') {
      throw new NightglassError(
        'CONFLICT',
        `Cannot ${verdict} the search ${id}: it is ${job.state}`,
      );
    }
    if (samePerson(this.#options.store)(job.askedBy, by.name)) {
      throw new NightglassError(
        'FORBIDDEN',
        `Cannot ${verdict} the search ${id}: whoever asks for it does not decide on it`,
        { hint: 'Its watchlist asks for two people: another one must decide.' },
      );
    }
    if (verdict === 'authorise') this.#lists(job.watchlistIds);
    const isYes = verdict === 'authorise';
    const action = isYes ? 'footage.authorised' : 'footage.refused';
    return this.#change(
      job,
      {
        decidedBy: by.name,
        state: isYes ? 'waiting' : 'refused',
        ...(isYes ? {} : { endedAt: this.#options.now() }),
      },
      { by, action, detail: { askedBy: job.askedBy, reason: job.reason } },
    );
  }

  /** Lets a job rest; what it found stays. @throws NightglassError `NOT_FOUND`, `CONFLICT` */
  pause(id: string, by: Actor): FootageJob {
    const job = this.#own(id);
    if (job.state !== 'waiting' && job.state !== 'running') throw notNow('pause', job);
    return this.#change(job, { state: 'paused' }, { by, action: 'footage.paused' });
  }

  /**
   * Puts a job that rests, or that failed, in the queue again. Where a list asks for two people by
   * now and nobody authorised it, it asks for a second one.
   * @throws NightglassError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`
   */
  resume(id: string, by: Actor): FootageJob {
    const job = this.#own(id);
    if (job.state !== 'paused' && job.state !== 'failed') throw notNow('go on with', job);
    const state = this.#needsSecond(job) ? 'asked' : 'waiting';
    const change = { state, endedAt: null, failure: null } as const;
    if (job.state === 'failed') this.#assertRoom();
    return this.#change(job, change, { by, action: 'footage.resumed' }, () =>
      this.#table.forgetRestarts(id, 'resumed'),
    );
  }

  /** Ends a job; what it found stays. @throws NightglassError `NOT_FOUND`, `CONFLICT` */
  cancel(id: string, by: Actor): FootageJob {
    const job = this.#own(id);
    if (!pending.includes(job.state) && job.state !== 'running') throw notNow('end', job);
    const { seconds, sightings } = job;
    const detail = { state: 'stopped', seconds, sightings };
    const change = { state: 'stopped', endedAt: this.#options.now() } as const;
    return this.#change(job, change, { by, action: 'footage.ended', detail });
  }

  /** Jobs whose turn may come, the oldest first. */
  waiting(): FootageJob[] {
    return this.#table.inState('waiting');
  }

  /** Jobs that are at work, or should be. */
  running(): FootageJob[] {
    return this.#table.inState('running');
  }

  /**
   * Jobs that say that they are at work and are not wait for their turn again: the program ended,
   * or how they ended could not be recorded. One during which the program ended
   * `footageBounds.crashes` times in a row, while it got no further, fails (`FOOTAGE_STALLED`): it may
   * be what ended the program.
   * @returns how many wait again
   * @throws NightglassError `AUDIT_UNAVAILABLE`
   */
  recover(
    by: Actor,
    after: 'restart' | 'fault' = 'restart',
    isAtWork: (id: string) => boolean = () => false,
  ): number {
    let recovered = 0;
    for (const { id } of this.running()) {
      // Whoever hears of the one before may have begun this one.
      const job = this.find(id);
      if (job?.state !== 'running' || isAtWork(id)) continue;
      recovered +=
        after === 'restart' ? this.#afterRestart(job, by) : this.#waitAgain(job, after, by);
    }
    return recovered;
  }

  /** The program ends in order: what is at work is not what ended it. Not on record. */
  endInOrder(): void {
    this.#options.store.write(() => {
      for (const { id } of this.running()) this.#table.forgetRestarts(id, 'orderly end');
    });
  }

  /**
   * Takes a job out of the queue to work on it: its lists must still be in force and meant for it.
   * @throws NightglassError `CONFLICT`, `FORBIDDEN`, `NOT_FOUND`: it is not to run
   */
  begin(id: string): FootageJob {
    const job = this.#own(id);
    if (job.state !== 'waiting') throw notNow('begin', job);
    this.assertAllowed(job);
    return this.#options.store.write(() => {
      this.#table.update(id, { state: 'running' });
      return this.get(id);
    });
  }

  /** Whether what a job rests on still holds. @throws NightglassError `CONFLICT`, `FORBIDDEN`, `NOT_FOUND` */
  assertAllowed(job: FootageJob): void {
    if (!this.#needsSecond(job)) return;
    throw new NightglassError(
      'FORBIDDEN',
      'Cannot search: a watchlist asks for two people by now, and only one wanted this search',
      { hint: 'Go on with it: it then waits for a second person.' },
    );
  }

  /** The files with their hashes as they are searched, on record. */
  examined(job: FootageJob, files: readonly FootageJobFile[], by: Actor): FootageJob {
    const shown = files.map(({ identity: _, ...file }) => file);
    const detail = { lists: job.watchlistIds.join(','), decidedBy: job.decidedBy, files: shown };
    return this.#change(job, { files }, { by, action: 'footage.searched', detail });
  }

  /** A file of a job at work that cannot be read any more: the others are searched, on record. */
  leaveOut(job: FootageJob, at: number, failure: ErrorCode, by: Actor): FootageJob {
    const file = job.files[at];
    if (file === undefined) throw new RangeError(`Cannot leave out file ${at}: there is none`);
    const files = job.files.with(at, { ...file, failure });
    const detail = { path: file.path, code: failure };
    return this.#change(job, { files }, { by, action: 'footage.file_left_out', detail });
  }

  /** How a job that is at work ended, or why its turn never came; one that was paused or ended meanwhile stays so. */
  end(id: string, state: 'done' | 'failed', failure: FootageJob['failure'], by: Actor): void {
    const job = this.find(id);
    const isToEnd = job?.state === 'running' || (state === 'failed' && job?.state === 'waiting');
    if (job === undefined || !isToEnd) return;
    const { seconds, sightings } = job;
    const code = failure?.code;
    const detail = { state, seconds, sightings, ...(code === undefined ? {} : { code }) };
    const change = { state, failure, endedAt: this.#options.now() };
    this.#change(job, change, { by, action: 'footage.ended', detail });
  }

  #waitAgain(job: FootageJob, after: 'restart' | 'fault', by: Actor): number {
    const action = { by, action: 'footage.resumed', detail: { after } } as const;
    this.#change(job, { state: 'waiting' }, action);
    return 1;
  }

  /** @returns 1 where it waits again, 0 where it failed */
  #afterRestart(job: FootageJob, by: Actor): number {
    const { crashes, furtherSeconds } = footageBounds;
    return this.#recorded(() => {
      const restarts = this.#table.restarted(job.id, furtherSeconds);
      if (restarts < crashes) return this.#waitAgain(job, 'restart', by);
      const message = `The program ended ${restarts} times while it was at work on this search, which got no further between. Leave out the file at which it stands, or go on with it.`;
      this.end(job.id, 'failed', { code: 'FOOTAGE_STALLED', message }, by);
      return 0;
    });
  }

  #lists(wanted: readonly string[]) {
    return listsToSearch(this.#options.watchlists, wanted, this.#options.now());
  }

  #needsSecond(job: FootageJob): boolean {
    return twoPersonLists(this.#lists(job.watchlistIds)).length > 0 && job.decidedBy === null;
  }

  #own(id: string): FootageJob {
    const job = this.get(id);
    if (job.origin === 'program') return job;
    throw new NightglassError('CONFLICT', `Cannot change the search ${id}: a command does it`, {
      hint: 'End the command, or go on with it by "nightglass footage resume".',
    });
  }

  #assertRoom(): void {
    const { waiting } = this.#options;
    if (this.#table.count(pending) < waiting) return;
    throw new NightglassError('BUSY', `Cannot search footage: ${waiting} searches wait already`, {
      hint: 'Wait until one has ended, or end one that is paused.',
    });
  }

  #change(
    { id }: FootageJob,
    change: FootageJobChange,
    record: {
      readonly by: Actor;
      readonly action: AuditAction;
      readonly detail?: Readonly<Record<string, unknown>>;
    },
    also: () => void = () => undefined,
  ): FootageJob {
    return this.#recorded(() => {
      this.#table.update(id, change);
      also();
      this.#record(record.by, record.action, id, record.detail ?? {});
      return this.get(id);
    });
  }

  #record(
    by: Actor,
    what: AuditAction,
    id: string,
    detail: Readonly<Record<string, unknown>>,
  ): void {
    this.#options.audit.record(auditEntry(by, what, id, detail));
  }

  /** @throws NightglassError `AUDIT_UNAVAILABLE` */
  #recorded<T>(work: () => T): T {
    const { store } = this.#options;
    try {
      return store.write(() => {
        const made = work();
        store.afterCommit(() => {
          for (const listener of this.#listeners) listener();
        });
        return made;
      });
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      throw new NightglassError(
        'AUDIT_UNAVAILABLE',
        'Cannot change a search of footage: the audit log cannot be written, and this may not happen unrecorded',
        { hint: 'Give the data folder free space and write permission.', cause: error },
      );
    }
  }
}

function notNow(what: string, { id, state }: FootageJob): NightglassError {
  return new NightglassError('CONFLICT', `Cannot ${what} the search ${id}: it is ${state}`);
}
