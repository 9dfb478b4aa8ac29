import { availableParallelism } from 'node:os';
import { readFootage } from '../../demo/footage/footage-file.ts';
import { type Bench, Skipped } from '../bench.ts';
import { measureThroughput, type Throughput } from '../cluster/measure-throughput.ts';
import { noNats } from '../cluster/nats-server.ts';
import { withoutPostgres } from '../cluster/postgres-server.ts';
import { table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

/** More than the cores can look at: one of them looks at some twelve, and sends none. */
const cameras = Math.min(128, 16 * availableParallelism());
const kinds = ['alone', 'cluster'] as const;
const titles = {
  alone: 'one process, SQLite (the floor)',
  cluster: 'node and control node, NATS, PostgreSQL',
};

/** One node with NATS and PostgreSQL against one process with SQLite, both with too much to do. */
export const clusterBench: Bench = {
  name: 'cluster',
  summary: 'what a machine does with NATS and PostgreSQL, against one process with SQLite',
  async run(context) {
    const missing = noNats || withoutPostgres;
    if (missing) throw new Skipped(missing);
    const footage = await readFootage(await context.footage('usual'));
    if (footage === undefined) throw new Skipped('there is no footage');
    const found = { alone: [] as Throughput[], cluster: [] as Throughput[] };
    const { manifest, seconds, warmUpSeconds, workDir } = context;
    // In turns: what else the machine does then meets both alike.
    for (let run = 0; run < context.runs; run += 1) {
      for (const kind of kinds) {
        context.say(`Cluster: ${titles[kind]}`);
        const setting = { kind, manifest, workDir, footage, cameras, seconds, warmUpSeconds };
        found[kind].push(await measureThroughput(setting));
      }
    }
    return { figures: { cameras, ...found }, markdown: report(found), bound: bound(found) };
  },
};

type Found = Readonly<Record<(typeof kinds)[number], readonly Throughput[]>>;

const costOf = ({ analysed, cores }: Throughput) => (cores * 1000) / analysed;

function report(found: Found): string {
  const cell = (of: readonly Throughput[], pick: (run: Throughput) => number) =>
    withSpread(spread(of.map(pick)), (value) => value.toFixed(1));
  const rows = kinds.map((kind) => [
    titles[kind],
    ...[
      (run: Throughput) => run.analysed,
      (run: Throughput) => run.keyframes,
      (run: Throughput) => run.alerts,
      (run: Throughput) => run.cores,
      costOf,
    ].map((pick) => cell(found[kind], pick)),
  ]);
  return [
    `${cameras} cameras, 768x432, are more than the machine can look at; the virtual cameras run on the same cores. Each track is an alert.`,
    table(
      [
        '',
        'frames analysed a second',
        'faces chosen a second',
        'alerts stored a second',
        'cores, cameras apart',
        'processor time a frame, ms',
      ],
      rows,
    ),
    `Ratio to the floor: **${ratio(found, (run) => run.analysed).toFixed(2)}** of the frames, ${ratio(found, costOf).toFixed(2)} of the processor time a frame.`,
  ].join('\n\n');
}

function bound(found: Found): string {
  return `The same cores do the work of NATS and PostgreSQL, and sign and encrypt what crosses: ${ratio(found, costOf).toFixed(2)} times the processor time a frame.`;
}

function ratio(found: Found, pick: (run: Throughput) => number): number {
  const median = (kind: keyof Found) => spread(found[kind].map(pick)).median;
  return median('cluster') / median('alone');
}
