import { type Assessment, assess } from '../../domain/assessment/assessment.ts';
import type { StreamMeasures } from '../../domain/assessment/causes.ts';
import { nothingGathered } from '../../domain/assessment/gathered.ts';
import { AssessmentGatherer } from '../../domain/assessment/gatherer.ts';
import type { RecognitionFigures } from '../../domain/assessment/recognition.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';
import type { GradedFrame } from '../../domain/graded-face.ts';
import type { TrackEvent } from '../../domain/keyframe.ts';
import type { AssessmentRun, AssessmentTable } from '../../store/assessment-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { Store } from '../../store/store.ts';

export interface AssessmentsOptions {
  readonly store: Pick<Store, 'write'>;
  readonly table: AssessmentTable;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly figures: RecognitionFigures;
  /** SHA-256 of the recogniser in use. */
  readonly recogniser: string | undefined;
  readonly clock: Clock;
  /** A camera's stream as it is now. */
  readonly stream: (cameraId: string) => StreamMeasures;
  /** What was gathered could not be written; it is kept and written later. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writes; default 10 s. */
  readonly every?: number;
}

/** How an assessment of a camera stands. */
export interface AssessmentReport {
  readonly cameraId: string;
  readonly running: boolean;
  /** Wall times, milliseconds; null where none was ever started. */
  readonly startedAt: number | null;
  readonly endsAt: number | null;
  readonly stoppedAt: number | null;
  /** Of what was gathered so far; null where none was ever started. */
  readonly assessment: Assessment | null;
}

interface Running extends AssessmentRun {
  readonly gatherer: AssessmentGatherer;
}

/**
 * Assessments of cameras that run for a time: whether their pictures are good enough for faces.
 * What is kept are counts; they are written every ten seconds, and go on after a restart.
 */
export class Assessments {
  readonly #options: AssessmentsOptions;
  readonly #running = new Map<string, Running>();
  #cancel: (() => void) | undefined;

  constructor(options: AssessmentsOptions) {
    this.#options = options;
    for (const run of options.table.running()) this.#running.set(run.cameraId, this.#open(run));
    this.#schedule();
  }

  /** Gathers from nothing, for a time. @throws NightglassError `STORE_UNWRITABLE`, `AUDIT_UNAVAILABLE` */
  start(cameraId: string, minutes: number, by: Actor): void {
    const { audit, clock, store, table } = this.#options;
    const startedAt = Math.round(clock.now());
    const endsAt = startedAt + minutes * 60_000;
    const run = { cameraId, startedAt, endsAt, stoppedAt: null, gathered: nothingGathered() };
    store.write(() => {
      table.put(run);
      audit.record(auditEntry(by, 'assessment.started', cameraId, { minutes }));
    });
    this.#running.set(cameraId, this.#open(run));
  }

  /** Ends early; what was gathered stays. @throws NightglassError `STORE_UNWRITABLE`, `AUDIT_UNAVAILABLE` */
  stop(cameraId: string, by: Actor): void {
    const { audit, clock, store, table } = this.#options;
    const run = this.#running.get(cameraId);
    if (run === undefined) return;
    store.write(() => {
      table.put({ ...asRun(run), stoppedAt: Math.round(clock.now()) });
      audit.record(auditEntry(by, 'assessment.stopped', cameraId));
    });
    this.#running.delete(cameraId);
  }

  report(cameraId: string): AssessmentReport {
    this.#endDue();
    const { figures, recogniser, table } = this.#options;
    const running = this.#running.get(cameraId);
    const run = running === undefined ? table.find(cameraId) : asRun(running);
    return {
      cameraId,
      running: running !== undefined,
      startedAt: run?.startedAt ?? null,
      endsAt: run?.endsAt ?? null,
      stoppedAt: run?.stoppedAt ?? null,
      assessment: run === undefined ? null : assess(run.gathered, figures, recogniser),
    };
  }

  /** A picture's mean grey level. */
  scene(cameraId: string, brightness: number | null, mediaTime: number): void {
    if (brightness !== null) this.#gathererOf(cameraId)?.scene(brightness, mediaTime);
  }

  /** Graded faces of a frame, which is read now and not kept. */
  graded(cameraId: string, frame: GradedFrame): void {
    this.#gathererOf(cameraId)?.graded(frame);
  }

  /** What leaves the last stage of a keyframe. */
  event(cameraId: string, event: TrackEvent): void {
    this.#gathererOf(cameraId)?.event(event);
  }

  #gathererOf(cameraId: string): AssessmentGatherer | undefined {
    return this.#running.get(cameraId)?.gatherer;
  }

  #open(run: AssessmentRun): Running {
    const { figures } = this.#options;
    return { ...run, gatherer: new AssessmentGatherer(figures.tracks, run.gathered) };
  }

  #endDue(): void {
    const now = this.#options.clock.now();
    for (const [cameraId, run] of this.#running) {
      if (now < run.endsAt) continue;
      if (this.#write({ ...asRun(run), stoppedAt: run.endsAt })) this.#running.delete(cameraId);
    }
  }

  #write(run: AssessmentRun): boolean {
    const { onError, store, table } = this.#options;
    try {
      store.write(() => table.put(run));
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  /** Samples the streams and writes what there is. */
  #tick(): void {
    this.#endDue();
    for (const run of this.#running.values()) {
      run.gatherer.stream(this.#options.stream(run.cameraId));
      this.#write(asRun(run));
    }
  }

  /** Writes what there is and ends; running ones go on at the next start. Idempotent. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#endDue();
    for (const run of this.#running.values()) this.#write(asRun(run));
  }

  #schedule(): void {
    const { clock, every = 10_000 } = this.#options;
    this.#cancel = clock.after(every, () => {
      this.#tick();
      this.#schedule();
    });
  }
}

function asRun({ cameraId, startedAt, endsAt, stoppedAt, gatherer }: Running): AssessmentRun {
  return { cameraId, startedAt, endsAt, stoppedAt, gathered: gatherer.gathered };
}

/** Assessments as the gateway asks for them. */
export type AssessmentsService = Pick<Assessments, 'report' | 'start' | 'stop'>;
