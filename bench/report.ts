import type { FloorResult } from './floor.ts';
import type { LatencyResult } from './latency.ts';
import type { Machine } from './machine.ts';
import type { Summary } from './samples.ts';
import type { SoakResult } from './soak.ts';

/** Sections of the report, Markdown, by name of the measurement. */
export type Sections = Record<string, string>;

export function describeConditions(machine: Machine, footage: string, manifest: string): string {
  const { cpu, cores, memoryGiB, node, date, commit } = machine;
  return `Measured ${date} at commit ${commit} on ${cores} cores of ${cpu}, ${memoryGiB} GiB, Node ${node}; footage: ${footage}; models: ${manifest}.`;
}

export function latencyReport(runs: readonly LatencyResult[]): string {
  const head = (names: readonly string[]) => `${row(names)}\n${row(names.map(() => '---'))}`;
  const overview = [
    head(['', ...runs.map(({ cameras }) => `${cameras} camera${cameras === 1 ? '' : 's'}`)]),
    ...(
      [
        ['capture → alert at the client, median / p99 (n)', (run) => summary(run.alert)],
        ['capture → detection at the client', (run) => summary(run.detection)],
        ['capture → embedding at the client', (run) => summary(run.embedding)],
        ['frames decoded', (run) => `${run.work.framesDecoded}`],
        [
          '… analysed, of those due at 5 a second',
          (run) => percent(run.work.framesAnalysed / run.framesDue),
        ],
        ['… analysed, of all', (run) => percent(run.work.framesAnalysed / run.work.framesDecoded)],
        ['frames dropped, by reason', (run) => counts(run.drops)],
        ['events dropped for the client', (run) => `${run.eventsDropped}`],
        ['faces / keyframes', (run) => `${run.work.faces} / ${run.work.keyframes}`],
        [
          'event-loop delay p99 (largest)',
          (run) => `${ms(run.eventLoopDelayP99)} (${ms(run.eventLoopDelayMax)})`,
        ],
        ['processor time, cores', (run) => run.cpuCores.toFixed(2)],
        ['processor time an analysed frame', (run) => ms(run.cpuPerAnalysedFrame)],
        ['resident memory', (run) => `${Math.round(run.residentMiB)} MiB`],
        ['measured for', (run) => `${Math.round(run.seconds)} s`],
        ['processor use of the whole machine', (run) => percent(run.machineBusy)],
      ] satisfies [string, (run: LatencyResult) => string][]
    ).map(([name, of]) => row([name, ...runs.map(of)])),
  ].join('\n');
  const stages = runs.map((run) =>
    [
      `Stages with ${run.cameras} camera${run.cameras === 1 ? '' : 's'} (estimated from the histograms of \`/metrics\`):`,
      '',
      head(['stage', 'n', 'time, median / p99', 'age of the result, median / p99']),
      ...run.stages.map(({ stage, n, time, age }) => row([stage, `${n}`, pair(time), pair(age)])),
      '',
      head(['model', 'calls', 'items a call', 'time of a call, median']),
      ...run.work.models.map(({ model, calls, items, medianMs }) =>
        row([model, `${calls}`, calls === 0 ? '–' : (items / calls).toFixed(2), ms(medianMs)]),
      ),
    ].join('\n'),
  );
  return [overview, ...stages].join('\n\n');
}

export function floorReport(floor: FloorResult): string {
  const { product, ratio, cameras, work, parts } = floor;
  const detail = Object.entries(parts).map(([part, cost]) => `${part} ${ms(cost)}`);
  return [
    `With ${cameras} cameras, ${work.framesAnalysed} frames analysed: **${ms(product)}** of processor time a frame, the bare loop **${ms(floor.floor)}**; ratio **${ratio.toFixed(2)}**.`,
    '',
    `The bare loop, a frame: ${detail.join(', ')}.`,
  ].join('\n');
}

export function soakReport(soak: SoakResult): string {
  const names = ['time', 'resident', 'JavaScript heap', 'open files', 'frames alive', 'queued'];
  const step = Math.max(1, Math.floor(soak.readings.length / 10));
  const shown = soak.readings.filter((_, at) => (at + 1) % step === 0);
  return [
    `${soak.minutes} minutes with ${soak.cameras} cameras, ${soak.readings.length} readings, ${soak.alerts} alerts: resident memory ${Math.round(soak.firstHalfMiB)} MiB on average in the first half, ${Math.round(soak.secondHalfMiB)} MiB in the second, growth within the second half (fitted line) **${percent(soak.growth)}**. At most ${soak.maxFramesLive} frames alive and ${soak.maxQueued} requests queued; ${soak.framesLeft} frames alive once the cameras were gone. Open files ${soak.openFiles.first} → ${soak.openFiles.last}. Dropped: ${counts(soak.drops)}.`,
    '',
    row(names),
    row(names.map(() => '---')),
    ...shown.map((at) =>
      row([
        `${Math.round(at.seconds)} s`,
        `${at.residentMiB.toFixed(1)} MiB`,
        `${at.heapMiB.toFixed(1)} MiB`,
        `${at.openFiles}`,
        `${at.framesLive}`,
        `${at.queued}`,
      ]),
    ),
    '',
    '```text',
    plot(soak),
    '```',
  ].join('\n');
}

/** Resident memory over time, as text. */
function plot({ readings }: SoakResult): string {
  const width = 60;
  const height = 10;
  const values = Array.from({ length: Math.min(width, readings.length) }, (_, column) => {
    const at = Math.floor(((column + 1) * readings.length) / Math.min(width, readings.length)) - 1;
    return readings[at]?.residentMiB ?? 0;
  });
  const top = Math.max(...values) * 1.05;
  const lines = Array.from({ length: height }, (_, line) => {
    const level = (top * (height - line)) / height;
    const cells = values.map((value) => (value >= level - top / height / 2 ? '█' : ' '));
    return `${Math.round(level).toString().padStart(5)} MiB │${cells.join('').trimEnd()}`;
  });
  return [
    ...lines,
    `${' '.repeat(10)}└${'─'.repeat(values.length)} ${Math.round((readings.at(-1)?.seconds ?? 0) / 60)} min`,
  ].join('\n');
}

/** Puts sections into a document, each between its own marks. @throws RangeError when a mark is missing */
export function writeSections(document: string, sections: Sections): string {
  let text = document;
  for (const [name, body] of Object.entries(sections)) {
    const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const start = text.indexOf(from);
    const end = text.indexOf(to);
    if (start < 0 || end < start) throw new RangeError(`Cannot write ${name}: ${from} is missing`);
    text = `${text.slice(0, start + from.length)}\n\n${body}\n\n${text.slice(end)}`;
  }
  return text;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function summary({ median, p99, n }: Summary): string {
  return n === 0 ? 'none' : `${ms(median)} / ${ms(p99)} (${n})`;
}

function pair(figures: { median: number; p99: number } | null): string {
  return figures === null ? '–' : `${ms(figures.median)} / ${ms(figures.p99)}`;
}

function counts(by: Readonly<Record<string, number>>): string {
  const some = Object.entries(by).filter(([, count]) => count > 0);
  return some.length === 0 ? 'none' : some.map(([name, count]) => `${name} ${count}`).join(', ');
}

function ms(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : '–';
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
