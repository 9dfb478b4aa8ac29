import type { Bench, BenchContext } from '../bench.ts';
import { crowdFaces } from '../crowd-pictures.ts';
import type { LatencyResult } from '../latency.ts';
import { type LatencyFigures, latencyReport } from '../latency-report.ts';
import { type LiveSetting, repeatLive } from '../live-setting.ts';
import { percent, plural } from '../markdown.ts';

/** Capture to alert, by stage: at rest, at load, and with a crowd. */
export const latencyBench: Bench = {
  name: 'latency',
  summary: 'capture to alert by stage, at rest, at load, with 10 faces a frame',
  async run(context) {
    const figures: LatencyFigures[] = [];
    for (const { title, ...setting } of settings(context)) {
      context.say(`Latency: ${title}`);
      figures.push({ title, cameras: setting.cameras, runs: await repeatLive(context, setting) });
    }
    return { figures, markdown: latencyReport(figures), bound: bound(figures) };
  },
};

function settings({ cameras }: BenchContext): (LiveSetting & { title: string })[] {
  return [
    ...cameras.map((count) => ({ title: plural(count, 'camera'), cameras: count })),
    { title: `1 camera, ${crowdFaces} faces a frame`, cameras: 1, footage: 'crowd' },
  ];
}

function bound(figures: readonly LatencyFigures[]): string {
  const [rest] = figures;
  const busiest = figures
    .flatMap(({ runs }) => runs)
    .reduce(
      (most, run) => (run.machineBusy > most.machineBusy ? run : most),
      rest?.runs[0] as LatencyResult,
    );
  const run = rest?.runs[0];
  const frames = run?.work.framesAnalysed ?? Number.NaN;
  const calls = (run?.work.models ?? [])
    // The detector looks at a picture in several sizes.
    .map((each) => ({
      ...each,
      time: /detect/.test(each.model) ? each.totalMs / frames : each.medianMs,
    }))
    .filter(({ time }) => time >= 1)
    .map(({ model, time }) => `${model} ${time.toFixed(0)} ms`);
  return `at rest by the model calls one after the other on one thread each (${calls.join(', ')}); at load by waiting for those two threads. The machine was up to ${percent(busiest.machineBusy)} busy, cameras and client included.`;
}
