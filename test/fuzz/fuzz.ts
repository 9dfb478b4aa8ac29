import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { minimise } from './minimise.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget, OpenTarget } from './targets/fuzz-target.ts';

/** An input that does what none may do. */
export interface Finding {
  readonly kind: 'error' | 'unhandled' | 'pause' | 'memory';
  readonly what: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  /** Longest processor time that one input held this thread, milliseconds. */
  readonly longestMs: number;
  /** What the heap and its buffers grew by after the first quarter, bytes. */
  readonly growth: number;
  readonly findings: readonly Finding[];
}

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after so many inputs, or after so much time. */
  readonly maxInputs: number;
  readonly maxMs: number;
  /** Processor time for one input, milliseconds; wall time would blame it for a busy machine. */
  readonly maxHoldMs: number;
  readonly onProgress?: (inputs: number) => void;
}

const maxGrowth = 64 * 1024 * 1024;
const maxFindings = 5;
/** Inputs between two looks at the clock, when others get their turn. */
const breath = 256;

/** Feeds changed inputs to a target until time is up or it has failed too often. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const random = new Random(options.seed);
  const seeds = await target.seeds();
  const findings: Finding[] = [];
  const late: unknown[] = [];
  const onLate = (error: unknown) => void late.push(error);
  process.on('unhandledRejection', onLate);
  process.on('uncaughtException', onLate);
  await using open = await target.open();
  const until = performance.now() + options.maxMs;
  const known = new Set<string>();
  let inputs = 0;
  let longestMs = 0;
  let settledAt = 0;
  let settledHeap = 0;
  try {
    for (const seed of seeds) await feed(open, seed);
    while (inputs < options.maxInputs && findings.length < maxFindings) {
      const input = mutate(seeds, random);
      inputs += 1;
      const result = await feed(open, input);
      longestMs = Math.max(longestMs, result.ms);
      const found =
        late.length > 0 ? unhandled(late.splice(0), input) : await judge(open, result, options);
      if (found !== undefined && !known.has(found.what)) {
        known.add(found.what);
        findings.push({ ...found, input: await smallest(open, found, options) });
      }
      if (inputs % breath !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      options.onProgress?.(inputs);
      const left = until - performance.now();
      if (left <= 0) break;
      if (settledAt === 0 && left < options.maxMs * 0.75) {
        settledAt = inputs;
        settledHeap = heap();
      }
    }
    const growth = settledAt === 0 ? 0 : heap() - settledHeap;
    if (growth > maxGrowth) {
      const what = `memory grew by ${Math.round(growth / 2 ** 20)} MB over ${inputs - settledAt} inputs`;
      findings.push({ kind: 'memory', what, input: Buffer.alloc(0) });
    }
    return { target: target.name, seed: options.seed, inputs, longestMs, growth, findings };
  } finally {
    process.off('unhandledRejection', onLate);
    process.off('uncaughtException', onLate);
  }
}

interface Fed {
  readonly input: Uint8Array;
  readonly ms: number;
  readonly error: unknown;
}

async function feed(open: OpenTarget, input: Uint8Array): Promise<Fed> {
  const began = process.threadCpuUsage();
  let error: unknown;
  try {
    const done = open.feed(input);
    if (done !== undefined) await done;
  } catch (thrown) {
    error = thrown;
  }
  const { user, system } = process.threadCpuUsage(began);
  return { input, ms: (user + system) / 1000, error };
}

async function judge(
  open: OpenTarget,
  { input, ms, error }: Fed,
  options: Pick<FuzzOptions, 'maxHoldMs'>,
): Promise<Finding | undefined> {
  if (error !== undefined) return { kind: 'error', what: describe(error), input };
  if (ms <= options.maxHoldMs) return undefined;
  // A collection of garbage may fall into it: only what holds the thread each time counts.
  for (let again = 0; again < 2; again += 1) {
    if ((await feed(open, input)).ms <= options.maxHoldMs) return undefined;
  }
  return { kind: 'pause', what: 'holds the event loop', input };
}

function unhandled(errors: readonly unknown[], input: Uint8Array): Finding {
  return { kind: 'unhandled', what: describe(errors[0]), input };
}

function smallest(
  open: OpenTarget,
  { kind, what, input }: Finding,
  options: Pick<FuzzOptions, 'maxHoldMs'>,
): Promise<Uint8Array> {
  if (kind === 'unhandled') return Promise.resolve(input);
  return minimise(input, async (smaller) => {
    const found = await judge(open, await feed(open, smaller), options);
    return found?.what === what;
  });
}

/** The error and the place that it comes from; the same for every input that leads there. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 200);
  const place = error.stack?.split('\n').find((line) => line.includes('/src/')) ?? '';
  return `${error.name}: ${error.message.slice(0, 200)} ${place.trim()}`.trim();
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
