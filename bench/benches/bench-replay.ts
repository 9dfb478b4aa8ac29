import { basename, join, resolve } from 'node:path';
import type { Bench, BenchContext } from '../bench.ts';
import { runChild } from '../child.ts';
import { type TemporaryFile, writeLoop } from '../footage.ts';
import { ms, rounded, table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

const program = join(import.meta.dirname, 'replay-process.ts');

export interface ReplayOrder {
  readonly path: string;
  readonly manifest: string;
  /** Frames a second of media time that are analysed; null decodes alone. */
  readonly rate: number | null;
}

export interface ReplayReport {
  readonly frames: number;
  readonly analysed: number;
  readonly faces: number;
  readonly keyframes: number;
  /** Keyframes and faces that were too many to be worked on. */
  readonly lost: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly mediaSeconds: number;
}

interface Way {
  readonly name: string;
  readonly rate: number | null;
  readonly runs: readonly ReplayReport[];
}

/** Frames a second above that of any footage. */
const everyFrame = 1000;

/** Recorded footage as fast as possible. */
export const replayBench: Bench = {
  name: 'replay',
  summary: 'recorded footage as fast as possible, against decoding alone',
  async run(context) {
    const { name, file } = await footageFile(context);
    try {
      const ways: Way[] = [
        await runWay(context, file.path, 'decoding alone', null),
        await runWay(context, file.path, 'analysed 5 times a second', 5),
        await runWay(context, file.path, 'every frame analysed', everyFrame),
      ];
      return { figures: { name, ways }, markdown: report(name, ways), bound: bound(ways) };
    } finally {
      await file.remove();
    }
  },
};

async function footageFile(context: BenchContext): Promise<{ name: string; file: TemporaryFile }> {
  const { recording } = context;
  if (recording !== undefined) {
    return {
      name: basename(recording),
      file: { path: resolve(recording), remove: async () => undefined },
    };
  }
  const file = await writeLoop(await context.footage('usual'), context.workDir);
  return { name: "the demo's lobby", file };
}

async function runWay(
  context: BenchContext,
  path: string,
  name: string,
  rate: number | null,
): Promise<Way> {
  const runs: ReplayReport[] = [];
  for (let run = 0; run < context.runs; run += 1) {
    context.say(`Replay: ${name}`);
    const order: ReplayOrder = { path, manifest: context.manifest, rate };
    runs.push(JSON.parse(await runChild({ args: [program, JSON.stringify(order)] })));
  }
  return { name, rate, runs };
}

function speed({ mediaSeconds, seconds }: ReplayReport): number {
  return mediaSeconds / seconds;
}

function report(name: string, ways: readonly Way[]): string {
  const decoding = spread(ways[0]?.runs.map(speed) ?? []).median;
  const rows = ways.map((way) => {
    const of = (pick: (run: ReplayReport) => number, show: (value: number) => string) =>
      withSpread(spread(way.runs.map(pick)), show);
    const [run] = way.runs;
    return [
      way.name,
      of(speed, (value) => `${rounded(value)} times`),
      `${((spread(way.runs.map(speed)).median / decoding) * 100).toFixed(0)} %`,
      of(({ seconds, frames }) => (seconds * 1000) / frames, ms),
      of(({ cpuSeconds, frames }) => (cpuSeconds * 1000) / frames, ms),
      `${run?.analysed} of ${run?.frames}`,
      `${run?.faces} / ${run?.keyframes}`,
      `${run?.lost}`,
    ];
  });
  return [
    `${name}, ${rounded(ways[0]?.runs[0]?.mediaSeconds ?? 0)} s of it; detection, tracking, quality, enhancement, embedding, fusion and pooling as live, nobody enrolled.`,
    table(
      [
        '',
        'speed, of real time',
        'of decoding alone',
        'time a frame',
        'processor time a frame',
        'frames analysed',
        'faces / keyframes',
        'faces lost',
      ],
      rows,
    ),
  ].join('\n\n');
}

function bound(ways: readonly Way[]): string {
  const all = ways.at(-1)?.runs[0];
  const cost = all === undefined ? Number.NaN : (all.seconds * 1000) / Math.max(1, all.analysed);
  return `decoding by its one thread, analysis by the detector's one thread: ${ms(cost)} an analysed frame. Several recordings at once use several cores.`;
}
