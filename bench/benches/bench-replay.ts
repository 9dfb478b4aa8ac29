import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Bench, BenchContext, FootageKind } from '../bench.ts';
import { lineChart } from '../chart.ts';
import { runChild } from '../child.ts';
import { type TemporaryFile, writeLoop } from '../footage.ts';
import { percent, rounded, table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

const program = join(import.meta.dirname, 'replay-process.ts');
/** Threads that look for faces, as the command has them on this machine. */
const detectors = Math.min(8, availableParallelism());
/** Of decoding alone, where no face is seen. */
const aim = 0.9;

export interface ReplayOrder {
  /** Files that are read side by side. */
  readonly paths: readonly string[];
  readonly manifest: string;
  /** Threads that look for faces; null decodes alone. */
  readonly detectors: number | null;
}

export interface ReplayReport {
  readonly mediaSeconds: number;
  /** Decoded, and in how many of them faces were looked for. */
  readonly frames: number;
  readonly looked: number;
  readonly faces: number;
  /** People who were followed and compared. */
  readonly tracks: number;
  /** Faces and pictures that were too many to be worked on. */
  readonly lost: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Hours of footage searched, and resident memory then, MiB. */
  readonly memory: readonly (readonly [number, number])[];
}

interface Case {
  readonly name: string;
  readonly files: number;
  /** Run by run. */
  readonly decoding: readonly ReplayReport[];
  readonly search: readonly ReplayReport[];
}

/** What is played, for how long a file lasts, minutes. */
interface Played {
  readonly name: string;
  readonly kind: FootageKind;
  readonly minutes: number;
  readonly files: readonly number[];
}

const played: readonly Played[] = [
  { name: 'nobody, 768x432', kind: 'nobody', minutes: 10, files: [1, 2] },
  { name: 'nobody, 1920x1080', kind: 'nobody-full-hd', minutes: 2, files: [1, 2] },
  { name: 'somebody for a tenth of the time, 768x432', kind: 'quiet', minutes: 4, files: [1] },
  { name: 'people all the time, 768x432', kind: 'usual', minutes: 1, files: [1, 2] },
];
/** Footage in which somebody comes by, for memory. */
const longHours = 2;

/** Recorded footage as fast as possible. */
export const replayBench: Bench = {
  name: 'replay',
  summary: 'recorded footage as fast as possible, against decoding alone; memory over two hours',
  async run(context) {
    const cases = context.recording === undefined ? await all(context) : await one(context);
    const long = context.recording === undefined ? await runLong(context) : null;
    return {
      figures: { cases, long },
      markdown: report(cases, long),
      bound: bound(cases),
      ...(long && { pictures: { 'replay-memory.svg': memoryChart(long) } }),
    };
  },
};

async function all(context: BenchContext): Promise<Case[]> {
  const cases: Case[] = [];
  for (const { name, kind, minutes, files } of played) {
    const length = context.quick ? Math.min(1, minutes) : minutes;
    await using file = owned(await fileOf(context, kind, length * 60));
    for (const count of files) cases.push(await measure(context, name, file.path, count));
  }
  return cases;
}

async function one(context: BenchContext): Promise<Case[]> {
  const path = resolve(context.recording as string);
  return [await measure(context, basename(path), path, 1)];
}

function owned({ path, remove }: TemporaryFile): AsyncDisposable & { readonly path: string } {
  return { path, [Symbol.asyncDispose]: remove };
}

async function fileOf(
  context: BenchContext,
  kind: FootageKind,
  seconds: number,
): Promise<TemporaryFile> {
  return writeLoop(await context.footage(kind), context.workDir, seconds);
}

/** In turn, so that what else the machine does meets both. */
async function measure(
  context: BenchContext,
  name: string,
  path: string,
  files: number,
): Promise<Case> {
  const [decoding, search]: ReplayReport[][] = [[], []];
  for (let run = 0; run < context.runs; run += 1) {
    context.say(`Replay: ${name}, ${files} at once`);
    const paths = Array.from({ length: files }, () => path);
    decoding?.push(await runOrder({ paths, manifest: context.manifest, detectors: null }));
    search?.push(await runOrder({ paths, manifest: context.manifest, detectors }));
  }
  return { name, files, decoding: decoding ?? [], search: search ?? [] };
}

async function runLong(context: BenchContext): Promise<ReplayReport> {
  const hours = context.quick ? longHours / 20 : longHours;
  await using file = owned(await fileOf(context, 'quiet', hours * 3600));
  context.say(`Replay: memory over ${hours} hours`);
  return await runOrder({ paths: [file.path], manifest: context.manifest, detectors });
}

async function runOrder(order: ReplayOrder): Promise<ReplayReport> {
  return JSON.parse(await runChild({ args: [program, JSON.stringify(order)] })) as ReplayReport;
}

function speed({ mediaSeconds, seconds }: ReplayReport): number {
  return mediaSeconds / seconds;
}

/** Of the speed of decoding alone, run by run. */
function shares({ decoding, search }: Case): number[] {
  return search.map((run, at) => speed(run) / speed(decoding[at] as ReplayReport));
}

function report(cases: readonly Case[], long: ReplayReport | null): string {
  const rows = cases.map((each) => {
    const of = (runs: readonly ReplayReport[], pick: (run: ReplayReport) => number) =>
      withSpread(spread(runs.map(pick)), rounded);
    const { name, files, decoding, search } = each;
    const [run] = search;
    return [
      `${name}, ${rounded((run?.mediaSeconds ?? 0) / files / 60)} min`,
      `${files}`,
      of(decoding, speed),
      of(search, speed),
      withSpread(spread(shares(each)), (value) => percent(value)),
      of(search, ({ faces, seconds }) => faces / seconds),
      of(search, ({ looked, seconds }) => looked / seconds),
      `${run?.looked} of ${run?.frames}`,
      `${run?.tracks}`,
      of(search, ({ cpuSeconds, seconds }) => cpuSeconds / seconds),
      `${run?.lost}`,
    ];
  });
  return [
    `The search of recorded footage with the default settings, as \`nightglass footage search\` runs it, nobody enrolled; decoding alone in the same threads, one a file, in the same run. Aim where nobody is seen: ${percent(aim)} of decoding alone.`,
    table(
      [
        'footage, length of a file',
        'files at once',
        'decoding alone, hours an hour',
        'search, hours an hour',
        'of decoding alone',
        'faces a second',
        'looks a second',
        'pictures looked at',
        'people followed',
        'cores busy',
        'lost',
      ],
      rows,
    ),
    ...(long === null ? [] : [memoryText(long)]),
  ].join('\n\n');
}

function memoryText(long: ReplayReport): string {
  const { low, high } = settled(long);
  return [
    `Resident memory over one file of ${rounded(long.mediaSeconds / 3600)} hours in which somebody comes by for a tenth of the time, searched in ${rounded(long.seconds)} s: ${low.toFixed(0)} MiB on the mean of the second quarter, ${high.toFixed(0)} MiB on the mean of the last.`,
    '![Resident memory over a long file](performance/replay-memory.svg)',
  ].join('\n\n');
}

/** Means of the second and of the last quarter: while the program warms up memory grows. */
function settled({ memory }: ReplayReport): { readonly low: number; readonly high: number } {
  const mean = (from: number, to: number) => {
    const part = memory.slice(Math.floor(from * memory.length), Math.ceil(to * memory.length));
    return part.reduce((sum, [, mib]) => sum + mib, 0) / Math.max(1, part.length);
  };
  return { low: mean(0.25, 0.5), high: mean(0.75, 1) };
}

function memoryChart({ memory }: ReplayReport): string {
  return lineChart({
    title: 'Resident memory of a search of recorded footage',
    x: 'hours of footage searched',
    y: 'MiB',
    series: [{ name: 'resident memory', points: memory }],
  });
}

function bound(cases: readonly Case[]): string {
  const busiest = cases.at(-1)?.search[0];
  const cost =
    busiest === undefined ? Number.NaN : (busiest.cpuSeconds * 1000) / Math.max(1, busiest.looked);
  return `where nobody is, decoding, one thread a file; where people are, the processor time of looks and faces, ${rounded(cost)} ms a picture looked at.`;
}
