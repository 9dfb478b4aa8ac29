import { join } from 'node:path';
import type { AnnOrder, AnnResult, AnnRow } from '../ann/ann-contract.ts';
import type { Bench } from '../bench.ts';
import { runChild } from '../child.ts';
import { percent, table } from '../markdown.ts';

const program = join(import.meta.dirname, '../ann/ann-process.ts');
/** Share of probes whose best template must be found. */
const aim = 0.999;
const threads = 2;
const links = 16;
const buildWidth = 128;
const both = [
  { kind: 'f32', links, buildWidth },
  { kind: 'i8', links, buildWidth },
] as const;
const shared = { dimension: 384, threads, seed: 7 };

const rough: readonly AnnOrder[] = [
  { ...shared, templates: 10_000, strangers: 200, graphs: both, widths: [64, 1024] },
];
/** No graph of a million: building it takes long, and the share found falls with the size. */
const whole: readonly AnnOrder[] = [
  { ...shared, templates: 100_000, strangers: 2000, graphs: both, widths: [256, 1024, 4096] },
  { ...shared, templates: 1_000_000, strangers: 200, graphs: [], widths: [] },
];

/** Approximate search (`usearch`) against the exact one. */
export const annBench: Bench = {
  name: 'ann',
  summary: 'approximate search of synthetic templates (usearch) against the exact one',
  async run({ quick, say }) {
    const results: AnnResult[] = [];
    for (const order of quick ? rough : whole) {
      say(`Search of ${order.templates} templates`);
      const said = await runChild({ args: [program, JSON.stringify(order)] });
      results.push(JSON.parse(said) as AnnResult);
    }
    return { figures: results, markdown: report(results), bound: bound(results) };
  },
};

function report(results: readonly AnnResult[]): string {
  return [
    `Unit vectors of ${shared.dimension} numbers whose cosines are spread as those of the shipped recogniser for different people (models/manifest.json); probes of people in the gallery have a cosine of 0.5 to 0.8 with their template. Recall: share of probes whose best template by the exact search is found. The best 32 candidates of a graph, or of a scan of bytes, are compared again exactly. Sixteen probes at a time, one thread; aim ${aim}.`,
    ...results.map((result) => {
      const { templates, strangers, mates, bestStranger, rows, sharded } = result;
      return [
        `**${templates.toLocaleString('en-US')} templates**, ${strangers} probes of strangers (best cosine ${bestStranger.toFixed(3)} at the median) and ${mates} of people in the gallery; exact on ${sharded.threads} threads: ${sharded.perProbeMs.toFixed(2)} ms a probe by the clock.`,
        table(
          [
            'way',
            'recall, in the gallery',
            'recall, strangers',
            'a probe',
            'times faster than exact',
            'memory more',
            'built in',
          ],
          rows.map((row) => cells(row, rows[0]?.perProbeMs ?? Number.NaN)),
        ),
      ].join('\n\n');
    }),
  ].join('\n\n');
}

function cells(row: AnnRow, exactMs: number): string[] {
  const { way, mates, strangers, perProbeMs, bytes, buildSeconds } = row;
  return [
    way,
    percent(mates),
    percent(strangers),
    `${perProbeMs.toFixed(2)} ms`,
    (exactMs / perProbeMs).toFixed(1),
    bytes === 0 ? '–' : `${Math.round(bytes / 2 ** 20)} MiB`,
    buildSeconds === 0 ? '–' : `${Math.round(buildSeconds)} s`,
  ];
}

function bound(results: readonly AnnResult[]): string {
  const faster = results.flatMap(({ templates, rows }) =>
    rows
      .filter(({ mates, strangers }) => Math.min(mates, strangers) >= aim)
      .filter(({ reranked }) => reranked > 0)
      .map(({ way, perProbeMs }) => {
        const times = ((rows[0]?.perProbeMs ?? 0) / perProbeMs).toFixed(1);
        return `${way} at ${templates.toLocaleString('en-US')} (${times} times as fast)`;
      }),
  );
  const reached = faster.length === 0 ? 'nothing' : faster.join(', ');
  return `a stranger's best template is hardly nearer than thousands of others, so that a graph leads to some of them only. ${aim} is reached by ${reached}.`;
}
