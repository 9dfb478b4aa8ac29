import type { Bench, BenchContext, BenchReport } from '../bench.ts';
import { faultNames } from '../camera-faults.ts';
import { lineChart } from '../chart.ts';
import { counts, percent, plural, table } from '../markdown.ts';
import { measureSoak, type SoakReading, type SoakResult } from '../soak.ts';

const cameras = 4;
const quickMinutes = 0.3;

/** Memory and handles over a long time, with faults. */
export const soakBench: Bench = {
  name: 'soak',
  summary: 'memory, handles and queues over an hour (--minutes) while the cameras misbehave',
  run: (context) => soak(context, context.minutes, true),
};

/** Ten minutes of plain work: does memory stay flat? */
export const memoryBench: Bench = {
  name: 'memory',
  summary: 'memory, handles and queues over ten minutes (at most --minutes) without faults',
  run: (context) => soak(context, Math.min(10, context.minutes), false),
};

async function soak(context: BenchContext, wanted: number, faults: boolean): Promise<BenchReport> {
  const minutes = context.quick ? Math.min(quickMinutes, wanted) : wanted;
  const name = faults ? 'soak' : 'memory';
  context.say(`${name}: ${minutes} min`);
  const { manifest, workDir, profile } = context;
  const footage = await context.footage('usual');
  const run = { manifest, workDir, profile, footage, cameras, minutes, faults };
  const result = await measureSoak(run);
  return {
    figures: { ...result, readings: result.readings.map(roundedReading) },
    markdown: report(result, name),
    bound: bound(result),
    pictures: {
      [`${name}-memory.svg`]: memory(result),
      [`${name}-handles.svg`]: handles(result),
    },
  };
}

function report(soak: SoakResult, name: string): string {
  const { readings, faults, growth } = soak;
  const step = Math.max(1, Math.floor(readings.length / 12));
  const shown = readings.filter((_, at) => (at + 1) % step === 0);
  const injected: Record<string, number> = {};
  for (const { fault } of faults) injected[fault] = (injected[fault] ?? 0) + 1;
  return [
    `${soak.minutes} minutes with ${plural(soak.cameras, 'camera')}, ${readings.length} readings, ${soak.alerts} alerts, ${faults.length === 0 ? 'no faults' : `${faults.length} faults of ${faultNames.length} kinds (${counts(injected)})`}: resident memory ${Math.round(soak.firstHalfMiB)} MiB on average in the first half, ${Math.round(soak.secondHalfMiB)} MiB in the second, growth within the second half (fitted line) **${percent(growth)}**. At most ${soak.maxFramesLive} frames alive and ${soak.maxQueued} requests queued. Open files ${soak.openFiles.first} → ${soak.openFiles.last} over the second half. ${soak.reconnects} reconnections, ${soak.workerRestarts} restarts of a worker; after the last fault ${soak.camerasBack} of ${plural(soak.cameras, 'camera')} live within ${Math.round(soak.backAfterSeconds)} s, and ${soak.framesLeft} frames alive once the cameras were gone. Dropped: ${counts(soak.drops)}.`,
    `![Memory over time](performance/${name}-memory.svg)`,
    `![Handles over time](performance/${name}-handles.svg)`,
    table(
      [
        'time',
        'resident',
        'JavaScript heap',
        'open files',
        'resources',
        'frames alive',
        'queued',
        'cameras live',
      ],
      shown.map((at) => [
        `${Math.round(at.seconds)} s`,
        `${at.residentMiB.toFixed(1)} MiB`,
        `${at.heapMiB.toFixed(1)} MiB`,
        `${at.openFiles}`,
        `${at.resources}`,
        `${at.framesLive}`,
        `${at.queued}`,
        `${at.camerasLive}`,
      ]),
    ),
  ].join('\n\n');
}

function bound({ secondHalfMiB, readings }: SoakResult): string {
  const heap = readings.at(-1)?.heapMiB ?? Number.NaN;
  return `mostly native memory: of ${Math.round(secondHalfMiB)} MiB resident, the JavaScript heap has ${Math.round(heap)} MiB; the rest are models and their arenas, decoders, scalers and code.`;
}

function memory({ readings, faults }: SoakResult): string {
  return lineChart({
    title: `Memory of the product${faults.length > 0 ? ' while cameras misbehave (dotted: a fault begins)' : ''}`,
    x: 'minutes',
    y: 'MiB',
    series: [
      { name: 'resident', points: line(readings, ({ residentMiB }) => residentMiB) },
      { name: 'JavaScript heap', points: line(readings, ({ heapMiB }) => heapMiB) },
    ],
    marks: faults.map(({ seconds, fault, camera }) => ({
      at: seconds / 60,
      label: `${fault}, camera ${camera}`,
    })),
  });
}

function handles({ readings }: SoakResult): string {
  return lineChart({
    title: 'Handles and queues of the product',
    x: 'minutes',
    y: 'count',
    series: [
      { name: 'open files', points: line(readings, ({ openFiles }) => openFiles) },
      { name: 'Node resources', points: line(readings, ({ resources }) => resources) },
      { name: 'frames alive', points: line(readings, ({ framesLive }) => framesLive) },
      { name: 'queued requests', points: line(readings, ({ queued }) => queued) },
    ],
  });
}

function line(readings: readonly SoakReading[], pick: (reading: SoakReading) => number) {
  return readings.map((reading) => [reading.seconds / 60, pick(reading)] as const);
}

/** To a tenth: an hour of readings should not fill the file. */
function roundedReading(reading: SoakReading): SoakReading {
  const entries = Object.entries(reading).map(([name, value]) => [
    name,
    Math.round(value * 10) / 10,
  ]);
  return Object.fromEntries(entries) as unknown as SoakReading;
}
