/*
 * Lists held by other nodes against lists held here: time of a search, of the first loading, and until
 * searches are whole again after a node was killed. NATS, nodes and the wire are real, templates are
 * made up.
 *
 *   node bench/cluster/matching-process.ts '{"templates":[100000],"nodes":[1,2],"seconds":5}'
 *
 * Prints a table. Needs nats-server; a million templates take some 2 GiB in each place that holds them.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterLink } from '../../src/cluster/cluster-link.ts';
import { MatchingClient } from '../../src/cluster/matching-client.ts';
import { NodeReports } from '../../src/cluster/node-reports.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { silentLog } from '../../src/domain/log.ts';
import type { Gallery, Probe } from '../../src/domain/match.ts';
import type { Template, Watchlist } from '../../src/domain/watchlist.ts';
import { WatchlistGallery } from '../../src/services/search/gallery.ts';
import { PartKeeper, type PartKeeperOptions } from '../../src/services/search/part-keeper.ts';
import { SearchQueue } from '../../src/services/search/search-queue.ts';
import { ShardedGallery } from '../../src/services/search/sharded-gallery.ts';
import { random } from '../random-numbers.ts';
import { NatsServer } from './nats-server.ts';

const { templates, nodes, seconds } = {
  ...{ templates: [100_000], nodes: [1, 2], seconds: 5 },
  ...(JSON.parse(process.argv[2] ?? '{}') as {
    templates?: number[];
    nodes?: number[];
    seconds?: number;
  }),
};
const dimension = 384;
const atOnce = 16;
const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const secret = randomBytes(32).toString('base64');
const next = random(5);
const bases = Array.from({ length: 64 }, () =>
  unit(Float32Array.from({ length: dimension }, () => next() - 0.5)),
);
const options = {
  now: () => Date.now(),
  calibration: () => ({
    impostorQuantiles: [
      [1e-2, 0.2],
      [1e-4, 0.4],
    ] as [number, number][],
  }),
};

function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / norm);
}

/** Somebody's vector, the same each time it is asked for. */
function vectorOf(person: number): Float32Array {
  const vector = (bases[person % bases.length] as Float32Array).slice();
  for (let i = 1; i <= 8; i += 1) vector[(person * 31 * i) % dimension] = ((person * i) % 97) / 970;
  return unit(vector);
}

/** One list of so many people with a template each. */
function sourceOf(people: number): PartKeeperOptions['source'] {
  const list = {
    ...{ id: 'l', name: 'l', purpose: 'p', legalBasis: 'b', authorisation: 'a', owner: 'o' },
    ...{ cameras: '*', uses: ['live'], fpir: 0.001, fixedThreshold: null, expiresAt: null },
    ...{ retentionDays: 1, twoPersonReview: false, createdAt: 0, updatedAt: 0 },
    ...{ priority: 'normal', sound: 'tone' },
    review: { revision: 1, authors: [], since: null, before: null, confirmed: null },
  } as const satisfies Watchlist;
  const personOf = (i: number) => ({
    ...{ id: `p${i}`, watchlistId: 'l', name: `P${i}`, note: '', createdAt: 0, updatedAt: 0 },
  });
  const templatesOf = (i: number) =>
    [
      { id: `t${i}`, personId: `p${i}`, model: 'm', embedding: vectorOf(i), poorView: null },
    ] as unknown as Template[];
  return {
    list: () => [list],
    find: () => list,
    findPerson: (id) => personOf(Number(id.slice(1))),
    templates: (id) => templatesOf(Number(id.slice(1))),
    enrolled: (_, after, limit) =>
      Array.from({ length: Math.max(0, Math.min(limit, people - after)) }, (_, at) => ({
        ...{ person: personOf(after + at), templates: templatesOf(after + at), lookAlikes: [] },
        place: after + at + 1,
      })),
    lookAlikes: { ofPeople: () => [] },
    onChange: () => () => undefined,
    externalVersion: () => '1',
    countPeople: () => people,
  };
}

function probe(): Probe {
  const fused = unit(Float32Array.from({ length: dimension }, () => next() - 0.5));
  return { model: 'm', fused, raw: fused, enhanced: fused, latest: { fused }, best: { fused } };
}

interface Times {
  readonly one: number[];
  readonly each: number[];
}

async function timesOf(gallery: Gallery): Promise<Times> {
  const times: Times = { one: [], each: [] };
  await gallery.search(probe(), 'c');
  const end = performance.now() + seconds * 1000;
  while (times.one.length < 5 || performance.now() < end) {
    let started = performance.now();
    await gallery.search(probe(), 'c');
    times.one.push(performance.now() - started);
    started = performance.now();
    await Promise.all(Array.from({ length: atOnce }, () => gallery.search(probe(), 'c')));
    times.each.push((performance.now() - started) / atOnce);
  }
  return times;
}

