import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { noiseProfile } from '../../domain/bounds.ts';
import type { NoiseProfile } from '../../domain/camera-noise/noise-profile.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { KeptProfile, NoiseProfileTable } from '../../store/noise-profile-table.ts';
import type { Store } from '../../store/store.ts';

/** What is to be measured. */
export interface ProfileOrder {
  readonly cameraId: string;
  readonly seconds: number;
  /** A recording of the camera below the footage roots; null: its live pictures. */
  readonly file: string | null;
}

export interface MeasuredNoise {
  readonly profile: NoiseProfile;
  /** The fixed pattern as JPEG. */
  readonly pattern: Uint8Array | null;
}

export interface NoiseProfilesOptions {
  readonly store: Pick<Store, 'write'>;
  readonly table: NoiseProfileTable;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
  /** Whether it can be measured at all. @throws NightglassError `CONFLICT`, `NOT_FOUND` */
  readonly admit: (order: ProfileOrder) => void;
  readonly measure: (
    order: ProfileOrder,
    options: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
  ) => Promise<MeasuredNoise>;
  /** What failed inside. */
  readonly onError: (error: unknown) => void;
}

export interface ProfileFailure {
  readonly code: string;
  readonly message: string;
  /** Wall time, milliseconds. */
  readonly at: number;
}

/** Profiles of a camera, and the measurement that runs. */
export interface ProfileReport {
  readonly cameraId: string;
  readonly running: {
    /** Wall time, milliseconds. */
    readonly startedAt: number;
    readonly seconds: number;
    readonly fromFile: boolean;
    /** Of the pictures, 0 to 1. */
    readonly share: number;
  } | null;
  /** Why the last measurement gave none; null once another is started. */
  readonly failure: ProfileFailure | null;
  /** Newest first. */
  readonly kept: readonly KeptProfile[];
}

interface Running extends ProfileOrder {
  readonly startedAt: number;
  readonly abort: AbortController;
  share: number;
  ended: Promise<void>;
}

/** Measures the noise of cameras, one at a time, and keeps the last profiles of each. */
export class NoiseProfiles {
  readonly #options: NoiseProfilesOptions;
  readonly #failures = new Map<string, ProfileFailure>();
  #running: Running | null = null;
  #closed = false;

  constructor(options: NoiseProfilesOptions) {
    this.#options = options;
  }

  report(cameraId: string): ProfileReport {
    const running = this.#running?.cameraId === cameraId ? this.#running : null;
    return {
      cameraId,
      running: running && {
        startedAt: running.startedAt,
        seconds: running.seconds,
        fromFile: running.file !== null,
        share: running.share,
      },
      failure: this.#failures.get(cameraId) ?? null,
      kept: this.#options.table.list(cameraId),
    };
  }

  find(cameraId: string, at: number): NoiseProfile | undefined {
    return this.#options.table.find(cameraId, at)?.profile;
  }

  /** The fixed pattern, JPEG. */
  pattern(cameraId: string, at: number): Uint8Array | null {
    return this.#options.table.pattern(cameraId, at);
  }

  /** @throws NightglassError `BUSY` while any is measured, `CONFLICT`, `NOT_FOUND`, `STORE_UNWRITABLE`, `AUDIT_UNAVAILABLE` */
  start(order: ProfileOrder, by: Actor): void {
    const { admit, audit, clock, store } = this.#options;
    if (this.#running !== null || this.#closed) {
      throw new NightglassError('BUSY', `Cannot measure ${order.cameraId}: a camera is measured`, {
        hint: 'One is measured at a time.',
      });
    }
    admit(order);
    const { cameraId, file, seconds } = order;
    store.write(() => {
      audit.record(auditEntry(by, 'profile.started', cameraId, { seconds, file: file !== null }));
    });
    this.#failures.delete(cameraId);
    const running: Running = {
      ...order,
      startedAt: Math.round(clock.now()),
      abort: new AbortController(),
      share: 0,
      ended: Promise.resolve(),
    };
    this.#running = running;
    running.ended = this.#measure(running).finally(() => {
      this.#running = null;
    });
  }

  /** Ends it without a profile. @throws NightglassError `STORE_UNWRITABLE`, `AUDIT_UNAVAILABLE` */
  async stop(cameraId: string, by: Actor): Promise<void> {
    const running = this.#running;
    if (running?.cameraId !== cameraId) return;
    const { audit, store } = this.#options;
    store.write(() => audit.record(auditEntry(by, 'profile.stopped', cameraId)));
    running.abort.abort();
    await running.ended;
  }

  /** Ends what is measured. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.abort.abort();
    await this.#running?.ended;
  }

  async #measure(running: Running): Promise<void> {
    const { clock, measure, onError, store, table } = this.#options;
    const { abort, cameraId, seconds } = running;
    const late = new NightglassError('MEASUREMENT_FAILED', `Cannot measure ${cameraId}: no end`);
    const cancel = clock.after(seconds * 1_000 + noiseProfile.graceMs, () => abort.abort(late));
    try {
      const onProgress = (share: number) => {
        running.share = share;
      };
      const { pattern, profile } = await measure(running, { signal: abort.signal, onProgress });
      if (abort.signal.aborted) return;
      const at = Math.round(clock.now());
      store.write(() => table.put(cameraId, { at, profile }, pattern, noiseProfile.kept));
    } catch (error) {
      if (abort.signal.aborted && abort.signal.reason !== late) return;
      if (!isNightglassError(error)) onError(error);
      const { code, message } = isNightglassError(error)
        ? error
        : { code: 'INTERNAL', message: 'Something failed inside; the log says what.' };
      this.#failures.set(cameraId, { code, message, at: Math.round(clock.now()) });
    } finally {
      cancel();
    }
  }
}

/** Profiles as the gateway asks for them. */
export type NoiseProfilesService = Pick<
  NoiseProfiles,
  'report' | 'find' | 'pattern' | 'start' | 'stop'
>;
