import { randomUUID } from 'node:crypto';
import { type Actor, type AuditEntry, auditEntry } from '../../domain/audit-entry.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { Person, Watchlist } from '../../domain/watchlist.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { sha256InTurns } from '../sha256-in-turns.ts';
import { type ArchivedImage, openArchive } from './archive/read-archive.ts';
import type { EnrolmentResult } from './enrol.ts';
import type { NamedImage } from './grade-image.ts';
import type { ImportJob, ImportLine } from './import-job.ts';

/** What an import needs of the watchlist store. */
export interface ImportTarget {
  get(watchlistId: string): Watchlist;
  people(watchlistId: string): Person[];
  addPerson(watchlistId: string, input: { name: string; note?: string }, by: Actor): Person;
  findPerson(id: string): Person | undefined;
  templateFacts(personIds: readonly string[]): readonly unknown[];
  deletePerson(id: string, by: Actor): void;
}

export interface ImportJobsOptions {
  readonly target: ImportTarget;
  readonly audit: Pick<AuditLog, 'require' | 'append'>;
  readonly enrol: (
    personId: string,
    images: readonly NamedImage[],
    by: Actor,
  ) => Promise<EnrolmentResult>;
  readonly now: () => number;
  /** Told when a job has ended, however it did. */
  readonly onEnded?: (job: ImportJob) => void;
  /** Jobs remembered; the oldest is forgotten. Default 20. */
  readonly capacity?: number;
}

interface Running extends Omit<ImportJob, 'report'> {
  readonly by: Actor;
  state: ImportJob['state'];
  done: number;
  endedAt: number | null;
  code?: string;
  message?: string;
  readonly report: ImportLine[];
}

/** Imports of archives into watchlists, one at a time; what was done is remembered for a while. */
export class ImportJobs {
  readonly #options: ImportJobsOptions;
  readonly #jobs = new Map<string, Running>();
  #work: Promise<void> | undefined;
  #closed = false;
  /** An archive is on its way. */
  #receiving = false;

  constructor(options: ImportJobsOptions) {
    this.#options = options;
  }