const shown = (ms: readonly number[]) => {
  const sorted = ms.toSorted((a, b) => a - b);
  const round = (value: number | undefined) =>
    (value ?? 0) < 10 ? (value ?? 0).toFixed(1) : (value ?? 0).toFixed(0);
  return `${round(sorted[Math.floor(sorted.length / 2)])} ms (${round(sorted[0])} to ${round(sorted.at(-1))})`;
};

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function startNode(folder: string, url: string, node: string): Promise<ChildProcess> {
  const file = join(folder, `${node}.json`);
  await writeFile(
    file,
    JSON.stringify({ cluster: { servers: [url], node, secret: { env: 'S' } } }),
  );
  const child = spawn(
    process.execPath,
    [program, 'run', '-c', file, '--json', '--roles', 'matching'],
    {
      env: { ...process.env, S: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (child.stdout === null) throw new TypeError('the node has no output');
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

async function until(holds: () => boolean): Promise<number> {
  const started = performance.now();
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  return performance.now() - started;
}

async function measureNodes(
  folder: string,
  nats: NatsServer,
  people: number,
  count: number,
): Promise<string> {
  const access = { servers: [nats.url], node: 'control', tls: null, login: null };
  const stream = { maxBytes: 64 * 2 ** 20, maxAge: 60_000 };
  const clock = systemClock;
  const link = await ClusterLink.open({
    ...{ access, owner: true, secret, lease: 5_000, stream, clock, log: silentLog },
  });
  const children = new Map<string, ChildProcess>();
  for (let i = 1; i <= count; i += 1)
    children.set(`m${i}`, await startNode(folder, nats.url, `m${i}`));
  const reports = new NodeReports(link);
  const client = new MatchingClient(link);
  const transport = {
    ask: client.ask.bind(client),
    list: () =>
      reports.list().flatMap(({ lost, report: { node } }) => {
        const session = reports.sessionOf(node);
        return lost || session === undefined ? [] : [{ node, session, takes: true }];
      }),
  };
  await until(() => transport.list().length === count);
  const source = sourceOf(people);
  const keeper = new PartKeeper({
    ...{ source, nodes: transport, parts: count, poorViewScale: 1, clock, log: silentLog },
    onChanged: () => undefined,
  });
  const gallery = new ShardedGallery({
    ...{ ...options, keeper, nodes: transport, clock, nameOf: (id: string) => id },
  });
  const isWhole = () => gallery.stats()[0]?.templates['m'] === people;
  const loaded = await until(isWhole);
  const times = await timesOf(gallery);
  const memory = await Promise.all([...children.values()].map(({ pid }) => residentMiB(pid ?? 0)));
  let again = '';
  if (count > 1) {
    children.get('m1')?.kill('SIGKILL');
    const started = performance.now();
    const isAnswered = () =>
      gallery.search(probe(), 'c').then(
        () => true,
        () => false,
      );
    for (let answered = false; !answered; ) answered = await isAnswered();
    again = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  }
  gallery[Symbol.dispose]();
  keeper[Symbol.dispose]();
  client.close();
  for (const child of children.values()) child.kill('SIGKILL');
  await reports.close();
  await link.close();
  const row = [
    people.toLocaleString('en'),
    `${count} node${count > 1 ? 's' : ''}`,
    shown(times.one),
  ];
  row.push(
    shown(times.each),
    `${(loaded / 1000).toFixed(0)} s`,
    `${Math.max(...memory).toFixed(0)} MiB`,
    again,
  );
  return `| ${row.join(' | ')} |`;
}

async function measureHere(people: number): Promise<string> {
  const source = sourceOf(people);
  const started = performance.now();
  using gallery = await WatchlistGallery.open({ ...options, source });
  const loaded = performance.now() - started;
  using searches = new SearchQueue({ gallery });
  const { one, each } = await timesOf(searches);
  const memory = `${(await residentMiB(process.pid)).toFixed(0)} MiB`;
  const row = [people.toLocaleString('en'), 'here', shown(one), shown(each)];
  return `| ${[...row, `${(loaded / 1000).toFixed(0)} s`, memory, ''].join(' | ')} |`;
}

const folder = await mkdtemp(join(tmpdir(), 'nightglass-matching-'));
const nats = await NatsServer.start(folder);
process.stdout.write(
  '| templates | held | one face | of sixteen at once, each | loaded in | memory, most | whole again after kill -9 |\n',
);
process.stdout.write('|---|---|---|---|---|---|---|\n');
for (const people of templates) {
  process.stdout.write(`${await measureHere(people)}\n`);
  for (const count of nodes)
    process.stdout.write(`${await measureNodes(folder, nats, people, count)}\n`);
}
await nats[Symbol.asyncDispose]();
await rm(folder, { recursive: true, force: true });
process.exit(0);
