import { randomUUID } from 'node:crypto';
import { evidenceBounds } from '../../domain/bounds.ts';
import type { CaseProgress, CaseStep, WithheldFile } from '../../domain/case-progress.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { CaseManifest } from './case-manifest.ts';
import type { CaseWatch } from './case-progress.ts';
import { TimeLeft } from './time-left.ts';

/** What an export hands over. */
export interface ExportedArchive {
  readonly manifest: Pick<CaseManifest, 'caseId' | 'withheld'>;
  /** A zip archive, as it is made. Fails where a picture has changed or gone meanwhile. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where the next part goes on, of what comes in parts; null: this is the last one. */
  readonly next?: string | null;
}

/** An export as the one who started it sees it. */
export type ExportState =
  | {
      readonly state: 'running';
      readonly step: CaseStep;
      readonly done: number;
      readonly total: number;
      /** How much of the step is done, 0 to 1. */
      readonly share: number;
      /** For the rest of the step; null while nobody can tell. */
      readonly secondsLeft: number | null;
    }
  | {
      readonly state: 'ready';
      readonly caseId: string;
      /** What is not in it, and why. */
      readonly withheld: readonly WithheldFile[];
      /** Where the next part goes on, of what comes in parts; null: this is the last one. */
      readonly next?: string | null;
    }
  | { readonly state: 'failed'; readonly error: unknown };

export interface ExportJob<Order = unknown> {
  readonly id: string;
  readonly order: Order;
  readonly progress: ExportState;
}

/** Who asks for what. */
export interface ExportOrder {
  readonly alertIds: readonly string[];
  readonly by: { readonly name: string };
}

interface Job<Order> {
  readonly owner: string;
  readonly order: Order;
  readonly giveUp: AbortController;
  readonly timeLeft: TimeLeft;
  state: ExportState;
  made: ExportedArchive | undefined;
  cancelTimer: () => void;
}

/**
 * Exports that are made while the one who asked looks on. One that nobody asks after is given up; a
 * case is fetched once. They are in memory alone, and end with the program.
 */
export class ExportJobs<Order extends ExportOrder> {
  readonly #make: (order: Order, watch: CaseWatch) => Promise<ExportedArchive>;
  readonly #clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly #onFault: (error: unknown) => void;
  readonly #jobs = new Map<string, Job<Order>>();

  /** @param onFault told what the owner of a job can do nothing about */
  constructor(
    make: (order: Order, watch: CaseWatch) => Promise<ExportedArchive>,
    clock: Pick<Clock, 'after' | 'monotonic'>,
    onFault: (error: unknown) => void,
  ) {
    this.#onFault = onFault;
    this.#make = make;
    this.#clock = clock;
  }

  /** @throws NightglassError `BUSY` */
  start(order: Order): ExportJob<Order> {
    this.#makeRoom();
    const id = randomUUID();
    const job: Job<Order> = {
      owner: order.by.name,
      order,
      giveUp: new AbortController(),
      timeLeft: new TimeLeft(() => this.#clock.monotonic()),
      state: {
        ...{ state: 'running', step: 'pictures', done: 0, total: order.alertIds.length },
        ...{ share: 0, secondsLeft: null },
      },
      made: undefined,
      cancelTimer: () => undefined,
    };
    this.#jobs.set(id, job);
    this.#watched(id, job);
    void this.#run(job, order);
    return { id, order: job.order, progress: job.state };
  }

  /** How far an export of this owner is; undefined for none. Asking keeps it alive. */
  find(id: string, owner: string): ExportJob<Order> | undefined {
    const job = this.#of(id, owner);
    if (job === undefined) return undefined;
    this.#watched(id, job);
    return { id, order: job.order, progress: job.state };
  }

  /** Hands over a case that is ready, once; undefined where there is none. */
  take(id: string, owner: string): ExportedArchive | undefined {
    const job = this.#of(id, owner);
    if (job?.made === undefined) return undefined;
    const { made } = job;
    job.made = undefined;
    this.#forget(id, job);
    return made;
  }

  /** Gives an export up, whatever its state. @returns whether there was one */
  cancel(id: string, owner: string): boolean {
    const job = this.#of(id, owner);
    if (job !== undefined) this.#forget(id, job);
    return job !== undefined;
  }

  /** Gives up all of them. Idempotent. */
  close(): void {
    for (const [id, job] of this.#jobs) this.#forget(id, job);
  }

  async #run(job: Job<Order>, order: Order): Promise<void> {
    const { signal } = job.giveUp;
    const onProgress = (progress: CaseProgress): void => {
      const secondsLeft = job.timeLeft.after(progress);
      job.state = { state: 'running', ...progress, secondsLeft };
    };
    try {
      const made = await this.#make(order, { signal, onProgress });
      if (signal.aborted) {
        await discard(made);
        return;
      }
      job.made = made;
      const { caseId, withheld = [] } = made.manifest;
      const parts = made.next === undefined ? {} : { next: made.next };
      job.state = { state: 'ready', caseId, withheld, ...parts };
    } catch (error) {
      job.state = { state: 'failed', error };
      if (!signal.aborted && !isNightglassError(error)) this.#onFault(error);
    }
  }

  #of(id: string, owner: string): Job<Order> | undefined {
    const job = this.#jobs.get(id);
    return job?.owner === owner ? job : undefined;
  }

  #watched(id: string, job: Job<Order>): void {
    job.cancelTimer();
    job.cancelTimer = this.#clock.after(evidenceBounds.unwatchedMs, () => this.#forget(id, job));
  }

  #forget(id: string, job: Job<Order>): void {
    this.#jobs.delete(id);
    job.cancelTimer();
    job.giveUp.abort();
    const { made } = job;
    job.made = undefined;
    if (made !== undefined) void discard(made);
  }

  /** For one more: those that failed go first. @throws NightglassError `BUSY` */
  #makeRoom(): void {
    if (this.#jobs.size < evidenceBounds.jobs) return;
    for (const [id, job] of this.#jobs) {
      if (job.state.state !== 'failed') continue;
      this.#forget(id, job);
      return;
    }
    throw new NightglassError('BUSY', 'Cannot export evidence: other cases are being made', {
      hint: 'Try again in a moment.',
    });
  }
}

/** Gives back what a case holds that nobody fetches. */
async function discard({ bytes }: ExportedArchive): Promise<void> {
  await bytes[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
}
