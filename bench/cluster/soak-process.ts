import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { GeneratedFacePainter } from '../../demo/footage/generated-face-painter.ts';
import { describeMachine } from '../machine.ts';
import { phasedLoops } from '../phased-loops.ts';
import { ClusterRun } from './cluster-run.ts';
import { noNats } from './nats-server.ts';
import { PostgresServer, withoutPostgres } from './postgres-server.ts';
import { reportSoak } from './soak-report.ts';
import { Soak } from './soak-run.ts';
import { paintWalkers, walkerFootage } from './walkers.ts';

/** Faces of the shipped generator that are unlike each other. */
const seeds = [38, 2, 29, 110, 1, 64, 21, 74, 58, 57, 69, 6];
const manifest = join(import.meta.dirname, '..', '..', 'models', 'manifest.json');

/**
 * `npm run soak:cluster`: nodes, NATS, the control node and PostgreSQL are killed, and everybody has
 * one alert all the same. Progress on standard error, figures as Markdown on standard output; ends
 * with 1 where something promised was not kept.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cameras: { type: 'string', default: '24' },
      nodes: { type: 'string', default: '3' },
      matching: { type: 'string', default: '0' },
      minutes: { type: 'string', default: '10' },
      'kill-every': { type: 'string', default: '20' },
      rate: { type: 'string', default: '2' },
      postgres: { type: 'boolean', default: false },
    },
  });
  const missing = noNats || (values.postgres && withoutPostgres);
  if (missing) throw new Error(missing);
  const [cameras, nodes, matching, minutes, every, rate] = (
    ['cameras', 'nodes', 'matching', 'minutes', 'kill-every', 'rate'] as const
  ).map((name) => Number(values[name])) as [number, number, number, number, number, number];
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-cluster-soak-'));
  const say = (line: string) =>
    void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  try {
    await using stack = new AsyncDisposableStack();
    const painter = stack.use(
      await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx')),
    );
    const people = await paintWalkers(painter, seeds.slice(0, Math.min(cameras, seeds.length)));
    // So seldom that all appearances fit one alert, which takes 50; others would begin a second.
    const seconds = Math.max(
      24,
      Math.ceil((minutes * 60 * Math.ceil(cameras / people.length)) / 30),
    );
    const footage = await Promise.all(people.map((person) => walkerFootage(person, { seconds })));
    const sources = Object.fromEntries(
      Array.from({ length: cameras }, (_, at) => {
        const loop = footage[at % footage.length];
        // Not all at once, which could fall together with the failures each time.
        const source = loop && phasedLoops(loop, cameras)[at];
        if (source === undefined) throw new RangeError('no footage');
        return [`camera-${at + 1}`, source] as const;
      }),
    );
    const postgres = values.postgres ? stack.use(await PostgresServer.start()) : undefined;
    say(`${people.length} people before ${cameras} cameras; starting`);
    const run = stack.use(
      await ClusterRun.start({
        ...{ folder, manifest, people, sources, apart: true },
        ...(matching > 0 && {
          roles: ['control'],
          first: Object.fromEntries(
            Array.from({ length: matching }, (_, at) => [`match-${at + 1}`, 'matching']),
          ),
        }),
        // Each time that somebody comes by is a sighting of the one alert.
        config: {
          detection: { rate },
          alerts: { joinWithin: '24h', quietPeriod: `${seconds - 10}s` },
        },
        ...(postgres && {
          control: {
            config: { store: { url: { env: 'STORE_URL' } } },
            env: { STORE_URL: postgres.url },
          },
        }),
      }),
    );
    const restartPostgres = postgres && (() => postgres.kill().then(() => postgres.up()));
    const ids = Object.keys(sources);
    const soak = new Soak(run, { ids, nodes, matching, minutes, every, restartPostgres, say });
    const compare = matching > 0 ? `, ${matching} more compare faces` : '';
    const setting = `${cameras} cameras on ${nodes} nodes${compare} for ${minutes} minutes, ${rate} pictures a second and camera, a node fails every ${every} s, records in ${postgres ? 'PostgreSQL' : 'SQLite'}.`;
    const names = people.map(({ name }) => name);
    const { markdown, isKept } = reportSoak(await soak.work(), names, describeMachine(), setting);
    process.stdout.write(markdown);
    process.exitCode = isKept ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
