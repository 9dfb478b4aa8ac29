import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { driftBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { dayPart, dayText, mondayOf, startOfDay } from '../../domain/drift/day-part.ts';
import {
  type DriftMeasure,
  driftMeasure,
  driftMeasures,
} from '../../domain/drift/drift-measure.ts';
import { type DriftWeek, driftWeeks } from '../../domain/drift/drift-week.ts';
import { type DriftChange, inOrder, judgeMeasure } from '../../domain/drift/judge-measure.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { DriftReference, DriftTable } from '../../store/drift-table.ts';
import type { Store } from '../../store/store.ts';
import { inTurns } from '../in-turns.ts';

export interface DriftWatchOptions {
  readonly store: Pick<Store, 'write'>;
  readonly table: DriftTable;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
  /** The embedding space in use. */
  readonly model: string;
  /** Ids of the cameras that there are. */
  readonly cameras: () => readonly string[];
  /** What failed inside. */
  readonly onError: (error: unknown) => void;
}

/** How a measure of a camera was. */
export interface DriftHistory {
  readonly measure: DriftMeasure;
  /** Days that could be compared with usual ones before them; 0: not yet. */
  readonly compared: number;
  readonly weeks: readonly DriftWeek[];
}

/** What a camera's pictures were like over weeks, and what changed. */
export interface DriftReport {
  readonly cameraId: string;
  /** The last day that was judged, days since 1 January 1970. */
  readonly judgedTo: number;
  /** From when on it is compared by the word of an operator. */
  readonly reference: DriftReference | null;
  /** What has changed and stands so, what matters most first. */
  readonly changes: readonly DriftChange[];
  readonly measures: readonly DriftHistory[];
}

export interface ReferenceOrder {
  /** Days since 1 January 1970; default today. */
  readonly from?: number | undefined;
  readonly note?: string | undefined;
}

interface Judged {
  readonly day: number;
  readonly changes: readonly DriftChange[];
  readonly compared: ReadonlyMap<DriftMeasure, number>;
}

/** Cameras are looked through for days that are over this often, milliseconds. */
const everyMs = 60_000;

/**
 * Judges once a day whether the pictures of cameras have changed. What it finds follows from the
 * counts and the operators' references alone, and is found again after a restart.
 */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #judged = new Map<string, Judged>();
  #cancel: (() => void) | undefined;

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#cancel = options.clock.after(0, () => void this.#look());
  }

  /** What stands and is for the worse, for metrics. `since`: wall time, milliseconds. */
  standing(): {
    readonly cameraId: string;
    readonly measure: DriftMeasure;
    readonly since: number;
  }[] {
    return [...this.#judged].flatMap(([cameraId, { changes }]) =>
      changes
        .filter(({ isWorse }) => isWorse)
        .map(({ measure, since }) => ({ cameraId, measure, since: startOfDay(since) })),
    );
  }

  /** @param weeks how many are shown, the present one among them */
  async report(cameraId: string, weeks: number): Promise<DriftReport> {
    const judged = await this.#judge(cameraId);
    const { clock, table } = this.#options;
    const { day: to } = dayPart(clock.now());
    const from = mondayOf(to) - 7 * (weeks - 1);
    const histories = await inTurns(this.#histories(cameraId, from, to, judged));
    return {
      cameraId,
      judgedTo: judged.day,
      reference: table.reference(cameraId),
      changes: judged.changes,
      measures: histories,
    };
  }

  /**
   * What has changed is known: a camera is compared from a day on alone.
   * @throws NightglassError `BAD_REQUEST`, `STORE_UNWRITABLE`, `AUDIT_UNAVAILABLE`
   */
  setReference(cameraId: string, { from, note = '' }: ReferenceOrder, by: Actor): void {
    const { audit, clock, store, table } = this.#options;
    const { day: today } = dayPart(clock.now());
    const day = from ?? today;
    if (!(day <= today && day > today - driftBounds.keptDays)) {
      throw new NightglassError(
        'BAD_REQUEST',
        `Cannot compare ${cameraId} from that day on: it lies ahead or is too long ago`,
      );
    }
    const at = Math.round(clock.now());
    const detail = { from: dayText(day), ...(note === '' ? {} : { note }) };
    store.write(() => {
      table.putReference(cameraId, { from: day, at, by: by.name, note });
      audit.record(auditEntry(by, 'drift.reference_set', cameraId, detail));
    });
    this.#judged.delete(cameraId);
  }

  /** Idempotent. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The last day that is over and written. */
  #settled(): number {
    return dayPart(this.#options.clock.now() - driftBounds.settledMs).day - 1;
  }

  async #look(): Promise<void> {
    const { cameras, clock, onError } = this.#options;
    try {
      const present = new Set(cameras());
      for (const cameraId of this.#judged.keys()) {
        if (!present.has(cameraId)) this.#judged.delete(cameraId);
      }
      for (const cameraId of present) {
        if (this.#cancel === undefined) return;
        await this.#judge(cameraId);
      }
    } catch (error) {
      onError(error);
    }
    if (this.#cancel !== undefined) {
      this.#cancel = clock.after(everyMs, () => void this.#look());
    }
  }

  async #judge(cameraId: string): Promise<Judged> {
    const present = this.#judged.get(cameraId);
    const day = this.#settled();
    if (present?.day === day) return present;
    const reference = this.#options.table.reference(cameraId);
    const judged = await inTurns(this.#judgement(cameraId, day, reference));
    // Another reference may have come meanwhile.
    if (this.#options.table.reference(cameraId)?.at === reference?.at) {
      this.#judged.set(cameraId, judged);
    }
    return judged;
  }

  *#judgement(
    cameraId: string,
    day: number,
    reference: DriftReference | null,
  ): Generator<void, Judged> {
    const { table } = this.#options;
    const from = Math.max(day - driftBounds.judgedDays + 1, reference?.from ?? 0);
    const changes: DriftChange[] = [];
    const compared = new Map<DriftMeasure, number>();
    for (const measure of driftMeasures) {
      const days = table.days({ cameraId, measure, model: this.#model(measure), from, to: day });
      yield;
      const judgement = yield* judgeMeasure(measure, days);
      compared.set(measure, judgement.compared);
      if (judgement.change !== null) changes.push(judgement.change);
    }
    return { day, changes: inOrder(changes), compared };
  }

  *#histories(
    cameraId: string,
    from: number,
    to: number,
    { compared }: Judged,
  ): Generator<void, DriftHistory[]> {
    const histories: DriftHistory[] = [];
    for (const measure of driftMeasures) {
      const days = this.#options.table.days({
        ...{ cameraId, measure, model: this.#model(measure), from, to },
      });
      yield;
      const weeks = driftWeeks(measure, days);
      histories.push({ measure, compared: compared.get(measure) ?? 0, weeks });
      yield;
    }
    return histories;
  }

  #model(measure: DriftMeasure): string {
    return driftMeasure(measure).isOfModel ? this.#options.model : '';
  }
}

/** What changes of a camera's pictures, as the gateway asks for it. */
export type DriftService = Pick<DriftWatch, 'report' | 'setReference'>;
