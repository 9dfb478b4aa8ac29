import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { GeneratedFacePainter } from '../../demo/footage/generated-face-painter.ts';
import { describeMachine } from '../machine.ts';
import { labelValues, parseScrape, total } from '../prometheus.ts';
import { ClusterRun } from './cluster-run.ts';
import { noNats } from './nats-server.ts';
import { paintWalkers, walkerFootage } from './walkers.ts';

/** Faces of the shipped generator that are unlike each other. */
const seeds = [38, 2, 29, 110, 1, 64, 21, 74, 58, 57, 69, 6];
const manifest = join(import.meta.dirname, '..', '..', 'models', 'manifest.json');

/** `npm run soak:cluster`: nodes are killed, NATS is killed, and everybody has one alert all the same. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cameras: { type: 'string', default: '24' },
      nodes: { type: 'string', default: '3' },
      minutes: { type: 'string', default: '10' },
      'kill-every': { type: 'string', default: '20' },
      rate: { type: 'string', default: '2' },
    },
  });
  if (noNats !== false) throw new Error(noNats);
  const [cameras, nodes, minutes, every, rate] = (
    ['cameras', 'nodes', 'minutes', 'kill-every', 'rate'] as const
  ).map((name) => Number(values[name])) as [number, number, number, number, number];
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-cluster-soak-'));
  try {
    await using painter = await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx'));
    const people = await paintWalkers(painter, seeds.slice(0, Math.min(cameras, seeds.length)));
    const footage = await Promise.all(people.map((person) => walkerFootage(person)));
    const sources = Object.fromEntries(
      Array.from({ length: cameras }, (_, at) => {
        const source = footage[at % footage.length];
        if (source === undefined) throw new RangeError('no footage');
        return [`camera-${at + 1}`, source] as const;
      }),
    );
    const config = { detection: { rate }, alerts: { joinWithin: '24h' } };
    await using run = await ClusterRun.start({ folder, manifest, people, sources, config });
    const result = await soak(run, { ids: Object.keys(sources), nodes, minutes, every });
    const { cpu, cores, date, node, commit } = describeMachine();
    const options = { cameras, nodes, people: people.length, minutes, every, rate };
    process.stdout.write(
      `${JSON.stringify({ machine: { cpu, cores, date, node, commit }, ...options, ...result }, null, 2)}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface SoakOptions {
  readonly ids: readonly string[];
  readonly nodes: number;
  readonly minutes: number;
  readonly every: number;
}

async function soak(run: ClusterRun, { ids, nodes, minutes, every }: SoakOptions) {
  const names = Array.from({ length: nodes }, (_, at) => `edge-${at + 1}`);
  for (const name of names) await run.startNode(name);
  await until(async () => (await run.holders()).size === ids.length, 300_000);
  const watch = watchPulls(run, ids);
  const end = performance.now() + minutes * 60_000;
  const restarts = [1 / 3, 2 / 3].map((share) => performance.now() + share * minutes * 60_000);
  const back: number[] = [];
  let kills = 0;
  while (performance.now() < end) {
    const began = performance.now();
    const name = names[kills % names.length] ?? '';
    const lost = [...(await run.holders())].filter(([, node]) => node === name).map(([id]) => id);
    await run.endNode(name, 'SIGKILL');
    kills += 1;
    const killed = performance.now();
    const isBack = await until(async () => {
      const holders = await run.holders();
      return lost.every((id) => holders.has(id) && holders.get(id) !== name);
    }, every * 1_000);
    if (lost.length > 0)
      back.push(isBack ? (performance.now() - killed) / 1000 : Number.POSITIVE_INFINITY);
    await run.startNode(name);
    if (restarts[0] !== undefined && performance.now() > restarts[0]) {
      restarts.shift();
      await run.nats.kill();
      await run.nats.up();
    }
    await sleep(Math.max(0, every * 1_000 - (performance.now() - began)));
  }
  // Those who passed at the end have their alert soon.
  await sleep(20_000);
  const pulls = watch.stop();
  const alerts = await run.alerts();
  const count = new Map<string, number>();
  for (const { personName } of alerts) count.set(personName, (count.get(personName) ?? 0) + 1);
  const scrape = parseScrape(await run.control.services.metrics());
  return {
    kills,
    natsRestarts: 2 - restarts.length,
    secondsUntilBack: summary(back),
    pulledTwiceMs: pulls.twiceMs,
    alerts: alerts.length,
    peopleWithOneAlert: [...count.values()].filter((each) => each === 1).length,
    sightings: alerts.reduce((sum, { sightings }) => sum + sightings.length, 0),
    keyframes: total(scrape, 'nightglass_cluster_keyframes_total'),
    bytes: total(scrape, 'nightglass_cluster_message_bytes_sum'),
    messages: total(scrape, 'nightglass_cluster_message_bytes_count'),
    redelivered: total(scrape, 'nightglass_cluster_redelivered_total'),
    dropped: Object.fromEntries(
      labelValues(scrape, 'nightglass_cluster_dropped_total', 'reason').map((reason) => [
        reason,
        total(scrape, 'nightglass_cluster_dropped_total', { reason }),
      ]),
    ),
  };
}

/** How long any camera was pulled twice, in steps of 20 ms. */
function watchPulls(run: ClusterRun, ids: readonly string[]) {
  let twiceMs = 0;
  const timer = setInterval(() => {
    if (ids.some((id) => run.cameras.camera(id).stats.playing > 1)) twiceMs += 20;
  }, 20);
  return {
    stop() {
      clearInterval(timer);
      return { twiceMs };
    },
  };
}

function summary(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { count: sorted.length, median: at(0.5), largest: sorted.at(-1) };
}

async function until(isSo: () => Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await sleep(100);
  }
  return true;
}

await main();
