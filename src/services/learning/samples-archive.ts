import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { archiveCase } from '../evidence/case-archive.ts';
import { type CaseWatch, tellProgress } from '../evidence/case-progress.ts';
import { checkedReason } from '../evidence/export-case.ts';
import type { ExportedArchive } from '../evidence/export-jobs.ts';
import { inPieces } from '../evidence/in-pieces.ts';
import { inTurns } from '../in-turns.ts';
import type { LearningPolicy, LearningScope } from './learning-samples.ts';
import { recordSamples, sampleManifest } from './sample-record.ts';
import { type FaceSources, type Sample, type TakenSamples, takenSamples } from './taken-samples.ts';

/** Faces for training as a job of exports; `alertIds` is of cases alone. */
export interface SampleOrder {
  readonly kind: 'samples';
  readonly alertIds: readonly [];
  readonly isWhole?: never;
  readonly by: Actor;
  readonly reason: string;
  /** What whoever asks may see. */
  readonly scope: LearningScope;
}

export interface ArchiveSources extends FaceSources {
  readonly audit: Pick<AuditLog, 'require'>;
}

/** How many of what was taken are asked after in one step. */
const stepRows = 100;

/**
 * The same as a folder of `exportSamples`, as one zip archive. Pictures are read again as they are
 * sent: a case that nobody fetches holds none.
 */
export class SampleArchives {
  readonly #policy: LearningPolicy;
  readonly #sources: ArchiveSources;
  /** Those that are made and not fetched. */
  readonly #made = new WeakMap<SampleOrder, TakenSamples>();

  constructor(policy: LearningPolicy, sources: ArchiveSources) {
    this.#policy = policy;
    this.#sources = sources;
  }

  /** @throws NightglassError `BAD_REQUEST`, `NOT_FOUND`, `AUDIT_UNAVAILABLE`, `INFERENCE_*` */
  async make(order: SampleOrder, watch: CaseWatch): Promise<ExportedArchive> {
    const { by, scope } = order;
    const reason = checkedReason(order.reason);
    const { audit, now } = this.#sources;
    const policy = this.#policy;
    const onPerson = (done: number, total: number) => tellProgress(watch, 'pictures', done, total);
    const taken = await takenSamples({ policy, scope, onPerson }, this.#sources);
    watch.signal?.throwIfAborted();
    const manifest = sampleManifest(taken, policy, now());
    recordSamples(manifest, taken, { by, legalBasis: policy.legalBasis, reason }, audit);
    this.#made.set(order, taken);
    const entries = taken.samples.map((sample) => ({
      file: { path: sample.entry.file, bytes: sample.bytes, sha256: sample.entry.sha256 },
      read: () => inPieces(bytesOf(sample)),
    }));
    const texts = new Map([['manifest.json', manifest.text]]);
    return {
      manifest: { caseId: manifest.sha256 },
      bytes: archiveCase(texts, entries, new Date(now())),
    };
  }

  /**
   * Before an archive is fetched: whether all that is in it may still be taken.
   * @throws NightglassError `CONFLICT`
   */
  async assertCurrent(order: SampleOrder): Promise<void> {
    const made = this.#made.get(order);
    if (made !== undefined && !(await inTurns(this.#isCurrent(made)))) throw outdated();
  }

  *#isCurrent({ alerts, portraits }: TakenSamples): Generator<void, boolean> {
    const { now, table, watchlists } = this.#sources;
    const since = now() - this.#policy.retention;
    for (let at = 0; at < alerts.length; at += stepRows) {
      const some = alerts.slice(at, at + stepRows);
      if (table.stillConfirmed(some, since).length < some.length) return false;
      yield;
    }
    const people = [...portraits.keys()];
    for (let at = 0; at < people.length; at += stepRows) {
      const facts = watchlists.templateFacts(people.slice(at, at + stepRows));
      const ids = new Set(facts.map(({ id }) => id));
      const some = people.slice(at, at + stepRows);
      if (some.some((person) => !ids.has(portraits.get(person) ?? ''))) return false;
      yield;
    }
    return true;
  }
}

/** @throws Error where it has gone while the archive was sent */
function bytesOf({ entry, read }: Sample): Uint8Array {
  const bytes = read();
  if (bytes === null) throw new Error(`The picture ${entry.file} has gone while it was exported`);
  return bytes;
}

function outdated(): NightglassError {
  return new NightglassError(
    'CONFLICT',
    'Cannot export for training: some of the faces may not be taken any more',
    { hint: 'Export again.' },
  );
}
