import { randomUUID } from 'node:crypto';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { dayMs, shadowBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { noShadowProgress, type ShadowEnd, type ShadowRun } from '../../domain/shadow.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { ShadowTable } from '../../store/shadow-table.ts';
import type { Store } from '../../store/store.ts';

export interface ShadowRunsOptions {
  readonly store: Pick<Store, 'prepare' | 'write'>;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/** Models that are to run beside those in use; the caller has checked that they may. */
export type ShadowWanted = Pick<
  ShadowRun,
  'name' | 'version' | 'manifest' | 'manifestSha256' | 'against'
>;

/** Starts and ends runs of models beside those in use: at most one at a time, each change on record. */
export class ShadowRuns {
  readonly #options: ShadowRunsOptions;
  readonly #table: ShadowTable;

  constructor(options: ShadowRunsOptions) {
    this.#options = options;
    this.#table = new ShadowTable(options.store);
  }

  /**
   * @param days whole, within `shadowBounds.days`
   * @throws NightglassError `USAGE`, `CONFLICT` where one runs already or the models are in use,
   *   `STORE_UNWRITABLE`
   */
  start(wanted: ShadowWanted, days: number, by: Actor): ShadowRun {
    const [least, most] = shadowBounds.days;
    if (!(Number.isInteger(days) && days >= least && days <= most)) {
      throw new NightglassError('USAGE', `Cannot run models beside others for ${days} days`, {
        hint: `Give ${least} to ${most} whole days.`,
      });
    }
    const { name, version } = wanted;
    const refusal = `Cannot run ${name}@${version} beside the models in use`;
    if (wanted.manifest === wanted.against) {
      throw new NightglassError('CONFLICT', `${refusal}: it is the version in use`);
    }
    const { audit, now, store } = this.#options;
    return store.write(() => {
      const running = this.#table.running();
      if (running !== undefined) {
        throw new NightglassError(
          'CONFLICT',
          `${refusal}: ${running.name}@${running.version} runs already`,
          { hint: 'End that one with `nightglass models shadow --stop`.' },
        );
      }
      const startedAt = now();
      const run: ShadowRun = {
        ...wanted,
        ...{ id: randomUUID(), startedAt, until: startedAt + days * dayMs },
        ...{ endedAt: null, end: null, progress: noShadowProgress },
      };
      this.#table.insert(run);
      const { manifest, manifestSha256, against } = run;
      const detail = { manifest, manifestSha256, against, days };
      audit.record(auditEntry(by, 'models.shadow_started', `${name}@${version}`, detail));
      return run;
    });
  }

  /** @throws NightglassError `NOT_FOUND` where none runs, `STORE_UNWRITABLE` */
  stop(by: Actor): ShadowRun {
    return this.#options.store.write(() => {
      const run = this.#table.running();
      if (run === undefined) {
        throw new NightglassError('NOT_FOUND', 'Cannot end it: no models run beside those in use');
      }
      return this.#end(run, 'stopped', by);
    });
  }

  /** Ends a run that need not be there any more. @throws NightglassError `STORE_UNWRITABLE` */
  endRun(run: ShadowRun, end: ShadowEnd, by: Actor): void {
    this.#options.store.write(() => this.#end(run, end, by));
  }

  /** Other models are put to use, within {@link Store.write}: a run beside those before ends. */
  modelsUsed(manifest: string, by: Actor): void {
    const run = this.#table.running();
    if (run === undefined || manifest === run.against) return;
    this.#end(run, manifest === run.manifest ? 'used' : 'superseded', by);
  }

  #end(run: ShadowRun, end: ShadowEnd, by: Actor): ShadowRun {
    const { audit, now } = this.#options;
    const endedAt = now();
    if (!this.#table.end(run.id, endedAt, end)) return run;
    const tracks = this.#table
      .counts(run.id)
      .reduce((sum, each) => sum + each.both + each.only_in_use + each.only_new + each.neither, 0);
    const detail = { end, startedAt: run.startedAt, tracks };
    audit.record(auditEntry(by, 'models.shadow_ended', `${run.name}@${run.version}`, detail));
    return { ...run, endedAt, end };
  }
}