  /**
   * Reads the archive's directory, then works on it in the background.
   * @throws NightglassError `ARCHIVE_INVALID`, `NOT_FOUND`, `CONFLICT` while another import runs,
   * `AUDIT_UNAVAILABLE`: nothing is taken in then
   */
  async start(watchlistId: string, archive: Uint8Array, by: Actor): Promise<ImportJob> {
    const { audit, target, now, capacity = 20 } = this.#options;
    this.#assertFree();
    target.get(watchlistId);
    const { images, skipped } = await openArchive(archive);
    if (images.length === 0) {
      throw new NightglassError('ARCHIVE_INVALID', 'Cannot import: the archive holds no picture', {
        hint: 'Give a zip archive of pictures in folders, each named by its person.',
      });
    }
    const archiveSha256 = await sha256InTurns(archive);
    // Another one may have begun while this archive was read.
    this.#assertFree();
    const id = randomUUID();
    const begun = { job: id, archiveSha256, bytes: archive.byteLength };
    audit.require(auditEntry(by, 'watchlist.imported', watchlistId, begun));
    const job: Running = {
      id,
      by,
      watchlistId,
      state: 'running',
      done: 0,
      total: images.length,
      startedAt: now(),
      endedAt: null,
      report: skipped.map(({ person, file, code, message }) => ({
        person,
        personId: null,
        file,
        status: 'skipped',
        code,
        message,
        quality: null,
        warnings: [],
      })),
    };
    this.#jobs.set(job.id, job);
    for (const id of this.#jobs.keys()) {
      if (this.#jobs.size <= capacity) break;
      this.#jobs.delete(id);
    }
    this.#work = this.#run(job, images).finally(() => {
      this.#work = undefined;
    });
    return snapshot(job);
  }

  /**
   * Takes the place of the one import before its archive is held in memory; `start` follows.
   * @throws NightglassError `CONFLICT` while another one runs or is received
   */
  receive(): Disposable {
    this.#assertFree();
    if (this.#receiving) throw underWay();
    this.#receiving = true;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#receiving = false;
        isHeld = false;
      },
    };
  }

  find(id: string): ImportJob | undefined {
    const job = this.#jobs.get(id);
    return job && snapshot(job);
  }

  /** Ends after the picture under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
  }

  #assertFree(): void {
    if (this.#closed) throw new TypeError('Cannot import: the program ends');
    if (this.#work === undefined) return;
    throw underWay();
  }

  async #run(job: Running, images: readonly ArchivedImage[]): Promise<void> {
    try {
      for (const [name, own] of Map.groupBy(images, ({ person }) => person)) {
        await this.#importPerson(job, name, own);
      }
      job.state = 'done';
    } catch (error) {
      job.state = 'failed';
      job.code = isNightglassError(error) ? error.code : 'INTERNAL';
      job.message = isNightglassError(error) ? error.message : 'Cannot go on with the import';
    }
    job.endedAt = this.#options.now();
    this.#options.audit.append(importEnded(job));
    this.#options.onEnded?.(snapshot(job));
  }

  async #importPerson(job: Running, name: string, images: readonly ArchivedImage[]): Promise<void> {
    const { target } = this.#options;
    target.get(job.watchlistId);
    const known = target.people(job.watchlistId).find((each) => each.name === name.trim());
    let person: Person;
    try {
      person =
        known ?? target.addPerson(job.watchlistId, { name, note: images[0]?.note ?? '' }, job.by);
    } catch (error) {
      // A name that cannot be stored; the others go on.
      if (!isNightglassError(error, 'BAD_REQUEST')) throw error;
      for (const { file } of images) this.#add(job, refused(name, null, file, error));
      return;
    }
    try {
      for (const image of images) {
        if (this.#closed) {
          throw new NightglassError('CONFLICT', 'Cannot go on with the import: the program ends');
        }
        this.#add(job, await this.#importImage(person, image, job.by));
      }
    } finally {
      // Somebody without any picture could never match and would only look enrolled.
      const empty = target.templateFacts([person.id]).length === 0;
      if (known === undefined && empty && target.findPerson(person.id) !== undefined) {
        target.deletePerson(person.id, job.by);
      }
    }
  }

  async #importImage({ id, name }: Person, image: ArchivedImage, by: Actor): Promise<ImportLine> {
    const { file } = image;
    let bytes: Uint8Array;
    try {
      bytes = await image.read();
    } catch (error) {
      if (!isNightglassError(error)) throw error;
      return refused(name, id, file, error);
    }
    const { images } = await this.#options.enrol(id, [{ name: file, bytes }], by);
    const [outcome] = images;
    if (outcome === undefined) throw new TypeError('Enrolment gave no outcome');
    const line = { person: name, personId: id, file, status: outcome.status };
    switch (outcome.status) {
      case 'enrolled':
        return { ...line, quality: outcome.quality, warnings: outcome.warnings };
      case 'known':
        return { ...line, quality: null, warnings: [] };
      default: {
        const { code, message, quality } = outcome;
        return { ...line, code, message, quality, warnings: [] };
      }
    }
  }

  #add(job: Running, line: ImportLine): void {
    job.done += 1;
    job.report.push(line);
  }
}

function underWay(): NightglassError {
  return new NightglassError('CONFLICT', 'Cannot import: another import is under way', {
    hint: 'Wait until it has ended.',
  });
}

function refused(
  person: string,
  personId: string | null,
  file: string,
  { code, message }: NightglassError,
): ImportLine {
  return { person, personId, file, status: 'refused', code, message, quality: null, warnings: [] };
}

/** What the import came to. */
function importEnded({ by, id, state, report, watchlistId }: Running): AuditEntry {
  const count = (status: string) => report.filter((line) => line.status === status).length;
  return auditEntry(by, 'watchlist.import_ended', watchlistId, {
    job: id,
    state,
    enrolled: count('enrolled'),
    known: count('known'),
    refused: count('refused'),
    skipped: count('skipped'),
  });
}

function snapshot({ by, ...job }: Running): ImportJob {
  return { ...job, report: [...job.report] };
}
