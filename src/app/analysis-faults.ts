import type { CameraStatus } from '../domain/camera-status.ts';
import type { Clock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { StageName } from './analysis-contract.ts';

/** What is wrong with the analysis of a camera that delivers pictures. */
export interface AnalysisFault {
  readonly code: string;
  readonly message: string;
}

interface Failing {
  /** Of the first failure since the stage last worked, and of the latest, monotonic milliseconds. */
  readonly since: number;
  last: number;
  count: number;
  error: unknown;
}

interface Watched {
  analysedAt: number;
  readonly failing: Map<StageName, Failing>;
}

/** A stage that has not worked for so long, whatever it was given, is at fault. */
const patience = 10_000;
const leastFailures = 3;
/** A failure that was the last thing heard for so long says nothing of the present. */
const forgetAfter = 120_000;

/**
 * Which cameras are live and yet not analysed: every frame is dropped, or a stage fails for all it
 * is given. A single failure is none, and neither is an empty scene.
 */
export class AnalysisFaults {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #cameras = new Map<string, Watched>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** A frame has left the last stage that needs it. */
  analysed(cameraId: string): void {
    this.#watched(cameraId).analysedAt = this.#clock.monotonic();
  }

  worked(cameraId: string, stage: StageName): void {
    this.#cameras.get(cameraId)?.failing.delete(stage);
  }

  failed(cameraId: string, stage: StageName, error: unknown): void {
    const { failing } = this.#watched(cameraId);
    const now = this.#clock.monotonic();
    const known = failing.get(stage);
    if (known === undefined) {
      failing.set(stage, { since: now, last: now, count: 1, error });
    } else {
      Object.assign(known, { last: now, count: known.count + 1, error });
    }
  }

  forget(cameraId: string): void {
    this.#cameras.delete(cameraId);
  }

  /**
   * @param drops why frames of this camera were dropped since the start, most often first
   * @returns null while there is nothing to complain of
   */
  faultOf(
    { cameraId, state, since }: CameraStatus,
    wallNow: number,
    drops: readonly string[],
  ): AnalysisFault | null {
    const now = this.#clock.monotonic();
    const { analysedAt, failing } = this.#watched(cameraId);
    for (const [stage, { since: from, last, count, error }] of failing) {
      if (now - last > forgetAfter) failing.delete(stage);
      else if (last - from >= patience && count >= leastFailures) {
        return {
          code: codeOf(error),
          message: `Camera ${cameraId}: stage ${stage} has failed every time for ${secondsOf(now - from)} s: ${textOf(error)}`,
        };
      }
    }
    const silence = Math.min(now - analysedAt, wallNow - since);
    if (state !== 'live' || silence < patience) return null;
    const why = drops.length === 0 ? 'none was decoded' : `dropped as ${drops.join(', ')}`;
    return {
      code: 'ANALYSIS_STALLED',
      message: `Camera ${cameraId} is live, but no frame has been analysed for ${secondsOf(silence)} s: ${why}`,
    };
  }

  #watched(cameraId: string): Watched {
    let watched = this.#cameras.get(cameraId);
    if (watched === undefined) {
      watched = { analysedAt: this.#clock.monotonic(), failing: new Map() };
      this.#cameras.set(cameraId, watched);
    }
    return watched;
  }
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1000);
}

function codeOf(error: unknown): string {
  return isNightglassError(error) ? error.code : 'INFERENCE_FAILED';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
