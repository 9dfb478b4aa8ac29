import { fileURLToPath } from 'node:url';
import { runChild } from './child.ts';
import type { LatencyResult, WorkDone } from './latency.ts';

const floorProgram = fileURLToPath(new URL('./floor-process.ts', import.meta.url));

/** What the bare loop is told to do. */
export interface FloorOrder {
  readonly footage: string;
  readonly manifest: string;
  readonly work: WorkDone;
}

/** Processor milliseconds of the bare loop, in all and by part. */
export interface FloorReport {
  readonly total: number;
  readonly parts: Readonly<Record<string, number>>;
}

export interface FloorResult {
  readonly cameras: number;
  /** Milliseconds of processor time an analysed frame. */
  readonly product: number;
  readonly floor: number;
  readonly ratio: number;
  /** Frames that were analysed a second of one camera. */
  readonly framesASecond: number;
  readonly work: WorkDone;
  /** Processor milliseconds an analysed frame, by part of the floor. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * The product's processor time an analysed frame against a bare loop that
 * decodes, scales, runs the models and encodes as often, in a process of its own.
 */
export async function measureFloor(
  run: LatencyResult,
  footage: string,
  manifest: string,
): Promise<FloorResult> {
  const { work } = run;
  const order: FloorOrder = { footage, manifest, work };
  const said = await runChild({ args: [floorProgram, JSON.stringify(order)] });
  const report = JSON.parse(said) as FloorReport;
  const floor = report.total / work.framesAnalysed;
  return {
    cameras: run.cameras,
    product: run.cpuPerAnalysedFrame,
    floor,
    ratio: run.cpuPerAnalysedFrame / floor,
    framesASecond: work.framesAnalysed / run.seconds / run.cameras,
    work,
    parts: Object.fromEntries(
      Object.entries(report.parts).map(([part, ms]) => [part, ms / work.framesAnalysed]),
    ),
  };
}
