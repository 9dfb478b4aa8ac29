import { lineChart } from '../chart.ts';
import { counts, percent, table } from '../markdown.ts';
import type { Part, SiteResult } from './run-site.ts';
import type { ServiceTimes } from './service-times.ts';

const names: Readonly<Record<Part, string>> = {
  cores: 'cores of a node',
  loop: "a node's own thread",
  detect: 'threads that detect',
  faces: 'threads that recognise',
  nats: 'NATS',
  control: 'thread of the control node',
};
const parts = Object.keys(names) as Part[];

/** Tables of simulated sites, Markdown. */
export function siteReport(
  results: readonly SiteResult[],
  held: number,
  { machine }: ServiceTimes,
): string {
  const [first] = results;
  if (first === undefined) return '';
  const { site } = first;
  const gpu =
    site.assumedGpu === 1
      ? ''
      : ` **ASSUMED, not measured: a device that runs the models ${site.assumedGpu} times as fast.**`;
  return [
    `Service times of ${machine.date} at commit ${machine.commit}: ${machine.cores} cores of ${machine.cpu}, ${percent(machine.busyBefore)} busy before, load ${machine.loadBefore.toFixed(1)}. Nodes of ${site.coresANode} cores with ${site.detectThreads} threads that detect and ${site.faceThreads} that recognise; ${percent(site.busyShare)} of the cameras see ${site.peopleAMinute} people a minute each, ${site.facesAPerson} faces of each, ${percent(site.listedShare)} of them on a list; ${site.templates.toLocaleString('en-US')} templates; ${site.seconds} simulated seconds, seed ${site.seed}.${gpu}`,
    `Such a node holds ${held} cameras.`,
    table(
      ['', ...results.map((result) => `${result.site.cameras.toLocaleString('en-US')} cameras`)],
      [
        row('nodes', results, ({ site: { nodes } }) => String(nodes)),
        row('faces matched', results, ({ matched }) => String(matched.n)),
        row('capture to match, p50 / p99', results, ({ matched }) => latency(matched)),
        row('capture to stored alert, p50 / p99', results, ({ alerts }) => latency(alerts)),
        row('messages a second', results, (result) => result.messagesASecond.toFixed(0)),
        row('messages that wait at the end', results, ({ waiting }) => String(waiting)),
        row('lost, by reason', results, ({ drops }) => counts(drops)),
        ...parts.map((part) =>
          row(`in use: ${names[part]}`, results, ({ used }) => percent(used[part])),
        ),
        row('breaks first', results, ({ busiest }) => names[busiest]),
        row('broken', results, ({ broken }) => broken.join('; ') || 'nothing'),
      ],
    ),
  ].join('\n\n');
}

/** Parts in use by the number of cameras. */
export function siteChart(results: readonly SiteResult[]): string {
  const shown = parts.filter((part) => part !== 'detect' && part !== 'faces');
  return lineChart({
    title: 'Simulated: parts in use',
    x: 'cameras',
    y: '% in use',
    series: shown.map((part) => ({
      name: names[part],
      points: results.map(({ site, used }) => [site.cameras, used[part] * 100] as const),
    })),
  });
}

function row(
  name: string,
  results: readonly SiteResult[],
  show: (result: SiteResult) => string,
): string[] {
  return [name, ...results.map(show)];
}

function latency({ n, p50, p99 }: SiteResult['matched']): string {
  return n === 0 ? '–' : `${p50.toFixed(0)} / ${p99.toFixed(0)} ms`;
}
